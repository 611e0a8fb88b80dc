import { DerError, TAG, bitOctetsOf, contextTag, explicitOf, octetsOf, oidOf, readDer, sequenceOf, smallIntegerOf, timeOf, type DerNode } from '../asn1/index.ts'
import { Fault } from '../fault/index.ts'
import { Certificate } from './certificate.ts'
import { DistinguishedName } from './distinguished-name.ts'
import { readCertId, type CertId } from './ocsp-request.ts'
import { OID } from './oids.ts'
import { schemeOf, type SignatureScheme } from './signature-check.ts'

/** One answer with a responder's certificate or two has 2 to 5 KB. */
export const OCSP_BYTES_MAX = 128 * 1024
/** We ask about one certificate; a responder may add what it has ready. */
const SINGLES_MAX = 256
const CERTIFICATES_MAX = 16

/** What a responder says about one certificate. */
export interface OcspSingle {
  readonly certId: CertId
  readonly status: 'good' | 'revoked' | 'unknown'
  readonly revokedAt: Date | undefined
  readonly thisUpdate: Date
  readonly nextUpdate: Date | undefined
}

/** A parsed BasicOCSPResponse; nothing of it is checked yet. */
export interface OcspResponse {
  /** Who claims to have signed: by name, or by SHA-1 of the key. */
  readonly responderId: { readonly name: DistinguishedName } | { readonly keySha1: Buffer }
  readonly producedAt: Date
  /** At least one. X-Road looks at the first only. */
  readonly singles: readonly [OcspSingle, ...OcspSingle[]]
  readonly certificates: readonly Certificate[]
  /** DER of ResponseData: what is signed. */
  readonly tbs: Buffer
  readonly scheme: SignatureScheme | undefined
  readonly signature: Buffer
}

const RESPONSE_STATUS: Readonly<Record<number, string>> = { 1: 'malformedRequest', 2: 'internalError', 3: 'tryLater', 5: 'sigRequired', 6: 'unauthorized' }

/**
 * Reads an OCSPResponse.
 *
 * @throws {Fault} `IncorrectValidationInfo` for bytes that are none, or an answer that the responder refused to give.
 * @see RFC 6960 §4.2.1
 */
export function parseOcspResponse (der: Uint8Array): OcspResponse {
  try {
    const outer = sequenceOf(readDer(der, OCSP_BYTES_MAX))
    const status = smallIntegerOf(outer.take(TAG.ENUMERATED), TAG.ENUMERATED)
    if (status !== 0) throw new Fault('IncorrectValidationInfo', `OCSP responder answered ${RESPONSE_STATUS[status] ?? status}`)
    const bytes = sequenceOf(explicitOf(outer.take(contextTag(0))))
    outer.end()
    if (oidOf(bytes.take(TAG.OID)) !== OID.ocspBasic) throw new DerError('not a basic OCSP response')
    const basic = readDer(octetsOf(bytes.take()))
    bytes.end()
    return readBasic(basic)
  } catch (thrown) {
    if (thrown instanceof DerError || (thrown instanceof Fault && thrown.kind === 'IncorrectCertificate')) throw new Fault('IncorrectValidationInfo', `OCSP response cannot be read: ${thrown.message}`, { cause: thrown })
    throw thrown
  }
}

function readBasic (node: DerNode): OcspResponse {
  const basic = sequenceOf(node)
  const data = basic.take(TAG.SEQUENCE)
  const algorithm = basic.take(TAG.SEQUENCE)
  const signature = bitOctetsOf(basic.take(TAG.BIT_STRING))
  const certs = basic.optional(contextTag(0))
  basic.end()

  const fields = sequenceOf(data)
  const version = fields.optional(contextTag(0))
  if (version !== undefined && smallIntegerOf(explicitOf(version)) !== 0) throw new DerError('OCSP response of another version')
  const byName = fields.optional(contextTag(1))
  const responderId = byName === undefined
    ? { keySha1: octetsOf(explicitOf(fields.take(contextTag(2)))) }
    : { name: DistinguishedName.of(explicitOf(byName)) }
  const producedAt = timeOf(fields.take(TAG.GENERALIZED_TIME))
  const singles = fields.take(TAG.SEQUENCE).children()
  if (singles.length > SINGLES_MAX) throw new DerError(`more than ${SINGLES_MAX} answers in one OCSP response`)
  const [first, ...more] = singles.map(readSingle)
  if (first === undefined) throw new DerError('OCSP response without an answer')
  fields.optional(contextTag(1))
  fields.end()
  return { responderId, producedAt, singles: [first, ...more], certificates: readCertificates(certs), tbs: data.raw, scheme: schemeOf(algorithm), signature }
}

function readCertificates (node: DerNode | undefined): Certificate[] {
  if (node === undefined) return []
  const certificates = explicitOf(node)
  if (certificates.tag !== TAG.SEQUENCE) throw new DerError('certificates of an OCSP response are not a sequence')
  const list = certificates.children()
  if (list.length > CERTIFICATES_MAX) throw new DerError(`more than ${CERTIFICATES_MAX} certificates in one OCSP response`)
  return list.map((certificate) => Certificate.parse(certificate.raw))
}

function readSingle (node: DerNode): OcspSingle {
  const fields = sequenceOf(node)
  const certId = readCertId(fields.take(TAG.SEQUENCE))
  const state = fields.take()
  const thisUpdate = timeOf(fields.take(TAG.GENERALIZED_TIME))
  const next = fields.optional(contextTag(0))
  fields.optional(contextTag(1))
  fields.end()
  const nextUpdate = next === undefined ? undefined : timeOf(explicitOf(next))
  switch (state.tag) {
    case contextTag(0, false):
      if (state.content.length !== 0) throw new DerError('OCSP status good with content')
      return { certId, status: 'good', revokedAt: undefined, thisUpdate, nextUpdate }
    case contextTag(1): {
      const revocation = state.children()[0]
      if (revocation === undefined) throw new DerError('OCSP status revoked without a time')
      return { certId, status: 'revoked', revokedAt: timeOf(revocation), thisUpdate, nextUpdate }
    }
    case contextTag(2, false):
      return { certId, status: 'unknown', revokedAt: undefined, thisUpdate, nextUpdate }
    default:
      throw new DerError('OCSP status of no known kind')
  }
}
