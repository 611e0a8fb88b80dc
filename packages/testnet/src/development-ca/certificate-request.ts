import 'reflect-metadata'
import {
  BasicConstraintsExtension, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension, Pkcs10CertificateRequest, SubjectAlternativeNameExtension
} from '@peculiar/x509'
import { createPublicKey } from 'node:crypto'
import { OID } from '@trembita/protocol/pki'

export const KINDS = ['sign', 'auth', 'tls', 'tsa'] as const
/** What is asked for: a seal, a gateway's authentication certificate, one for HTTPS, or one for a timestamp service. */
export type Kind = typeof KINDS[number]

/** A request that is not answered with a certificate; the message is for whoever made it. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest'
}

export interface CheckedRequest {
  readonly kind: Kind
  readonly pem: string
  /** DNS names and addresses that the request asks for. */
  readonly names: readonly string[]
}

const { digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment } = KeyUsageFlags
const FOR_TLS = digitalSignature | keyEncipherment | dataEncipherment
const RSA_BITS_MIN = 2048
const RSA_BITS_MAX = 8192
const CURVES: readonly unknown[] = ['prime256v1', 'secp384r1', 'secp521r1']
const HASHES: readonly unknown[] = ['SHA-256', 'SHA-384', 'SHA-512']

/**
 * Checks a PKCS#10 request as a careful CA does: its own signature, a strong key, a subject, and a usage that goes with the kind.
 * A certificate that signs and authenticates at once would be refused by X-Road, so no request for one is answered.
 *
 * @param bytes PEM or DER.
 * @param wanted told from the requested usage when absent, as X-Road's ACME clients expect.
 * @throws {BadRequest}
 * @see xroad-trust §3.3
 */
export async function checkRequest (bytes: Buffer, wanted: Kind | undefined): Promise<CheckedRequest> {
  const request = read(bytes)
  checkKey(request)
  if (!await verified(request)) throw new BadRequest('the request is not signed by its own key')
  if (request.subjectName.toJSON().length === 0) throw new BadRequest('the request names no subject')
  if (request.extensions.find((one) => one instanceof BasicConstraintsExtension)?.ca === true) throw new BadRequest('the request asks for a CA certificate')
  const usages = request.extensions.find((one) => one instanceof KeyUsagesExtension)?.usages ?? 0
  const extended = (request.extensions.find((one) => one instanceof ExtendedKeyUsageExtension)?.usages ?? []).map(String)
  const kind = wanted ?? kindOf(usages, extended)
  checkUsage(kind, usages, extended)
  const names = request.extensions.find((one) => one instanceof SubjectAlternativeNameExtension)?.names.toJSON() ?? []
  return { kind, pem: request.toString('pem'), names: names.filter(({ type }) => type === 'dns' || type === 'ip').map(({ value }) => value) }
}

function read (bytes: Buffer): Pkcs10CertificateRequest {
  try {
    const isPem = bytes.subarray(0, 100).includes('-----BEGIN')
    return new Pkcs10CertificateRequest(isPem ? bytes.toString('latin1').trim() : Uint8Array.from(bytes))
  } catch (cause) {
    throw new BadRequest('expected a PKCS#10 certificate request, PEM or DER', { cause })
  }
}

async function verified (request: Pkcs10CertificateRequest): Promise<boolean> {
  const { hash } = request.signatureAlgorithm as { hash?: { name?: string } }
  if (!HASHES.includes(hash?.name)) throw new BadRequest('the request must be signed with SHA-256, SHA-384 or SHA-512')
  try {
    return await request.verify()
  } catch {
    // A key or a signature that cannot even be read.
    return false
  }
}

function isStrong (spki: Buffer): boolean {
  try {
    const { asymmetricKeyType: type, asymmetricKeyDetails: { modulusLength = 0, namedCurve } = {} } = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    return type === 'rsa' ? modulusLength >= RSA_BITS_MIN && modulusLength <= RSA_BITS_MAX : type === 'ec' && CURVES.includes(namedCurve)
  } catch {
    // No key that OpenSSL can read.
    return false
  }
}

function checkKey (request: Pkcs10CertificateRequest): void {
  if (!isStrong(Buffer.from(request.publicKey.rawData))) {
    throw new BadRequest(`the key must be RSA of ${RSA_BITS_MIN} to ${RSA_BITS_MAX} bits, or EC on P-256, P-384 or P-521`)
  }
}

function kindOf (usages: number, extended: readonly string[]): Kind {
  if (extended.includes(OID.timeStamping)) return 'tsa'
  if ((usages & nonRepudiation) !== 0) return 'sign'
  if ((usages & FOR_TLS) !== 0) return 'auth'
  throw new BadRequest(`the request asks for no key usage: say what it is for by ?kind=${KINDS.join('|')}`)
}

function checkUsage (kind: Kind, usages: number, extended: readonly string[]): void {
  if (usages !== 0) {
    const seals = (usages & nonRepudiation) !== 0
    const forTls = (usages & FOR_TLS) !== 0
    if (kind === 'sign' && (!seals || forTls)) throw new BadRequest('a sign certificate is for nonRepudiation, and not for digitalSignature or encipherment')
    if ((kind === 'auth' || kind === 'tls') && (seals || !forTls)) throw new BadRequest(`kind ${kind} is for digitalSignature or encipherment, and not for nonRepudiation`)
    if (kind === 'tsa' && forTls && !seals) throw new BadRequest('a timestamp certificate is for nonRepudiation')
  }
  const stamps = extended.includes(OID.timeStamping)
  if (kind === 'tsa' ? extended.length > 0 && !stamps : stamps) throw new BadRequest('the extended key usage does not go with the kind')
  if (kind === 'sign' && extended.length > 0) throw new BadRequest('a sign certificate has no extended key usage')
}
