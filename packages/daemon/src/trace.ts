import { randomUUID } from 'node:crypto'

/** W3C Trace Context (level 1): who else's work this is part of. Never an authority for anything. */
export interface TraceContext {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string
  /** 16 lower-case hex digits, not all zero. */
  readonly spanId: string
  readonly sampled: boolean
  /** `tracestate` as received, passed on unread. */
  readonly state?: string | undefined
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
/** W3C §3.3.1.5: at least this much must be passed on; more is dropped, so that a caller cannot make us carry anything. */
const STATE_CHARACTERS_MAX = 512

/** Reads `traceparent` (and `tracestate`). A malformed header is as good as none (W3C §4.3). */
export function parseTraceparent (header: string | undefined, state?: string): TraceContext | undefined {
  const match = header === undefined || header.length > 256 ? null : TRACEPARENT.exec(header)
  if (match === null) return undefined
  const [, version, traceId, spanId, flags, rest] = match
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  if (/^0+$/.test(traceId!) || /^0+$/.test(spanId!)) return undefined
  const kept = state !== undefined && state.length > 0 && state.length <= STATE_CHARACTERS_MAX ? state : undefined
  return { traceId: traceId!, spanId: spanId!, sampled: (Number.parseInt(flags!, 16) & 1) === 1, state: kept }
}

/** A span of our own inside the caller's trace, or at the root of a new one. */
export function childOf (parent: TraceContext | undefined): TraceContext {
  const spanId = hex(8)
  return parent === undefined ? { traceId: hex(16), spanId, sampled: false } : { ...parent, spanId }
}

export function formatTraceparent (context: TraceContext): string {
  return `00-${context.traceId}-${context.spanId}-${context.sampled ? '01' : '00'}`
}

/** From Node's pool of random UUIDs, which costs a tenth of asking the system each time; their fixed bits keep them from being all zero. */
function hex (bytes: number): string {
  return randomUUID().replaceAll('-', '').slice(32 - 2 * bytes)
}
