import type { MonitoringSettings, PersonalDataInput } from '@trembita/gateway'

/** A service that a client of a gateway offers. */
export interface OfferedService {
  readonly code: string
  /** Of a WSDL's operation. */
  readonly version?: string | undefined
  /** Where it is, when the description says otherwise. */
  readonly url?: string | undefined
  /** Whether answers are held to agreements: `refuse` or `remove` what is outside; default neither. */
  readonly agreement?: 'refuse' | 'remove' | undefined
  /** How accesses to personal data are captured; absent: as the annotations of the description say. */
  readonly personalData?: PersonalDataInput | undefined
  /** Who may call all of it: `CLASS/CODE/SUBSYSTEM`, `group:CODE` (global) or `local:CODE`. */
  readonly subjects?: readonly string[] | undefined
  /** Who may call a part of it. */
  readonly endpoints?: readonly { readonly method: string, readonly path: string, readonly subjects: readonly string[] }[] | undefined
}

export interface OfferedDescription {
  readonly type: 'WSDL' | 'OPENAPI3' | 'REST'
  readonly url: string
  /** All services of a WSDL that have a setting or a right; exactly one of the other types. */
  readonly services: readonly OfferedService[]
}

/** A subsystem at a gateway. */
export interface JoiningClient {
  /** `CLASS/CODE/SUBSYSTEM`. */
  readonly id: string
  readonly name?: string | undefined
  /** How its information systems connect; default `HTTP`, since everything is on one machine. */
  readonly connection?: 'HTTP' | 'HTTPS' | 'HTTPS_NO_AUTH' | undefined
  readonly localGroups?: readonly { readonly code: string, readonly description: string, readonly members: readonly string[] }[] | undefined
  readonly descriptions?: readonly OfferedDescription[] | undefined
}

export interface JoiningGateway {
  readonly code: string
  /** `CLASS/CODE`. */
  readonly owner: string
  /** What peers reach it at: `HOST:PORT`. */
  readonly address: string
  readonly clients: readonly JoiningClient[]
  /** Where it reports accesses to personal data; `client` must be among its clients. */
  readonly monitoring?: MonitoringSettings | undefined
  /** Kind of the keys that it makes; default RSA for seals, EC for authentication. */
  readonly keys?: { readonly seal?: 'RSA' | 'EC' | undefined, readonly authentication?: 'RSA' | 'EC' | undefined } | undefined
}

export interface JoiningMember {
  readonly memberClass: string
  readonly memberCode: string
  readonly name: string
  readonly kind?: 'authority' | 'localGovernment' | 'enterprise' | undefined
}

/** An environment as its operators mean it to become. Identifiers are without the instance. */
export interface JoiningPlan {
  readonly instance: string
  readonly memberClasses: readonly { readonly code: string, readonly description: string }[]
  readonly members: readonly JoiningMember[]
  /** The subsystem that gives the management services, and the gateway that publishes them. */
  readonly management: { readonly provider: string, readonly gateway: string }
  readonly globalGroups?: readonly { readonly code: string, readonly description: string, readonly members: readonly string[] }[] | undefined
  readonly parameters?: Readonly<Record<string, unknown>> | undefined
  readonly gateways: readonly JoiningGateway[]
}

/** `GOV/1/X` as the administration APIs write it: `EE:GOV:1:X`. */
export function encodedId (instance: string, id: string): string {
  return [instance, ...id.split('/')].join(':')
}

/** `CLASS/CODE` of a member or of its subsystem. */
export function memberOfId (id: string): string {
  return id.split('/').slice(0, 2).join('/')
}
