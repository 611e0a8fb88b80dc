import type {
  Description, DescriptionRef, DescriptionSighting, DescriptionType, HarvestStatus, HealthState, InterfaceVersion, Organisation, OrganisationStatus, Protocol,
  Resource, Service, ServiceHealth, Subsystem, VersionState
} from './types.ts'

export interface OrganisationRow {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly status: string
  readonly suspension: string | null
  readonly card: string
  readonly first_seen: string
  readonly last_seen: string
}

export interface SubsystemRow {
  readonly id: string
  readonly organisation_id: string
  readonly name: string | null
  readonly suspended: number
  readonly first_seen: string
  readonly last_seen: string
  readonly removed_at: string | null
}

export interface ResourceRow {
  readonly id: string
  readonly owner_id: string | null
  readonly priority: number | null
  readonly card: string
  readonly updated_at: string
}

export interface ServiceRow {
  readonly id: string
  readonly subsystem_id: string
  readonly protocol: string
  readonly code: string
  readonly version: string | null
  readonly allowed: number
  readonly harvest: string
  readonly harvest_detail: string | null
  readonly document_hash: string | null
  readonly canonical_hash: string | null
  readonly media_type: string | null
  readonly first_seen: string
  readonly last_seen: string
  readonly removed_at: string | null
}

export interface DescriptionRow {
  readonly document_hash: string
  readonly canonical_hash: string
  readonly media_type: string
  readonly bytes: Buffer
  readonly fetched_at: string
}

export type SightingRow = Omit<DescriptionRow, 'bytes' | 'fetched_at'> & { readonly first_seen: string, readonly last_seen: string }

export interface VersionRow {
  readonly id: string
  readonly interface_id: string
  readonly version: string
  readonly state: string
  readonly card: string
  readonly services: string
  readonly score: number
  readonly verification: string | null
  readonly published_at: string | null
  readonly reason: string | null
  readonly updated_at: string
}

export interface HealthRow {
  readonly service_id: string
  readonly state: string
  readonly since: string
  readonly checked_at: string | null
  readonly cause: string | null
  readonly latency_ms: number | null
}

export function toOrganisation (row: OrganisationRow): Organisation {
  const card = JSON.parse(row.card) as Partial<Organisation>
  return {
    kind: 'unknown',
    ...card,
    id: row.id,
    code: row.code,
    name: { ...card.name, uk: row.name },
    status: row.status as OrganisationStatus,
    suspension: row.suspension === null ? undefined : JSON.parse(row.suspension),
    firstSeen: row.first_seen,
    lastSeen: row.last_seen
  }
}

export function toSubsystem (row: SubsystemRow): Subsystem {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    name: row.name ?? undefined,
    suspended: row.suspended === 1,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    removedAt: row.removed_at ?? undefined
  }
}

export function toResource (row: ResourceRow): Resource {
  return { ...JSON.parse(row.card) as Resource, id: row.id, ownerId: row.owner_id ?? undefined, priority: row.priority ?? undefined, updatedAt: row.updated_at }
}

export function toService (row: ServiceRow): Service {
  return {
    id: row.id,
    subsystemId: row.subsystem_id,
    protocol: row.protocol as Protocol,
    code: row.code,
    version: row.version ?? undefined,
    allowed: row.allowed === 1,
    harvest: row.harvest as HarvestStatus,
    harvestDetail: row.harvest_detail ?? undefined,
    description: row.document_hash === null ? undefined : refOf({ document_hash: row.document_hash, canonical_hash: row.canonical_hash!, media_type: row.media_type! }),
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    removedAt: row.removed_at ?? undefined
  }
}

function refOf (row: Pick<DescriptionRow, 'document_hash' | 'canonical_hash' | 'media_type'>): DescriptionRef {
  return { documentHash: row.document_hash, canonicalHash: row.canonical_hash, mediaType: row.media_type as DescriptionType }
}

export function toDescription (row: DescriptionRow): Description {
  return { ...refOf(row), bytes: row.bytes, fetchedAt: row.fetched_at }
}

export function toSighting (row: SightingRow): DescriptionSighting {
  return { ...refOf(row), firstSeen: row.first_seen, lastSeen: row.last_seen }
}

export function toVersion (row: VersionRow): InterfaceVersion {
  return {
    id: row.id,
    interfaceId: row.interface_id,
    version: row.version,
    state: row.state as VersionState,
    card: JSON.parse(row.card),
    services: JSON.parse(row.services),
    score: row.score,
    verification: row.verification === null ? undefined : JSON.parse(row.verification),
    publishedAt: row.published_at ?? undefined,
    reason: row.reason ?? undefined,
    updatedAt: row.updated_at
  }
}

export function toHealth (row: HealthRow): ServiceHealth {
  return {
    serviceId: row.service_id,
    state: row.state as HealthState,
    since: row.since,
    checkedAt: row.checked_at ?? undefined,
    cause: row.cause ?? undefined,
    latencyMs: row.latency_ms ?? undefined
  }
}
