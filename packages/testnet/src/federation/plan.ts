import type { KeyKind } from '../pki/index.ts'

/** A member of the planned environment, with the subsystems it registers. */
export interface PlannedMember {
  readonly memberClass: string
  readonly memberCode: string
  readonly name: string
  readonly subsystems: readonly { readonly code: string, readonly name?: string | undefined }[]
}

/** Ports of one gateway; the OCSP port is the one after the message port (design D12). */
export interface GatewayPorts {
  readonly console: number
  readonly consumerHttp: number
  readonly consumerHttps: number
  readonly messages: number
}

export interface CorePorts {
  readonly admin: number
  readonly configuration: number
  readonly registration: number
  readonly management: number
}

export interface PlannedGateway {
  /** Name of its folder, and its server code. */
  readonly code: string
  /** `CLASS/CODE` of the owner. */
  readonly owner: string
  /** `CLASS/CODE[/SUBSYSTEM]` of those it serves. Each member among them gets a seal of its own. */
  readonly clients: readonly string[]
  readonly ports?: GatewayPorts | undefined
  /** Key of its authentication certificate; default `ec`. */
  readonly authKeys?: KeyKind | undefined
  /** Content of `serverconf.yaml`: clients with descriptions, services, rights. Identifiers in full. */
  readonly serverConf: { readonly clients: readonly object[] }
  /** More settings of `gateway.yaml`. */
  readonly settings?: object | undefined
}

/**
 * A gateway of somebody else's making: it stands in the registry with certificates of its own, and is played by whoever
 * runs the plan (`ForeignPeer`).
 */
export interface PlannedPeer {
  readonly code: string
  /** `CLASS/CODE` of the owner. */
  readonly owner: string
  /** `CLASS/CODE[/SUBSYSTEM]`. Each member among them gets a seal of its own. */
  readonly clients: readonly string[]
  /** Default `rsa`, as X-Road's own keys are. */
  readonly authKeys?: KeyKind | undefined
  readonly sealKeys?: KeyKind | undefined
  /** The registry says that it is in maintenance. */
  readonly maintenance?: { readonly message?: string | undefined } | undefined
}

/** A whole environment on loopback. */
export interface FederationPlan {
  readonly instance: string
  readonly members: readonly PlannedMember[]
  readonly gateways: readonly PlannedGateway[]
  readonly peers?: readonly PlannedPeer[] | undefined
  /** `CLASS/CODE[/SUBSYSTEM]` that gives the management services; default the first member. */
  readonly managementProvider?: string | undefined
  readonly globalGroups?: readonly { readonly code: string, readonly description: string, readonly members: readonly string[] }[] | undefined
  readonly corePorts?: CorePorts | undefined
  readonly trustPorts?: { readonly ocsp: number, readonly timestamps: number } | undefined
  /** Keys of seals; default `rsa`. */
  readonly sealKeys?: KeyKind | undefined
  readonly timestampingIntervalSeconds?: number | undefined
}
