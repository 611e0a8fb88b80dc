import { Fault } from '../fault/index.ts'
import { isSameMember, type MemberId } from '../identifiers/index.ts'
import { buildPath, Certificate, type CertificationAuthority, isSigningCertificate, memberOfSignCertificate, type OcspInfo, type TrustStore, verifyOcsp } from '../pki/index.ts'
import type { SignatureAlgorithm } from './algorithms.ts'
import { digest } from './digests.ts'
import { parseSignature } from './parse-signature.ts'
import { malformed, type ParsedSignature } from './parsed.ts'
import { type Piece, pieceDigest, SIG_CHAIN, SIG_CHAIN_RESULT } from './pieces.ts'
import type { SignatureParts } from './seal.ts'
import { verifyValue } from './value.ts'
import { type ChainCoverage, verifyHashChain } from './verify-hash-chain.ts'

/** What a verified seal proves. */
export interface SealInfo {
  readonly certificate: Certificate
  readonly member: MemberId
  /** The approved CA that the path leads to. */
  readonly anchor: CertificationAuthority
  /** For each certificate of the path, leaf first. */
  readonly ocsp: readonly OcspInfo[]
  /** Names of the pieces: always all that were given. */
  readonly covered: readonly string[]
  /** Names that the seal covers and that were not given, with the digests it holds: only when asked to report. */
  readonly absent: ChainCoverage['absent']
  /** As the signer says; proved by nobody. */
  readonly signingTime: Date | undefined
  readonly algorithm: SignatureAlgorithm
  readonly signatureValue: Uint8Array
}

export interface SealInput {
  readonly parts: SignatureParts
  /** All pieces that were received: each must be covered. */
  readonly pieces: readonly Piece[]
  /** Who must have sealed. */
  readonly signer: MemberId
  /** Trust of the signer's instance. */
  readonly trust: TrustStore
  /** When the certificates must have been good: now for messages, the stamp's time for what is stored. */
  readonly at: Date
  /** What to do about pieces that the seal covers and that are not there: `refuse` unless told otherwise. */
  readonly absent?: 'refuse' | 'report' | undefined
}

/**
 * Verifies that a member sealed exactly these pieces.
 *
 * Beyond X-Road's rules: the pieces covered are exactly the pieces given, the signed properties are referenced once, and
 * the certificate is the one that they name.
 *
 * @throws {Fault} `MalformedSignature` (also as stage before the faults of a hash chain), `InvalidReference`,
 *   `InvalidSignatureValue`, `IncorrectCertificate`, `CannotCreateCertPath`, `InvalidCertPath`, `CertValidation`,
 *   `IncorrectValidationInfo`; the stage SignatureVerification is the caller's to add.
 * @see PR-MESSTRANSP §signatures; xroad-messages 3.3
 */
export function verifySeal (input: SealInput): SealInfo {
  const { parsed, certificate, coverage } = verifyWhole(input)
  const { path, anchor } = buildPath(certificate, parsed.intermediates.map((der) => Certificate.parse(der)), input.trust, input.at)
  const member = checkMember(certificate, anchor, input)
  const ocsp = verifyOcsp(parsed.ocspResponses, path, anchor, input.trust, input.at)
  return {
    certificate,
    member,
    anchor,
    ocsp,
    ...coverage,
    signingTime: parsed.signingTime,
    algorithm: parsed.algorithm,
    signatureValue: parsed.value
  }
}

/**
 * Verifies that the pieces are those that were sealed, by whomever: all of `verifySeal` that needs no trust. A seal that
 * fails here is bad whoever is trusted.
 */
export function verifySealIntegrity (input: Pick<SealInput, 'parts' | 'pieces' | 'absent'>): ChainCoverage {
  return verifyWhole(input).coverage
}

function verifyWhole (input: Pick<SealInput, 'parts' | 'pieces' | 'absent'>): SoundSignature & { coverage: ChainCoverage } {
  const known = recall(input.parts.signature)
  if (known !== undefined) return { ...known, coverage: checkCoverage(known.parsed, input) }
  const parsed = parseSignature(input.parts.signature)
  if (!digest(parsed.properties.method, parsed.properties.canonical).equals(parsed.properties.value)) {
    throw new Fault('InvalidSignatureValue', 'digest of the signed properties differs')
  }
  const coverage = checkCoverage(parsed, input)
  const certificate = signingCertificateOf(parsed)
  if (!verifyValue(parsed.algorithm, certificate.publicKey, parsed.signedInfo, parsed.value)) {
    throw new Fault('InvalidSignatureValue', 'signature value does not verify')
  }
  remember({ text: Buffer.from(input.parts.signature), parsed, certificate })
  return { parsed, certificate, coverage }
}

/** A signature whose value and properties hold, whatever it covers and whoever is trusted: that its bytes alone decide. */
interface SoundSignature {
  readonly parsed: ParsedSignature
  readonly certificate: Certificate
}

/** Messages that were signed in one operation bear the same signature, byte for byte, and come close together. */
const SOUND_MAX = 16
const sound: (SoundSignature & { readonly text: Buffer })[] = []
let oldest = 0

function recall (signature: Uint8Array): SoundSignature | undefined {
  return sound.find(({ text }) => text.length === signature.length && text.equals(signature))
}

function remember (signature: SoundSignature & { readonly text: Buffer }): void {
  sound[oldest] = signature
  oldest = (oldest + 1) % SOUND_MAX
}

/** The pieces that SignedInfo reaches are the pieces given, and every digest agrees. */
function checkCoverage (parsed: ParsedSignature, { parts, pieces, absent }: Pick<SealInput, 'parts' | 'pieces' | 'absent'>): ChainCoverage {
  if (new Set(pieces.map((piece) => piece.name)).size < pieces.length) throw new Fault('InvalidReference', 'a piece stands twice')
  const batch = parsed.references.find((reference) => reference.name === SIG_CHAIN_RESULT)
  if (batch === undefined) {
    // A chain that nothing refers to would travel into the log as if it belonged to the proof.
    if (parts.hashChain !== undefined || parts.hashChainResult !== undefined) throw malformed('hash chain is not referenced')
    return checkReferences(parsed, pieces, absent)
  }
  if (parsed.references.length > 1) throw malformed('hash chain result is not the only reference')
  if (parts.hashChain === undefined || parts.hashChainResult === undefined) throw new Fault('InvalidReference', 'hash chain or its result is missing')
  if (!digest(batch.method, parts.hashChainResult).equals(batch.value)) throw new Fault('InvalidSignatureValue', 'digest of the hash chain result differs')
  return verifyHashChain({ result: parts.hashChainResult, chain: parts.hashChain, chainName: SIG_CHAIN, pieces, absent })
}

function checkReferences (parsed: ParsedSignature, pieces: readonly Piece[], onAbsent: SealInput['absent']): ChainCoverage {
  const absent: { name: string, method: typeof parsed.references[0]['method'], digest: Buffer }[] = []
  for (const reference of parsed.references) {
    const piece = pieces.find((candidate) => candidate.name === reference.name)
    if (piece === undefined) {
      if (onAbsent !== 'report' || !/^\/attachment\d+$/.test(reference.name)) throw new Fault('InvalidReference', `signature covers ${reference.name}, which is not there`)
      absent.push({ name: reference.name, method: reference.method, digest: reference.value })
      continue
    }
    const own = pieceDigest(piece, reference.method)
    if (own === undefined || !reference.value.equals(own)) throw new Fault('InvalidSignatureValue', `digest of ${piece.name} differs`)
  }
  for (const piece of pieces) {
    if (!parsed.references.some((reference) => reference.name === piece.name)) throw new Fault('InvalidSignatureValue', `signature does not cover ${piece.name}`)
  }
  return { covered: pieces.map((piece) => piece.name), absent }
}

/** The certificate that the signed properties name, among those of KeyInfo. */
function signingCertificateOf ({ keyCertificates, signingCertificate: { method, value } }: ParsedSignature): Certificate {
  const der = keyCertificates.find((candidate) => digest(method, candidate).equals(value))
  if (der === undefined) throw new Fault('InvalidSignatureValue', 'certificate is not the one that the signed properties name')
  return Certificate.parse(der)
}

function checkMember (certificate: Certificate, anchor: CertificationAuthority, { signer }: SealInput): MemberId {
  if (!isSigningCertificate(certificate)) throw new Fault('IncorrectCertificate', 'certificate is not for signing')
  if (anchor.authenticationOnly) throw new Fault('IncorrectCertificate', 'certification authority is approved for authentication only')
  const member = memberOfSignCertificate(certificate, anchor.profileClass, signer.instance)
  if (!isSameMember(member, signer)) throw new Fault('IncorrectCertificate', 'certificate belongs to another member')
  return member
}
