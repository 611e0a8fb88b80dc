import type { Clock } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { fullName, type Official } from '../desk/index.ts'
import type { Seal } from '../seal.ts'
import { PersonnelUnavailable, type OfficialCard, type Personnel, type StatusAnswer } from './personnel.ts'
import type { BodyRegistry } from './registry.ts'

/** `active` serves; `suspended` and `dismissed` as the personnel system says; `unknown` to it, or not told because records contradict. */
export type EnrolmentStatus = 'active' | 'suspended' | 'dismissed' | 'unknown'

export interface Enrolment {
  readonly body: string
  readonly official: OfficialCard
  readonly status: EnrolmentStatus
  readonly joinedAt: string
  readonly leftAt: string | null
  /** When the personnel system last answered about this official. */
  readonly checkedAt: string
  readonly exchangeId: string
}

export interface EnrolmentEvent { readonly at: string, readonly action: 'joined' | 'left' | EnrolmentStatus, readonly exchange_id: string | null }

/** What a person may do in a body: work, or why not. */
export type Access =
  | { readonly kind: 'official', readonly official: Official }
  | { readonly kind: 'notJoined' | 'left' }
  | { readonly kind: 'bodyInactive' }
  | { readonly kind: 'notServing', readonly status: Exclude<EnrolmentStatus, 'active'> }
  | { readonly kind: 'unavailable', readonly code: string, readonly exchangeId: string }

interface Row { readonly subject: string, readonly body: string, readonly card: string, readonly sealed_code: string, readonly status: EnrolmentStatus, readonly joined_at: string, readonly left_at: string | null, readonly checked_at: string, readonly exchange_id: string }

export interface EnrolmentsDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly seal: Seal
  readonly registry: BodyRegistry
  /** Of a body: through its own gateway. */
  readonly personnelOf: (body: string) => Personnel
  /** How long the last good answer holds while the personnel system is silent. */
  readonly statusSeconds: number
}

/** Sessions end after twelve hours, whatever happens. */
const ADMISSION_MS = 13 * 3_600_000

/**
 * Who joined (at will, order item 2), and whether the personnel system still calls them officials: asked at each sign-in and by
 * `sync`. Its silence lets in nobody new and throws out nobody at once.
 */
export class Enrolments {
  readonly #deps: EnrolmentsDeps

  constructor (deps: EnrolmentsDeps) {
    this.#deps = deps
  }

  async of (subject: string): Promise<readonly Enrolment[]> {
    return (await this.#deps.store.all<Row>('SELECT * FROM enrolment WHERE subject = ? ORDER BY body', subject)).map(toEnrolment)
  }

  async events (subject: string, body: string): Promise<readonly EnrolmentEvent[]> {
    return await this.#deps.store.all<EnrolmentEvent>('SELECT at, action, exchange_id FROM enrolment_event WHERE subject = ? AND body = ? ORDER BY id DESC', subject, body)
  }

  /** Whether an exchange asked about somebody else: it holds their code. */
  async isOfAnother (subject: string, exchangeId: string): Promise<boolean> {
    return await this.#deps.store.get(
      'SELECT 1 AS found FROM enrolment WHERE exchange_id = ? AND subject <> ? UNION ALL SELECT 1 FROM enrolment_event WHERE exchange_id = ? AND subject <> ?', exchangeId, subject, exchangeId, subject) !== undefined
  }

  /** A person asks to be let in as an official of a body, of own will. @returns whether one may; only a serving official is enrolled. */
  async join (subject: string, rnokpp: string, body: string, session: string): Promise<Access> {
    if ((await this.#deps.registry.find(body))?.state !== 'active') return { kind: 'bodyInactive' }
    const asked = await this.#ask(rnokpp, body)
    if (asked.kind === 'unavailable') return asked
    const { status, card, exchangeId } = asked
    if (status !== 'active' || card === undefined) return { kind: 'notServing', status: status === 'active' ? 'unknown' : status }
    const { store, clock, seal } = this.#deps
    const now = clock.now().toISOString()
    await store.write(async (tx) => {
      await tx.run(
        `INSERT INTO enrolment (subject, body, official, card, sealed_code, status, joined_at, checked_at, exchange_id) VALUES (?, ?, ?, ?, ?, 'active', ?, ?, ?)
         ON CONFLICT (subject, body) DO UPDATE SET official = excluded.official, card = excluded.card, sealed_code = excluded.sealed_code, status = 'active', joined_at = excluded.joined_at, left_at = NULL, checked_at = excluded.checked_at, exchange_id = excluded.exchange_id`,
        subject, body, card.id, JSON.stringify(card), seal.seal(rnokpp, `${subject}/${body}`), now, now, exchangeId)
      await tx.run("INSERT INTO enrolment_event (subject, body, at, action, exchange_id) VALUES (?, ?, ?, 'joined', ?)", subject, body, now, exchangeId)
      await tx.run('INSERT INTO admission (session_id, body, at) VALUES (?, ?, ?) ON CONFLICT (session_id, body) DO NOTHING', session, body, now)
    })
    return await this.access(subject, rnokpp, body, session)
  }

  /** A person leaves of own will; the code is forgotten. */
  async leave (subject: string, body: string): Promise<void> {
    const { store, clock } = this.#deps
    const now = clock.now().toISOString()
    await store.write(async (tx) => {
      const changed = await tx.run("UPDATE enrolment SET left_at = ?, sealed_code = '' WHERE subject = ? AND body = ? AND left_at IS NULL", now, subject, body)
      if (changed === 1) await tx.run("INSERT INTO enrolment_event (subject, body, at, action) VALUES (?, ?, ?, 'left')", subject, body, now)
    })
  }

  /** Asked before every page. The first one of a session asks the personnel system anew. */
  async access (subject: string, rnokpp: string, body: string, session: string): Promise<Access> {
    const { store, clock, registry, statusSeconds } = this.#deps
    const row = await this.#row(subject, body)
    if (row === undefined) return { kind: 'notJoined' }
    if (row.left_at !== null) return { kind: 'left' }
    const connected = await registry.find(body)
    if (connected?.state !== 'active') return { kind: 'bodyInactive' }
    const admitted = await store.get('SELECT at FROM admission WHERE session_id = ? AND body = ?', session, body) !== undefined
    const stale = clock.now().getTime() - Date.parse(row.checked_at) > statusSeconds * 1000
    let current = row
    if (!admitted || stale) {
      const asked = await this.#ask(rnokpp, body)
      if (asked.kind === 'unavailable') return asked
      await this.#record(row, asked)
      current = (await this.#row(subject, body))!
      if (current.status === 'active' && !admitted) {
        await store.write(async (tx) => { await tx.run('INSERT INTO admission (session_id, body, at) VALUES (?, ?, ?) ON CONFLICT (session_id, body) DO NOTHING', session, body, clock.now().toISOString()) })
      }
    }
    if (current.status !== 'active') return { kind: 'notServing', status: current.status }
    const card = toEnrolment(current).official
    return { kind: 'official', official: { id: card.id, body, unit: card.unit, unitName: card.unitName, name: fullName(card), post: card.post, administrator: connected.administrator === card.id } }
  }

  /** Asks about everybody who joined and serves, or may serve again. @returns how many were asked and how many got no answer. */
  async sync (): Promise<{ readonly asked: number, readonly unanswered: number }> {
    const rows = await this.#deps.store.all<Row>("SELECT enrolment.* FROM enrolment JOIN body ON body.code = enrolment.body WHERE left_at IS NULL AND body.state = 'active'")
    // Older than any session may grow.
    await this.#deps.store.write(async (tx) => { await tx.run('DELETE FROM admission WHERE at < ?', new Date(this.#deps.clock.now().getTime() - ADMISSION_MS).toISOString()) })
    let unanswered = 0
    for (const row of rows) {
      const asked = await this.#ask(this.#deps.seal.open(row.sealed_code, `${row.subject}/${row.body}`), row.body)
      if (asked.kind === 'unavailable') unanswered++
      else await this.#record(row, asked)
    }
    return { asked: rows.length, unanswered }
  }

  async #row (subject: string, body: string): Promise<Row | undefined> {
    return await this.#deps.store.get<Row>('SELECT * FROM enrolment WHERE subject = ? AND body = ?', subject, body)
  }

  async #ask (rnokpp: string, body: string): Promise<{ kind: 'answered', status: EnrolmentStatus, card: StatusAnswer | undefined, exchangeId: string } | Extract<Access, { kind: 'unavailable' }>> {
    try {
      const { id, answer } = await this.#deps.personnelOf(body).status(rnokpp, body)
      const card = answer.data ?? undefined
      return { kind: 'answered', status: card?.status ?? 'unknown', card, exchangeId: id }
    } catch (error) {
      if (error instanceof PersonnelUnavailable) return { kind: 'unavailable', code: error.code, exchangeId: error.exchangeId }
      throw error
    }
  }

  async #record (row: Row, { status, card, exchangeId }: { status: EnrolmentStatus, card: StatusAnswer | undefined, exchangeId: string }): Promise<void> {
    const { store, clock } = this.#deps
    const now = clock.now().toISOString()
    await store.write(async (tx) => {
      const before = await tx.get<Row>('SELECT * FROM enrolment WHERE subject = ? AND body = ? AND left_at IS NULL', row.subject, row.body)
      if (before === undefined) return
      await tx.run('UPDATE enrolment SET status = ?, card = ?, checked_at = ?, exchange_id = ? WHERE subject = ? AND body = ?', status, card === undefined ? before.card : JSON.stringify(card), now, exchangeId, row.subject, row.body)
      if (before.status !== status) await tx.run('INSERT INTO enrolment_event (subject, body, at, action, exchange_id) VALUES (?, ?, ?, ?, ?)', row.subject, row.body, now, status, exchangeId)
    })
  }
}

function toEnrolment (row: Row): Enrolment {
  return { body: row.body, official: JSON.parse(row.card) as OfficialCard, status: row.status, joinedAt: row.joined_at, leftAt: row.left_at, checkedAt: row.checked_at, exchangeId: row.exchange_id }
}
