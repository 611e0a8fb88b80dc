import type { ClientId, ServerId } from '@trembita/protocol/identifiers'
import { encodedClientId, encodedServerId } from '../encoded-id.ts'
import type { ClientInList } from '../client-list.ts'
import type { Dependents } from '../dependents.ts'
import type { GroupInList, GroupMemberInList } from '../group-list.ts'
import type { MemberDetails, MemberInList, MemberWarning } from '../member-list.ts'
import type { ServerClientInfo, ServerInList } from '../server-list.ts'

/** Values of the registry as its API has them. */
export function clientIdJson (id: ClientId): object {
  return {
    instance_id: id.instance,
    type: id.subsystemCode === undefined ? 'MEMBER' : 'SUBSYSTEM',
    member_class: id.memberClass,
    member_code: id.memberCode,
    subsystem_code: id.subsystemCode,
    encoded_id: encodedClientId(id)
  }
}

export function serverIdJson (id: ServerId): object {
  return { instance_id: id.instance, type: 'SERVER', member_class: id.memberClass, member_code: id.memberCode, server_code: id.serverCode, encoded_id: encodedServerId(id) }
}

export function memberJson ({ id, name, kind, roles, subsystemCount, serverCount, createdAt, suspension }: MemberInList): object {
  return { client_id: clientIdJson(id), member_name: name, kind, roles, subsystem_count: subsystemCount, server_count: serverCount, created_at: createdAt, suspension_id: suspension }
}

const WARNINGS: Readonly<Record<MemberWarning, string>> = {
  edrpou_check_digit: 'the last digit of the code is not the check digit of a code of the register of enterprises and organisations'
}

export function memberDetailsJson (member: MemberDetails): object {
  const { contacts, accession, warnings } = member
  return {
    ...memberJson(member),
    contacts,
    ...accession === undefined ? {} : { accession: { kind: accession.kind, number: accession.number, signed_on: accession.signedOn, ends_on: accession.endsOn } },
    warnings: warnings.map((code) => ({ code, message: WARNINGS[code] }))
  }
}

export function clientJson ({ id, memberName, subsystemName, createdAt, suspension }: ClientInList): object {
  return { client_id: clientIdJson(id), member_name: memberName, subsystem_name: subsystemName, created_at: createdAt, suspension_id: suspension }
}

export function serverClientJson ({ id, memberName, subsystemName, createdAt, enabled }: ServerClientInfo): object {
  return { client_id: clientIdJson(id), member_name: memberName, subsystem_name: subsystemName, created_at: createdAt, enabled }
}

export function subsystemJson ({ id, memberName, subsystemName, createdAt, suspension }: ClientInList, servers: readonly { readonly id: ServerId, readonly ownerName: string, readonly enabled: boolean }[]): object {
  return {
    subsystem_id: clientIdJson(id),
    subsystem_name: subsystemName,
    member_name: memberName,
    created_at: createdAt,
    suspension_id: suspension,
    used_security_servers: servers.map(({ id, ownerName, enabled }) => ({ server_code: id.serverCode, server_owner: ownerName, status: enabled ? 'REGISTERED' : 'DISABLED', encoded_id: encodedServerId(id) }))
  }
}

export function serverJson ({ id, ownerName, address, maintenance, createdAt, suspension }: ServerInList): object {
  return {
    server_id: serverIdJson(id),
    owner_name: ownerName,
    server_address: address,
    in_maintenance_mode: maintenance !== undefined,
    maintenance_mode_message: maintenance?.message,
    created_at: createdAt,
    suspension_id: suspension
  }
}

export function groupJson ({ code, description, memberCount, builtIn, createdAt, updatedAt }: GroupInList): object {
  return { code, description, member_count: memberCount, built_in: builtIn, created_at: createdAt, updated_at: updatedAt }
}

export function groupMemberJson ({ number, id, name, addedAt }: GroupMemberInList): object {
  return { id: number, client_id: clientIdJson(id), name, created_at: addedAt }
}

export function dependentsJson ({ subsystems, servers, hosted, usedServers, groups }: Dependents): object {
  return {
    subsystems: subsystems.map(encodedClientId),
    security_servers: servers.map(encodedServerId),
    hosted_clients: hosted.map(encodedClientId),
    used_servers: usedServers.map(encodedServerId),
    global_groups: groups
  }
}
