import type { OwnServiceAnswer } from './outbox.ts'

/** What the centre says to a report. */
export type ReportReply =
  | { readonly kind: 'taken', readonly ackSeq: number, readonly rejected: readonly { readonly eventId: string, readonly code: string, readonly retryable: boolean }[] }
  /** A gap: it wants the events from this number on. */
  | { readonly kind: 'expected', readonly seq: number }
  | { readonly kind: 'tooLarge' }

/** The centre answered something else than the contract says, or that it cannot now. */
export class ReportError extends Error {
  override readonly name = 'ReportError'
  readonly retryAfterSeconds: number | undefined

  constructor (message: string, retryAfterSeconds?: number) {
    super(message)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** @throws {ReportError} */
export function readReply ({ status, body, retryAfterSeconds }: OwnServiceAnswer): ReportReply {
  if (status === 413) return { kind: 'tooLarge' }
  if (status !== 200 && status !== 409) throw new ReportError(`the centre answers ${status}`, retryAfterSeconds)
  const answer = jsonOf(body)
  if (status === 409) {
    if (!isSeq(answer.expectedSeq)) throw new ReportError('the centre answers 409 without the number it expects')
    return { kind: 'expected', seq: answer.expectedSeq }
  }
  const rejected = Array.isArray(answer.rejected) ? answer.rejected as readonly Record<string, unknown>[] : []
  if (!isSeq(answer.ackSeq)) throw new ReportError('the centre answers without the number it has taken')
  return {
    kind: 'taken',
    ackSeq: answer.ackSeq,
    rejected: rejected.map(({ eventId, code, retryable }) => ({ eventId: String(eventId), code: String(code).slice(0, 200), retryable: retryable === true }))
  }
}

function jsonOf (body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(body.toString())) as Record<string, unknown>
  } catch {
    throw new ReportError('the centre answers no JSON')
  }
}

function isSeq (value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
