import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { checkAxe, openBrowser, screenshots, SIZES, type OpenBrowser, type PageOptions, type SizeName } from '@trembita/testnet/browser'
import { DEVELOPMENT_CLIENTS, startIdentityProvider } from '@trembita/testnet/identity-provider'
import { startEnvironment, type Environment } from '../admin/environment.ts'
import { startNewGateway, type NewGateway } from '../admin/new-gateway.ts'

/** People of the development provider, by what they do. */
const PERSONS = {
  all: 'Тарас Гнатюк',
  services: 'Юрій Савченко',
  registration: 'Олена Коваль',
  observer: 'Марія Лисенко'
} as const

export type Person = keyof typeof PERSONS

export interface Desk {
  readonly page: Page
  /** What went wrong: errors of scripts, refusals of the policy, requests to elsewhere, answers that are errors. */
  readonly problems: readonly string[]
  /** Waits until the page says so. */
  said (text: string | RegExp): Promise<void>
}

export interface RunningConsole {
  readonly environment: Environment
  readonly made: NewGateway
  readonly browser: OpenBrowser
  /** Somebody at a desk of their own, signed in through the provider. */
  sit (person: Person, options?: PageOptions): Promise<Desk>
}

/** A real core with a first gateway, a new gateway, an identity provider and Chromium. */
export async function runConsole (t: Test, serviceUrl = 'http://127.0.0.1:9'): Promise<RunningConsole> {
  const provider = await startIdentityProvider({ clients: DEVELOPMENT_CLIENTS })
  const browser = await openBrowser()
  t.teardown(async () => {
    await browser.close()
    await provider.close()
  })
  const environment = await startEnvironment(t, serviceUrl)
  const made = await startNewGateway(t, {
    settings: `openId: { issuer: '${provider.issuer}', clientId: trembita-gateway }\nrateLimit: { perSecond: 10000, perMinute: 100000 }\n`
  })
  const url = `http://127.0.0.1:${made.ports.console}`
  return {
    environment,
    made,
    browser,
    sit: async (person, options = {}) => {
      const { page, problems: found } = await browser.open(url, options)
      const failed: string[] = []
      page.on('response', (response) => { if (response.status() >= 400) failed.push(`${response.status()} ${response.request().method()} ${response.url().replace(url, '')}`) })
      await page.goto('/sign-in')
      await page.getByRole('button', { name: PERSONS[person] }).click()
      await page.waitForURL(`${url}/**`)
      return {
        page,
        said: async (text) => { await page.getByText(text).first().waitFor() },
        get problems () { return [...found.filter((problem) => !problem.startsWith(`elsewhere: ${provider.issuer}`)), ...failed] }
      }
    }
  }
}

/** Holds the page as it stands to what every page must be, at a desk and on a phone unless told. */
export async function checkPage (t: Test, desk: Pick<Desk, 'page'>, name: string, sizes: readonly SizeName[] = ['phone', 'desktop']): Promise<void> {
  const { page } = desk
  for (const size of sizes) {
    await page.setViewportSize(SIZES[size])
    t.same(await checkAxe(page), [], `${name}: axe finds nothing (${size})`)
    t.ok(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'), `${name}: fits its width (${size})`)
  }
  if (process.env.TREMBITA_SCREENSHOTS !== undefined) await screenshots(page, name, process.env.TREMBITA_SCREENSHOTS)
}

/** Opens an address and holds it to the same, in both languages. */
export async function visitPage (t: Test, desk: Desk, path: string, name: string): Promise<void> {
  for (const [lang, size] of [['en', 'phone'], ['uk', 'desktop']] as const) {
    const response = await desk.page.goto(`${path}${path.includes('?') ? '&' : '?'}lang=${lang}`)
    t.equal(response?.status(), 200, `${path} answers`)
    t.equal(await desk.page.locator('html').getAttribute('lang'), lang)
    await checkPage(t, desk, lang === 'uk' ? name : `${name}-en`, [size])
  }
}
