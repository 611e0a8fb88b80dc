import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { OpenBrowser } from '@trembita/testnet/browser'
import { localhost, PORTS } from '../src/plan/index.ts'

/** Where they go: `TREMBITA_PICTURES=docs/pictures npm test -- examples/federation/test/demo.test.ts` makes those of the README anew. */
const FOLDER = process.env.TREMBITA_PICTURES ?? join(tmpdir(), 'trembita-pictures')

/** What a kind of reader sees first. */
interface Picture {
  readonly name: string
  readonly app: string
  readonly path: string
  /** Who is signed in, of the identity provider's list. */
  readonly person?: string
  readonly size?: 'desktop' | 'phone'
  /** Goes on from the page to what is shown. */
  readonly then?: (page: Page) => Promise<void>
  /** Element that is the picture, where that is not the window. */
  readonly element?: string
}

const core = localhost(PORTS.core.admin)

export const PICTURES: readonly Picture[] = [
  { name: 'federation', app: localhost(PORTS.front), path: '/?lang=en', element: '#map' },
  { name: 'demonstration', app: localhost(PORTS.front), path: '/demonstrations/D5?lang=en' },
  { name: 'monitor', app: localhost(PORTS.monitor.portal), path: '/accesses', person: 'f02' },
  { name: 'monitor-entry', app: localhost(PORTS.monitor.portal), path: '/accesses?view=each', person: 'f02', then: async (page) => { await page.locator('tbody a[href^="/accesses/"]').first().click() } },
  { name: 'catalog', app: core, path: '/catalog/interfaces?lang=en' },
  { name: 'gateway', app: localhost(PORTS.provider.console), path: '/?lang=en', person: 'dev-all' },
  { name: 'gateway-exchange', app: localhost(PORTS.consumer.console), path: '/messages?lang=en&service_id=SEVDEIR-DEMO/GOV/90000038/EDR/subjectByCode&direction=response', person: 'dev-all', then: async (page) => { await page.locator('tbody a[href^="/messages/exchanges/"]').first().click() } },
  { name: 'cabinet', app: localhost(PORTS.cabinet.pages), path: '/cabinet', person: 'f01' },
  { name: 'portal', app: localhost(PORTS.portal.pages), path: '/', person: 'f01', size: 'phone' },
  { name: 'office', app: localhost(PORTS.office.pages), path: '/', person: 'o03', then: joinMinistry },
  { name: 'centres', app: localhost(PORTS.centres.pages), path: '/map' }
]

/** Takes one. @returns what was wrong with the page by the way: errors of scripts, refusals of its policy. */
export async function takePicture (browser: OpenBrowser, { name, app, path, person, size = 'desktop', then, element }: Picture): Promise<readonly string[]> {
  await mkdir(FOLDER, { recursive: true })
  const { page, problems } = await browser.open(app, { size, lang: path.includes('lang=en') ? 'en' : 'uk' })
  if (person !== undefined) await signIn(page, app === core ? '/catalog' : '', person)
  await page.goto(path)
  if (then !== undefined) await then(page)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await (element === undefined ? page : page.locator(element)).screenshot({ path: join(FOLDER, `${name}.png`) })
  await page.context().close()
  // The way of a sign-in leads over the identity provider, which is elsewhere.
  return problems.filter((problem) => !problem.startsWith('elsewhere: ') && !problem.includes(localhost(PORTS.identityProvider)))
}

/** The official's first visit: says where they work, agrees to be looked up, and finds whom to write to. */
async function joinMinistry (page: Page): Promise<void> {
  await page.locator('input[name="body"][value="90000038"]').check()
  await page.locator('input[name="agree"]').check()
  await page.locator('form[action="/join"] button').click()
  await page.waitForURL('**/today*')
  await page.goto('/b/90000038/directory/90000050')
}

/** Signs in by the provider's own page. */
export async function signIn (page: Page, below: string, person: string): Promise<void> {
  await page.goto(`${below}/sign-in?return=/`)
  await page.locator(`button[name="person"][value="${person}"]`).first().click()
  await page.waitForURL((url) => url.port !== String(PORTS.identityProvider))
}
