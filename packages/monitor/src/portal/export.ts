import type { PortalDeps } from './deps.ts'
import { indexesOf } from './own-accesses.ts'
import { citizenOf, type Pages } from './visit.ts'

const PAGE = 500
/** Proofs are made one by one; a longer list is asked for by period. */
const EVENTS_MAX = 5000

/** `/accesses/export`: the whole list with the proof of each record, for programs and for courts. */
export function exportRoute (pages: Pages, deps: PortalDeps): void {
  pages.get('/accesses/export', 'signed-in', async (visit) => {
    const indexes = await indexesOf(deps, citizenOf(visit))
    const accesses: object[] = []
    let policy: string | undefined
    let asOf: Date | undefined
    for (let offset = 0; indexes.length > 0 && offset < EVENTS_MAX; offset += PAGE) {
      const page = await deps.events.list(indexes, {}, { offset, limit: PAGE, asOf })
      asOf = page.asOf
      for (const { event, visibility } of page.events) {
        const receipt = await deps.receipts.of(event.eventId)
        policy = receipt?.policy ?? policy
        accesses.push({
          event,
          visibility: { state: visibility.state, reason: visibility.reason, liftedAt: visibility.liftedAt },
          ...receipt === undefined ? {} : { receipt: { proof: receipt.proof, opening: receipt.opening } }
        })
      }
      if (page.events.length < PAGE) break
    }
    const madeAt = deps.clock.now()
    return {
      bytes: `${JSON.stringify({ schema: 'monitor.export/1', madeAt, asOf, accesses, policy }, null, 2)}\n`, type: 'application/json; charset=utf-8', fileName: `accesses-${madeAt.toISOString().slice(0, 10)}.json`
    }
  })
}
