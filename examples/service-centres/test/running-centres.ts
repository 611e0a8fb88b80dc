import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { checkAxe, openBrowser, screenshots, SIZES, type PageOptions } from '@trembita/testnet/browser'
import { freePorts } from '@trembita/testnet/federation'
import { DEVELOPMENT_CLIENTS, startIdentityProvider } from '@trembita/testnet/identity-provider'
import { startServiceCentres, type ServiceCentres } from '../src/index.ts'
import { startWorld, type World } from './world.ts'

export interface Desk {
  readonly page: Page
  /** What went wrong: errors of scripts, refusals of the policy, requests to elsewhere, answers that are errors. */
  readonly problems: readonly string[]
}

export interface RunningCentres {
  readonly world: World
  readonly system: ServiceCentres
  /** A browser of its own; nobody has signed in. */
  look (options?: PageOptions): Promise<Desk>
}

/** The whole platform with a real queue and quality system, a real identity provider and Chromium. */
export async function runCentres (t: Test): Promise<RunningCentres> {
  const world = await startWorld(t)
  const provider = await startIdentityProvider({ clients: DEVELOPMENT_CLIENTS })
  const port = await freePorts(1)
  const system = await startServiceCentres({
    dataFolder: join(world.folder, 'centres'),
    port,
    gateway: { url: world.gateway.url, client: world.gateway.client, timeoutMs: 5000 },
    openId: { issuer: provider.issuer, clientId: 'service-centres' },
    rateLimit: { perSecond: 10_000, perMinute: 100_000 },
    retrySeconds: 600
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
      page.on('response', (response) => { if (response.status() >= 400 && response.status() !== 409) failed.push(`${response.status()} ${new URL(response.url()).pathname}`) })
      return { page, get problems () { return [...found.filter((problem) => !problem.startsWith(`elsewhere: ${provider.issuer}`)), ...failed] } }
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
