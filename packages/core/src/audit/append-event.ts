import type { Actor } from '@trembita/daemon/accounts'
import type { SqlWriter } from '@trembita/daemon/store'
import { AUDIT_START, auditEventHash, canonicalJson, type AuditEvent, type Json } from '@trembita/protocol/auditlog'
import type { ChangeRecord } from './changes.ts'

/** The stores keep UTF-8, which has no half of a surrogate pair: what is hashed is what they will give back. */
const kept = (text: string): string => text.toWellFormed()

/** Adds an event to the end of the chain. Writers take turns, so there is one end. */
export async function appendEvent (tx: SqlWriter, at: Date, actor: Actor, { action, object, before, after }: ChangeRecord): Promise<void> {
  const last = await tx.get<{ id: number, hash: Buffer }>('SELECT id, hash FROM audit_event ORDER BY id DESC LIMIT 1')
  const event: AuditEvent = {
    id: (last?.id ?? 0) + 1,
    at: at.toISOString(),
    actor: { kind: actor.kind, id: kept(actor.id), name: kept(actor.name) },
    approvedBy: actor.approvedBy === undefined ? undefined : { kind: actor.approvedBy.kind, id: actor.approvedBy.id, name: actor.approvedBy.name },
    origin: actor.origin,
    action,
    object: { kind: object.kind, id: kept(object.id) },
    before: plain(before),
    after: plain(after)
  }
  const previous = last?.hash ?? AUDIT_START
  await tx.run(`INSERT INTO audit_event (id, at, actor_kind, actor_id, actor_name, approved_by, origin, action, object_kind, object_id, state_before, state_after, previous_hash, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  event.id, event.at, event.actor.kind, event.actor.id, event.actor.name, textOf(plain(event.approvedBy)), actor.origin, action, event.object.kind, event.object.id,
  textOf(event.before), textOf(event.after), previous, auditEventHash(previous, event))
}

/** Dates become text, undefined members vanish: what is hashed is what will be read back. */
function plain (value: unknown): Json | undefined {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value)) as Json
}

function textOf (value: Json | undefined): string | null {
  return value === undefined ? null : canonicalJson(value)
}
