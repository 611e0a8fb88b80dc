/** A text in the state's language, and in English where somebody wrote it. */
export interface Bilingual {
  readonly uk: string
  readonly en?: string | undefined
}

export type OrganisationKind = 'authority' | 'localGovernment' | 'enterprise' | 'unknown'

/** `left`: no longer in the signed configuration. */
export type OrganisationStatus = 'active' | 'suspended' | 'left'

/** A member of the instance, as the signed configuration has it, with what it says of itself. */
export interface Organisation {
  /** `INSTANCE/CLASS/CODE`. */
  readonly id: string
  readonly code: string
  readonly name: Bilingual
  readonly kind: OrganisationKind
  readonly status: OrganisationStatus
  /** Of a suspension: which rule was broken (act 606, item 15), and since when. */
  readonly suspension?: { readonly ground: string, readonly actNumber: string, readonly since: string } | undefined
  readonly address?: string | undefined
  readonly web?: string | undefined
  /** Unit that answers, never a person without their consent. */
  readonly contact?: Contact | undefined
  readonly firstSeen: string
  readonly lastSeen: string
}

export interface Contact {
  readonly unit: string
  readonly email?: string | undefined
  readonly phone?: string | undefined
}

/** `planned` and `establishing` are said honestly: there is nothing to call yet. */
export type ResourceStatus = 'planned' | 'establishing' | 'inUse' | 'closing' | 'closed'

/** An information resource (ЕІР): a register or an information system. */
export interface Resource {
  readonly id: string
  readonly name: Bilingual
  readonly purpose: Bilingual
  /** `INSTANCE/CLASS/CODE` of the owner; absent when the owner is no participant yet. */
  readonly ownerId?: string | undefined
  readonly ownerName?: string | undefined
  /** 1–20: its place in the annex to act 606. */
  readonly priority?: number | undefined
  readonly status: ResourceStatus
  readonly legalBasis: string
  readonly dataObjects: readonly string[]
  /** Subsystems through which it takes part: `INSTANCE/CLASS/CODE/SUBSYSTEM`. */
  readonly subsystemIds: readonly string[]
  /** Last time the owner said that the card is right (IP-1.6). */
  readonly reviewedAt?: string | undefined
  readonly updatedAt: string
}

export interface Subsystem {
  /** `INSTANCE/CLASS/CODE/SUBSYSTEM`. */
  readonly id: string
  readonly organisationId: string
  readonly name?: string | undefined
  readonly suspended: boolean
  readonly firstSeen: string
  readonly lastSeen: string
  readonly removedAt?: string | undefined
}

export type Protocol = 'REST' | 'SOAP'

/** `skipped`: the same gateway had already timed out in that run, so nothing is known anew. */
export type HarvestStatus = 'ok' | 'error' | 'timeout' | 'skipped' | 'undescribed'

/** A service that a gateway lists, and what is known of it. */
export interface Service {
  /** `INSTANCE/CLASS/CODE/SUBSYSTEM/SERVICE[/VERSION]`. */
  readonly id: string
  readonly subsystemId: string
  readonly protocol: Protocol
  readonly code: string
  readonly version?: string | undefined
  /** The catalog may call it: its gateway gave the right. */
  readonly allowed: boolean
  readonly harvest: HarvestStatus
  /** Of the harvest, for the owner: a fault code, never an address. */
  readonly harvestDetail?: string | undefined
  /** Of the description that was last harvested. */
  readonly description?: DescriptionRef | undefined
  readonly firstSeen: string
  readonly lastSeen: string
  readonly removedAt?: string | undefined
}

/** Which text: `documentHash` over all of it but what a generator writes anew each time, `canonicalHash` over the contract alone (ADR 16). SHA-256, hexadecimal. */
export interface DescriptionRef {
  readonly documentHash: string
  readonly canonicalHash: string
  readonly mediaType: DescriptionType
}

export type DescriptionType = 'application/vnd.oai.openapi+json' | 'application/vnd.oai.openapi' | 'application/wsdl+xml'

/** A description that stood at a service for a while. */
export interface DescriptionSighting extends DescriptionRef {
  readonly firstSeen: string
  readonly lastSeen: string
}

export interface Description extends DescriptionRef {
  readonly bytes: Buffer
  readonly fetchedAt: string
}

/** Of a version (facts: draft → verification → approval → published → …). */
export const VERSION_STATES = [
  'draft', 'verifying', 'verified', 'verificationFailed', 'awaitingApproval', 'rejected', 'published', 'drifted', 'suspended', 'deprecated', 'withdrawn', 'archived'
] as const
export type VersionState = typeof VERSION_STATES[number]

/** States that everybody sees, each with a banner unless `published`. */
export const PUBLIC_STATES: readonly VersionState[] = ['published', 'drifted', 'suspended', 'deprecated', 'withdrawn']

export interface PersonalData {
  readonly processed: boolean
  readonly categories?: string | undefined
  readonly subjects?: string | undefined
  readonly legalBasis?: string | undefined
  readonly retention?: string | undefined
  /** Whether persons see the access in the monitor; why not, where not. */
  readonly monitored?: 'yes' | 'no' | 'exception' | undefined
  readonly exceptionGround?: string | undefined
}

/** What an application says of an interface. All of it becomes public when it is published, the person of the contact excepted. */
export interface InterfaceCard {
  readonly name: Bilingual
  readonly purpose: Bilingual
  readonly restrictions: string
  /** Steps in the order of calls. */
  readonly callSequence: string
  /** Any participant may use it without an agreement of two sides; a right at the gateway is needed all the same. */
  readonly publicInterface: boolean
  /** The description may be read by everybody; else by participants. */
  readonly descriptionPublic: boolean
  readonly personalData: PersonalData
  readonly legalBasis: string
  readonly contact: Contact
  /** Response time promised, 95 of 100 calls. */
  readonly responseTargetMs?: number | undefined
}

/** One interface of a resource: services that are used together. */
export interface Interface {
  readonly id: string
  readonly resourceId: string
  readonly organisationId: string
  readonly name: Bilingual
  /** Newest first. Whoever may not see drafts gets those that are public. */
  readonly versions: readonly InterfaceVersion[]
}

export interface InterfaceVersion {
  readonly id: string
  readonly interfaceId: string
  /** Semantic version: `1.0.0`. */
  readonly version: string
  readonly state: VersionState
  readonly card: InterfaceCard
  readonly services: readonly ServiceBinding[]
  /** 0–100, see `completeness`. */
  readonly score: number
  /** Of the run by which it was published. */
  readonly verification?: { readonly runId: string, readonly at: string, readonly validUntil: string, readonly outcome: 'passed' | 'remarks' } | undefined
  readonly publishedAt?: string | undefined
  /** Why it was rejected, suspended, withdrawn or found drifted. */
  readonly reason?: string | undefined
  readonly updatedAt: string
}

/** A service of a version, with the description that was verified and published. */
export interface ServiceBinding {
  readonly serviceId: string
  readonly role: 'main' | 'supporting'
  readonly protocol: Protocol
  readonly description?: DescriptionRef | undefined
}

/** `unknown`: the probe could not run. Never shown as down. */
export const HEALTH_STATES = ['up', 'degraded', 'down', 'unknown', 'maintenance', 'suspended'] as const
export type HealthState = typeof HEALTH_STATES[number]

export interface ServiceHealth {
  readonly serviceId: string
  readonly state: HealthState
  readonly since: string
  readonly checkedAt?: string | undefined
  /** Class of the cause: `network`, `gateway`, `service`, `contract`, `latency`, `notAllowed`. */
  readonly cause?: string | undefined
  readonly latencyMs?: number | undefined
}
