import type { SqlReader } from '@trembita/daemon/store'
import { formatClientId, type MemberId } from '@trembita/protocol/identifiers'
import { Refusal } from '../refusal.ts'
import { memberKey } from './keys.ts'
import { readParameters } from './parameters.ts'
import { readProfile } from './profile.ts'

/** Why a member may not register anything yet. */
export type AccessionProblem = 'member_not_found' | 'accession_missing' | 'accession_over' | 'contract_missing'

const MESSAGES: Readonly<Record<AccessionProblem, string>> = {
  member_not_found: 'is not a member',
  accession_missing: 'has no agreement of accession on record',
  accession_over: 'has an agreement of accession whose term is over',
  contract_missing: 'is an enterprise, and takes part by contract only'
}

/** What a member's papers lack, whether or not the instance asks for them: authorities accede, enterprises take part by contract (TR-6.2, TR-14b). */
export async function accessionProblem (reader: SqlReader, id: MemberId, at: Date): Promise<AccessionProblem | undefined> {
  const key = await memberKey(reader, id)
  if (key === undefined) return 'member_not_found'
  const { kind, accession } = await readProfile(reader, key)
  if (accession === undefined) return kind === 'enterprise' ? 'contract_missing' : 'accession_missing'
  if (accession.endsOn !== undefined && accession.endsOn < at.toISOString().slice(0, 10)) return 'accession_over'
  return kind === 'enterprise' && accession.kind !== 'contract' ? 'contract_missing' : undefined
}

/**
 * To be asked before the first gateway or subsystem of a member is registered. Passes when the instance does not ask for papers
 * (parameter `accessionRequired`).
 *
 * @throws {Refusal} with the problem as its code.
 */
export async function checkAccession (reader: SqlReader, id: MemberId, at: Date): Promise<void> {
  if (!(await readParameters(reader)).accessionRequired) return
  const problem = await accessionProblem(reader, id, at)
  if (problem !== undefined) throw new Refusal('conflict', problem, `${formatClientId(id)} ${MESSAGES[problem]}`)
}
