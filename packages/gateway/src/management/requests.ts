import type { ClientId, MemberId } from '@trembita/protocol/identifiers'
import type { Certificate } from '@trembita/protocol/pki'

export interface AuthCertificateRegistration {
  /** One of the token's authentication certificates; it need not be registered or have an OCSP response yet. */
  readonly certificate: Certificate
  /** Address to register the gateway under; the first registration needs it. */
  readonly address?: string | undefined
  /** The core verifies everything and changes nothing. */
  readonly dryRun?: boolean | undefined
}

/**
 * What a gateway asks of its core. Each call resolves with the id of the request at the core, which may still have to be
 * approved there; 0 for a dry run. None is repeated by itself: after a `NetworkError` the core may or may not have it.
 *
 * @throws {Fault} `CannotCreateSignature` when the key that must consent is not here or has no fresh OCSP response, `OutdatedGlobalConf`,
 *   `NetworkError`, `SslAuthenticationFailed` (who answers is not the registration service of the configuration). A
 *   `RelayedFault` is the core's own refusal, as it came.
 */
export interface ManagementRequests {
  /** Signed by the authentication key and by the owner's sign key; goes straight to the registration service. */
  registerAuthCertificate (registration: AuthCertificateRegistration): Promise<number>
  /** Signed by the sign key of the client's member. */
  registerClient (client: ClientId, subsystemName?: string): Promise<number>
  deleteClient (client: ClientId): Promise<number>
  deleteAuthCertificate (certificate: Certificate): Promise<number>
  /** Signed by the new owner's sign key; sent by the present owner. */
  changeOwner (newOwner: MemberId): Promise<number>
  changeAddress (address: string): Promise<number>
  enableClient (client: ClientId): Promise<number>
  disableClient (client: ClientId): Promise<number>
  renameClient (subsystem: ClientId & { readonly subsystemCode: string }, name: string): Promise<number>
  /** On with a message for callers, if there is one; or off. */
  setMaintenance (on: boolean, message?: string): Promise<number>
}
