import { hash } from 'node:crypto'
import { contextTag, DerError, derContext, derEnumerated, derOctetString, derOid, derSequence, explicitOf, octetsOf, oidOf, sequenceOf, TAG, timeOf } from '../asn1/index.ts'
import { Fault } from '../fault/index.ts'
import { isSameMember } from '../identifiers/index.ts'
import {
  buildPath, Certificate, type DigestId, digestOfAlgorithm, isSignedBy, isSigningCertificate, memberOfSignCertificate, OID, schemeOf, type TimestampInfo,
  type TrustStore, verifyOcsp, verifyTimestamp
} from '../pki/index.ts'
import { algorithmName } from './algorithm-names.ts'
import { type DetachedSignature, readDetachedSignature } from './cms.ts'
import { ASICS_TYPE, ENTRY } from './container.ts'
import { type ContainerReport, type Draft, reasonOf, step } from './report.ts'
import { readSealedMessage, type SealedMessage } from './sealed-message.ts'
import { checkTimestampForm } from './timestamp-form.ts'
import type { TrustOf, VerifyOptions } from './verify-container.ts'

const SIGNATURE_TIMESTAMP = '1.2.840.113549.1.9.16.2.14'
const REVOCATION_VALUES = '1.2.840.113549.1.9.16.2.24'
const CERTIFICATE_VALUES = '1.2.840.113549.1.9.16.2.23'

/** An ASiC-S container: one file and a detached CMS signature over it (ETSI TS 102 918 §5). */
export interface SimpleContainer {
  readonly name: string
  readonly data: Buffer
  readonly signature: Buffer
  readonly strangers: readonly string[]
}

/**
 * Finds the parts of an ASiC-S container among unpacked entries.
 *
 * @throws {Fault} `AsicMimeTypeNotFound`, `AsicInvalidMimeType`, `AsicMessageNotFound`, `AsicSignatureNotFound`
 */
export function toSimpleContainer (entries: ReadonlyMap<string, Buffer>): SimpleContainer {
  const mimetype = entries.get(ENTRY.mimetype)
  if (mimetype === undefined) throw new Fault('AsicMimeTypeNotFound', 'container has no mimetype')
  if (mimetype.toString('latin1') !== ASICS_TYPE) throw new Fault('AsicInvalidMimeType', 'mimetype of the container is not that of ASiC-S')
  const signature = entries.get('META-INF/signature.p7s')
  if (signature === undefined) throw new Fault('AsicSignatureNotFound', 'container has no signature')
  const rest = [...entries.keys()].filter((name) => name !== ENTRY.mimetype && name !== 'META-INF/signature.p7s')
  const name = rest.find((candidate) => !candidate.startsWith('META-INF/'))
  if (name === undefined) throw new Fault('AsicMessageNotFound', 'container has no file')
  return { name, data: entries.get(name)!, signature, strangers: rest.filter((other) => other !== name) }
}

/**
 * Verifies an ASiC-S container with a CAdES signature by RSA or ECDSA. For the algorithms of Trembita 1.x (DSTU 4145,
 * GOST 34.311) the verdict is `undecided`, with their names.
 */
export function verifySimpleContainer (container: SimpleContainer, trustOf: TrustOf, options: VerifyOptions & { readonly instance?: string | undefined } = {}): ContainerReport {
  const names = [container.name, ...container.strangers]
  const draft: Draft = { format: 'ASiC-S', verdict: 'failed', ocsp: [], files: names.map((name) => ({ name, status: 'uncovered' })) }
  try {
    verify(container, trustOf, options, draft)
  } catch (thrown) {
    draft.reason = thrown instanceof DerError ? { code: 'MalformedSignature', message: `CMS signature cannot be read: ${thrown.message}` } : reasonOf(thrown)
  }
  return draft
}

function verify (container: SimpleContainer, trustOf: TrustOf, options: VerifyOptions & { readonly instance?: string | undefined }, draft: Draft): void {
  const cms = step('SignatureVerification', () => readDetachedSignature(container.signature))
  const certificate = cms.certificates.find(cms.isSigner)
  draft.certificate = certificate
  const time = cms.signed.get(OID.signingTime)
  draft.signingTime = time === undefined ? undefined : timeOf(time)
  // What it says is shown whatever the algorithm; that it cannot be read counts only once the algorithm is one of ours.
  const message = messageOf(container)
  draft.message = message instanceof Fault ? undefined : message
  checkValue(cms, certificate, container.data, draft)
  if (message instanceof Fault) throw message
  if (container.strangers.length > 0) throw new Fault('InvalidReference', `nothing vouches for ${container.strangers[0]}`)

  const instance = draft.message?.signer.instance ?? options.instance
  const trust = instance === undefined ? undefined : trustOf(instance)
  if (trust === undefined || instance === undefined) {
    draft.verdict = 'undecided'
    throw new Fault('UnknownMember', `no trust is given for ${instance === undefined ? 'the signer' : `instance ${instance}`}`)
  }
  draft.timestamp = step('TimestampingFailed', () => verifyStamp(cms, trust, options))
  const at = options.at ?? draft.timestamp?.genTime
  if (at === undefined) throw new Fault('AsicTimestampNotFound', 'signature has no time stamp')
  draft.judgedAt = at
  step('SignatureVerification', () => checkSigner(cms, certificate!, instance, trust, at, draft))
  draft.files = [{ name: container.name, status: 'covered' }]
  draft.verdict = 'verified'
}

function messageOf (container: SimpleContainer): SealedMessage | Fault | undefined {
  if (container.name !== ENTRY.message) return undefined // the file of a REST message is its body
  try {
    return readSealedMessage(container.data)
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown
    throw thrown
  }
}

/** The digest of the file and the signature over the attributes that hold it. */
function checkValue (cms: DetachedSignature, certificate: Certificate | undefined, data: Uint8Array, draft: Draft): void {
  const oids = [cms.signatureAlgorithm, cms.digestAlgorithm].map((node) => oidOf(sequenceOf(node).take(TAG.OID)))
  const digest = isDigest(oids[1]!) ? digestOfAlgorithm(cms.digestAlgorithm) : undefined
  const scheme = digest === undefined ? undefined : schemeOf(cms.signatureAlgorithm)
  draft.algorithm = scheme === undefined || digest === undefined
    ? oids.map(algorithmName).join(' with ')
    : `${scheme.digest ?? digest}with${scheme.keyType === 'ec' ? 'ECDSA' : scheme.pssSalt === undefined ? 'RSA' : 'RSAandMGF1'}`.replace(/^sha/, 'SHA')
  if (scheme === undefined || digest === undefined) {
    draft.verdict = 'undecided'
    throw new Fault('UnsupportedSignAlgorithm', `signed by ${draft.algorithm}, which this verifier does not compute`)
  }
  const invalid = (message: string): Fault => new Fault('InvalidSignatureValue', message, { stages: ['SignatureVerification'] })
  const messageDigest = cms.signed.get(OID.messageDigest)
  if (cms.signed.get(OID.contentType) === undefined || messageDigest === undefined) throw invalid('signature lacks a signed attribute')
  if (!octetsOf(messageDigest).equals(hash(digest, data, 'buffer'))) throw invalid('digest of the file differs')
  if (certificate === undefined) throw invalid('certificate of the signer is not enclosed')
  if (!namesCertificate(cms, certificate)) throw invalid('signature names another certificate')
  if (!isSignedBy(certificate.publicKey, scheme, scheme.digest ?? digest, cms.signedBytes, cms.value)) throw invalid('signature value does not verify')
}

function isDigest (oid: string): boolean {
  return oid === OID.sha256 || oid === OID.sha384 || oid === OID.sha512
}

/** ESSCertID and ESSCertIDv2 (RFC 5035): one of them is needed for CAdES. */
function namesCertificate (cms: DetachedSignature, certificate: Certificate): boolean {
  const v2 = cms.signed.get(OID.signingCertificateV2)
  const attribute = v2 ?? cms.signed.get(OID.signingCertificate)
  const first = attribute === undefined ? undefined : sequenceOf(attribute).take(TAG.SEQUENCE).children()[0]
  if (first === undefined) return false
  const id = sequenceOf(first)
  const algorithm = v2 === undefined ? undefined : id.optional(TAG.SEQUENCE)
  const method: DigestId | 'sha1' | undefined = v2 === undefined ? 'sha1' : algorithm === undefined ? 'sha256' : digestOfAlgorithm(algorithm)
  return method !== undefined && octetsOf(id.take()).equals(hash(method, certificate.der, 'buffer'))
}

function verifyStamp (cms: DetachedSignature, trust: TrustStore, options: VerifyOptions): (TimestampInfo & { kind: 'single' }) | undefined {
  const token = cms.unsigned.get(SIGNATURE_TIMESTAMP)
  if (token === undefined) return undefined
  const services = [...trust.timestampers.map((service) => service.certificate), ...options.timestampers ?? []]
  const info = verifyTimestamp(token.raw, cms.value, services)
  checkTimestampForm(token.raw, info.signer, trust.authorities.map((authority) => authority.certificate))
  return { kind: 'single', ...info }
}

function checkSigner (cms: DetachedSignature, certificate: Certificate, instance: string, trust: TrustStore, at: Date, draft: Draft): void {
  if (!isSigningCertificate(certificate)) throw new Fault('IncorrectCertificate', 'certificate is not for signing')
  const values = cms.unsigned.get(CERTIFICATE_VALUES)?.children() ?? []
  const { path, anchor } = buildPath(certificate, [...cms.certificates.filter((other) => other !== certificate), ...values.map((node) => Certificate.parse(node.raw))], trust, at)
  const member = memberOfSignCertificate(certificate, anchor.profileClass, instance)
  const expected = draft.message?.signer
  if (expected !== undefined && !isSameMember(member, expected)) throw new Fault('IncorrectCertificate', 'certificate belongs to another member')
  draft.ocsp = verifyOcsp(ocspResponsesOf(cms), path, anchor, trust, at)
  draft.signer = member
}

/** `RevocationValues` holds bare BasicOCSPResponses; they are put back into the envelope in which responders send them. */
function ocspResponsesOf (cms: DetachedSignature): Buffer[] {
  const values = cms.unsigned.get(REVOCATION_VALUES)
  const list = values?.children().find((node) => node.tag === contextTag(1))
  if (list === undefined) return []
  return explicitOf(list).children().map((basic) =>
    derSequence(derEnumerated(0), derContext(0, true, derSequence(derOid(OID.ocspBasic), derOctetString(basic.raw)))))
}
