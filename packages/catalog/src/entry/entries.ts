import type { SqlReader } from '@trembita/daemon/store'
import {
  toDescription, toHealth, toOrganisation, toResource, toService, toSighting, toSubsystem, toVersion,
  type DescriptionRow, type HealthRow, type OrganisationRow, type ResourceRow, type ServiceRow, type SightingRow, type SubsystemRow, type VersionRow
} from './rows.ts'
import {
  PUBLIC_STATES, type Description, type DescriptionSighting, type Interface, type InterfaceVersion, type Organisation, type Resource, type Service,
  type ServiceHealth, type Subsystem
} from './types.ts'

/** Whose eyes an entry is read by. Whoever is not signed in, or of another organisation, sees what is published. */
export interface Viewer {
  readonly admin: boolean
  /** Codes of the organisations that the person works for. */
  readonly organisations: readonly string[]
}

/** Everybody. */
export const PUBLIC: Viewer = { admin: false, organisations: [] }

/** This program itself: sees everything. */
export const SYSTEM_VIEWER: Viewer = { admin: true, organisations: [] }

/** May this viewer see drafts and findings of this organisation (`INSTANCE/CLASS/CODE`)? */
export function maySeeAll (viewer: Viewer, organisationId: string | undefined): boolean {
  return viewer.admin || (organisationId !== undefined && viewer.organisations.includes(organisationId.split('/')[2]!))
}

const VERSION_COLUMNS = 'v.id, v.interface_id, v.version, v.state, v.card, v.services, v.score, v.verification, v.published_at, v.reason, v.updated_at'
const SERVICE_COLUMNS = `s.id, s.subsystem_id, s.protocol, s.code, s.version, s.allowed, s.harvest, s.harvest_detail, s.document_hash, d.canonical_hash, d.media_type,
  s.first_seen, s.last_seen, s.removed_at`
const SERVICE_FROM = 'FROM service s LEFT JOIN description d ON d.document_hash = s.document_hash'

/** Reads the entries of the catalog, each state as it was last committed. */
export class Entries {
  readonly #store: SqlReader

  constructor (store: SqlReader) {
    this.#store = store
  }

  async organisations (): Promise<Organisation[]> {
    return (await this.#store.all<OrganisationRow>('SELECT id, code, name, status, suspension, card, first_seen, last_seen FROM organisation ORDER BY id')).map(toOrganisation)
  }

  /** @param id `INSTANCE/CLASS/CODE`. */
  async organisation (id: string): Promise<Organisation | undefined> {
    const row = await this.#store.get<OrganisationRow>('SELECT id, code, name, status, suspension, card, first_seen, last_seen FROM organisation WHERE id = ?', id)
    return row === undefined ? undefined : toOrganisation(row)
  }

  async subsystems (organisationId?: string): Promise<Subsystem[]> {
    const sql = 'SELECT id, organisation_id, name, suspended, first_seen, last_seen, removed_at FROM subsystem'
    const rows = organisationId === undefined
      ? await this.#store.all<SubsystemRow>(`${sql} ORDER BY id`)
      : await this.#store.all<SubsystemRow>(`${sql} WHERE organisation_id = ? ORDER BY id`, organisationId)
    return rows.map(toSubsystem)
  }

  /** Priority resources first, in the order of the annex. */
  async resources (): Promise<Resource[]> {
    return (await this.#store.all<ResourceRow>('SELECT id, owner_id, priority, card, updated_at FROM resource ORDER BY CASE WHEN priority IS NULL THEN 1 ELSE 0 END, priority, id')).map(toResource)
  }

  async resource (id: string): Promise<Resource | undefined> {
    const row = await this.#store.get<ResourceRow>('SELECT id, owner_id, priority, card, updated_at FROM resource WHERE id = ?', id)
    return row === undefined ? undefined : toResource(row)
  }

  /** All that lie under a subsystem, or all; those that are gone too, with `removedAt`. */
  async services (subsystemId?: string): Promise<Service[]> {
    const rows = subsystemId === undefined
      ? await this.#store.all<ServiceRow>(`SELECT ${SERVICE_COLUMNS} ${SERVICE_FROM} ORDER BY s.id`)
      : await this.#store.all<ServiceRow>(`SELECT ${SERVICE_COLUMNS} ${SERVICE_FROM} WHERE s.subsystem_id = ? ORDER BY s.id`, subsystemId)
    return rows.map(toService)
  }

  async service (id: string): Promise<Service | undefined> {
    const row = await this.#store.get<ServiceRow>(`SELECT ${SERVICE_COLUMNS} ${SERVICE_FROM} WHERE s.id = ?`, id)
    return row === undefined ? undefined : toService(row)
  }

  /** Bytes exactly as harvested. Public pages go through `publicDescription`. */
  async description (documentHash: string): Promise<Description | undefined> {
    const row = await this.#store.get<DescriptionRow>('SELECT document_hash, canonical_hash, media_type, bytes, fetched_at FROM description WHERE document_hash = ?', documentHash)
    return row === undefined ? undefined : toDescription(row)
  }

  /** Descriptions that a service has had, newest first. */
  async descriptionsOf (serviceId: string): Promise<DescriptionSighting[]> {
    return (await this.#store.all<SightingRow>(
      `SELECT h.document_hash, d.canonical_hash, d.media_type, h.first_seen, h.last_seen FROM service_description h
       JOIN description d ON d.document_hash = h.document_hash WHERE h.service_id = ? ORDER BY h.last_seen DESC, h.first_seen DESC`, serviceId)).map(toSighting)
  }

  /** Interfaces that the viewer may see, each with the versions that the viewer may see. */
  async interfaces (viewer: Viewer = PUBLIC): Promise<Interface[]> {
    return await this.#interfaces(viewer, '')
  }

  async interface (id: string, viewer: Viewer = PUBLIC): Promise<Interface | undefined> {
    return (await this.#interfaces(viewer, 'WHERE i.id = ?', id))[0]
  }

  async interfacesOf (resourceId: string, viewer: Viewer = PUBLIC): Promise<Interface[]> {
    return await this.#interfaces(viewer, 'WHERE i.resource_id = ?', resourceId)
  }

  /** By service. A suspension shows as soon as the signed configuration says it, before the next probe. */
  async health (): Promise<ReadonlyMap<string, ServiceHealth>> {
    const rows = await this.#store.all<HealthRow>(
      `SELECT h.service_id, CASE WHEN o.status = 'suspended' OR u.suspended = 1 THEN 'suspended' ELSE h.state END AS state, h.since, h.checked_at, h.cause, h.latency_ms
       FROM service_health h LEFT JOIN service s ON s.id = h.service_id LEFT JOIN subsystem u ON u.id = s.subsystem_id LEFT JOIN organisation o ON o.id = u.organisation_id`)
    return new Map(rows.map((row) => [row.service_id, toHealth(row)]))
  }

  async #interfaces (viewer: Viewer, where: string, ...values: string[]): Promise<Interface[]> {
    const rows = await this.#store.all<VersionRow & { resource_id: string, organisation_id: string, name: string }>(
      `SELECT i.resource_id, i.organisation_id, i.name, ${VERSION_COLUMNS} FROM interface i JOIN interface_version v ON v.interface_id = i.id ${where}
       ORDER BY i.id, v.major DESC, v.created_at DESC, v.version DESC`, ...values)
    const found = new Map<string, Interface & { versions: InterfaceVersion[] }>()
    for (const row of rows) {
      const version = toVersion(row)
      if (!maySeeAll(viewer, row.organisation_id) && !PUBLIC_STATES.includes(version.state)) continue
      const one = found.get(row.interface_id)
      if (one === undefined) {
        found.set(row.interface_id, { id: row.interface_id, resourceId: row.resource_id, organisationId: row.organisation_id, name: JSON.parse(row.name), versions: [version] })
      } else one.versions.push(version)
    }
    return [...found.values()]
  }
}
