import { Fault } from '../fault/index.ts'
import { isSameClient, isSameMember, memberOf, oddCharacters, providerOf, type ClientId, type MemberId } from '../identifiers/index.ts'
import type { TrustStore } from '../pki/index.ts'
import { TEXT_MAX } from './body-reader.ts'
import { checkAuthCertificate, checkSignCertificate, readCertificate, type Signatory } from './certificates.ts'
import type { ManagementMessage, ManagementPart } from './multipart-reader.ts'
import { parseManagementRequest } from './parse-request.ts'
import { isServerAddress } from './server-address.ts'
import { checkRequestSignature } from './signature-algorithms.ts'
import type { ManagementRequest, ParsedManagementRequest, RequestSignature, VerifiedRequest } from './types.ts'

/** What a core knows of itself when a request comes in. */
export interface ManagementContext {
  /** Approved CAs and OCSP rules of the own instance, by its current configuration. */
  readonly trust: TrustStore
  readonly instance: string
  /** Provider of the management services. */
  readonly provider: ClientId
  readonly at: Date
}

/**
 * Verifies what came to the registration service: an `authCertReg` with its two signatures. In this order, the first failure
 * being told: SOAP and service, presence of all parts, authentication certificate, its signature, owner's certificate with
 * OCSP, its signature, address of the request, and what the request says of itself.
 *
 * @throws {Fault} as `parseManagementRequest`; `InvalidRequest`, `IncorrectCertificate`, `CertValidation`, `IncorrectValidationInfo`,
 *   `InvalidSignatureValue`, `InvalidClientIdentifier`.
 * @see xroad-trust §4.3
 */
export function verifyAuthCertReg (message: ManagementMessage, context: ManagementContext): VerifiedRequest {
  const parsed = parseManagementRequest(message.soap, message.charset)
  const { request } = parsed
  if (request.service !== 'authCertReg') throw invalid(`the registration service takes authCertReg only; ${request.service} goes through the exchange`)
  const [authValue, ownerValue, authDer, ownerDer, ownerOcsp] = message.parts
  const auth = signaturePart(authValue, 'signature of the authentication key')
  const owner = signaturePart(ownerValue, 'signature of the owner')
  const attached = {
    auth: octets(authDer, 'authentication certificate'), owner: octets(ownerDer, 'sign certificate of the owner'), ocsp: octets(ownerOcsp, 'OCSP response of the owner')
  }
  const certificate = checkAuthCertificate(attached.auth, context.trust, context.at)
  checkRequestSignature(auth.algorithm, certificate.publicKey, message.soap, auth.value)
  const signatory = checkSignCertificate(attached.owner, attached.ocsp, context.trust, context.at)
  checkRequestSignature(owner.algorithm, signatory.certificate.publicKey, message.soap, owner.value)

  const sender = checkSender(parsed, context)
  if (!attached.auth.equals(request.authCertificate)) throw new Fault('CertValidation', 'the attached authentication certificate is not the one of the request')
  checkConsent(signatory, sender)
  if (request.address !== undefined) checkAddress(request.address)
  return verified(parsed, sender, [
    { by: 'auth', ...auth, certificate: certificate.der },
    { by: 'owner', ...owner, certificate: signatory.certificate.der, ocspResponse: attached.ocsp, member: signatory.member() }
  ])
}

/**
 * Verifies what came to the management services through the exchange: a request with the signature of the member whose consent
 * it needs, or one of the two that need none because they only take away (`clientDeletion`, `authCertDeletion`).
 *
 * @throws {Fault} as `verifyAuthCertReg`.
 * @see xroad-trust §4.4
 */
export function verifyManagementRequest (message: ManagementMessage, context: ManagementContext): VerifiedRequest {
  const parsed = parseManagementRequest(message.soap, message.charset)
  const { request } = parsed
  if (request.service === 'authCertReg') throw invalid('authCertReg goes to the registration service')
  if (request.service === 'clientDeletion' || request.service === 'authCertDeletion') {
    if (message.parts.length > 0) throw invalid(`${request.service} has no parts beside the SOAP`)
    const sender = checkSender(parsed, context)
    checkFields(request)
    return verified(parsed, sender, [])
  }
  const [value, der, ocsp, ...rest] = message.parts
  if (rest.length > 0) throw invalid(`${request.service} has three parts beside the SOAP`)
  const signature = signaturePart(value, 'signature')
  const attached = { certificate: octets(der, 'sign certificate'), ocsp: octets(ocsp, 'OCSP response') }
  const signatory = checkSignCertificate(attached.certificate, attached.ocsp, context.trust, context.at)
  checkRequestSignature(signature.algorithm, signatory.certificate.publicKey, message.soap, signature.value)

  const sender = checkSender(parsed, context)
  checkFields(request)
  checkConsent(signatory, 'client' in request ? memberOf(request.client) : sender)
  return verified(parsed, sender, [
    { by: 'owner', ...signature, certificate: signatory.certificate.der, ocspResponse: attached.ocsp, member: signatory.member() }
  ])
}

function verified (parsed: ParsedManagementRequest, sender: MemberId, signatures: readonly RequestSignature[]): VerifiedRequest {
  return { ...parsed, sender, signatures } as VerifiedRequest
}

/** Addressed to us, by the owner of the server that it is about. */
function checkSender ({ header, request }: ParsedManagementRequest, { provider, instance }: ManagementContext): MemberId {
  if (!isSameClient(providerOf(header.service), provider) || header.client.instance !== instance) {
    throw invalid('the request is not addressed to the management services of this instance')
  }
  const { server } = request
  checkParts('server', [server.instance, server.memberClass, server.memberCode, server.serverCode])
  const owner = memberOf(server)
  if (!isSameClient(header.client, owner)) throw invalid('the sender is not the owner of the server')
  return owner
}

function checkFields (request: ManagementRequest): void {
  if ('client' in request) {
    const client: ClientId = request.client
    checkParts('client', [client.instance, client.memberClass, client.memberCode, ...(client.subsystemCode === undefined ? [] : [client.subsystemCode])])
    if (request.service === 'clientReg' && request.subsystemName !== undefined) {
      if (client.subsystemCode === undefined) throw invalid('subsystemName: the client is a member, which has none')
      checkName(request.subsystemName)
    }
    if (request.service === 'clientRename') checkName(request.subsystemName)
  } else if (request.service === 'addressChange') {
    checkAddress(request.address)
  } else if (request.service === 'authCertDeletion') {
    readCertificate(request.authCertificate, 'authCert')
  }
}

function checkName (name: string): void {
  if (name.trim() === '' || /\p{Cc}/u.test(name)) throw invalid('subsystemName: blank, or with control characters')
}

function checkAddress (address: string): void {
  if (!isServerAddress(address)) throw invalid('address: neither an IP address nor a domain name')
}

/** xroad-trust §1.4: what a registry can hold. */
function checkParts (name: string, parts: readonly string[]): void {
  if (parts.some((part) => part.trim() === '' || part.length > TEXT_MAX) || oddCharacters(parts)) {
    throw new Fault('InvalidClientIdentifier', `${name}: a part is blank, longer than ${TEXT_MAX} characters, or has a character that identifiers must not have`)
  }
}

/** Who signed is who must have agreed. */
function checkConsent (signatory: Signatory, expected: MemberId): void {
  if (!isSameMember(signatory.member(), expected)) throw invalid('the sign certificate is not that of the member who must sign the request')
}

function signaturePart (part: ManagementPart | undefined, what: string): { algorithm: string, value: Buffer } {
  const value = octets(part, what)
  const algorithm = part?.signatureAlgorithm ?? ''
  if (algorithm === '') throw invalid(`${what}: its algorithm is not named`)
  return { algorithm, value }
}

function octets (part: ManagementPart | undefined, what: string): Buffer {
  if (part === undefined || part.bytes.length === 0) throw invalid(`${what} is missing`)
  return part.bytes
}

function invalid (message: string): Fault {
  return new Fault('InvalidRequest', message)
}
