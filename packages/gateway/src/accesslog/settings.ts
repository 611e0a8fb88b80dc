import type { AccessOperation, Multilingual, NotifyClass, SubjectIdType, SubjectRole, VisibilityReason } from '@trembita/protocol/accessevent'

/**
 * Whether accesses to the service are captured: `strict`, no answer leaves before its events are on disk; `lenient`, it leaves in any
 * case and what could not be written is counted and alarmed; `off`.
 */
export const CAPTURE_POLICIES = ['off', 'lenient', 'strict'] as const
export type CapturePolicy = typeof CAPTURE_POLICIES[number]

export const SUBJECT_ROLES: readonly SubjectRole[] = ['main', 'related', 'representative']
export const NOTIFY_CLASSES: readonly NotifyClass[] = ['immediate', 'digest', 'none']

/** Where a person is named. */
export interface SubjectRule {
  /** In which of the two messages; for what does not travel in a body, always the request. */
  readonly phase: 'request' | 'response'
  // `json:/persons/*/rnokpp`, `xml:/{urn:x}person/{urn:x}rnokpp`, `header:Uxp-Subject-Id`, `query:rnokpp`, `path:rnokpp` (docs/access-events.md).
  readonly select: string
  readonly type: SubjectIdType
  readonly role: SubjectRole
  /** Applied in order to what was selected: `digits`, `upper`, `first:N`, `last:N`. White space at the ends always goes. */
  readonly transform: readonly string[]
}

export interface LegalBasis {
  /** Act and article. */
  readonly citation: string
  /** Term of the Data Privacy Vocabulary. */
  readonly dpv?: string | undefined
}

/** A purpose that requests may name, as the holder of the data calls it. */
export interface KnownPurpose {
  readonly declarationId: string
  readonly text: Multilingual
  /** Legal ground; told as the legal basis when the rule has none. */
  readonly ground?: string | undefined
  readonly dpv?: string | undefined
}

/** Accesses of these recipients are shown to the person later (`deferred`) or to oversight alone (`restricted`). */
export interface VisibilityRule {
  readonly state: 'deferred' | 'restricted'
  /** Clients, `CLASS/CODE` or `CLASS/CODE/SUBSYSTEM`. */
  readonly recipients: readonly string[]
  /** Term of the DPV's justifications. */
  readonly reason: VisibilityReason
  /** Days until the decision has to be looked at again, at most 365. */
  readonly reviewDays: number
}

/** Which exchanges with a service concern persons, and which persons. */
export interface AccessRule {
  /** Unique within the service. */
  readonly id: string
  /** REST: method or `*`, and a path of the service with `{names}`; SOAP: always `*` and `**`. */
  readonly match: { readonly method: string, readonly path: string }
  readonly subjects: readonly SubjectRule[]
  readonly operation: AccessOperation
  readonly categories: readonly string[]
  /** A special category of data is among them (law 2297-VI, article 7). */
  readonly special: boolean
  /** Used when the request names no purpose. */
  readonly purpose?: string | undefined
  readonly legalBasis?: LegalBasis | undefined
  readonly notify?: NotifyClass | undefined
  readonly massThreshold?: number | undefined
  /** What an exchange is that names nobody: an event without a person, or nothing, which must be justified. */
  readonly onNoSubject: 'unknown-subject' | { readonly ignore: string }
}

/** How accesses to the personal data of one service are captured. */
export interface PersonalDataSettings {
  readonly policy: CapturePolicy
  /** The register that the service gives data of; its code is the domain of the persons' index. Absent: the gateway's own (`monitoring.domain`). */
  readonly registry?: { readonly code: string, readonly name: Multilingual } | undefined
  readonly legalBasis?: LegalBasis | undefined
  readonly purposes: readonly KnownPurpose[]
  readonly visibility: readonly VisibilityRule[]
  readonly notify: NotifyClass
  /** An exchange that concerns more persons is one event with their number. */
  readonly massThreshold: number
  /** For how long the person may see an event. */
  readonly retainDays: number
  /** Absent: those that the description gives by its annotations. */
  readonly rules?: readonly AccessRule[] | undefined
}

/** Settings as an administrator writes them: what is left out has its default. */
export type PersonalDataInput = Partial<Omit<PersonalDataSettings, 'rules'>> & { readonly rules?: readonly RuleInput[] | undefined }
export type RuleInput = Pick<AccessRule, 'id'> & Partial<Omit<AccessRule, 'id' | 'subjects' | 'match'>> & {
  readonly match?: Partial<AccessRule['match']> | undefined
  readonly subjects?: readonly (Pick<SubjectRule, 'select' | 'type'> & Partial<SubjectRule>)[] | undefined
}

/** Where this gateway's events go: services of the exchange, without the instance. */
export interface MonitoringSettings {
  /** Name of the local component, such as `PDAMS_LC_03`. */
  readonly component: string
  /** Subsystem that sends: `CLASS/CODE/SUBSYSTEM` of this gateway. */
  readonly client: string
  /** Service that takes events: `CLASS/CODE/SUBSYSTEM/SERVICE`. */
  readonly service: string
  /** Service that gives the keys of the persons' index. */
  readonly keyService: string
  /** Code of the register whose index this gateway computes, where a service does not name its own. */
  readonly domain: string
}
