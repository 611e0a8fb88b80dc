import { openDatabase, type Database } from '@trembita/daemon/sqlite'

const MIGRATIONS = [`
  CREATE TABLE event (
    seq         INTEGER PRIMARY KEY,
    event_id    TEXT NOT NULL UNIQUE,
    at          INTEGER NOT NULL,
    service     TEXT NOT NULL,
    client      TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    rule        TEXT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'quarantined')),
    reason      TEXT,
    retain_until TEXT NOT NULL,
    sealed      BLOB NOT NULL
  ) STRICT;
  CREATE INDEX event_waiting ON event (seq) WHERE state = 'waiting';
  CREATE INDEX event_at ON event (at);
  CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO setting (name, value) VALUES ('last seq', x'30');
`]

/** An event on its way to disk. Nothing of a person stands outside `sealed`. */
export interface NewEvent {
  readonly eventId: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly service: string
  readonly client: string
  readonly outcome: string
  readonly rule: string
  readonly retainUntil: string
  readonly sealed: Uint8Array
}

export interface StoredEvent extends NewEvent {
  readonly seq: number
  readonly state: 'waiting' | 'delivered' | 'quarantined'
  readonly reason: string | null
}

export interface EventQuery {
  readonly service?: string | undefined
  readonly outcome?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Number of the last one seen. */
  readonly before?: number | undefined
  readonly limit: number
}

export interface SpoolState {
  readonly lastSeq: number
  readonly waiting: number
  readonly quarantined: number
  /** Instant of the oldest that waits. */
  readonly oldest: number | null
}

const COLUMNS = 'seq, event_id AS eventId, at, service, client, outcome, rule, state, reason, retain_until AS retainUntil, sealed'

/** Events of one component in the order in which they were captured: numbers without a gap, from 1. */
export class EventStore {
  readonly #db: Database

  constructor (path: string) {
    this.#db = openDatabase(path, MIGRATIONS)
  }

  /** On disk when it returns, all or none. @returns number of the first. */
  append (events: readonly NewEvent[]): number {
    const insert = this.#db.prepare('INSERT INTO event (seq, event_id, at, service, client, outcome, rule, retain_until, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    return this.#db.transaction(() => {
      const first = this.#lastSeq() + 1
      events.forEach((event, i) => insert.run(first + i, event.eventId, event.at, event.service, event.client, event.outcome, event.rule, event.retainUntil, event.sealed))
      this.set('last seq', Buffer.from(String(first + events.length - 1)))
      return first
    }).immediate()
  }

  /** Those to be sent next, without a gap among them. */
  waiting (limit: number): StoredEvent[] {
    const rows = this.#db.prepare<[number], StoredEvent>(`SELECT ${COLUMNS} FROM event WHERE state = 'waiting' ORDER BY seq LIMIT ?`).all(limit)
    const first = rows[0]?.seq ?? 0
    return rows.filter(({ seq }, i) => seq === first + i)
  }

  /** What the centre has taken up to a number; those it refused for good are set apart with its reason, others it refused are sent again. */
  settle (ackSeq: number, refused: readonly { readonly eventId: string, readonly reason: string, readonly retryable: boolean }[]): void {
    this.#db.transaction(() => {
      const refuse = this.#db.prepare('UPDATE event SET state = \'quarantined\', reason = ? WHERE event_id = ? AND state = \'waiting\'')
      for (const { eventId, reason, retryable } of refused) if (!retryable) refuse.run(reason, eventId)
      const again = JSON.stringify(refused.filter(({ retryable }) => retryable).map(({ eventId }) => eventId))
      this.#db.prepare('UPDATE event SET state = \'delivered\' WHERE state = \'waiting\' AND seq <= ? AND event_id NOT IN (SELECT value FROM json_each(?))').run(ackSeq, again)
    }).immediate()
  }

  /** Sends again from a number on. @returns false when the centre wants what is no longer kept. */
  rewind (seq: number): boolean {
    if (this.#db.prepare<[number], { seq: number }>('SELECT seq FROM event WHERE seq = ?').get(seq) === undefined) return false
    this.#db.prepare('UPDATE event SET state = \'waiting\' WHERE seq >= ? AND state = \'delivered\'').run(seq)
    return true
  }

  list ({ service, outcome, from, to, before, limit }: EventQuery): StoredEvent[] {
    return this.#db.prepare<unknown[], StoredEvent>(`SELECT ${COLUMNS} FROM event
      WHERE seq < ? AND at >= ? AND at < ? AND (? IS NULL OR service = ?) AND (? IS NULL OR outcome = ?) ORDER BY seq DESC LIMIT ?`)
      .all(before ?? Number.MAX_SAFE_INTEGER, from ?? 0, to ?? Number.MAX_SAFE_INTEGER, service ?? null, service ?? null, outcome ?? null, outcome ?? null, limit)
  }

  state (): SpoolState {
    const waiting = this.#db.prepare<[], { n: number, oldest: number | null }>('SELECT count(*) AS n, min(at) AS oldest FROM event WHERE state = \'waiting\'').get()!
    const { n: quarantined } = this.#db.prepare<[], { n: number }>('SELECT count(*) AS n FROM event WHERE state = \'quarantined\'').get()!
    return { lastSeq: this.#lastSeq(), waiting: waiting.n, oldest: waiting.oldest, quarantined }
  }

  /** Removes what was delivered and need not be kept any longer. @param day `YYYY-MM-DD`. */
  prune (day: string): number {
    return this.#db.prepare('DELETE FROM event WHERE state = \'delivered\' AND retain_until < ?').run(day).changes
  }

  get (name: string): Uint8Array | undefined {
    return this.#db.prepare<[string], { value: Buffer }>('SELECT value FROM setting WHERE name = ?').get(name)?.value
  }

  set (name: string, value: Uint8Array): void {
    this.#db.prepare('INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value').run(name, value)
  }

  close (): void {
    this.#db.close()
  }

  #lastSeq (): number {
    return Number(Buffer.from(this.get('last seq')!).toString())
  }
}
