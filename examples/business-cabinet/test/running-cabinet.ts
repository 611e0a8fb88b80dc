import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { checkAxe, openBrowser, screenshots, SIZES, type PageOptions } from '@trembita/testnet/browser'
import { freePorts } from '@trembita/testnet/federation'
import { DEVELOPMENT_CLIENTS, startIdentityProvider } from '@trembita/testnet/identity-provider'
import { startBusinessCabinet, type BusinessCabinet } from '../src/index.ts'
import { RETRY } from './open.ts'
import { startWorld, type World } from './world.ts'

export interface Desk {
  readonly page: Page
  /** What went wrong: errors of scripts, refusals of the policy, requests to elsewhere, answers that are errors. */
  readonly problems: readonly string[]
}

export interface RunningCabinet {
  readonly world: World
  readonly system: BusinessCabinet
  /** A browser of its own; nobody has signed in. */
  look (options?: PageOptions): Promise<Desk>
  /** Signs somebody in through the provider, by a part of their name. */
  signIn (desk: Desk, name: RegExp): Promise<void>
}

/** The whole cabinet with real registers, a real identity provider and Chromium. */
export async function runCabinet (t: Test): Promise<RunningCabinet> {
  const world = await startWorld(t)
  const provider = await startIdentityProvider({ clients: DEVELOPMENT_CLIENTS })
  const port = await freePorts(1)
  const system = await startBusinessCabinet({
    dataFolder: join(world.folder, 'data'),
    port,
    gateway: { url: world.gateway.url, client: world.gateway.client, timeoutMs: 5000 },
    openId: { issuer: provider.issuer, clientId: 'business-cabinet' },
    proofUrl: 'http://127.0.0.1:4400/messages?q={id}',
    portalChannel: true,
    rateLimit: { perSecond: 10_000, perMinute: 100_000 },
    retry: RETRY,
    ...world.files
  })
  const browser = await openBrowser()
  t.teardown(async () => {
    await browser.close()
    await system.close()
    await provider.close()
  })
  return {
    world,
    system,
    look: async (options = {}) => {
      const { page, problems: found } = await browser.open(system.url, options)
      const failed: string[] = []
      page.on('response', (response) => { if (response.status() >= 400) failed.push(`${response.status()} ${new URL(response.url()).pathname}`) })
      return { page, get problems () { return [...found.filter((problem) => !problem.startsWith(`elsewhere: ${provider.issuer}`)), ...failed] } }
    },
    signIn: async ({ page }, name) => {
      await page.goto('/sign-in?return=%2Fcabinet')
      await page.getByRole('button', { name }).click()
      await page.waitForURL(`${system.url}/**`)
    }
  }
}

/** Holds the page as it stands to what every page must be: axe, its width, both sizes; pictures where they are asked for. */
export async function checkPage (t: Test, { page }: Desk, name: string): Promise<void> {
  for (const size of ['phone', 'desktop'] as const) {
    await page.setViewportSize(SIZES[size])
    t.same(await checkAxe(page), [], `${name}: axe finds nothing (${size})`)
    t.ok(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'), `${name}: fits its width (${size})`)
  }
  if (process.env.TREMBITA_SCREENSHOTS !== undefined) await screenshots(page, name, process.env.TREMBITA_SCREENSHOTS)
}
