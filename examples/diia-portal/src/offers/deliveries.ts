import { randomUUID } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import type { PortalKeys } from '../keys/index.ts'
import type { Persons, Recipient } from '../persons/index.ts'
import { stateAfter, type DeliveredOffer, type Feedback, type OfferState, type OfferView } from './offer.ts'

export interface OfferDelivery extends DeliveredOffer {
  readonly offerId: string
  readonly recipient: Recipient
  readonly recipientKind: 'soleEntrepreneur' | 'legalEntity'
  readonly validUntil: string | undefined
}

export type DeliveryStatus = 'accepted' | 'recipient-not-reachable' | 'channel-off' | 'refused'

export interface DeliveryAnswer {
  readonly deliveryId?: string
  readonly status: DeliveryStatus
  readonly reason?: 'legal-entity' | 'no-rnokpp' | 'expired'
}

export interface DeliveriesDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly keys: PortalKeys
  readonly persons: Persons
  /** May programmes be offered here at all? */
  readonly channel: boolean
}

interface Row {
  readonly id: string
  readonly offer_id: string
  readonly content: string
  readonly valid_until: string | null
  readonly state: OfferState
  readonly delivered_at: string
}

const COLUMNS = 'id, offer_id, content, valid_until, state, delivered_at'
const LIST_MAX = 200

/** Offers that were brought to the portal for a person. */
export class Deliveries {
  readonly #deps: DeliveriesDeps

  constructor (deps: DeliveriesDeps) {
    this.#deps = deps
  }

  /**
   * Takes an offer, or says why it cannot be shown here. The same id of the same client is the same offer; durable when it resolves.
   *
   * @param client `CLASS/CODE/SUBSYSTEM`.
   */
  async take (client: string, offer: OfferDelivery): Promise<DeliveryAnswer> {
    const { store, clock, keys, persons, channel } = this.#deps
    // Personalised programmes come by the portal to sole entrepreneurs alone (order on the cabinet, item 7).
    if (offer.recipientKind === 'legalEntity') return { status: 'refused', reason: 'legal-entity' }
    if (!channel) return { status: 'channel-off' }
    const now = clock.now()
    return await store.write(async (tx) => {
      const known = await tx.get<{ id: string }>('SELECT id FROM offer WHERE client = ? AND offer_id = ?', client, offer.offerId)
      if (known !== undefined) return { deliveryId: known.id, status: 'accepted' }
      if (offer.validUntil !== undefined && Date.parse(offer.validUntil) <= now.getTime()) return { status: 'refused', reason: 'expired' }
      const person = await persons.find(offer.recipient, tx)
      if (person === undefined) return { status: 'recipient-not-reachable' }
      if (!person.hasRnokpp) return { status: 'refused', reason: 'no-rnokpp' }
      if (!person.offersChannel) return { status: 'channel-off' }
      const id = randomUUID()
      const { title, body, reasons, link } = offer
      await tx.run(
        'INSERT INTO offer (id, client, offer_id, subject, content, valid_until, state, delivered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        id, client, offer.offerId, person.subject, keys.box.seal({ title, body, reasons, link }, `offer/${id}`), offer.validUntil ?? null, 'new', now.toISOString())
      return { deliveryId: id, status: 'accepted' }
    })
  }

  /** Those that are still good, the latest first. */
  async list (subject: string): Promise<OfferView[]> {
    const now = this.#deps.clock.now().toISOString()
    const rows = await this.#deps.store.all<Row>(
      `SELECT ${COLUMNS} FROM offer WHERE subject = ? AND (valid_until IS NULL OR valid_until > ?) ORDER BY delivered_at DESC, id LIMIT ${LIST_MAX}`, subject, now)
    return rows.map((row) => this.#toView(row))
  }

  /** How many the person has not looked at. */
  async countNew (subject: string): Promise<number> {
    const row = await this.#deps.store.get<{ n: number | string }>(
      'SELECT count(*) AS n FROM offer WHERE subject = ? AND state = ? AND (valid_until IS NULL OR valid_until > ?)', subject, 'new', this.#deps.clock.now().toISOString())
    return Number(row?.n ?? 0)
  }

  async note (subject: string, offerId: string, feedback: Feedback): Promise<void> {
    await this.#deps.store.write(async (tx) => {
      const row = await this.#find(tx, subject, offerId)
      if (row !== undefined) await tx.run('UPDATE offer SET state = ? WHERE id = ?', stateAfter(row.state, feedback), row.id)
    })
  }

  async #find (tx: SqlReader, subject: string, offerId: string): Promise<Row | undefined> {
    return await tx.get<Row>(`SELECT ${COLUMNS} FROM offer WHERE subject = ? AND offer_id = ?`, subject, offerId)
  }

  #toView (row: Row): OfferView {
    const content = this.#deps.keys.box.open<DeliveredOffer>(row.content, `offer/${row.id}`)
    return { ...content, offerId: row.offer_id, validUntil: row.valid_until ?? undefined, state: row.state, deliveredAt: row.delivered_at, uncertain: false }
  }
}
