import {
  TAG, booleanOf, contextTag, derBitString, derContext, derElement, derGeneralizedTime, derInteger, derOctetString, derOid, derSequence, derSet, derUtf8,
  integerOf, octetsOf, oidOf, readDer, sequenceOf, type DerNode
} from '@trembita/protocol/asn1'
import { hash, randomBytes } from 'node:crypto'
import { OID, encodeTimestampRequest, parseTimestampResponse, type TimestampHash } from '@trembita/protocol/pki'
import type { Issued } from './issue.ts'
import { signDer } from './keys.ts'
import type { TestPki } from './test-pki.ts'

/** How an answer is to differ from the right one. */
export interface TimestampFaults {
  /** Stamps other data than asked. */
  readonly wrongImprint?: boolean | undefined
  /** Signed and named by this one. */
  readonly signer?: Pick<Issued, 'certificate' | 'privateKey'> | undefined
  /** The right service named, another's signature. */
  readonly forged?: boolean | undefined
  /** PKIStatus rejection. */
  readonly refused?: boolean | undefined
  /** Time of the stamp, so many seconds before now. */
  readonly ageSeconds?: number | undefined
  /** Names its certificate by key identifier instead of issuer and serial number. */
  readonly signerBy?: 'serial' | 'key' | undefined
  /** Without ESSCertIDv2. */
  readonly noSigningCertificate?: boolean | undefined
}

/** Policy of the development service: an arc for examples. */
const POLICY = '2.999.1'
const HASH_SIZES: Readonly<Record<string, number>> = { [OID.sha256]: 32, [OID.sha384]: 48, [OID.sha512]: 64 }
const FAIL = { badAlg: 0, badRequest: 2, badDataFormat: 5, unacceptedPolicy: 15, systemFailure: 25 } as const

interface Request {
  readonly algorithm: Buffer
  readonly imprint: Buffer
  readonly nonce: Buffer | undefined
  readonly certReq: boolean
}

/**
 * Answers a timestamp request: SHA-256, SHA-384 and SHA-512 imprints; nonce and certReq respected; serial numbers random.
 *
 * @returns DER of TimeStampResp.
 * @see RFC 3161 §2.4.2
 */
export function answerTimestamp (pki: TestPki, der: Uint8Array, faults: TimestampFaults = {}): Buffer {
  if (faults.refused === true) return rejection('systemFailure', 'ordered to refuse')
  let request: Request | keyof typeof FAIL
  try {
    request = readRequest(der)
  } catch {
    return rejection('badDataFormat', 'request cannot be read')
  }
  if (typeof request === 'string') return rejection(request, 'request is not one this service takes')
  return derSequence(derSequence(derInteger(0)), token(pki, request, faults))
}

/** The token over `data` that the PKI's service would give: for tests that need no HTTP. */
export function timestampFor (pki: TestPki, data: Uint8Array, options: TimestampFaults & { readonly hash?: TimestampHash | undefined, readonly certReq?: boolean | undefined } = {}): Buffer {
  const name = options.hash ?? 'SHA-512'
  const imprint = hash(name.replace('-', '').toLowerCase(), data, 'buffer')
  return parseTimestampResponse(answerTimestamp(pki, encodeTimestampRequest(imprint, name, { certReq: options.certReq === true }), options))
}

function readRequest (der: Uint8Array): Request | keyof typeof FAIL {
  const fields = sequenceOf(readDer(der))
  if (integerOf(fields.take()) !== 1n) return 'badRequest'
  const messageImprint = fields.sequence()
  const algorithm = messageImprint.take(TAG.SEQUENCE)
  const imprint = octetsOf(messageImprint.take())
  const policy = fields.optional(TAG.OID)
  const nonce = fields.optional(TAG.INTEGER)
  const certReq = fields.optional(TAG.BOOLEAN)
  const extensions: DerNode | undefined = fields.optional(contextTag(0))
  fields.end()
  const size = HASH_SIZES[oidOf(sequenceOf(algorithm).take())]
  if (size === undefined) return 'badAlg'
  if (size !== imprint.length || extensions !== undefined) return 'badRequest'
  if (policy !== undefined && oidOf(policy) !== POLICY) return 'unacceptedPolicy'
  return { algorithm: algorithm.raw, imprint, nonce: nonce?.raw, certReq: certReq !== undefined && booleanOf(certReq) }
}

function token (pki: TestPki, request: Request, faults: TimestampFaults): Buffer {
  const signer = faults.signer ?? pki.tsa
  const genTime = new Date(pki.now().getTime() - (faults.ageSeconds ?? 0) * 1000)
  const serial = randomBytes(8)
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  const content = derSequence(
    derInteger(1),
    derOid(POLICY),
    derSequence(request.algorithm, derOctetString(faults.wrongImprint === true ? request.imprint.map((byte) => byte ^ 0xff) : request.imprint)),
    derElement(TAG.INTEGER, serial),
    derGeneralizedTime(genTime, { milliseconds: true }),
    derSequence(derInteger(1)), // accuracy: one second
    ...(request.nonce === undefined ? [] : [request.nonce])
  )
  const { certificate } = signer
  const probe = signDer(signer.privateKey, content)
  const attributes = [
    derSequence(derOid(OID.contentType), derSet(derOid(OID.tstInfo))),
    derSequence(derOid(OID.messageDigest), derSet(derOctetString(hash(probe.digest, content, 'buffer')))),
    // ESSCertIDv2 with its default hash, SHA-256 (RFC 5816)
    ...(faults.noSigningCertificate === true
      ? []
      : [derSequence(derOid(OID.signingCertificateV2), derSet(derSequence(derSequence(derSequence(derOctetString(certificate.sha256))))))])
  ].sort(Buffer.compare)
  const { algorithm, digestAlgorithm, signature } = signDer(faults.forged === true ? pki.ocsp.privateKey : signer.privateKey, derElement(TAG.SET, ...attributes))
  const byKey = faults.signerBy === 'key' && certificate.extensions.subjectKeyIdentifier !== undefined
  const signerInfo = derSequence(
    derInteger(byKey ? 3 : 1),
    byKey
      ? derContext(0, false, certificate.extensions.subjectKeyIdentifier ?? Buffer.alloc(0))
      : derSequence(certificate.issuer.raw, derInteger(certificate.serialNumber)),
    digestAlgorithm,
    derContext(0, true, ...attributes),
    algorithm,
    derOctetString(signature)
  )
  const certificates = request.certReq ? [certificate, ...pki.intermediate.chain].map(({ der }) => der).sort(Buffer.compare) : []
  return derSequence(derOid(OID.signedData), derContext(0, true, derSequence(
    derInteger(3),
    derSet(digestAlgorithm),
    derSequence(derOid(OID.tstInfo), derContext(0, true, derOctetString(content))),
    ...(certificates.length === 0 ? [] : [derContext(0, true, ...certificates)]),
    derSet(signerInfo)
  )))
}

function rejection (failure: keyof typeof FAIL, text: string): Buffer {
  const bit = FAIL[failure]
  const bytes = Buffer.alloc((bit >> 3) + 1)
  bytes[bit >> 3] = 0x80 >> (bit & 7)
  return derSequence(derSequence(derInteger(2), derSequence(derUtf8(text)), derBitString(bytes, 7 - (bit & 7))))
}
