import { randomUUID } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { Outage, Refused } from '@trembita/example-consumer'
import { retryAt, type RetryTerms } from '../analysis/retry.ts'
import type { Programmes } from '../programmes/store.ts'
import { endOfDay, type Bilingual } from '../words.ts'

/** What the portal is asked to show. */
export interface OfferToDeliver {
  /** The portal's key against doubles: the same offer again is the same delivery. */
  readonly offerId: string
  /** Subject at the identity provider. */
  readonly subject: string
  readonly recipientKind: 'soleEntrepreneur'
  readonly title: Bilingual
  readonly body: Bilingual
  readonly link: string
  /** RFC 3339. */
  readonly validUntil?: string | undefined
}

export type DeliveryStatus = 'accepted' | 'recipient-not-reachable' | 'channel-off' | 'refused'

/** Asks the portal through the gateway. @throws {Outage} | {Refused} */
export type DeliverOffer = (offer: OfferToDeliver, exchangeId: string) => Promise<DeliveryStatus>

export interface DeliveriesDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly programmes: Programmes
  readonly deliver: DeliverOffer
  /** Subject of a participant; undefined when nobody takes part under the reference any more. */
  readonly personOf: (ref: string) => Promise<string | undefined>
  readonly publicUrl: URL
  readonly retry: RetryTerms
}

const BATCH_MAX = 100
/** After so many tries the offer stays on the web alone. */
const ATTEMPTS_MAX = 12

interface Row {
  readonly offer_id: string
  readonly ref: string
  readonly attempts: number
  readonly programme_id: string
}

/** Brings offers to the portal's app; on the web they stand already, whatever comes of it (UP-2). */
export class Deliveries {
  readonly #deps: DeliveriesDeps

  constructor (deps: DeliveriesDeps) {
    this.#deps = deps
  }

  async deliverDue (): Promise<void> {
    const { store, clock } = this.#deps
    const rows = await store.all<Row>(`SELECT d.offer_id, d.ref, d.attempts, o.programme_id FROM delivery d JOIN offer o ON o.id = d.offer_id
      WHERE d.state = 'due' AND d.due_at <= ? ORDER BY d.due_at LIMIT ?`, clock.now().toISOString(), BATCH_MAX)
    for (const row of rows) {
      // A portal that does not answer is left alone until the next round.
      if (await this.#deliver(row) === 'outage') return
    }
  }

  async nextDue (): Promise<Date | undefined> {
    const row = await this.#deps.store.get<{ at: string | null }>("SELECT MIN(due_at) AS at FROM delivery WHERE state = 'due'")
    return row?.at == null ? undefined : new Date(row.at)
  }

  /** By state: `due`, `accepted`, `web-only`. */
  async counts (): Promise<{ state: string, count: number }[]> {
    return await this.#deps.store.all('SELECT state, COUNT(*) AS count FROM delivery GROUP BY state ORDER BY state')
  }

  async statesOf (ref: string): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#deps.store.all<{ offer_id: string, state: string }>('SELECT offer_id, state FROM delivery WHERE ref = ?', ref)
    return new Map(rows.map((row) => [row.offer_id, row.state]))
  }

  async #deliver ({ offer_id: id, ref, attempts, programme_id: programmeId }: Row): Promise<'outage' | 'done'> {
    const { programmes, deliver, personOf, publicUrl, clock, retry } = this.#deps
    const [programme, subject] = [await programmes.get(programmeId), await personOf(ref)]
    if (programme === undefined || subject === undefined) {
      await this.#end(id, 'web-only', 'nobody to tell')
      return 'done'
    }
    try {
      const status = await deliver({
        offerId: id,
        subject,
        recipientKind: 'soleEntrepreneur',
        title: programme.titles,
        body: programme.summary,
        link: new URL(`/cabinet/offers/${id}`, publicUrl).href,
        ...programme.window.until === undefined ? {} : { validUntil: endOfDay(programme.window.until) }
      }, randomUUID())
      await this.#end(id, status === 'accepted' ? 'accepted' : 'web-only', status)
      return 'done'
    } catch (thrown) {
      if (thrown instanceof Refused || (thrown instanceof Outage && attempts + 1 >= ATTEMPTS_MAX)) {
        await this.#end(id, 'web-only', thrown.code)
        return 'done'
      }
      if (!(thrown instanceof Outage)) throw thrown
      const dueAt = retryAt(clock.now(), attempts + 1, retry).toISOString()
      await this.#deps.store.write(async (tx) => { await tx.run('UPDATE delivery SET attempts = attempts + 1, due_at = ?, detail = ? WHERE offer_id = ?', dueAt, thrown.code, id) })
      return 'outage'
    }
  }

  async #end (id: string, state: string, detail: string): Promise<void> {
    await this.#deps.store.write(async (tx) => { await tx.run('UPDATE delivery SET state = ?, detail = ? WHERE offer_id = ?', state, detail, id) })
  }
}
