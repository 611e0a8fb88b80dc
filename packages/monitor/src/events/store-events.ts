import { canonicalEvent, eventHash, LEAF_KIND, type AccessEvent } from '@trembita/protocol/accessevent'
import type { SqlWriter } from '@trembita/daemon/store'
import { insertRows } from '../db/index.ts'
import { appendLeaves, newSalt } from '../ledger/index.ts'

/**
 * Stores new events with all that belongs to them: index entry, place in the log, feed of notices, spans of their source. One
 * transaction with the caller's: either all of it is there or nothing.
 */
export async function storeEvents (tx: SqlWriter, events: readonly AccessEvent[], receivedAt: string): Promise<void> {
  if (events.length === 0) return
  const salted = events.map((event) => ({ event, salt: newSalt(), canonical: canonicalEvent(event) }))
  await insertRows(tx, 'access_event', ['event_id', 'component', 'seq', 'recipient', 'case_ref', 'received_at', 'body', 'hash', 'salt', 'retain_until'], salted.map(({ event, salt }) => [
    event.eventId, event.source.component, event.source.seq, event.recipient.code, event.caseRef ?? null, receivedAt, JSON.stringify(event), eventHash(event), salt, event.retainUntil
  ]))
  await insertRows(tx, 'subject_entry', ['subject_index', 'visible', 'occurred_at', 'event_id', 'recipient', 'registry', 'by_person', 'received_at'], events.flatMap((event) => event.subject === undefined
    ? []
    : [[
        event.subject.index, isOpen(event) ? 1 : 0, event.occurredAt, event.eventId, event.recipient.code, event.holder.registry, event.actor.kind === 'person' ? 1 : 0, receivedAt
      ]]))
  await insertRows(tx, 'event_visibility', ['event_id', 'state', 'reason', 'review_at'], events.filter((event) => !isOpen(event)).map(({ eventId, visibility }) => [
    eventId, visibility.state, visibility.reason ?? null, visibility.until ?? null
  ]))
  await appendLeaves(tx, salted.map(({ event, salt, canonical }) => ({ kind: LEAF_KIND.event, ref: event.eventId, canonical, salt })))
  await insertRows(tx, 'event_feed', ['event_id', 'lifted'], events.filter((event) => isOpen(event) && event.subject !== undefined).map(({ eventId }) => [eventId, 0]))
  await addToSpans(tx, events)
}

function isOpen ({ visibility }: AccessEvent): boolean {
  return visibility.state === 'open'
}

async function addToSpans (tx: SqlWriter, events: readonly AccessEvent[]): Promise<void> {
  const spans = Map.groupBy(events, (event) => JSON.stringify([event.source.component, event.holder.registry, event.occurredAt.slice(0, 7)]))
  for (const [key, group] of spans) {
    const times = group.map(({ occurredAt }) => occurredAt).sort()
    await tx.run(`INSERT INTO source_span (component, registry, epoch, holder_name, first_at, last_at, events, hidden, unknown) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (component, registry, epoch) DO UPDATE SET
        holder_name = excluded.holder_name,
        first_at = CASE WHEN excluded.first_at < source_span.first_at THEN excluded.first_at ELSE source_span.first_at END,
        last_at = CASE WHEN excluded.last_at > source_span.last_at THEN excluded.last_at ELSE source_span.last_at END,
        events = source_span.events + excluded.events, hidden = source_span.hidden + excluded.hidden, unknown = source_span.unknown + excluded.unknown`,
    ...JSON.parse(key) as [string, string, string], JSON.stringify(group.at(-1)!.holder.name), times[0]!, times.at(-1)!, group.length,
    group.filter((event) => !isOpen(event)).length, group.filter(({ subject, mass }) => subject === undefined && mass === undefined).length)
  }
}
