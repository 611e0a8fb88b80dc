import assert from 'node:assert/strict'
import type { Actor } from '@trembita/daemon/accounts'
import type { Clock } from '@trembita/daemon'
import type { SqlReader, SqlStore, SqlValue, SqlWriter } from '@trembita/daemon/store'
import { appendEvent } from './append-event.ts'

/** What was done to which object. States are plain JSON values of the object, and never hold a secret. */
export interface ChangeRecord {
  /** `member.add`; what the object is, and what was done. */
  readonly action: string
  readonly object: { readonly kind: string, readonly id: string }
  /** Absent: there was none. */
  readonly before?: unknown
  /** Absent: it is no more. */
  readonly after?: unknown
}

/** A change under way: all of it is written, with its audit events, or nothing. */
export interface ChangeTx extends SqlWriter {
  readonly at: Date
  readonly actor: Actor
  record (entry: ChangeRecord): Promise<void>
}

/** The core itself: upkeep, seeds. */
export const SYSTEM: Actor = { kind: 'system', id: 'core', name: 'core', roles: [], origin: 'system' }

/** The one door to whatever the core keeps: a change without a record of who did what does not pass. */
export class Changes {
  readonly #store: SqlStore
  readonly #clock: Clock
  readonly #listeners = new Set<() => void>()

  constructor (store: SqlStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Durable when it resolves. Listeners hear of it then; they must not throw. */
  async change<T> (actor: Actor, work: (tx: ChangeTx) => Promise<T>): Promise<T> {
    const { result, changed } = await this.#store.write(async (tx) => {
      const change = new Change(tx, this.#clock.now(), actor)
      const result = await work(change)
      return { result, changed: await change.finish() }
    })
    if (changed) for (const listener of this.#listeners) listener()
    return result
  }

  /** Records what happened and changed nothing that is published: a sign-in, a refusal. Durable when it resolves. */
  async note (actor: Actor, entry: ChangeRecord): Promise<void> {
    await this.#store.write((tx) => appendEvent(tx, this.#clock.now(), actor, entry))
  }

  /** Calls `listener` after every change that this process made. @returns how to stop it. */
  onChange (listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }
}

/** Number that rises with every change, whichever node makes it. */
export async function revisionOf (reader: SqlReader): Promise<number> {
  return (await reader.get<{ value: number }>('SELECT value FROM revision'))!.value
}

class Change implements ChangeTx {
  readonly at: Date
  readonly actor: Actor
  readonly #tx: SqlWriter
  #written = false
  #recorded = false

  constructor (tx: SqlWriter, at: Date, actor: Actor) {
    this.#tx = tx
    this.at = at
    this.actor = actor
  }

  async all<Row> (sql: string, ...values: readonly SqlValue[]): Promise<Row[]> {
    if (writes(sql)) this.#written = true
    return await this.#tx.all<Row>(sql, ...values)
  }

  async get<Row> (sql: string, ...values: readonly SqlValue[]): Promise<Row | undefined> {
    if (writes(sql)) this.#written = true
    return await this.#tx.get<Row>(sql, ...values)
  }

  async run (sql: string, ...values: readonly SqlValue[]): Promise<number> {
    this.#written = true
    return await this.#tx.run(sql, ...values)
  }

  async record (entry: ChangeRecord): Promise<void> {
    this.#recorded = true
    await appendEvent(this.#tx, this.at, this.actor, entry)
  }

  /** @returns whether anything changed. */
  async finish (): Promise<boolean> {
    assert(this.#recorded || !this.#written, 'a change must be recorded in the audit log')
    if (this.#recorded) await this.#tx.run('UPDATE revision SET value = value + 1')
    return this.#recorded
  }
}

function writes (sql: string): boolean {
  return !/^\s*(SELECT|WITH)\b/i.test(sql)
}
