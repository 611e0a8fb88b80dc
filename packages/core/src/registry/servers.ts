import type { Actor } from '@trembita/daemon/accounts'
import type { SqlWriter } from '@trembita/daemon/store'
import { formatClientId, formatServerId, memberOf, type ClientId, type ServerId } from '@trembita/protocol/identifiers'
import { Certificate } from '@trembita/protocol/pki'
import type { Changes, ChangeTx } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { checkAddress } from './codes.ts'
import { findServer } from './find.ts'
import { removeOwner } from './groups.ts'
import { indexServer } from './name-index.ts'

/** @throws {Refusal} `invalid_server_address` */
export async function changeServerAddress (changes: Changes, actor: Actor, id: ServerId, address: string): Promise<void> {
  await changes.change(actor, async (tx) => {
    const key = await findServer(tx, id)
    const before = await tx.get<{ address: string | null }>('SELECT address FROM security_server WHERE id = ?', key)
    const checked = checkAddress('server_address', address)
    await putServerAddress(tx, key, checked)
    await tx.record({ action: 'server.edit', object: { kind: 'server', id: formatServerId(id) }, before, after: { address: checked } })
  })
}

/** Writes an address and what follows from it; the caller records. */
export async function putServerAddress (tx: SqlWriter, key: number, address: string): Promise<void> {
  await tx.run('UPDATE security_server SET address = ? WHERE id = ?', address, key)
  await indexServer(tx, key)
}

/** What goes with a server. */
export interface ServerDependents {
  readonly clients: readonly ClientId[]
  /** SHA-256 in small hexadecimal digits. */
  readonly certificates: readonly string[]
}

/** Deletes a server with its certificates and clients; its owner leaves the owners' group with the last one. */
export async function deleteServer (changes: Changes, actor: Actor, id: ServerId): Promise<ServerDependents> {
  return await changes.change(actor, async (tx) => await removeServerRow(tx, id))
}

/** The same within a larger change. */
export async function removeServerRow (tx: ChangeTx, id: ServerId): Promise<ServerDependents> {
  const key = await findServer(tx, id)
  const { address } = (await tx.get<{ address: string | null }>('SELECT address FROM security_server WHERE id = ?', key))!
  const certificates = (await tx.all<{ sha256: Buffer }>('SELECT sha256 FROM auth_certificate WHERE security_server_id = ? ORDER BY id', key)).map(({ sha256 }) => sha256.toString('hex'))
  const rows = await tx.all<{ class: string, code: string, subsystem: string | null }>(
    `SELECT c.code AS class, m.code, s.code AS subsystem FROM server_client sc JOIN member m ON m.id = sc.member_id JOIN member_class c ON c.id = m.member_class_id
    LEFT JOIN subsystem s ON s.id = sc.subsystem_id WHERE sc.security_server_id = ? ORDER BY c.code, m.code, coalesce(s.code, '')`, key)
  const clients = rows.map(({ class: memberClass, code: memberCode, subsystem }): ClientId =>
    subsystem === null ? { instance: id.instance, memberClass, memberCode } : { instance: id.instance, memberClass, memberCode, subsystemCode: subsystem })
  await tx.run('DELETE FROM security_server WHERE id = ?', key)
  await tx.record({ action: 'server.delete', object: { kind: 'server', id: formatServerId(id) }, before: { address, certificates, clients: clients.map(formatClientId) } })
  await removeOwner(tx, memberOf(id))
  return { clients, certificates }
}

/** @throws {Refusal} `ss_auth_certificate_not_found` */
export async function deleteAuthCertificate (changes: Changes, actor: Actor, id: ServerId, certificate: number): Promise<void> {
  await changes.change(actor, async (tx) => {
    const key = await findServer(tx, id)
    const removed = await tx.get<{ certificate: Buffer }>('DELETE FROM auth_certificate WHERE id = ? AND security_server_id = ? RETURNING certificate', certificate, key)
    if (removed === undefined) throw new Refusal('notFound', 'ss_auth_certificate_not_found', `${formatServerId(id)} has no such authentication certificate`)
    const { sha256, subject, notAfter } = Certificate.parse(removed.certificate)
    await tx.record({
      action: 'server.certificate.delete', object: { kind: 'server', id: formatServerId(id) }, before: { sha256: sha256.toString('hex'), subject: subject.rfc2253, notAfter: notAfter.toISOString() }
    })
  })
}
