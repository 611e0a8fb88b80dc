import type { SqlWriter } from '@trembita/daemon/store'
import type { MemberClass } from '@trembita/protocol/globalconf'
import { formatClientId, formatServerId, memberOf, type ClientId, type ServerId } from '@trembita/protocol/identifiers'
import type { Certificate } from '@trembita/protocol/pki'
import { Refusal } from '../refusal.ts'
import { memberKey, serverKey, subsystemKey } from './keys.ts'
import { indexMember, indexServer } from './name-index.ts'
import type { GroupEntry, MemberEntry, ServerEntry } from './types.ts'

/** `put…` adds or updates what it is given and removes nothing: codes never change, names and addresses may. */
export async function putMemberClass (tx: SqlWriter, { code, description }: MemberClass): Promise<void> {
  await tx.run('INSERT INTO member_class (code, description) VALUES (?, ?) ON CONFLICT (code) DO UPDATE SET description = excluded.description', code, description)
}

/** @throws {Refusal} `member_class_not_found` */
export async function putMember (tx: SqlWriter, { id, name, subsystems }: MemberEntry, at: Date): Promise<void> {
  const memberClass = await tx.get<{ id: number }>('SELECT id FROM member_class WHERE code = ?', id.memberClass)
  if (memberClass === undefined) throw new Refusal('conflict', 'member_class_not_found', `member class ${id.memberClass} does not exist`)
  await tx.run(`INSERT INTO member (member_class_id, code, name, created_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (member_class_id, code) DO UPDATE SET name = excluded.name`, memberClass.id, id.memberCode, name, at.toISOString())
  const member = (await memberKey(tx, id))!
  for (const subsystem of subsystems) {
    await tx.run(`INSERT INTO subsystem (member_id, code, name, created_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (member_id, code) DO UPDATE SET name = coalesce(excluded.name, subsystem.name)`, member, subsystem.code, subsystem.name ?? null, at.toISOString())
  }
  await indexMember(tx, member)
}

/** @throws {Refusal} for an owner or client that is not registered, or a certificate that another server has. */
export async function putServer (tx: SqlWriter, { id, address, authCertificates, clients, maintenance }: ServerEntry, at: Date): Promise<void> {
  const owner = await memberKey(tx, memberOf(id))
  if (owner === undefined) throw new Refusal('conflict', 'member_not_found', `owner of server ${formatServerId(id)} is not a member`)
  await tx.run(`INSERT INTO security_server (owner_id, code, address, in_maintenance, maintenance_message, created_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (owner_id, code) DO UPDATE SET address = excluded.address, in_maintenance = excluded.in_maintenance, maintenance_message = excluded.maintenance_message`,
  owner, id.serverCode, address ?? null, maintenance === undefined ? 0 : 1, maintenance?.message ?? null, at.toISOString())
  const server = (await serverKey(tx, id))!
  await indexServer(tx, server)
  for (const certificate of authCertificates) await putAuthCertificate(tx, server, certificate, id, at)
  for (const client of clients) await putClient(tx, server, client, id, at)
}

export async function putGroup (tx: SqlWriter, { code, description, members }: GroupEntry, at: Date): Promise<void> {
  const group = (await tx.get<{ id: number }>(`INSERT INTO global_group (code, description, created_at, updated_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (code) DO UPDATE SET description = excluded.description, updated_at = excluded.updated_at RETURNING id`, code, description, at.toISOString(), at.toISOString()))!
  for (const id of members) {
    await tx.run(`INSERT INTO global_group_member (global_group_id, instance, member_class, member_code, subsystem_code, created_at)
      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, group.id, id.instance, id.memberClass, id.memberCode, id.subsystemCode ?? null, at.toISOString())
  }
}

async function putAuthCertificate (tx: SqlWriter, server: number, certificate: Certificate, id: ServerId, at: Date): Promise<void> {
  const known = await tx.get<{ server: number }>('SELECT security_server_id AS server FROM auth_certificate WHERE sha256 = ?', certificate.sha256)
  if (known !== undefined && known.server !== server) {
    throw new Refusal('conflict', 'certificate_registered', `authentication certificate of server ${formatServerId(id)} belongs to another server`)
  }
  if (known !== undefined) return
  await tx.run('INSERT INTO auth_certificate (security_server_id, certificate, sha256, created_at) VALUES (?, ?, ?, ?)',
    server, certificate.der, certificate.sha256, at.toISOString())
}

async function putClient (tx: SqlWriter, server: number, client: { id: ClientId, enabled: boolean }, id: ServerId, at: Date): Promise<void> {
  const member = await memberKey(tx, client.id)
  const subsystem = client.id.subsystemCode === undefined ? null : await subsystemKey(tx, client.id)
  if (member === undefined || subsystem === undefined) {
    throw new Refusal('conflict', 'client_not_found', `client ${formatClientId(client.id)} of server ${formatServerId(id)} is not registered`)
  }
  await tx.run(`INSERT INTO server_client (security_server_id, member_id, subsystem_id, enabled, created_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (security_server_id, member_id, coalesce(subsystem_id, 0)) DO UPDATE SET enabled = excluded.enabled`,
  server, member, subsystem, client.enabled ? 1 : 0, at.toISOString())
}
