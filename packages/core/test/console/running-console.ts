import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { systemClock } from '@trembita/daemon'
import { checkAxe, openBrowser, screenshots, SIZES, type OpenBrowser, type PageOptions, type SizeName } from '@trembita/testnet/browser'
import { freePorts } from '@trembita/testnet/federation'
import { startIdentityProvider } from '@trembita/testnet/identity-provider'
import type { Core, CoreConfig } from '../../src/index.ts'
import { coreIn, seedOf } from '../seeding.ts'

/** People of the development provider, by what they do. */
const PERSONS = {
  registration: 'Олена Коваль',
  security: 'Андрій Мельник',
  system: 'Наталія Бондар',
  holder: 'Ірина Шевченко',
  secondHolder: 'Василь Ткачук',
  auditor: 'Марія Лисенко',
  all: 'Тарас Гнатюк'
} as const

export type Person = keyof typeof PERSONS

export interface Desk {
  readonly page: Page
  /** What went wrong: errors of scripts, refusals of the policy, requests to elsewhere, answers that are errors. */
  readonly problems: readonly string[]
}

export interface RunningConsole {
  readonly core: Core
  readonly browser: OpenBrowser
  /** Somebody at a desk of their own, signed in through the provider. */
  sit (person: Person, options?: PageOptions): Promise<Desk>
}

/** A real core, a real identity provider and Chromium. */
export async function runConsole (t: Test, change: Partial<CoreConfig> = {}): Promise<RunningConsole> {
  const port = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const provider = await startIdentityProvider({ clients: [{ id: 'core', name: 'Ядро', url }] })
  // Not tap's own folder: that is removed before the core is closed, which still publishes.
  const folder = await mkdtemp(join(tmpdir(), 'trembita-console-'))
  const core = await coreIn(folder, {
    seed: seedOf(),
    listen: { admin: { host: '127.0.0.1', port }, configuration: { host: '127.0.0.1', port: 0 } },
    publicUrl: url,
    publicAddress: undefined,
    openId: { issuer: provider.issuer, clientId: 'core' },
    rateLimit: { perSecond: 10_000, perMinute: 100_000 },
    ...change
  }, systemClock)
  const browser = await openBrowser()
  t.teardown(async () => {
    await browser.close()
    await core.close()
    await provider.close()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    core,
    browser,
    sit: async (person, options = {}) => {
      const { page, problems: found } = await browser.open(url, options)
      const failed: string[] = []
      page.on('response', (response) => { if (response.status() >= 400) failed.push(`${response.status()} ${response.url()}`) })
      await page.goto('/sign-in')
      await page.getByRole('button', { name: PERSONS[person] }).click()
      await page.waitForURL(`${url}/**`)
      return { page, get problems () { return [...found.filter((problem) => !problem.startsWith(`elsewhere: ${provider.issuer}`)), ...failed] } }
    }
  }
}

/** Holds the page as it stands to what every page must be, at a desk and on a phone unless told. */
export async function checkPage (t: Test, desk: Desk, name: string, sizes: readonly SizeName[] = ['phone', 'desktop']): Promise<void> {
  for (const size of sizes) await checkAt(t, desk, name, size)
  await picture(desk, name)
}

async function checkAt (t: Test, { page }: Desk, name: string, size: SizeName): Promise<void> {
  await page.setViewportSize(SIZES[size])
  t.same(await checkAxe(page), [], `${name}: axe finds nothing (${size})`)
  t.ok(await fits(page), `${name}: fits its width (${size})`)
}

async function fits (page: Page): Promise<boolean> {
  return await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')
}

async function picture ({ page }: Desk, name: string): Promise<void> {
  if (process.env.TREMBITA_SCREENSHOTS !== undefined) await screenshots(page, name, process.env.TREMBITA_SCREENSHOTS)
}

/** Opens an address and holds it to the same: in English on a phone, in Ukrainian at a desk; each fits the other width too. */
export async function visitPage (t: Test, desk: Desk, path: string, name: string): Promise<void> {
  for (const [lang, size, other] of [['en', 'phone', 'desktop'], ['uk', 'desktop', 'phone']] as const) {
    const response = await desk.page.goto(`${path}${path.includes('?') ? '&' : '?'}lang=${lang}`)
    t.equal(response?.status(), 200, `${path} answers`)
    t.equal(await desk.page.locator('html').getAttribute('lang'), lang)
    await desk.page.setViewportSize(SIZES[other])
    t.ok(await fits(desk.page), `${name}: fits its width (${other}, ${lang})`)
    await checkAt(t, desk, `${name} (${lang})`, size)
    if (lang === 'uk') await picture(desk, name)
  }
}
