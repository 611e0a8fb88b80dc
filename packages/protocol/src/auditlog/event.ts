import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from './canonical-json.ts'

/** One change of the core, as the audit log keeps it and as it is exported. */
export interface AuditEvent {
  /** Counts from 1 without a gap. */
  readonly id: number
  /** RFC 3339 UTC. */
  readonly at: string
  readonly actor: { readonly kind: string, readonly id: string, readonly name: string }
  /** The second person, where two had to agree. */
  readonly approvedBy?: { readonly kind: string, readonly id: string, readonly name: string } | undefined
  /** IP address the change came from, or `system`. */
  readonly origin: string
  /** `member.add` */
  readonly action: string
  readonly object: { readonly kind: string, readonly id: string }
  /** The object as it was; absent when there was none. */
  readonly before?: Json | undefined
  /** The object as it is since; absent when it is no more. */
  readonly after?: Json | undefined
}

/** What stands before the first event. */
export const AUDIT_START = Buffer.alloc(32)

/**
 * SHA-256 over the hash of the event before and this event in canonical JSON (RFC 8785): who changes, removes or adds an
 * event in the middle must make every later hash anew.
 */
export function auditEventHash (previous: Uint8Array, event: AuditEvent): Buffer {
  return createHash('sha256').update(previous).update(canonicalJson(event as unknown as Json)).digest()
}
