import type { AccessRule, PersonalDataSettings } from '../accesslog/index.ts'
import type { Certificate } from '@trembita/protocol/pki'
import type { ClientId, GlobalGroupId, ServerId } from '@trembita/protocol/identifiers'

/** How an information system must connect (xroad-messages §1.4): `HTTP` asks nothing, `HTTPS_NO_AUTH` TLS, `HTTPS` TLS with a registered certificate. */
export type ConnectionType = 'HTTP' | 'HTTPS_NO_AUTH' | 'HTTPS'

/** X-Road's states of a client on its gateway; messages are exchanged in `registered` only. */
export type LocalClientStatus =
  | 'saved' | 'registration in progress' | 'registered' | 'deletion in progress' | 'global error'
  | 'disabled' | 'disabling in progress' | 'enabling in progress'

export type ServiceType = 'WSDL' | 'OPENAPI3' | 'REST'

/**
 * Whether a service answers only under an agreement in force: `none` no; `refuse` yes, and an answer with fields outside it is
 * refused; `remove` yes, and those fields are cut out.
 */
export type AgreementMode = 'none' | 'refuse' | 'remove'

/** Method or `*`, and a path glob: `*` within a segment, `**` across; the base endpoint is `*` `**`. */
export interface EndpointPattern {
  readonly method: string
  readonly path: string
}

export type Subject =
  | { readonly kind: 'client', readonly id: ClientId }
  | { readonly kind: 'globalGroup', readonly id: GlobalGroupId }
  | { readonly kind: 'localGroup', readonly code: string }

export interface AccessRight {
  readonly subject: Subject
  readonly endpoint: EndpointPattern
}

/** What is known of the personal data that a service gives. */
export interface ServicePersonalData {
  /** As an administrator set it; undefined: nothing was set. */
  readonly settings: PersonalDataSettings | undefined
  /** Rules that the annotations of the description give. */
  readonly described: readonly AccessRule[]
}

export interface ServiceConf {
  readonly type: ServiceType
  readonly code: string
  readonly version?: string | undefined
  readonly title?: string | undefined
  /** Where the information system listens. */
  readonly url: string
  /** Where its WSDL or OpenAPI document is. */
  readonly descriptionUrl: string
  readonly timeoutSeconds: number
  /** Whether an `https` service must show one of the provider's registered certificates. */
  readonly verifyTls: boolean
  /** Whether a SOAP answer without X-Road header gets one from the request (trembita.md §4). */
  readonly completeHeader: boolean
  readonly agreement: AgreementMode
  readonly personalData?: ServicePersonalData | undefined
  /** Set when the description is disabled: what callers are told. */
  readonly disabledNotice?: string | undefined
  /** Endpoints of the description, without the base endpoint. */
  readonly endpoints: readonly EndpointPattern[]
}

/** What one client of this gateway provides. */
export interface ProviderConf {
  readonly services: readonly ServiceConf[]
  /** By service code; a version is not looked at in rights. */
  readonly rights: ReadonlyMap<string, readonly AccessRight[]>
  readonly localGroups: ReadonlyMap<string, readonly ClientId[]>
  findService (code: string, version: string | undefined): ServiceConf | undefined
}

export interface ClientConf {
  readonly id: ClientId
  readonly status: LocalClientStatus
  readonly connection: ConnectionType
  /** Comes from the configuration file, whose word holds: the global configuration does not move its state. */
  readonly configured: boolean
  /** Name of a subsystem that the core does not know yet, to be registered with it. */
  readonly name?: string | undefined
  /** Name that the core was asked to give the subsystem. */
  readonly submittedName?: string | undefined
  /** SHA-256, hex, of the certificates of its information systems. */
  readonly certificateHashes: ReadonlySet<string>
  readonly certificates: readonly Certificate[]
  readonly provider: ProviderConf
}

/** All of it at one moment; replaced as a whole after a change. */
export interface ServerConfSnapshot {
  readonly version: number
  client (id: ClientId): ClientConf | undefined
  readonly clients: readonly ClientConf[]
}

/** Who this gateway is. */
export interface ServerRow {
  readonly id: ServerId
  /** What the configuration file called it when that was taken over. */
  readonly configuredAs: string | undefined
  /** Address that the core was asked to publish, until it does. */
  readonly requestedAddress: string | undefined
  /** Whether maintenance was asked to begin (true) or to end, until it does. */
  readonly requestedMaintenance: boolean | undefined
}
