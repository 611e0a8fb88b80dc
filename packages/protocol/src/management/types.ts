import type { ClientId, MemberId, ServerId } from '../identifiers/index.ts'
import type { SoapMessage } from '../message/index.ts'

/** Service codes of the management services, spelled as on the wire (xroad-trust §4.1). */
export const MANAGEMENT_SERVICES = [
  'authCertReg', 'clientReg', 'ownerChange', 'clientDeletion', 'authCertDeletion', 'addressChange',
  'clientDisable', 'clientEnable', 'clientRename', 'maintenanceModeEnable', 'maintenanceModeDisable'
] as const

export type ManagementServiceCode = typeof MANAGEMENT_SERVICES[number]

interface OfServer<Service extends ManagementServiceCode> {
  readonly service: Service
  /** The gateway that the request is about; its owner sends it. */
  readonly server: ServerId
}

/** Registers an authentication certificate, and with the first one the gateway itself. */
export interface AuthCertReg extends OfServer<'authCertReg'> {
  /** `host`, or `host:port` between our own gateways; absent leaves the known address. */
  readonly address?: string | undefined
  /** DER. */
  readonly authCertificate: Buffer
  /** Verify everything, store nothing; answered with request id 0 (X-Road 7.8). */
  readonly dryRun?: boolean | undefined
}

/** Registers a member or subsystem as client of the gateway. */
export interface ClientReg extends OfServer<'clientReg'> {
  readonly client: ClientId
  /** Of a subsystem only (X-Road 7.7). */
  readonly subsystemName?: string | undefined
}

/** Makes a registered client the gateway's owner. */
export interface OwnerChange extends OfServer<'ownerChange'> {
  /** The new owner: a member. */
  readonly client: MemberId
}

export interface ClientDeletion extends OfServer<'clientDeletion'> { readonly client: ClientId }

export interface AuthCertDeletion extends OfServer<'authCertDeletion'> {
  /** DER. */
  readonly authCertificate: Buffer
}

export interface AddressChange extends OfServer<'addressChange'> { readonly address: string }

export interface ClientDisable extends OfServer<'clientDisable'> { readonly client: ClientId }

export interface ClientEnable extends OfServer<'clientEnable'> { readonly client: ClientId }

/** Names a subsystem for people. */
export interface ClientRename extends OfServer<'clientRename'> {
  readonly client: ClientId & { readonly subsystemCode: string }
  readonly subsystemName: string
}

export interface MaintenanceModeEnable extends OfServer<'maintenanceModeEnable'> {
  /** Shown to those who call meanwhile. */
  readonly message?: string | undefined
}

export type MaintenanceModeDisable = OfServer<'maintenanceModeDisable'>

/** What a gateway asks of the core, told apart by `service`. */
export type ManagementRequest =
  | AuthCertReg | ClientReg | OwnerChange | ClientDeletion | AuthCertDeletion | AddressChange
  | ClientDisable | ClientEnable | ClientRename | MaintenanceModeEnable | MaintenanceModeDisable

/** A request with the SOAP message that carried it; well-formed, not verified. */
export interface ParsedManagementRequest {
  readonly request: ManagementRequest
  /** The header: who sent it, to which provider, under which id. */
  readonly header: SoapMessage
  /** Exactly as received: what the signatures cover. */
  readonly soap: Buffer
  /** Of the SOAP part; UTF-8 when absent. */
  readonly charset?: string | undefined
}

/** Whose key made a signature, and what the signature is. */
export interface RequestSignature {
  /** `auth`: the authentication key that is to be registered. `owner`: the sign key of the member whose consent the service asks for. */
  readonly by: 'auth' | 'owner'
  /** As the request names it: `SHA512withRSA`. */
  readonly algorithm: string
  readonly value: Buffer
  /** DER. */
  readonly certificate: Buffer
  /** DER; proves that the sign certificate was good. An authentication certificate has none. */
  readonly ocspResponse?: Buffer | undefined
  /** The member whose sign certificate it is. */
  readonly member?: MemberId | undefined
}

declare const verified: unique symbol

/** A request that passed every check of its service (xroad-trust §4.3, §4.4). Only `verify…` of this folder makes one. */
export type VerifiedRequest = ParsedManagementRequest & {
  /** Owner of the server, who sent it. */
  readonly sender: MemberId
  /** Authentication signature first; none for the two plain services. */
  readonly signatures: readonly RequestSignature[]
  readonly [verified]: true
}
