import type { Missing } from '@trembita/example-information-system'
import type { DocumentData, DocumentSource, DocumentState, DocumentType } from './types.ts'

/** What every register of ours says beside its data. */
export interface RegisterAnswer {
  readonly outcome: string
  readonly missing: readonly Missing[]
  readonly discrepancies: readonly string[]
  readonly source: DocumentSource
}

/** From outcome to the state of a document: absence and contradiction are answers, an outage is none. */
export function stateOf (type: DocumentType, answer: RegisterAnswer, data: DocumentData | undefined): DocumentState {
  const { outcome, missing, discrepancies, source } = answer
  if (outcome === 'DISCREPANCY') return { type, state: 'discrepancy', kinds: discrepancies, source }
  if (data === undefined || outcome === 'NO_DATA') return { type, state: 'none', source }
  return { type, state: 'ready', document: { type, data, missing, source } }
}
