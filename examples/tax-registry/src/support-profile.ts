import { recordChecksum, type Answer, type PseudonymIndex, type PseudonymQuestion } from '@trembita/example-information-system'
import type { TaxProfile, Year } from './taxpayer.ts'

export interface Period {
  /** First and last year, inclusive. */
  readonly from: Year
  readonly to: Year
}

export interface SupportQuestion extends PseudonymQuestion {
  readonly period: Period
}

/** What the tax systems give for programmes of support: exactly resolution 688, item 10, paragraph on them. */
export type SupportItem = Answer<Partial<TaxProfile>> & {
  /** The pseudonym that was asked about. */
  readonly p: string
  /** SHA-256 over the canonical JSON of the data; null without data. */
  readonly checksum: string | null
}

/** @param profile answer about a code. @throws {Problem} for another agreement or key. */
export function supportItems (question: SupportQuestion, pseudonyms: PseudonymIndex, profile: (code: string | undefined) => Answer<Partial<TaxProfile>>): SupportItem[] {
  return pseudonyms.find(question).map((code, i) => {
    const answer = profile(code)
    return { p: question.pseudonyms[i]!, ...answer, checksum: answer.data === null ? null : recordChecksum(answer.data) }
  })
}
