import { randomUUID } from 'node:crypto'
import { canonicalVisibilityChange, LEAF_KIND, MalformedAccessEvent, parseVisibilityChange, type VisibilityChange, type VisibilityState } from '@trembita/protocol/accessevent'
import type { Clock } from '@trembita/daemon'
import type { SqlStore, SqlWriter } from '@trembita/daemon/store'
import { insertRows } from '../db/index.ts'
import { appendLeaves, newSalt } from '../ledger/index.ts'

export interface VisibilityChangesDeps {
  readonly store: SqlStore
  readonly clock: Clock
  /** Recipients whose accesses may be hidden, by code. */
  readonly mayHide: readonly string[]
  /** Called when a change is durable. */
  readonly onChanged: () => void
}

/** What somebody wants: the rest is ours to say. */
export type WantedChange = Pick<VisibilityChange, 'selector' | 'newState' | 'reason' | 'reviewAt'>

/** A change that the law does not allow, or that has nothing to change. */
export class VisibilityRefused extends Error {
  override readonly name = 'VisibilityRefused'
  readonly kind: 'invalid' | 'not-allowed' | 'not-found'

  constructor (kind: VisibilityRefused['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

export interface AppliedChange {
  readonly change: VisibilityChange
  /** How many events it concerns. */
  readonly events: number
}

interface Concerned {
  readonly event_id: string
  readonly recipient: string
  readonly state: VisibilityState | null
}

/**
 * Changes of what a person may see: appended and committed to the log like events, never written over (monitor §5.4). What holds is
 * folded into the index in the same transaction.
 */
export class VisibilityChanges {
  readonly #deps: VisibilityChangesDeps

  constructor (deps: VisibilityChangesDeps) {
    this.#deps = deps
  }

  /** @throws {VisibilityRefused} */
  async apply (setBy: string, wanted: WantedChange): Promise<AppliedChange> {
    const change = this.#complete(setBy, wanted)
    const applied = await this.#deps.store.write(async (tx) => {
      const concerned = await concernedBy(tx, change)
      if (concerned.length === 0) throw new VisibilityRefused('not-found', 'no event is concerned')
      if (hides(change.newState) && concerned.some(({ recipient }) => !this.#deps.mayHide.includes(recipient))) throw new VisibilityRefused('not-allowed', 'accesses of this recipient may not be hidden')
      if (change.newState === 'lifted' && concerned.every(({ state }) => !hides(state))) throw new VisibilityRefused('invalid', 'nothing of it is hidden')
      await append(tx, change, concerned)
      return { change, events: concerned.length }
    })
    this.#deps.onChanged()
    return applied
  }

  /** Releases what is deferred and whose review is due; what is restricted is for oversight to decide, and an alarm. @returns how many were released. */
  async reviewDue (): Promise<number> {
    const now = this.#deps.clock.now().toISOString()
    const due = await this.#deps.store.all<{ event_id: string, state: VisibilityState }>(
      "SELECT event_id, state FROM event_visibility WHERE review_at <= ? AND state IN ('deferred', 'restricted') ORDER BY review_at", now)
    let released = 0
    for (const { event_id: eventId, state } of due) {
      if (state === 'restricted') await this.#overdue(eventId, now)
      else if (await this.apply('system', { selector: { eventId }, newState: 'lifted' }).then(() => true, wasChanged)) released++
    }
    return released
  }

  /** The record of changes, latest first. */
  async list (limit: number): Promise<readonly VisibilityChange[]> {
    return (await this.#deps.store.all<{ body: string }>('SELECT body FROM visibility_change ORDER BY at DESC, change_id DESC LIMIT ?', limit)).map(({ body }) => JSON.parse(body) as VisibilityChange)
  }

  #complete (setBy: string, { selector, newState, reason, reviewAt }: WantedChange): VisibilityChange {
    try {
      if (newState === 'open') throw new MalformedAccessEvent('newState', 'what was hidden is lifted, so that it is told')
      return parseVisibilityChange({
        changeId: randomUUID(), selector, newState, setBy, at: this.#deps.clock.now().toISOString(), ...reason !== undefined && { reason }, ...reviewAt !== undefined && { reviewAt }
      })
    } catch (error) {
      if (error instanceof MalformedAccessEvent) throw new VisibilityRefused('invalid', error.message)
      throw error
    }
  }

  async #overdue (eventId: string, now: string): Promise<void> {
    await this.#deps.store.write((tx) => tx.run(`INSERT INTO alarm (kind, component, ref, first_at, last_at, times) VALUES ('review-overdue', '', ?, ?, ?, 1)
      ON CONFLICT (kind, component, ref) DO UPDATE SET last_at = excluded.last_at, times = alarm.times + 1`, eventId, now, now))
  }
}

function hides (state: VisibilityState | null): boolean {
  return state === 'deferred' || state === 'restricted'
}

/** Somebody else was quicker. */
function wasChanged (error: unknown): false {
  if (error instanceof VisibilityRefused) return false
  throw error
}

async function concernedBy (tx: SqlWriter, { selector }: VisibilityChange): Promise<Concerned[]> {
  const select = 'SELECT a.event_id, a.recipient, v.state FROM access_event a LEFT JOIN event_visibility v ON v.event_id = a.event_id'
  return 'eventId' in selector
    ? await tx.all<Concerned>(`${select} WHERE a.event_id = ?`, selector.eventId)
    : await tx.all<Concerned>(`${select} WHERE a.recipient = ? AND a.case_ref = ? ORDER BY a.event_id`, selector.recipient, selector.caseRef)
}

async function append (tx: SqlWriter, change: VisibilityChange, concerned: readonly Concerned[]): Promise<void> {
  const salt = newSalt()
  await insertRows(tx, 'visibility_change', ['change_id', 'at', 'body', 'salt'], [[change.changeId, change.at, JSON.stringify(change), salt]])
  await appendLeaves(tx, [{ kind: LEAF_KIND.visibilityChange, ref: change.changeId, canonical: canonicalVisibilityChange(change), salt }])
  const hidden = hides(change.newState)
  for (const { event_id: eventId, state } of concerned) {
    // What nobody hid is not shown late.
    if (!hidden && !hides(state)) continue
    await tx.run(`INSERT INTO event_visibility (event_id, state, reason, review_at, lifted_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (event_id) DO UPDATE SET state = excluded.state, reason = excluded.reason, review_at = excluded.review_at, lifted_at = excluded.lifted_at`,
    eventId, change.newState, change.reason ?? null, change.reviewAt ?? null, hidden ? null : change.at)
    const changed = await tx.run('UPDATE subject_entry SET visible = ? WHERE event_id = ? AND visible = ?', hidden ? 0 : 1, eventId, hidden ? 1 : 0)
    if (!hidden && changed > 0) await tx.run('INSERT INTO event_feed (event_id, lifted) VALUES (?, 1)', eventId)
  }
}
