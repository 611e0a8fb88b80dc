import type { SqlReader } from '@trembita/daemon/store'
import type { MemberId } from '@trembita/protocol/identifiers'
import { accessionProblem, readParameters } from '../registry/index.ts'

/** Whether nothing in a member's papers stands in the way of registering something for it (TR-6.2, TR-14b). */
export async function hasAcceded (reader: SqlReader, member: MemberId, at: Date): Promise<boolean> {
  return !(await readParameters(reader)).accessionRequired || await accessionProblem(reader, member, at) === undefined
}
