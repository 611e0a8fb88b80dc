import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { startQualityMonitoring } from '@trembita/example-quality-monitoring'
import { startQueueSystem } from '@trembita/example-queue-system'
import { startStandInGateway, type StandInGateway } from './stand-in-gateway.ts'

const QUEUE = 'GOV/90000133/QUEUE'
const QUALITY = 'GOV/90000067/QUALITY'

export const SLOTS = `${QUEUE}/slots`
export const BOOK = `${QUEUE}/book`
export const MOVE = `${QUEUE}/move`
export const CANCEL = `${QUEUE}/cancel`
export const SUBMIT = `${QUALITY}/submitRatings`
export const INDICATORS = `${QUALITY}/indicators`

export interface World {
  readonly folder: string
  readonly gateway: StandInGateway
  /** Asks the hromada's queue itself, as another of its channels would. */
  queue (path: string, body: object): Promise<any>
  /** Asks the quality system itself. */
  quality (path: string, body: object): Promise<any>
}

/** A real queue and a real quality system behind a stand-in for the platform's gateway. */
export async function startWorld (t: Test): Promise<World> {
  // Not tap's own folder: that is removed before what runs in it is closed.
  const folder = await mkdtemp(join(tmpdir(), 'trembita-centres-'))
  const [queue, quality] = [await startQueueSystem({ dataFolder: join(folder, 'queue') }), await startQualityMonitoring({ dataFolder: join(folder, 'quality') })]
  const gateway = await startStandInGateway({
    [SLOTS]: `${queue.url}/slots`, [BOOK]: `${queue.url}/bookings`, [MOVE]: `${queue.url}/moves`, [CANCEL]: `${queue.url}/cancellations`, [`${QUEUE}/bookingStatus`]: `${queue.url}/booking-status`, [SUBMIT]: `${quality.url}/ratings`, [INDICATORS]: `${quality.url}/indicators`
  })
  t.teardown(async () => {
    await Promise.all([gateway.close(), queue.close(), quality.close()])
    await rm(folder, { recursive: true, force: true })
  })
  const ask = async (url: string, body: object): Promise<any> => await (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).json()
  return { folder, gateway, queue: async (path, body) => await ask(`${queue.url}${path}`, body), quality: async (path, body) => await ask(`${quality.url}${path}`, body) }
}

const DAY_MS = 86_400_000

/** Times of a centre for a service in the coming two weeks, from the queue itself. */
export async function slotsOf ({ queue }: World, service: string, centre = 'vinnytsia-1'): Promise<{ id: string, start: string, end: string, free: number }[]> {
  return (await queue('/slots', { centre, service, from: new Date().toISOString(), until: new Date(Date.now() + 14 * DAY_MS).toISOString() })).slots
}

/** A browser without scripts in a few lines: cookies are kept, redirects are followed by a GET. */
export class Visitor {
  readonly #url: string
  readonly #cookies = new Map<string, string>()

  constructor (url: string) {
    this.#url = url
  }

  async get (path: string, headers: Record<string, string> = {}): Promise<{ status: number, path: string, text: string }> {
    return await this.#ask(path, { headers })
  }

  async post (path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<{ status: number, path: string, text: string }> {
    return await this.#ask(path, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: new URLSearchParams(fields).toString() })
  }

  async #ask (path: string, init: RequestInit & { headers: Record<string, string> }): Promise<{ status: number, path: string, text: string }> {
    const response = await fetch(new URL(path, this.#url), { ...init, redirect: 'manual', headers: { accept: 'text/html', cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '), ...init.headers } })
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';', 1)[0]!.split('=', 2)
      this.#cookies.set(name, value)
    }
    const to = response.headers.get('location')
    const text = await response.text()
    return to === null ? { status: response.status, path, text } : await this.get(to)
  }
}

/** Value of a hidden field of a page. */
export function hidden (text: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? ''
}
