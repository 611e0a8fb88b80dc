import type { SqlReader } from '@trembita/daemon/store'
import { formatClientId, formatServerId, isSameClient, memberOf, type ClientId, type MemberId, type ServerId } from '@trembita/protocol/identifiers'
import { Certificate } from '@trembita/protocol/pki'
import type { ChangeRecord, ChangeTx } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { addOwner, managementProviderOf, memberKey, putServer, putServerAddress, readParameters, removeOwner, serverKey } from '../registry/index.ts'
import { followServer } from '../suspension/index.ts'
import { clientObject, serverObject } from './audit-objects.ts'
import { ensureClient, ensureMember } from './member-changes.ts'

/** @throws {Refusal} `management_request_server_not_found` */
export async function knownServer (reader: SqlReader, id: ServerId): Promise<number> {
  const key = await serverKey(reader, id)
  if (key === undefined) throw new Refusal('notFound', 'management_request_server_not_found', `security server ${formatServerId(id)} is not registered`)
  return key
}

/** Registers a server with its owner, or gives a known one the address, if there is one. @returns its key. */
export async function ensureServer (tx: ChangeTx, id: ServerId, address: string | undefined): Promise<number> {
  const known = await serverKey(tx, id)
  if (known !== undefined) {
    if (address !== undefined) await setAddress(tx, id, address)
    return known
  }
  await ensureMember(tx, memberOf(id))
  await putServer(tx, { id, address, authCertificates: [], clients: [] }, tx.at)
  await tx.record({ action: 'server.add', object: serverObject(id), after: { address } })
  await addOwner(tx, memberOf(id))
  return (await serverKey(tx, id))!
}

export async function setAddress (tx: ChangeTx, id: ServerId, address: string): Promise<void> {
  const key = await knownServer(tx, id)
  const before = (await tx.get<{ address: string | null }>('SELECT address FROM security_server WHERE id = ?', key))!
  if (before.address === address) return
  await putServerAddress(tx, key, address)
  await tx.record({ action: 'server.edit', object: serverObject(id), before, after: { address } })
}

export async function setMaintenance (tx: ChangeTx, id: ServerId, on: boolean, message: string | undefined): Promise<void> {
  const key = await knownServer(tx, id)
  const before = (await tx.get<{ in_maintenance: 0 | 1, maintenance_message: string | null }>('SELECT in_maintenance, maintenance_message FROM security_server WHERE id = ?', key))!
  await tx.run('UPDATE security_server SET in_maintenance = ?, maintenance_message = ? WHERE id = ?', on ? 1 : 0, message ?? null, key)
  await tx.record({
    action: 'server.edit',
    object: serverObject(id),
    before: { maintenance: before.in_maintenance === 1, message: before.maintenance_message },
    after: { maintenance: on, message }
  })
}

/** The server that has a certificate. */
export async function serverOfCertificate (reader: SqlReader, sha256: Uint8Array): Promise<{ key: number, id: ServerId } | undefined> {
  const row = await reader.get<{ id: number, class: string, member: string, code: string }>(`SELECT s.id, c.code AS class, m.code AS member, s.code
    FROM auth_certificate a JOIN security_server s ON s.id = a.security_server_id JOIN member m ON m.id = s.owner_id JOIN member_class c ON c.id = m.member_class_id
    WHERE a.sha256 = ?`, sha256)
  if (row === undefined) return undefined
  const { instance } = await readParameters(reader)
  return { key: row.id, id: { instance, memberClass: row.class, memberCode: row.member, serverCode: row.code } }
}

export async function addAuthCertificate (tx: ChangeTx, server: number, id: ServerId, certificate: Certificate): Promise<void> {
  await tx.run('INSERT INTO auth_certificate (security_server_id, certificate, sha256, created_at) VALUES (?, ?, ?, ?)', server, certificate.der, certificate.sha256, tx.at.toISOString())
  await tx.record({ action: 'server.certificate.add', object: serverObject(id), after: certificateState(certificate) })
}

/** The server may be left without any. @returns false when it does not have this one. */
export async function removeAuthCertificate (tx: ChangeTx, id: ServerId, sha256: Uint8Array): Promise<boolean> {
  const server = await serverKey(tx, id)
  if (server === undefined) return false
  const row = await tx.get<{ certificate: Buffer }>('DELETE FROM auth_certificate WHERE security_server_id = ? AND sha256 = ? RETURNING certificate', server, sha256)
  if (row === undefined) return false
  await tx.record({ action: 'server.certificate.delete', object: serverObject(id), before: certificateState(Certificate.parse(row.certificate)) })
  return true
}

function certificateState (certificate: Certificate): object {
  return { sha256: certificate.sha256.toString('hex'), subject: certificate.subject.rfc2253, notAfter: certificate.notAfter.toISOString(), certificate: certificate.der.toString('base64') }
}

/** A client's place on a server. */
export interface Association {
  readonly id: number
  readonly enabled: boolean
}

export async function associationOf (reader: SqlReader, server: ServerId, client: ClientId): Promise<Association | undefined> {
  const key = await serverKey(reader, server)
  const member = await memberKey(reader, client)
  if (key === undefined || member === undefined) return undefined
  const row = await reader.get<{ id: number, enabled: 0 | 1 }>(`SELECT sc.id, sc.enabled FROM server_client sc LEFT JOIN subsystem s ON s.id = sc.subsystem_id
    WHERE sc.security_server_id = ? AND sc.member_id = ? AND coalesce(s.code, '') = ?`, key, member, client.subsystemCode ?? '')
  return row === undefined ? undefined : { id: row.id, enabled: row.enabled === 1 }
}

/** Registers a client at a server, with member and subsystem if need be. */
export async function addClient (tx: ChangeTx, server: ServerId, client: ClientId, name: string | undefined): Promise<void> {
  const key = await knownServer(tx, server)
  const { member, subsystem } = await ensureClient(tx, client, name)
  await tx.run('INSERT INTO server_client (security_server_id, member_id, subsystem_id, enabled, created_at) VALUES (?, ?, ?, 1, ?)', key, member, subsystem, tx.at.toISOString())
  await recordClient(tx, 'client.register', server, client, { after: { enabled: true } })
}

/** @returns false when it was no client of the server. */
export async function removeClient (tx: ChangeTx, server: ServerId, client: ClientId): Promise<boolean> {
  const association = await associationOf(tx, server, client)
  if (association === undefined) return false
  await tx.run('DELETE FROM server_client WHERE id = ?', association.id)
  await recordClient(tx, 'client.unregister', server, client, { before: { enabled: association.enabled } })
  return true
}

/** @throws {Refusal} `management_request_server_client_not_found` */
export async function setClientEnabled (tx: ChangeTx, server: ServerId, client: ClientId, enabled: boolean): Promise<void> {
  const association = await knownAssociation(tx, server, client)
  if (association.enabled === enabled) return
  await tx.run('UPDATE server_client SET enabled = ? WHERE id = ?', enabled ? 1 : 0, association.id)
  await recordClient(tx, enabled ? 'client.enable' : 'client.disable', server, client, { before: { enabled: !enabled }, after: { enabled } })
}

/** @throws {Refusal} `management_request_server_client_not_found` */
export async function knownAssociation (reader: SqlReader, server: ServerId, client: ClientId): Promise<Association> {
  await knownServer(reader, server)
  const association = await associationOf(reader, server, client)
  if (association === undefined) {
    throw new Refusal('notFound', 'management_request_server_client_not_found', `${formatClientId(client)} is not a client of security server ${formatServerId(server)}`)
  }
  return association
}

/** In the history of both: the server's and the client's. */
async function recordClient (tx: ChangeTx, action: string, server: ServerId, client: ClientId, { before, after }: { before?: object, after?: object }): Promise<void> {
  const about = (other: object): Pick<ChangeRecord, 'before' | 'after'> => ({
    before: before === undefined ? undefined : { ...other, ...before }, after: after === undefined ? undefined : { ...other, ...after }
  })
  await tx.record({ action, object: serverObject(server), ...about({ client: formatClientId(client) }) })
  await tx.record({ action, object: clientObject(client), ...about({ server: formatServerId(server) }) })
}

/**
 * Gives a server to one of its clients: the old owner becomes a client, the new one is none any more, and the server has
 * another identifier from then on.
 */
export async function changeOwner (tx: ChangeTx, server: ServerId, newOwner: MemberId): Promise<ServerId> {
  const key = await knownServer(tx, server)
  const oldOwner = memberOf(server)
  const after = { ...memberOf(newOwner), serverCode: server.serverCode }
  await removeClient(tx, server, memberOf(newOwner))
  await tx.run('UPDATE security_server SET owner_id = ? WHERE id = ?', (await memberKey(tx, newOwner))!, key)
  const states = { before: { owner: formatClientId(oldOwner) }, after: { owner: formatClientId(newOwner) } }
  await tx.record({ action: 'server.owner.change', object: serverObject(server), ...states })
  await tx.record({ action: 'server.owner.change', object: serverObject(after), ...states })
  await followServer(tx, server, after)
  await addClient(tx, after, oldOwner, undefined)
  await removeOwner(tx, oldOwner)
  await addOwner(tx, memberOf(newOwner))
  return after
}

/** Whether the provider of the management services is among a server's clients: without it no request reaches the core. */
export async function hostsManagementProvider (reader: SqlReader, server: ServerId): Promise<boolean> {
  const provider = managementProviderOf(await readParameters(reader))
  return provider !== undefined && (isSameClient(memberOf(server), provider) || await associationOf(reader, server, provider) !== undefined)
}
