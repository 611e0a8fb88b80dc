import type { OPERATIONS, VISIBILITY_REASONS } from './vocabulary.ts'
import type { SubjectIdType } from './subject.ts'

/** Ukrainian is always there; English where the register has it. */
export interface Multilingual {
  readonly uk: string
  readonly en?: string | undefined
}

export type AccessOperation = typeof OPERATIONS[number]
/** Denied and empty are events too: fishing shows there. */
export type AccessOutcome = 'ok' | 'empty' | 'denied' | 'error'
/** `related`: somebody whom an act about another concerns; shown in coarser words. */
export type SubjectRole = 'main' | 'related' | 'representative'
export type NotifyClass = 'immediate' | 'digest' | 'none'
/**
 * `deferred`: hidden until reviewed or lifted. `restricted`: hidden, oversight only. `lifted`: was hidden, now shown together with
 * that it was delayed; reached only by a `VisibilityChange`.
 */
export type VisibilityState = 'open' | 'deferred' | 'restricted' | 'lifted'
export type VisibilityReason = typeof VISIBILITY_REASONS[number]

export interface Visibility {
  readonly state: VisibilityState
  /** Local name of a DPV justification; compulsory for what is hidden. */
  readonly reason?: VisibilityReason | undefined
  /** RFC 3339 UTC with three decimals: when hiding is reviewed, at most 12 months after `recordedAt`. Compulsory for what is hidden. */
  readonly until?: string | undefined
}

/**
 * One access to the data of one person, as it is reported to the centre (layer L1): all that the person may see, and no plain
 * identifier of a person. Instants are RFC 3339 UTC with three decimals and `Z`; absent members are absent, never null.
 *
 * @see facts: monitor §5.2
 */
export interface AccessEvent {
  readonly schema: 'monitor.event/1'
  /** UUIDv7, given once at capture; v8 where it is derived from a source that can be read again. */
  readonly eventId: string
  readonly source: {
    /** Local component: `PDAMS_LC_01`. */
    readonly component: string
    /** Gap-free within the component, from 1. */
    readonly seq: number
    readonly capture: 'filter' | 'api' | 'import' | 'gateway'
    /** Compulsory, with its version, for `filter`. */
    readonly ruleId?: string | undefined
    readonly ruleVersion?: string | undefined
  }
  /** When data were used. */
  readonly occurredAt: string
  /** When the event was durable at the component. */
  readonly recordedAt: string
  readonly exchange: {
    readonly protocol: 'xroad-soap' | 'xroad-rest' | 'uxp-rest' | 'uxp-soap' | 'internal' | 'file'
    /** `xrd:id`, `X-Road-Id`, `Uxp-QueryID`; compulsory for an exchange. */
    readonly messageId?: string | undefined
    readonly requestId?: string | undefined
    /** `X-Road-Request-Hash`: base64, ties the event to the gateway's signed archive. */
    readonly requestHash?: string | undefined
    /** Full service identifier, `INSTANCE/CLASS/MEMBER/SUBSYSTEM/service`; compulsory for an exchange. */
    readonly service?: string | undefined
    /** `out`: we disclosed; `in`: we obtained. */
    readonly direction: 'out' | 'in' | 'internal'
  }
  /** Absent in a mass event, and where no person was found in what is about persons: the latter is counted and an alarm. */
  readonly subject?: {
    /** Base64url of 32 bytes, see `subjectIndex`. */
    readonly index: string
    readonly idType: SubjectIdType
    /** `YYYY-MM`: month of `occurredAt` in UTC. */
    readonly keyEpoch: string
    readonly role: SubjectRole
  } | undefined
  /** Who held the data. `registry` is the code of the register: the domain of the index key. */
  readonly holder: { readonly code: string, readonly name: Multilingual, readonly registry: string }
  /** Who received the data or looked at them. */
  readonly recipient: { readonly code: string, readonly name: Multilingual, readonly system: string }
  /** `X-Road-Represented-Party`. */
  readonly onBehalfOf?: { readonly code: string } | undefined
  readonly actor: {
    readonly kind: 'person' | 'system' | 'automated-decision'
    /** Pseudonym of the official that only his agency can resolve; compulsory for a person. */
    readonly handle?: string | undefined
    readonly role?: string | undefined
    readonly unit?: string | undefined
  }
  readonly operation: AccessOperation
  readonly outcome: AccessOutcome
  /** Records returned about this person. */
  readonly itemCount?: number | undefined
  readonly data: { readonly categories: readonly string[], readonly special: boolean }
  /** `text` as it was when the data were used, so that later edits do not rewrite history. */
  readonly purpose: { readonly declarationId: string, readonly text: Multilingual, readonly dpv?: string | undefined }
  /** `citation`: act and article. */
  readonly legalBasis: { readonly dpv?: string | undefined, readonly citation: string }
  /** The requester's case, opaque. */
  readonly caseRef?: string | undefined
  /** Break-glass. */
  readonly emergency?: { readonly flag: true, readonly justification: string } | undefined
  /** More persons than are told one by one. */
  readonly mass?: { readonly flag: true, readonly batchId: string, readonly subjectCount: number } | undefined
  readonly visibility: Visibility
  readonly notifyClass: NotifyClass
  /** `YYYY-MM-DD`. */
  readonly retainUntil: string
}
