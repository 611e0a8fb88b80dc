import { randomUUID } from 'node:crypto'
import type { Clock, Logger } from '@trembita/daemon'
import type { Identity } from '@trembita/daemon/accounts'
import type { SqlStore } from '@trembita/daemon/store'
import { nextAttemptAt, Retrier } from '../db/index.ts'
import { ExchangeFailure, post, type Gateway } from '../exchange/index.ts'
import type { PortalKeys } from '../keys/index.ts'
import { cabinetSubject } from './cabinet.ts'
import type { Feedback } from './offer.ts'

export interface FeedbackDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly keys: PortalKeys
  readonly gateway: Gateway
  readonly purpose?: string | undefined
  readonly log: Pick<Logger, 'warn' | 'error'>
}

interface Row {
  readonly id: string
  readonly request: string
  readonly attempts: number
}

const SERVICE = 'GOV/90000050/CABINET/offerFeedback'
const BATCH = 50

/** What people say to offers, on its way to the cabinet: each word once, durable before it is acknowledged, in the background. */
export class FeedbackOutbox {
  readonly #deps: FeedbackDeps
  readonly #retrier: Retrier

  constructor (deps: FeedbackDeps) {
    this.#deps = deps
    this.#retrier = new Retrier(async () => await this.#sendDue(), (error) => { deps.log.error({ err: error }, 'feedback could not be sent') })
    this.#retrier.wake()
  }

  async give (identity: Identity, offerId: string, feedback: Feedback): Promise<void> {
    const { store, clock, keys } = this.#deps
    const id = randomUUID()
    const now = clock.now().toISOString()
    const request = keys.box.seal({ subject: cabinetSubject(identity), offerId, feedback }, `feedback/${id}`)
    const added = await store.write((tx) => tx.run(
      'INSERT INTO offer_feedback (id, subject, offer_id, feedback, request, attempts, next_attempt_at, given_at) VALUES (?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT (subject, offer_id, feedback) DO NOTHING',
      id, identity.subject, offerId, feedback, request, now, now))
    if (added > 0) this.#retrier.wake()
  }

  async close (): Promise<void> {
    await this.#retrier.close()
  }

  async #sendDue (): Promise<Date | undefined> {
    const { store, clock } = this.#deps
    const due = await store.all<Row>(`SELECT id, request, attempts FROM offer_feedback WHERE next_attempt_at <= ? ORDER BY given_at LIMIT ${BATCH}`, clock.now().toISOString())
    for (const row of due) await this.#send(row)
    const next = await store.get<{ at: string | null }>('SELECT min(next_attempt_at) AS at FROM offer_feedback')
    return next?.at == null ? undefined : new Date(next.at)
  }

  async #send ({ id, request, attempts }: Row): Promise<void> {
    const { store, clock, keys, gateway, purpose, log } = this.#deps
    let next: string | null = null
    let sentAt: string | null = null
    try {
      await post(gateway, { service: SERVICE, body: keys.box.open<object>(request, `feedback/${id}`), id, purpose })
      sentAt = clock.now().toISOString()
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error
      log.warn({ feedbackId: id, code: error.code }, 'feedback not received')
      if (error.kind === 'unavailable') next = nextAttemptAt(clock.now(), attempts + 1).toISOString()
    }
    // Whether taken or refused for good, what was said is not kept beside the person any longer.
    await store.write(async (tx) => {
      await tx.run(`UPDATE offer_feedback SET attempts = ?, next_attempt_at = ?, sent_at = ?${next === null ? ', request = NULL' : ''} WHERE id = ?`, attempts + 1, next, sentAt, id)
    })
  }
}
