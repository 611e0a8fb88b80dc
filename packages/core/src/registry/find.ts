import type { SqlReader } from '@trembita/daemon/store'
import { formatClientId, formatServerId, isSameClient, isSameMember, type ClientId, type MemberId, type ServerId } from '@trembita/protocol/identifiers'
import { Refusal } from '../refusal.ts'
import { memberKey, serverKey, subsystemKey } from './keys.ts'
import { managementProviderOf, readParameters } from './parameters.ts'

/** Keys of what an operator named. @throws {Refusal} `…_not_found` for what is not registered, and for another instance. */
export async function findMember (reader: SqlReader, id: MemberId): Promise<number> {
  const key = await isOwn(reader, id) ? await memberKey(reader, id) : undefined
  if (key === undefined) throw new Refusal('notFound', 'member_not_found', `${formatClientId(id)} is not a member`)
  return key
}

export async function findSubsystem (reader: SqlReader, id: ClientId): Promise<number> {
  const key = await isOwn(reader, id) ? await subsystemKey(reader, id) : undefined
  if (key === undefined) throw new Refusal('notFound', 'subsystem_not_found', `${formatClientId(id)} is not a subsystem`)
  return key
}

export async function findServer (reader: SqlReader, id: ServerId): Promise<number> {
  const key = await isOwn(reader, id) ? await serverKey(reader, id) : undefined
  if (key === undefined) throw new Refusal('notFound', 'security_server_not_found', `${formatServerId(id)} is not a security server`)
  return key
}

/** Without the provider of the management services no gateway could register, so it stays. */
export async function isManagementProvider (reader: SqlReader, id: ClientId): Promise<boolean> {
  const provider = managementProviderOf(await readParameters(reader))
  if (provider === undefined) return false
  return id.subsystemCode === undefined ? isSameMember(provider, id) : isSameClient(provider, id)
}

async function isOwn (reader: SqlReader, { instance }: { readonly instance: string }): Promise<boolean> {
  return instance === (await readParameters(reader)).instance
}
