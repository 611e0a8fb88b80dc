import { canonicalJson, type Json } from '../auditlog/index.ts'
import { MalformedAccessEvent } from './malformed.ts'
import { FieldReader } from './read-fields.ts'
import type { VisibilityReason, VisibilityState } from './types.ts'
import { VISIBILITY_REASONS } from './vocabulary.ts'

/**
 * A new state of what was recorded: appended, never written over (monitor §5.4). What holds now is a fold over the changes.
 * Its canonical bytes are those of RFC 8785 over all of it, in a leaf of kind 2.
 */
export interface VisibilityChange {
  readonly changeId: string
  /** One event, or all that a recipient has under one case. */
  readonly selector: { readonly eventId: string } | { readonly recipient: string, readonly caseRef: string }
  readonly newState: VisibilityState
  /** Compulsory for what becomes hidden. */
  readonly reason?: VisibilityReason | undefined
  /** When hiding is reviewed; compulsory for what becomes hidden. */
  readonly reviewAt?: string | undefined
  /** Who decided: account or key, or `system` for the release at the day of review. */
  readonly setBy: string
  /** The second person, where one agreed. */
  readonly approvedBy?: string | undefined
  readonly at: string
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const MONTHS_12_MS = 366 * 86_400_000

/** @throws {MalformedAccessEvent} */
export function parseVisibilityChange (value: unknown): VisibilityChange {
  const root = new FieldReader(value)
  const reason = root.optional('reason', (name) => root.oneOf(name, VISIBILITY_REASONS))
  const reviewAt = root.optional('reviewAt', (name) => root.instant(name))
  const approvedBy = root.optional('approvedBy', (name) => root.code(name))
  const change: VisibilityChange = {
    changeId: root.code('changeId', UUID),
    selector: root.section<VisibilityChange['selector']>('selector', (part) => part.has('eventId') ? { eventId: part.code('eventId') } : { recipient: part.code('recipient'), caseRef: part.code('caseRef') }),
    newState: root.oneOf('newState', ['open', 'deferred', 'restricted', 'lifted']),
    setBy: root.code('setBy'),
    at: root.instant('at'),
    ...reason !== undefined && { reason },
    ...reviewAt !== undefined && { reviewAt },
    ...approvedBy !== undefined && { approvedBy }
  }
  root.end()
  checkVisibilityChange(change)
  return change
}

/** What hides has a reason and a day of review within 12 months; what shows has neither. @throws {MalformedAccessEvent} */
export function checkVisibilityChange ({ newState, reason, reviewAt, at }: VisibilityChange): void {
  if (newState === 'open' || newState === 'lifted') {
    if (reason !== undefined || reviewAt !== undefined) throw new MalformedAccessEvent('newState', 'what is shown has neither reason nor review')
    return
  }
  if (reason === undefined) throw new MalformedAccessEvent('reason', 'missing')
  if (reviewAt === undefined) throw new MalformedAccessEvent('reviewAt', 'missing')
  const ahead = Date.parse(reviewAt) - Date.parse(at)
  if (ahead <= 0 || ahead > MONTHS_12_MS) throw new MalformedAccessEvent('reviewAt', 'expected within 12 months')
}

/** The bytes that a leaf of kind 2 commits to. */
export function canonicalVisibilityChange (change: VisibilityChange): Buffer {
  return Buffer.from(canonicalJson(change as unknown as Json), 'utf8')
}
