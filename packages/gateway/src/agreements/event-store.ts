import { openDatabase, type Database } from '@trembita/daemon/sqlite'

/** An answer that was not wholly inside its agreement: what became of it. Never what it held. */
export interface AgreementEvent {
  readonly at: Date
  /** x-road-request-id: finds the exchange in the message log. */
  readonly requestId: string
  readonly client: string
  readonly service: string
  /** `ID/VERSION` of each agreement that let the request in. */
  readonly agreements: readonly string[]
  readonly purposes: readonly string[]
  readonly outcome: 'removed' | 'refused'
  /** Why an answer could not be looked through; absent when it could. */
  readonly reason?: string | undefined
  /** Where fields stood outside: pointers or element paths, names that may be data left out. */
  readonly places: readonly string[]
}

const MIGRATIONS = [`
  CREATE TABLE agreement_event (
    id         INTEGER PRIMARY KEY,
    at         TEXT NOT NULL,
    request_id TEXT NOT NULL,
    client     TEXT NOT NULL,
    service    TEXT NOT NULL,
    agreements TEXT NOT NULL,
    purposes   TEXT NOT NULL,
    outcome    TEXT NOT NULL CHECK (outcome IN ('removed', 'refused')),
    reason     TEXT,
    places     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX agreement_event_at ON agreement_event (at);
`]

/** Between two looks for events that are too old. */
const PRUNE_EVERY = 1000
const DAY_MS = 24 * 60 * 60 * 1000

interface Row { id: number, at: string, request_id: string, client: string, service: string, agreements: string, purposes: string, outcome: AgreementEvent['outcome'], reason: string | null, places: string }

/** Keeps events for as long as it is told. An event is on disk when `record` returns: before the answer leaves. */
export class AgreementEvents {
  readonly #db: Database
  readonly #keepDays: number
  #recorded = 0

  constructor (path: string, keepDays: number) {
    this.#db = openDatabase(path, MIGRATIONS)
    this.#keepDays = keepDays
  }

  record (event: AgreementEvent): void {
    this.#db.prepare('INSERT INTO agreement_event (at, request_id, client, service, agreements, purposes, outcome, reason, places) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(event.at.toISOString(), event.requestId, event.client, event.service, JSON.stringify(event.agreements), JSON.stringify(event.purposes), event.outcome,
        event.reason ?? null, JSON.stringify(event.places))
    if (this.#recorded++ % PRUNE_EVERY === 0) {
      this.#db.prepare('DELETE FROM agreement_event WHERE at < ?').run(new Date(event.at.getTime() - this.#keepDays * DAY_MS).toISOString())
    }
  }

  /** Newest first; `before` is the id of the last one seen. */
  list (options: { readonly limit: number, readonly before?: number | undefined }): (AgreementEvent & { readonly id: number })[] {
    const rows = this.#db.prepare<[number, number], Row>(`SELECT id, at, request_id, client, service, agreements, purposes, outcome, reason, places
      FROM agreement_event WHERE id < ? ORDER BY id DESC LIMIT ?`).all(options.before ?? Number.MAX_SAFE_INTEGER, options.limit)
    return rows.map((row) => ({
      id: row.id,
      at: new Date(row.at),
      requestId: row.request_id,
      client: row.client,
      service: row.service,
      agreements: JSON.parse(row.agreements) as string[],
      purposes: JSON.parse(row.purposes) as string[],
      outcome: row.outcome,
      reason: row.reason ?? undefined,
      places: JSON.parse(row.places) as string[]
    }))
  }

  close (): void {
    this.#db.close()
  }
}
