import type { SqlStore, SqlWriter } from '@trembita/daemon/store'
import { formatClientId, formatServiceId, memberOf, type ClientId } from '@trembita/protocol/identifiers'
import type { SignedConfiguration } from '../configuration/index.ts'
import { recordEvent } from '../db/index.ts'
import type { HarvestStatus } from '../entry/index.ts'
import type { HarvestedService } from './harvest.ts'

/** Takes over who is in the signed configuration, and who is suspended. Whoever is no longer there stays in the history. */
export async function keepMembers (tx: SqlWriter, configuration: SignedConfiguration, at: Date): Promise<void> {
  const now = at.toISOString()
  const members = new Set<string>()
  const subsystems = new Set<string>()
  for (const member of configuration.shared.members) {
    const id = formatClientId(member.id)
    members.add(id)
    const suspension = configuration.suspensionOf(member.id)
    const told = suspension === undefined ? null : JSON.stringify({ ground: suspension.ground, actNumber: suspension.actNumber, since: suspension.since.toISOString() })
    await tx.run(
      `INSERT INTO organisation (id, code, name, status, suspension, card, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, '{}', ?, ?)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, status = excluded.status, suspension = excluded.suspension, last_seen = excluded.last_seen`,
      id, member.id.memberCode, member.name, suspension === undefined ? 'active' : 'suspended', told, now, now)
    for (const { code, name } of member.subsystems) {
      const client: ClientId = { ...member.id, subsystemCode: code }
      subsystems.add(formatClientId(client))
      await tx.run(
        `INSERT INTO subsystem (id, organisation_id, name, suspended, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, suspended = excluded.suspended, last_seen = excluded.last_seen, removed_at = NULL`,
        formatClientId(client), id, name ?? null, configuration.suspensionOf(client) === undefined ? 0 : 1, now, now)
    }
  }
  for (const { id } of await tx.all<{ id: string }>('SELECT id FROM organisation WHERE status <> ?', 'left')) {
    if (members.has(id)) continue
    await tx.run('UPDATE organisation SET status = ?, suspension = NULL WHERE id = ?', 'left', id)
    await recordEvent(tx, { at, actor: 'system', action: 'organisation.left', object: { kind: 'organisation', id } })
  }
  for (const { id } of await tx.all<{ id: string }>('SELECT id FROM subsystem WHERE removed_at IS NULL')) {
    if (subsystems.has(id)) continue
    await tx.run('UPDATE subsystem SET removed_at = ? WHERE id = ?', now, id)
    await tx.run('UPDATE service SET removed_at = ? WHERE subsystem_id = ? AND removed_at IS NULL', now, id)
    await recordEvent(tx, { at, actor: 'system', action: 'subsystem.removed', object: { kind: 'subsystem', id } })
  }
}

/** Takes over suspensions when they are others than before: cheap enough to be asked every minute. */
export class FollowedSuspensions {
  #last = ''

  /** @returns whether anything has changed. */
  async follow (store: SqlStore, configuration: SignedConfiguration, at: Date): Promise<boolean> {
    const now = JSON.stringify(configuration.suspensions.map(({ number }) => number))
    if (now === this.#last) return false
    await store.write((tx) => keepMembers(tx, configuration, at))
    this.#last = now
    return true
  }
}

/** Takes over what a subsystem offers. A service that it no longer lists is gone; one whose description could not be had keeps the last. */
export async function keepSubsystem (tx: SqlWriter, client: ClientId, services: readonly HarvestedService[], at: Date): Promise<void> {
  const subsystem = formatClientId(client)
  const now = at.toISOString()
  const listed = new Set(services.map(({ id }) => formatServiceId(id)))
  for (const service of services) await keepService(tx, subsystem, service, now)
  for (const { id } of await tx.all<{ id: string }>('SELECT id FROM service WHERE subsystem_id = ? AND removed_at IS NULL', subsystem)) {
    if (listed.has(id)) continue
    await tx.run('UPDATE service SET removed_at = ? WHERE id = ?', now, id)
    await recordEvent(tx, { at, actor: 'system', action: 'service.removed', object: { kind: 'service', id } })
  }
}

async function keepService (tx: SqlWriter, subsystem: string, { id, protocol, allowed, status, detail, description }: HarvestedService, now: string): Promise<void> {
  const key = formatServiceId(id)
  if (description !== undefined) {
    const { documentHash, canonicalHash, mediaType, bytes } = description
    await tx.run(
      'INSERT INTO description (document_hash, canonical_hash, media_type, bytes, fetched_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (document_hash) DO NOTHING',
      documentHash, canonicalHash, mediaType, bytes, now)
  }
  await tx.run(
    `INSERT INTO service (id, subsystem_id, protocol, code, version, allowed, harvest, harvest_detail, document_hash, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET protocol = excluded.protocol, allowed = excluded.allowed, harvest = excluded.harvest, harvest_detail = excluded.harvest_detail,
       document_hash = COALESCE(excluded.document_hash, service.document_hash), last_seen = excluded.last_seen, removed_at = NULL`,
    key, subsystem, protocol, id.serviceCode, id.serviceVersion ?? null, allowed ? 1 : 0, status, detail ?? null, description?.documentHash ?? null, now, now)
  if (description === undefined) return
  await tx.run(
    `INSERT INTO service_description (service_id, document_hash, first_seen, last_seen) VALUES (?, ?, ?, ?)
     ON CONFLICT (service_id, document_hash) DO UPDATE SET last_seen = excluded.last_seen`,
    key, description.documentHash, now, now)
}

/** Nothing is known anew of a subsystem: what was known stays, with the mark why it is old. */
export async function keepTimedOut (tx: SqlWriter, client: ClientId, status: HarvestStatus, detail?: string): Promise<void> {
  await tx.run('UPDATE service SET harvest = ?, harvest_detail = ? WHERE subsystem_id = ? AND removed_at IS NULL', status, detail ?? null, formatClientId(client))
}

/** Marks runs that ended with their process. */
export async function endBrokenRuns (tx: SqlWriter, at: Date): Promise<void> {
  await tx.run('UPDATE harvest_run SET outcome = ?, ended_at = ? WHERE ended_at IS NULL', 'interrupted', at.toISOString())
}

/** `INSTANCE/CLASS/CODE` of whoever a client belongs to. */
export function organisationOf (client: ClientId): string {
  return formatClientId(memberOf(client))
}
