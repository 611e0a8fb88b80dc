import type { SqlReader } from '@trembita/daemon/store'
import type { HealthState } from '../entry/index.ts'

/** Time up ÷ time that counts: neither announced maintenance, nor suspension, nor what could not be known. Both in seconds. */
export interface Availability {
  readonly upSeconds: number
  readonly countedSeconds: number
}

const COUNTED: ReadonlySet<HealthState> = new Set(['up', 'degraded', 'down'])

/** @param days back from `at`. */
export async function availabilityOf (store: SqlReader, serviceId: string, at: Date, days: number): Promise<Availability> {
  const from = at.getTime() - days * 86_400_000
  const changes = await store.all<{ state: string, at: string }>('SELECT state, at FROM health_change WHERE service_id = ? ORDER BY at, id', serviceId)
  let [up, counted] = [0, 0]
  for (const [index, { state, at: since }] of changes.entries()) {
    const begin = Math.max(new Date(since).getTime(), from)
    const end = Math.min(changes[index + 1] === undefined ? at.getTime() : new Date(changes[index + 1]!.at).getTime(), at.getTime())
    if (end <= begin || !COUNTED.has(state as HealthState)) continue
    counted += end - begin
    if (state !== 'down') up += end - begin
  }
  return { upSeconds: Math.round(up / 1000), countedSeconds: Math.round(counted / 1000) }
}
