import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { SIZES, type SizeName } from './screenshots.ts'

/** Where Debian's package puts it. */
const CHROMIUM = '/usr/bin/chromium'

/** Why a test that needs a browser is skipped, or false. Under CI `npm test` counts a skip as a failure. */
export function skipWithoutBrowser (): string | false {
  return existsSync(CHROMIUM) ? false : 'chromium is not installed'
}

export interface PageOptions {
  /** `desktop` unless told. */
  readonly size?: SizeName
  readonly scheme?: 'light' | 'dark'
  /** Language of the pages, as their switch remembers it. */
  readonly lang?: 'uk' | 'en'
  readonly scripts?: boolean
  readonly cookies?: ReadonlyArray<{ readonly name: string, readonly value: string }>
  readonly ignoreHttpsErrors?: boolean
}

/**
 * A page, and what went wrong on it: errors of scripts, refusals of the content security policy, requests to elsewhere.
 * Wait for locators: `waitForFunction` evaluates text in the page, which the policy forbids.
 */
export interface WatchedPage {
  readonly page: Page
  readonly problems: readonly string[]
}

export interface OpenBrowser extends AsyncDisposable {
  /** A page in a context of its own: no cookies of another's. `origin` is where the pages under test are served. */
  open (origin: string, options?: PageOptions): Promise<WatchedPage>
  close (): Promise<void>
}

/** Chromium without a window. One serves many pages; close it at the end of the test. */
export async function openBrowser (): Promise<OpenBrowser> {
  // No sandbox of its own: tests run as root in containers, and show the browser nothing but our own pages.
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage', '--force-prefers-reduced-motion'] })
  return {
    open: async (origin, options = {}) => await openPage(browser, origin, options),
    close: async () => { await browser.close() },
    [Symbol.asyncDispose]: async () => { await browser.close() }
  }
}

async function openPage (browser: Browser, origin: string, { size = 'desktop', scheme = 'light', lang, scripts = true, cookies = [], ignoreHttpsErrors = false }: PageOptions): Promise<WatchedPage> {
  const settings: BrowserContextOptions = {
    baseURL: origin,
    viewport: SIZES[size],
    hasTouch: size === 'phone',
    colorScheme: scheme,
    javaScriptEnabled: scripts,
    ignoreHTTPSErrors: ignoreHttpsErrors,
    reducedMotion: 'reduce',
    locale: 'uk-UA',
    timezoneId: 'Europe/Kyiv'
  }
  const context = await browser.newContext(settings)
  const kept = lang === undefined ? cookies : [...cookies, { name: 'lang', value: lang }]
  if (kept.length > 0) await context.addCookies(kept.map((cookie) => ({ ...cookie, url: origin })))
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => { problems.push(`error: ${error.message}`) })
  page.on('console', (message) => {
    // An answer that is an error is what some tests ask for; the browser says so in the console.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) problems.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && new URL(request.url()).origin !== new URL(origin).origin) problems.push(`elsewhere: ${request.url()}`)
  })
  return { page, problems }
}
