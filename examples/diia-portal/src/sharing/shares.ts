import { randomUUID } from 'node:crypto'
import type { Clock, Logger } from '@trembita/daemon'
import type { Identity } from '@trembita/daemon/accounts'
import type { SqlStore } from '@trembita/daemon/store'
import { nextAttemptAt, Retrier } from '../db/index.ts'
import { signCopy, type DocumentSeal, type DocumentState } from '../documents/index.ts'
import { ExchangeFailure, post, type Gateway } from '../exchange/index.ts'
import type { PortalKeys } from '../keys/index.ts'
import { missingReason, readReceipt, type MissingCopy, type Receipt, type ShareSummary } from './receipt.ts'

/** `sending`: on disk, and sent again until it is answered. `received`: there is a receipt. `refused`: nobody will take it. */
export type ShareState = 'sending' | 'received' | 'refused'

export interface Share {
  readonly id: string
  readonly state: ShareState
  readonly createdAt: string
  readonly summary: ShareSummary
  readonly receipt: Receipt | undefined
  readonly failure: string | undefined
}

export interface SharesDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly keys: PortalKeys
  readonly seal: DocumentSeal
  readonly gateway: Gateway
  readonly purpose?: string | undefined
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
}

interface Row {
  readonly id: string
  readonly state: ShareState
  readonly created_at: string
  readonly summary: string
  readonly receipt: string | null
  readonly failure: string | null
}

interface WaitingRow {
  readonly id: string
  readonly request: string
  readonly attempts: number
}

const SERVICE = 'GOV/90000050/CABINET/receiveDocuments'
const COLUMNS = 'id, state, created_at, summary, receipt, failure'
const LIST_MAX = 200
const BATCH = 20
/** Until the first attempt is over: longer than a call to the gateway may take. */
const FIRST_ATTEMPT_MS = 30_000

/** Copies on their way to the business cabinet: durable before the first attempt, under one id whatever happens between. */
export class Shares {
  readonly #deps: SharesDeps
  readonly #retrier: Retrier
  /** What a former process left behind is due whatever its time. */
  #left = true

  constructor (deps: SharesDeps) {
    this.#deps = deps
    this.#retrier = new Retrier(async () => await this.#sendDue(), (error) => { deps.log.error({ err: error }, 'documents could not be sent') })
    this.#retrier.wake()
  }

  /** Signs what is there, names what is not, and writes it down; sent once by now, and again until answered. */
  async share (identity: Identity, states: readonly DocumentState[]): Promise<Share> {
    const { store, clock, keys, seal } = this.#deps
    const id = randomUUID()
    const copies = states.flatMap((one) => one.state === 'ready' ? [signCopy(seal, clock, one.document, identity)] : [])
    const missing = states.flatMap((one): MissingCopy[] => one.state === 'ready' ? [] : [{ type: one.type, reason: missingReason(one) }])
    const request = {
      shareId: id,
      subject: { sub: identity.subject, rnokpp: identity.rnokpp, name: identity.name, assurance: identity.assurance },
      documents: copies.map(({ type, content, issuedAt }) => ({ type, format: 'jws', content, issuedAt })),
      missing
    }
    const summary: ShareSummary = { sent: copies.map(({ type, id: copy, issuedAt }) => ({ type, copy, issuedAt })), missing }
    const now = clock.now()
    await store.write(async (tx) => {
      await tx.run(
        'INSERT INTO share (id, subject, state, request, summary, attempts, next_attempt_at, created_at) VALUES (?, ?, ?, ?, ?, 0, ?, ?)',
        id, identity.subject, 'sending', keys.box.seal(request, `share/${id}`), JSON.stringify(summary), new Date(now.getTime() + FIRST_ATTEMPT_MS).toISOString(), now.toISOString())
    })
    await this.#attempt({ id, request: '', attempts: 0 }, request)
    return (await this.find(identity.subject, id))!
  }

  async find (subject: string, id: string): Promise<Share | undefined> {
    const row = await this.#deps.store.get<Row>(`SELECT ${COLUMNS} FROM share WHERE subject = ? AND id = ?`, subject, id)
    return row === undefined ? undefined : toShare(row)
  }

  /** The latest first. */
  async list (subject: string): Promise<Share[]> {
    const rows = await this.#deps.store.all<Row>(`SELECT ${COLUMNS} FROM share WHERE subject = ? ORDER BY created_at DESC, id LIMIT ${LIST_MAX}`, subject)
    return rows.map(toShare)
  }

  async close (): Promise<void> {
    await this.#retrier.close()
  }

  async #sendDue (): Promise<Date | undefined> {
    const { store, clock, keys } = this.#deps
    const until = this.#left ? '9999' : clock.now().toISOString()
    this.#left = false
    const due = await store.all<WaitingRow>(`SELECT id, request, attempts FROM share WHERE next_attempt_at <= ? ORDER BY next_attempt_at LIMIT ${BATCH}`, until)
    for (const row of due) await this.#attempt(row, keys.box.open(row.request, `share/${row.id}`))
    const next = await store.get<{ at: string | null }>('SELECT min(next_attempt_at) AS at FROM share')
    return next?.at == null ? undefined : new Date(next.at)
  }

  /** Attempts of one share may overlap after a slow answer: the cabinet takes its id once. */
  async #attempt ({ id, attempts }: WaitingRow, request: object): Promise<void> {
    const { store, clock, gateway, purpose, log } = this.#deps
    try {
      const { body, exchangeId } = await post<unknown>(gateway, { service: SERVICE, body: request, id, purpose })
      const receipt = readReceipt(body, exchangeId)
      // What was sent is the cabinet's now; the receipt remains here.
      await store.write(async (tx) => {
        await tx.run('UPDATE share SET state = ?, receipt = ?, request = NULL, next_attempt_at = NULL WHERE id = ?', 'received', JSON.stringify(receipt), id)
      })
      log.info({ shareId: id }, 'documents received by the cabinet')
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error
      const refused = error.kind === 'refused'
      const next = refused ? null : nextAttemptAt(clock.now(), attempts + 1).toISOString()
      await store.write(async (tx) => {
        await tx.run(
          `UPDATE share SET state = ?, failure = ?, attempts = ?, next_attempt_at = ?${refused ? ', request = NULL' : ''} WHERE id = ? AND state = ?`,
          refused ? 'refused' : 'sending', error.code, attempts + 1, next, id, 'sending')
      })
      log.warn({ shareId: id, code: error.code, refused }, 'documents not received')
      if (!refused) this.#retrier.wake()
    }
  }
}

function toShare (row: Row): Share {
  return {
    id: row.id,
    state: row.state,
    createdAt: row.created_at,
    summary: JSON.parse(row.summary) as ShareSummary,
    receipt: row.receipt === null ? undefined : JSON.parse(row.receipt) as Receipt,
    failure: row.failure ?? undefined
  }
}
