import type { SqlReader } from '@trembita/daemon/store'
import { isSameMember, isSameServer, memberOf } from '@trembita/protocol/identifiers'
import type { SuspensionTarget } from '@trembita/protocol/suspension'
import { Refusal } from '../refusal.ts'
import { isManagementProvider, managementProviderOf, readParameters, serversOf } from '../registry/index.ts'
import { nameOf, suspendedTargets } from './rows.ts'

/**
 * Without the management services no gateway could register or be restored, so their provider cannot be suspended, nor the last
 * gateway that serves it.
 *
 * @throws {Refusal} `management_service_provider_cannot_be_suspended`
 */
export async function checkManagementStays (reader: SqlReader, target: SuspensionTarget): Promise<void> {
  const refuse = (): never => {
    throw new Refusal('conflict', 'management_service_provider_cannot_be_suspended', `${nameOf(target)} carries the management services of the whole system`)
  }
  if (target.kind !== 'server' && await isManagementProvider(reader, target.id)) refuse()
  const provider = managementProviderOf(await readParameters(reader))
  if (provider === undefined || target.kind === 'subsystem') return
  const serving = (await serversOf(reader, provider)).filter(({ enabled }) => enabled)
  const all = [...await suspendedTargets(reader), target]
  const stopped = serving.filter(({ id }) => all.some((one) => one.kind === 'member' ? isSameMember(one.id, memberOf(id)) : one.kind === 'server' && isSameServer(one.id, id)))
  if (serving.length > 0 && stopped.length === serving.length) refuse()
}
