import type { Actor } from '@trembita/daemon/accounts'
import type { SqlWriter } from '@trembita/daemon/store'
import { formatClientId, formatServerId, memberOf, type ClientId, type ServerId } from '@trembita/protocol/identifiers'
import type { Changes } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { checkCodes, checkText } from './codes.ts'
import { findMember, findServer, findSubsystem, isManagementProvider } from './find.ts'
import { removeMemberships } from './groups.ts'
import { subsystemKey } from './keys.ts'
import { managementProvider } from './members.ts'
import { indexMember } from './name-index.ts'
import { readParameters } from './parameters.ts'

/** @throws {Refusal} `subsystem_exists`, `member_not_found`, `invalid_identifier` */
export async function addSubsystem (changes: Changes, actor: Actor, subsystem: { readonly memberClass: string, readonly memberCode: string, readonly subsystemCode: string, readonly name?: string | undefined }): Promise<ClientId> {
  const { memberClass, memberCode, subsystemCode, name } = subsystem
  return await changes.change(actor, async (tx) => {
    const { instance, strictIdentifiers } = await readParameters(tx)
    checkCodes({ subsystem_code: subsystemCode }, strictIdentifiers)
    const id = { instance, memberClass, memberCode, subsystemCode }
    const member = await findMember(tx, memberOf(id))
    if (await subsystemKey(tx, id) !== undefined) throw new Refusal('conflict', 'subsystem_exists', `${formatClientId(id)} is registered already`, { fields: { subsystem_code: 'is taken' } })
    const text = nameOf(name)
    await tx.run('INSERT INTO subsystem (member_id, code, name, created_at) VALUES (?, ?, ?, ?)', member, subsystemCode, text, tx.at.toISOString())
    await indexMember(tx, member)
    await tx.record({ action: 'subsystem.add', object: { kind: 'subsystem', id: formatClientId(id) }, after: { name: text } })
    return id
  })
}

/** An empty name takes the name away. */
export async function renameSubsystem (changes: Changes, actor: Actor, id: ClientId, name: string | undefined): Promise<void> {
  await changes.change(actor, async (tx) => {
    const key = await findSubsystem(tx, id)
    const before = await tx.get<{ name: string | null }>('SELECT name FROM subsystem WHERE id = ?', key)
    const text = nameOf(name)
    await putSubsystemName(tx, key, text)
    await tx.record({ action: 'subsystem.edit', object: { kind: 'subsystem', id: formatClientId(id) }, before, after: { name: text } })
  })
}

/** Writes a name and what follows from it; the caller records. */
export async function putSubsystemName (tx: SqlWriter, key: number, name: string | null): Promise<void> {
  const row = await tx.get<{ member: number }>('UPDATE subsystem SET name = ? WHERE id = ? RETURNING member_id AS member', name, key)
  if (row !== undefined) await indexMember(tx, row.member)
}

/**
 * Deletes a subsystem that no gateway serves, with its places in groups.
 *
 * @throws {Refusal} `subsystem_registered_and_cannot_be_deleted`, `management_service_provider_cannot_be_deleted`
 */
export async function deleteSubsystem (changes: Changes, actor: Actor, id: ClientId): Promise<{ readonly groups: readonly string[] }> {
  return await changes.change(actor, async (tx) => {
    const key = await findSubsystem(tx, id)
    if (await isManagementProvider(tx, id)) throw managementProvider(formatClientId(id))
    const client = await tx.get('SELECT 1 AS found FROM server_client WHERE subsystem_id = ?', key)
    if (client !== undefined) throw new Refusal('conflict', 'subsystem_registered_and_cannot_be_deleted', `${formatClientId(id)} is a client of a security server: unregister it there first`)
    const before = await tx.get<{ name: string | null }>('SELECT name FROM subsystem WHERE id = ?', key)
    const groups = await removeMemberships(tx, id)
    await tx.run('DELETE FROM subsystem WHERE id = ?', key)
    await tx.record({ action: 'subsystem.delete', object: { kind: 'subsystem', id: formatClientId(id) }, before })
    return { groups }
  })
}

/**
 * Takes a member or subsystem off a gateway without the gateway's asking.
 *
 * @throws {Refusal} `member_not_registered_to_security_server`, `subsystem_not_registered_to_security_server`
 */
export async function unregisterClient (changes: Changes, actor: Actor, id: ClientId, server: ServerId): Promise<void> {
  await changes.change(actor, async (tx) => {
    const serverKey = await findServer(tx, server)
    const [column, key] = id.subsystemCode === undefined ? ['subsystem_id IS NULL AND member_id', await findMember(tx, id)] : ['subsystem_id', await findSubsystem(tx, id)]
    const removed = await tx.get<{ enabled: number }>(`DELETE FROM server_client WHERE security_server_id = ? AND ${column} = ? RETURNING enabled`, serverKey, key)
    const what = id.subsystemCode === undefined ? 'member' : 'subsystem'
    if (removed === undefined) throw new Refusal('notFound', `${what}_not_registered_to_security_server`, `${formatClientId(id)} is not a client of ${formatServerId(server)}`)
    await tx.record({ action: 'client.unregister', object: { kind: 'server', id: formatServerId(server) }, before: { client: formatClientId(id), enabled: removed.enabled === 1 } })
    await tx.record({ action: 'client.unregister', object: { kind: what, id: formatClientId(id) }, before: { server: formatServerId(server) } })
  })
}

function nameOf (name: string | undefined): string | null {
  return name === undefined || name.trim() === '' ? null : checkText('subsystem_name', name)
}
