import { randomUUID } from 'node:crypto'
import { Outage, Refused } from '@trembita/example-consumer'
import type { AnalysisStore } from './store.ts'
import { AGREEMENTS, FIELDS, REGISTERS, type ProfileAnswer, type Register } from './kept-answer.ts'

/** Gives pseudonyms of those who joined: all that the analysis sees of the component that holds the key. */
export interface PseudonymSource {
  pseudonymsOf (refs: readonly string[], agreement: string, actor: string): Promise<{ readonly epoch: string, readonly kid: string, readonly byRef: ReadonlyMap<string, string> }>
}

export interface ProfileQuestion {
  readonly agreement: string
  readonly epoch: string
  readonly kid: string
  readonly pseudonyms: readonly string[]
  /** Of questions to the register of entities; tax systems give what the order names, no less. */
  readonly fields?: readonly string[] | undefined
  /** Years, of tax questions. */
  readonly period?: { readonly from: string, readonly to: string } | undefined
}

/** Asks a register through the gateway. @throws {Outage} | {Refused} */
export type AskProfiles = (register: Register, question: ProfileQuestion, exchangeId: string) => Promise<ProfileAnswer>

export interface RefreshDeps {
  readonly analysis: AnalysisStore
  readonly pseudonyms: PseudonymSource
  readonly ask: AskProfiles
  readonly now: () => Date
  /** Of whom something new is known: offers are made anew. */
  readonly onAnswered: (refs: readonly string[]) => Promise<void>
}

/** Pseudonyms in one question, as the interface has it. */
const BATCH_MAX = 1000
/** Years asked about, the present one among them: three closed ones, as in item 5 of the resolution. */
const YEARS_BACK = 3

/** Asks each register about everybody whose turn it is, in batches; every question and answer is on disk before the next step. */
export async function refreshDue (deps: RefreshDeps): Promise<void> {
  for (const register of REGISTERS) {
    // A register that does not answer is left alone until the next round.
    while (await refreshBatch(deps, register) === 'more') { /* the next batch */ }
  }
}

async function refreshBatch ({ analysis, pseudonyms, ask, now, onAnswered }: RefreshDeps, register: Register): Promise<'more' | 'done'> {
  const due = await analysis.due(register, BATCH_MAX)
  if (due.length === 0) return 'done'
  const { epoch, kid, byRef } = await pseudonyms.pseudonymsOf(due.map(({ ref }) => ref), AGREEMENTS[register], 'refresh')
  const exchangeId = randomUUID()
  await analysis.asking(exchangeId, register, byRef.size)
  const year = now().getUTCFullYear()
  try {
    const answer = byRef.size === 0
      ? { exchangeId, items: [], source: { register, asOf: now().toISOString(), recordVersion: null } }
      : await ask(register, {
        agreement: AGREEMENTS[register],
        epoch,
        kid,
        pseudonyms: [...byRef.values()],
        ...register === 'TAX' ? { period: { from: String(year - YEARS_BACK), to: String(year) } } : { fields: FIELDS.EDR }
      }, exchangeId)
    await analysis.keep(register, byRef, answer)
    await onAnswered([...byRef.keys()])
    return due.length === BATCH_MAX ? 'more' : 'done'
  } catch (thrown) {
    if (!(thrown instanceof Outage) && !(thrown instanceof Refused)) throw thrown
    await analysis.failed(register, due, exchangeId, thrown instanceof Outage ? 'unavailable' : 'refused', thrown.code)
    return 'done'
  }
}
