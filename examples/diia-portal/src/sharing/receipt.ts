import type { MissingReason } from '@trembita/example-information-system'
import type { DocumentState, DocumentType } from '../documents/index.ts'
import { ExchangeFailure } from '../exchange/index.ts'

/** Why a copy does not go along. */
export interface MissingCopy {
  readonly type: DocumentType
  readonly reason: MissingReason
}

/** What went, without a word of what it says. */
export interface ShareSummary {
  readonly sent: ReadonlyArray<{ readonly type: DocumentType | string, readonly copy: string, readonly issuedAt: string }>
  readonly missing: readonly MissingCopy[]
}

export interface Verdict {
  readonly type: string
  /** `ACCEPTED`, `ALREADY_HELD`, `REFUSED`. */
  readonly verdict: string
  readonly reason?: string
}

/** What the cabinet answered. */
export interface Receipt {
  readonly receiptId: string
  readonly receivedAt: string | undefined
  readonly verdicts: readonly Verdict[]
  /** Id of the exchange: under it the gateway gives the proof. */
  readonly exchangeId: string
}

/** An outage is a technical impossibility (order on the cabinet, item 8), never the absence of a document. */
export function missingReason (state: Exclude<DocumentState, { state: 'ready' }>): MissingReason {
  switch (state.state) {
    case 'none': return 'NO_RECORD'
    case 'noRnokpp': return 'NOT_APPLICABLE'
    case 'discrepancy': return 'DISCREPANCY_SOURCES'
    case 'unavailable':
    case 'refused': return 'TECHNICALLY_IMPOSSIBLE'
  }
}

const TEXT_MAX = 300

/** @throws {ExchangeFailure} for an answer that is no receipt. */
export function readReceipt (body: unknown, exchangeId: string): Receipt {
  const { receiptId, receivedAt, verdicts, documents } = body as { receiptId?: unknown, receivedAt?: unknown, verdicts?: unknown, documents?: unknown }
  const list = verdicts ?? documents
  if (typeof receiptId !== 'string' || !Array.isArray(list)) throw new ExchangeFailure('unavailable', 'answer-not-understood', exchangeId)
  return {
    receiptId: receiptId.slice(0, TEXT_MAX),
    receivedAt: typeof receivedAt === 'string' && !Number.isNaN(Date.parse(receivedAt)) ? new Date(receivedAt).toISOString() : undefined,
    verdicts: list.slice(0, 20).map((item: Record<string, unknown>) => ({
      type: String(item.type).slice(0, TEXT_MAX),
      verdict: String(item.verdict).slice(0, TEXT_MAX),
      ...typeof item.reason === 'string' ? { reason: item.reason.slice(0, TEXT_MAX) } : {}
    })),
    exchangeId
  }
}
