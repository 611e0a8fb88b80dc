import { join } from 'node:path'
import type { Clock } from '@trembita/daemon'
import { openCabinet, type Cabinet, type CabinetOptions } from '../src/cabinet.ts'
import { throughGateway } from '../src/exchange/registers.ts'
import type { Participation } from '../src/join/participation.ts'
import type { World } from './world.ts'

/** Soon enough for tests, and one that fails is tried again by them and not by the clock. */
export const RETRY = { firstSeconds: 600, maxSeconds: 3600 }

/** A cabinet's parts in the world's folder, without pages. */
export async function openIn ({ folder, gateway, files }: World, change: Partial<CabinetOptions> & { clock?: Clock } = {}): Promise<Cabinet> {
  return await openCabinet({
    dataFolder: join(folder, 'data'),
    publicUrl: new URL('http://127.0.0.1:4310'),
    registers: throughGateway({ url: gateway.url, client: gateway.client, timeoutMs: 5000 }),
    retry: RETRY,
    ...files,
    ...change
  })
}

export interface Joining {
  readonly sub: string
  readonly rnokpp: string
  readonly name: string
}

/** Joins a sole entrepreneur as the pages do; registers are asked when it resolves. */
export async function joinFop (cabinet: Cabinet, { sub, rnokpp, name }: Joining): Promise<Participation> {
  const check = await cabinet.checks.begin(sub, { kind: 'FOP', code: rnokpp, name })
  const joined = await cabinet.participations.join(check.id, { person: sub, assurance: 'substantial', at: cabinet.clock.now() })
  if (typeof joined === 'string') throw new Error(`not joined: ${joined} (${check.state} ${check.verdict ?? ''})`)
  await cabinet.worker.kick()
  return joined
}
