import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '../auditlog/index.ts'
import { checkQuorum, leafHash, openCheckpoint, parseProof, TlogError, verifyInclusion, type Checkpoint, type Cosignature, type Policy } from '../tlog/index.ts'
import { canonicalEvent } from './canonical.ts'
import { eventCommitment, LEAF_KIND, LEAF_SALT_BYTES, leafData } from './leaf.ts'
import { EVENT_BYTES_MAX, MalformedAccessEvent } from './malformed.ts'
import { parseAccessEvent } from './parse.ts'
import type { AccessEvent } from './types.ts'

/** What an event says for good: without local bookkeeping (monitor §5.8). */
export type ProvenEvent = Omit<AccessEvent, 'visibility' | 'notifyClass' | 'retainUntil'>

/** A receipt that holds. */
export interface VerifiedReceipt {
  readonly event: ProvenEvent
  readonly checkpoint: Checkpoint
  readonly leafIndex: number
  readonly cosignatures: readonly Cosignature[]
}

/** What opens a leaf: kind, salt and event, in RFC 8785 and a line end. The proof names its SHA-256. */
export function formatOpening (salt: Uint8Array, event: AccessEvent): string {
  const said = JSON.parse(canonicalEvent(event).toString('utf8')) as Json
  return `${canonicalJson({ leafKind: LEAF_KIND.event, salt: Buffer.from(salt).toString('base64url'), event: said })}\n`
}

/** SHA-256 of an opening: the `extra` of its proof. */
export function openingHash (opening: string): Buffer {
  return createHash('sha256').update(opening).digest()
}

/**
 * Verifies a receipt offline: the leaf is built again from the opening, then the log's key and origin, then the quorum of witnesses,
 * then that the leaf is in the tree (monitor §12.7).
 *
 * @param proof text of the `.tlog-proof` file.
 * @throws {TlogError} saying which check failed. @throws {MalformedAccessEvent} for an opening that is none.
 */
export function verifyReceipt (proof: string, opening: string, policy: Policy): VerifiedReceipt {
  const parsed = parseProof(proof)
  if (parsed.extra !== undefined && !openingHash(opening).equals(parsed.extra)) throw new TlogError('inclusion', 'the opening is not the one that the proof was made for')
  const { salt, event } = parseOpening(opening)
  const leaf = leafHash(leafData(LEAF_KIND.event, eventCommitment(salt, canonicalEvent(event))))
  const { checkpoint, cosignatures } = openByPolicy(parsed.checkpoint, policy)
  checkQuorum(policy, cosignatures)
  verifyInclusion(leaf, parsed.index, checkpoint.size, parsed.hashes, checkpoint.root)
  const { visibility: _visibility, notifyClass: _notifyClass, retainUntil: _retainUntil, ...proven } = event
  return { event: proven, checkpoint, leafIndex: parsed.index, cosignatures }
}

function openByPolicy (text: string, policy: Policy): { readonly checkpoint: Checkpoint, readonly cosignatures: readonly Cosignature[] } {
  const origin = text.split('\n', 1)[0]!
  const log = policy.logs.find(({ key }) => key.name === origin)
  if (log === undefined) throw new TlogError('signature', 'the policy does not name the log of this receipt')
  return openCheckpoint(text, log.key, policy.witnesses.map(({ key }) => key))
}

function parseOpening (text: string): { readonly salt: Buffer, readonly event: AccessEvent } {
  if (text.length > 2 * EVENT_BYTES_MAX) throw new MalformedAccessEvent('opening', 'too long')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new MalformedAccessEvent('opening', 'not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new MalformedAccessEvent('opening', 'expected an object')
  const { leafKind, salt, event, ...more } = value as Record<string, unknown>
  if (leafKind !== LEAF_KIND.event) throw new MalformedAccessEvent('leafKind', `expected ${LEAF_KIND.event}`)
  const bytes = Buffer.from(typeof salt === 'string' ? salt : '', 'base64url')
  if (bytes.length !== LEAF_SALT_BYTES || bytes.toString('base64url') !== salt) throw new MalformedAccessEvent('salt', 'expected 32 bytes in base64url')
  if (Object.keys(more).length > 0) throw new MalformedAccessEvent('opening', 'holds a member that is not known')
  if (typeof event !== 'object' || event === null || 'visibility' in event || 'notifyClass' in event || 'retainUntil' in event) throw new MalformedAccessEvent('event', 'expected what the leaf commits to')
  // The leaf commits to nothing about these: any value will do for the reader.
  return { salt: bytes, event: parseAccessEvent({ ...event, visibility: { state: 'open' }, notifyClass: 'none', retainUntil: '9999-12-31' }) }
}
