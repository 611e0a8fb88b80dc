import {
  DerCursor, TAG, contextTag, derBitString, derContext, derEnumerated, derGeneralizedTime, derInteger, derNull, derOctetString, derOid, derSequence,
  explicitOf, integerOf, octetsOf, oidOf, readDer, sequenceOf, type DerNode
} from '@trembita/protocol/asn1'
import { hash } from 'node:crypto'
import { OID, encodeOcspRequest, type Certificate } from '@trembita/protocol/pki'
import { serialOf, type TestAuthority } from './authority.ts'
import type { Issued } from './issue.ts'
import { signDer } from './keys.ts'
import type { TestPki } from './test-pki.ts'

/** How an answer is to differ from the right one. */
export interface OcspFaults {
  /** Says this of every certificate. */
  readonly status?: 'good' | 'revoked' | 'unknown' | undefined
  /** thisUpdate and nextUpdate so many seconds before now (negative: after). */
  readonly ageSeconds?: number | undefined
  /** nextUpdate so many seconds after thisUpdate; default none. */
  readonly nextUpdateSeconds?: number | undefined
  /** Signed by this one, named and enclosed instead of the responder. */
  readonly signer?: Pick<Issued, 'certificate' | 'privateKey'> | undefined
  /** The right responder named, another's signature. */
  readonly forged?: boolean | undefined
  /** CertID by SHA-256 whatever was asked. */
  readonly sha256CertId?: boolean | undefined
  /** Responder by name (default) or by SHA-1 of its key. */
  readonly responderBy?: 'name' | 'key' | undefined
  /** Leaves the responder's certificate out. */
  readonly noCertificate?: boolean | undefined
  /** The CA signs itself, without a responder's certificate. */
  readonly byCa?: boolean | undefined
  /** RSASSA-PSS, with RSA keys. */
  readonly pss?: boolean | undefined
}

const HASHES: Readonly<Record<string, string>> = { [OID.sha1]: 'sha1', [OID.sha256]: 'sha256', [OID.sha384]: 'sha384', [OID.sha512]: 'sha512' }
const NONCE = '1.3.6.1.5.5.7.48.1.2'

/** Statuses of OCSPResponse that carry no answer. */
const MALFORMED_REQUEST = derSequence(derEnumerated(1))
const UNAUTHORIZED = derSequence(derEnumerated(6))

/**
 * Answers an OCSP request: for each CertID in it, by whatever hash it was made, good, revoked or unknown, signed by the
 * responder of the CA that the first one names. A nonce comes back.
 *
 * @returns DER of OCSPResponse; `malformedRequest` or `unauthorized` (another CA's certificate) unsigned.
 * @see RFC 6960 §4.2
 */
export function answerOcsp (pki: TestPki, request: Uint8Array, faults: OcspFaults = {}): Buffer {
  let certIds: DerNode[]
  let nonce: Buffer | undefined
  try {
    ({ certIds, nonce } = readRequest(request))
  } catch {
    // whatever was wrong with it: this is what the standard has us say
    return MALFORMED_REQUEST
  }
  const found = certIds.map((certId) => ({ certId, ...lookUp(pki, certId) }))
  const authority = found[0]?.authority
  if (authority === undefined) return UNAUTHORIZED
  const thisUpdate = new Date(pki.now().getTime() - (faults.ageSeconds ?? 0) * 1000)
  const singles = found.map(({ certId, serial, authority: issuer }) => {
    const entry = issuer?.registry.get(serial)
    const status = faults.status ?? (entry === undefined ? 'unknown' : entry.revokedAt === undefined ? 'good' : 'revoked')
    return derSequence(
      faults.sha256CertId === true ? sha256CertId(issuer ?? authority, serial) : certId.raw,
      statusDer(status, new Date(entry?.revokedAt ?? thisUpdate)),
      derGeneralizedTime(thisUpdate),
      ...(faults.nextUpdateSeconds === undefined ? [] : [derContext(0, true, derGeneralizedTime(new Date(thisUpdate.getTime() + faults.nextUpdateSeconds * 1000)))])
    )
  })
  const extensions = nonce === undefined ? [] : [derContext(1, true, derSequence(nonce))]
  return signAnswer(authority, faults, (responder) => derSequence(responder, derGeneralizedTime(thisUpdate), derSequence(...singles), ...extensions), pki)
}

/** The response that the PKI's responder would give about one certificate: for tests that need no HTTP. */
export function ocspResponseFor (pki: TestPki, subject: Certificate, faults: OcspFaults = {}): Buffer {
  const issuer = pki.authorities.find((authority) => subject.isIssuedBy(authority.certificate))
  if (issuer === undefined) throw new Error('certificate was not issued by this PKI')
  return answerOcsp(pki, encodeOcspRequest(subject, issuer.certificate), faults)
}

function readRequest (der: Uint8Array): { certIds: DerNode[], nonce: Buffer | undefined } {
  const tbs = sequenceOf(sequenceOf(readDer(der)).take(TAG.SEQUENCE))
  tbs.optional(contextTag(0)) // version
  tbs.optional(contextTag(1)) // requestorName
  const certIds = tbs.take(TAG.SEQUENCE).children().map((single) => sequenceOf(single).take(TAG.SEQUENCE))
  const extensions = tbs.optional(contextTag(2))
  const nonce = extensions === undefined ? undefined : explicitOf(extensions).children().find((extension) => oidOf(sequenceOf(extension).take()) === NONCE)
  return { certIds, nonce: nonce?.raw }
}

function lookUp (pki: TestPki, certId: DerNode): { authority: TestAuthority | undefined, serial: string } {
  const fields = sequenceOf(certId)
  const digest = HASHES[oidOf(new DerCursor(fields.take(TAG.SEQUENCE).children()).take())]
  const [nameHash, keyHash] = [octetsOf(fields.take()), octetsOf(fields.take())]
  const serial = serialOf(integerOf(fields.take()))
  const authority = digest === undefined
    ? undefined
    : pki.authorities.find(({ certificate }) => hash(digest, certificate.subject.raw, 'buffer').equals(nameHash) && hash(digest, certificate.keyBits, 'buffer').equals(keyHash))
  return { authority, serial }
}

function sha256CertId ({ certificate }: TestAuthority, serial: string): Buffer {
  return derSequence(
    derSequence(derOid(OID.sha256), derNull()),
    derOctetString(hash('sha256', certificate.subject.raw, 'buffer')),
    derOctetString(hash('sha256', certificate.keyBits, 'buffer')),
    derInteger(BigInt(`0x${serial}`))
  )
}

function statusDer (status: 'good' | 'revoked' | 'unknown', revokedAt: Date): Buffer {
  if (status === 'revoked') return derContext(1, true, derGeneralizedTime(revokedAt))
  return derContext(status === 'good' ? 0 : 2, false)
}

function signAnswer (authority: TestAuthority, faults: OcspFaults, dataOf: (responder: Buffer) => Buffer, pki: TestPki): Buffer {
  const signer = faults.signer ?? (faults.byCa === true ? authority : authority.ocsp)
  const data = dataOf(faults.responderBy === 'key'
    ? derContext(2, true, derOctetString(signer.certificate.keySha1))
    : derContext(1, true, signer.certificate.subject.raw))
  const { algorithm, signature } = signDer(faults.forged === true ? pki.tsa.privateKey : signer.privateKey, data, { pss: faults.pss === true })
  const certificates = faults.noCertificate === true || faults.byCa === true ? [] : [derContext(0, true, derSequence(signer.certificate.der))]
  const basic = derSequence(data, algorithm, derBitString(signature), ...certificates)
  return derSequence(derEnumerated(0), derContext(0, true, derSequence(derOid(OID.ocspBasic), derOctetString(basic))))
}
