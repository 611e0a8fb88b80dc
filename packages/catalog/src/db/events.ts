import type { SqlWriter } from '@trembita/daemon/store'

/** What happened to an entry: kept for ever, never changed. */
export interface EventToRecord {
  readonly at: Date
  /** Kind and number or subject of who did it: `user:…`, `apiKey:7`, `system`. */
  readonly actor: string
  readonly action: string
  readonly object: { readonly kind: string, readonly id: string }
  /** Never what a person said of themselves, never a key. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined
}

/** Writes an event in the transaction of what it tells about. */
export async function recordEvent (tx: SqlWriter, { at, actor, action, object, detail = {} }: EventToRecord): Promise<void> {
  await tx.run('INSERT INTO event (at, actor, action, object_kind, object_id, detail) VALUES (?, ?, ?, ?, ?, ?)',
    at.toISOString(), actor, action, object.kind, object.id, JSON.stringify(detail))
}
