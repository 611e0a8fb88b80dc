import { Fault } from '@trembita/protocol/fault'
import { isSameClient, isSameMember, memberOf, type ClientId } from '@trembita/protocol/identifiers'
import type { Snapshot } from '../../globalconf/index.ts'
import type { ClientConf } from '../../serverconf/index.ts'
import type { AdminDeps } from '../deps.ts'
import { formatEncodedId, parseEncodedClientId } from '../encoded-id.ts'
import { Refusal } from '../refusal.ts'
import { flag, record, text } from '../route.ts'

export const connectionSchema = { type: 'string', enum: ['HTTP', 'HTTPS', 'HTTPS_NO_AUTH'] } as const
export const clientSchema = record({
  id: text(2048),
  instance_id: text(),
  member_name: text(),
  member_class: text(),
  member_code: text(),
  subsystem_code: text(),
  subsystem_name: text(),
  owner: flag,
  has_valid_local_sign_cert: flag,
  is_management_services_provider: flag,
  rename_status: { type: 'string', enum: ['NAME_SET', 'NAME_SUBMITTED'] },
  connection_type: connectionSchema,
  status: {
    type: 'string',
    enum: ['REGISTERED', 'SAVED', 'GLOBAL_ERROR', 'REGISTRATION_IN_PROGRESS', 'DELETION_IN_PROGRESS', 'DISABLED', 'DISABLING_IN_PROGRESS', 'ENABLING_IN_PROGRESS']
  }
}, ['id', 'instance_id', 'member_class', 'member_code'])

/** A client of this gateway, by its encoded id in a path. @throws {Refusal} for one that is not there. */
export function localClientOf ({ serverconf }: AdminDeps, encodedId: string): ClientConf {
  const client = serverconf.current().client(parseEncodedClientId('id', encodedId))
  if (client === undefined) throw new Refusal('notFound', 'client_not_found', 'this gateway has no such client', { metadata: [encodedId] })
  return client
}

export function isOwner ({ installation }: AdminDeps, id: ClientId): boolean {
  const server = installation.server()
  return server !== undefined && id.subsystemCode === undefined && isSameMember(memberOf(server), id)
}

/** A client of this gateway, or of the configuration when `local` is undefined. */
export function clientJson (id: ClientId, local: ClientConf | undefined, deps: AdminDeps, snapshot: Snapshot | undefined): object {
  const provider = snapshot?.privateParameters.managementService.providerId
  const names = { member_name: snapshot?.memberName(id), subsystem_name: local?.submittedName ?? local?.name ?? snapshot?.subsystemName(id) }
  const renaming = local?.submittedName !== undefined ? 'NAME_SUBMITTED' : local?.name !== undefined ? 'NAME_SET' : undefined
  return {
    id: formatEncodedId(id),
    instance_id: id.instance,
    member_class: id.memberClass,
    member_code: id.memberCode,
    ...id.subsystemCode === undefined ? {} : { subsystem_code: id.subsystemCode },
    ...Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined && name !== '')),
    owner: isOwner(deps, id),
    is_management_services_provider: provider !== undefined && isSameClient(provider, id),
    ...local === undefined
      ? {}
      : {
          has_valid_local_sign_cert: canSeal(deps, id),
          connection_type: local.connection,
          status: local.status.replaceAll(' ', '_').toUpperCase(),
          ...renaming === undefined ? {} : { rename_status: renaming }
        }
  }
}

/** Whether the client's member has a seal here that can be used now. */
export function canSeal (deps: AdminDeps, id: ClientId): boolean {
  const parts = deps.running()
  if (parts === undefined) return false
  try {
    parts.signer.checkMember(memberOf(id))
    return true
  } catch (error) {
    if (error instanceof Fault) return false
    throw error
  }
}

/** The configuration in force, as far as there is one. */
export function snapshotIfAny ({ globalconf }: AdminDeps): Snapshot | undefined {
  try {
    return globalconf()?.current()
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}
