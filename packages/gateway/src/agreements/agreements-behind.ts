import type { ListedAgreement } from '@trembita/protocol/agreement'
import { Fault } from '@trembita/protocol/fault'
import type { Snapshot } from '../globalconf/index.ts'
import { indexOf, type AgreementQuestion } from './agreement-index.ts'

/** The agreements in force that cover a request; none when nothing covers it. Whether the service asks for one is another question. */
export function agreementsBehind (question: AgreementQuestion, snapshot: Pick<Snapshot, 'agreements'>): readonly ListedAgreement[] {
  if (snapshot.agreements === undefined) return []
  try {
    return indexOf(snapshot.agreements).admit(question).agreements
  } catch (thrown) {
    if (thrown instanceof Fault) return []
    throw thrown
  }
}
