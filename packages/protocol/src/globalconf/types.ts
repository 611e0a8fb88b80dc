import type { ClientId, MemberId, ServerId } from '../identifiers/index.ts'

/** Versions of the configuration that X-Road 7 nodes ask for: 2 (up to 7.3), 3 (7.4), 4 (7.5, 7.6), 5 (7.7), 6 (7.8). */
export const GLOBALCONF_VERSIONS = [2, 3, 4, 5, 6] as const
export type GlobalConfVersion = typeof GLOBALCONF_VERSIONS[number]

export function isGlobalConfVersion (version: number): version is GlobalConfVersion {
  return (GLOBALCONF_VERSIONS as readonly number[]).includes(version)
}

export type CostType = 'FREE' | 'PAID' | 'UNDEFINED'

/** Where configuration can be had, and with which keys it is signed there. Version 3 and later. */
export interface ConfigurationSource {
  /** `host` or `host:port`, without scheme. */
  readonly address: string
  /** DER certificates; only their public keys count. */
  readonly internalCertificates: readonly Buffer[]
  readonly externalCertificates: readonly Buffer[]
}

export interface OcspService {
  readonly url: string
  /** DER of the responder's certificate, if it is named. */
  readonly certificate?: Buffer | undefined
  /** Version 6. */
  readonly costType?: CostType | undefined
}

export interface CaInfo {
  /** DER. */
  readonly certificate: Buffer
  /** In order of use. */
  readonly ocsp: readonly OcspService[]
}

export interface AcmeServer {
  readonly directoryUrl: string
  /** One address, or several separated by commas. */
  readonly ipAddress?: string | undefined
  /** Version 4. */
  readonly authenticationProfileId?: string | undefined
  readonly signingProfileId?: string | undefined
}

export interface ApprovedCa {
  readonly name: string
  /** Its certificates are good for TLS only, never for a seal. */
  readonly authenticationOnly: boolean
  /** The trust anchor as configured; need not be a root. */
  readonly topCa: CaInfo
  readonly intermediateCas: readonly CaInfo[]
  /** Java class name that tells how a subject maps to a member (xroad-trust §3.2). */
  readonly profileClass: string
  /** Version 6. */
  readonly defaultCsrFormat?: 'PEM' | 'DER' | undefined
  /** Version 3. */
  readonly acmeServer?: AcmeServer | undefined
}

export interface ApprovedTsa {
  readonly name: string
  readonly url: string
  /** DER of the certificate that signs its stamps. */
  readonly certificate: Buffer
  /** Version 6. */
  readonly costType?: CostType | undefined
}

export interface MemberInfo {
  readonly id: MemberId
  readonly memberClassDescription?: string | undefined
  readonly name: string
  /** `name` since version 5. */
  readonly subsystems: readonly { readonly code: string, readonly name?: string | undefined }[]
}

export interface ServerInfo {
  readonly id: ServerId
  /** `host`, or `host:port` between our own gateways. */
  readonly address?: string | undefined
  /** Over the DER: SHA-1 in version 2, SHA-256 since version 3. */
  readonly authCertHashes: readonly Buffer[]
  /** Registered and enabled clients; the owner is a client without being listed. */
  readonly clients: readonly ClientId[]
  /** Present while the server is in maintenance mode. Version 5. */
  readonly maintenance?: { readonly message?: string | undefined } | undefined
}

export interface GlobalGroup {
  readonly code: string
  readonly description: string
  /** Members or subsystems, of any instance. A member in a group does not bring its subsystems. */
  readonly members: readonly ClientId[]
}

export interface MemberClass {
  readonly code: string
  readonly description: string
}

/** What everyone who deals with an instance must know (`shared-params.xml`). */
export interface SharedParameters {
  readonly instance: string
  readonly sources: readonly ConfigurationSource[]
  readonly approvedCas: readonly ApprovedCa[]
  readonly approvedTsas: readonly ApprovedTsa[]
  readonly members: readonly MemberInfo[]
  readonly servers: readonly ServerInfo[]
  readonly globalGroups: readonly GlobalGroup[]
  readonly memberClasses: readonly MemberClass[]
  readonly ocspFreshnessSeconds: number
}

/** Both hashes of an authentication certificate; the version decides which is published. */
export interface AuthCertificateHashes {
  readonly sha1: Uint8Array
  readonly sha256: Uint8Array
}

export type ServerInfoToWrite = Omit<ServerInfo, 'authCertHashes'> & { readonly authCertificates: readonly AuthCertificateHashes[] }

/** Shared parameters as the core has them: one value from which every version is written. */
export type SharedParametersToWrite = Omit<SharedParameters, 'servers'> & { readonly servers: readonly ServerInfoToWrite[] }

export interface AnchorSource {
  /** Without `version`; real nodes use plain `http:` ones and derive `https:` themselves. */
  readonly url: string
  /** DER, at least one. */
  readonly certificates: readonly Buffer[]
}

/** Where the configuration of an instance comes from and which keys sign it. */
export interface Anchor {
  readonly instance: string
  readonly generatedAt?: Date | undefined
  readonly sources: readonly AnchorSource[]
}

export interface ManagementService {
  readonly authCertRegServiceAddress: string
  /** DER of the exact TLS certificate of the registration service. */
  readonly authCertRegServiceCertificate?: Buffer | undefined
  readonly providerId: ClientId
}

/** What only the members of the instance itself must know (`private-params.xml`). */
export interface PrivateParameters {
  readonly instance: string
  /** Anchors of federated instances. */
  readonly trustedAnchors: readonly Anchor[]
  readonly managementService: ManagementService
  readonly timestampingIntervalSeconds: number
}
