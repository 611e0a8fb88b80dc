import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '../auditlog/index.ts'
import type { AccessEvent } from './types.ts'

/**
 * The bytes that commitments and comparisons are made over: RFC 8785 without what is local bookkeeping (`retainUntil`,
 * `notifyClass`, `visibility`), so that a change of those leaves the event what it was.
 *
 * @see facts: monitor §5.8
 */
export function canonicalEvent (event: AccessEvent): Buffer {
  const { retainUntil: _retainUntil, notifyClass: _notifyClass, visibility: _visibility, ...said } = event
  return Buffer.from(canonicalJson(said as unknown as Json), 'utf8')
}

/** SHA-256 of the canonical bytes: two reports of one `eventId` must have the same. */
export function eventHash (event: AccessEvent): Buffer {
  return createHash('sha256').update(canonicalEvent(event)).digest()
}
