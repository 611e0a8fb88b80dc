import { Fault } from '@trembita/protocol/fault'
import { providerOf, type MemberId } from '@trembita/protocol/identifiers'
import {
  checkRequestSignature, parseManagementRequest, readManagementMessage, verifyAuthCertReg, verifyManagementRequest,
  type ManagementMessage, type ManagementPart, type VerifiedRequest
} from '@trembita/protocol/management'
import { Certificate, parseOcspResponse, type OcspSingle, type TrustStore } from '@trembita/protocol/pki'
import { decodeXml } from '@trembita/protocol/xml'
import type { OriginalRequest } from './original.ts'

/** One signature of a request, looked at again. */
export interface SignatureEvidence {
  /** Whose key: the authentication key that is to be registered, or the sign key of the member who agrees. */
  readonly by: 'auth' | 'owner'
  readonly algorithm: string
  /** Whether the key of the certificate made it over exactly these bytes. */
  readonly valid: boolean
  readonly certificate: Certificate | undefined
  /** What the responder said of the sign certificate. */
  readonly ocsp: (OcspSingle & { readonly producedAt: Date }) | undefined
  /** Whose seal it is, when the whole request verifies. */
  readonly member: MemberId | undefined
}

/** What a request is proved by. */
export interface Evidence {
  /** The signed text. */
  readonly soap: string
  readonly signatures: readonly SignatureEvidence[]
  /** All checks of the wire once more, as of its coming, against what the instance trusts today. */
  readonly verdict: { readonly valid: true } | { readonly valid: false, readonly code: string, readonly message: string }
}

/** Verifies a request again from the bytes that were kept. */
export function evidenceOf (original: OriginalRequest, receivedAt: Date, trust: TrustStore): Evidence {
  const message = readManagementMessage(original.contentType, original.body)
  const { verified, verdict } = verify(original, message, receivedAt, trust)
  return {
    soap: decodeXml(message.soap, message.charset),
    signatures: partsOf(original, message.parts).map(({ by, signature, certificate, ocsp }) => ({
      by,
      algorithm: signature.signatureAlgorithm ?? '',
      certificate: attempt(() => Certificate.parse(certificate.bytes)),
      valid: attempt(() => { checkRequestSignature(signature.signatureAlgorithm ?? '', Certificate.parse(certificate.bytes).publicKey, message.soap, signature.bytes); return true }) ?? false,
      ocsp: ocsp === undefined ? undefined : attempt(() => { const { producedAt, singles: [single] } = parseOcspResponse(ocsp.bytes); return { ...single, producedAt } }),
      member: verified?.signatures.find((signed) => signed.by === by)?.member
    })),
    verdict
  }
}

function verify (original: OriginalRequest, message: ManagementMessage, at: Date, trust: TrustStore): { verified?: VerifiedRequest, verdict: Evidence['verdict'] } {
  try {
    // Who gave the management services then need not give them now.
    const provider = providerOf(parseManagementRequest(message.soap, message.charset).header.service)
    const check = original.receivedBy === 'registration' ? verifyAuthCertReg : verifyManagementRequest
    return { verified: check(message, { trust, instance: trust.instance, provider, at }), verdict: { valid: true } }
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    return { verdict: { valid: false, code: thrown.kind, message: thrown.message } }
  }
}

interface SignedParts {
  readonly by: 'auth' | 'owner'
  readonly signature: ManagementPart
  readonly certificate: ManagementPart
  readonly ocsp?: ManagementPart | undefined
}

/** xroad-trust §4.2: the place of a part says what it is. */
function partsOf ({ receivedBy }: OriginalRequest, [first, second, third, fourth, fifth]: readonly ManagementPart[]): SignedParts[] {
  if (first === undefined || second === undefined || third === undefined) return []
  if (receivedBy === 'management') return [{ by: 'owner', signature: first, certificate: second, ocsp: third }]
  return fourth === undefined ? [] : [{ by: 'auth', signature: first, certificate: third }, { by: 'owner', signature: second, certificate: fourth, ocsp: fifth }]
}

function attempt<T> (work: () => T): T | undefined {
  try {
    return work()
  } catch (thrown) {
    if (thrown instanceof Fault) return undefined
    throw thrown
  }
}
