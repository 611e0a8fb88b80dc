import { Fault } from '../fault/index.ts'
import type { Certificate, TimestampInfo, TrustStore } from '../pki/index.ts'
import {
  parseSignature, type ParsedSignature, type Piece, pieceOf, MESSAGE, type SealInfo, SIGNATURE, TS_CHAIN, verifyHashChain, verifySeal, verifySealIntegrity
} from '../signature/index.ts'
import type { Container } from './container.ts'
import { checkAsicManifest, checkManifest } from './manifest.ts'
import { type ContainerReport, type Draft, type FileReport, reasonOf, step } from './report.ts'
import { readSealedMessage } from './sealed-message.ts'
import { describeSeal, type StampTrust, verifyOwnStamp, verifyToken } from './seal-report.ts'

/** Trust by instance: undefined for one that is not known. */
export type TrustOf = (instance: string) => TrustStore | undefined

export interface VerifyOptions {
  /** Judge certificates for this instant instead of the stamp's. A container without a stamp can only be judged with it. */
  readonly at?: Date | undefined
  /** Stamps of these services count beside those of the signer's instance: a gateway stamps with those of its own. */
  readonly timestampers?: readonly Certificate[] | undefined
}

/**
 * Verifies a container by itself: who must have sealed it (the message says), the time stamp, the seal at the stamp's
 * time, and that nothing in it is uncovered.
 *
 * @returns a report whatever the outcome; what cannot be read is a failed verdict with its reason.
 * @see xroad-messages 4.4
 */
export function verifyContainer (container: Container, trustOf: TrustOf, options: VerifyOptions = {}): ContainerReport {
  const pieces = [pieceOf(MESSAGE, container.message), ...[...container.attachments].map(([name, bytes]) => pieceOf(`/${name}`, bytes))]
  const draft: Draft = { format: 'ASiC-E', verdict: 'failed', ocsp: [], files: uncovered(pieces, container.strangers) }
  try {
    verify(container, pieces, trustOf, options, draft)
  } catch (thrown) {
    draft.reason = reasonOf(thrown)
  }
  return draft
}

function verify (container: Container, pieces: readonly Piece[], trustOf: TrustOf, options: VerifyOptions, draft: Draft): void {
  const parsed = step('SignatureVerification', () => parseSignature(container.signature))
  describeSeal(parsed, draft)
  draft.message = readSealedMessage(container.message)
  const { signer } = draft.message
  const trust = trustOf(signer.instance)
  if (trust === undefined) {
    step('SignatureVerification', () => verifySealIntegrity({ parts: container, pieces, absent: 'report' }))
    draft.verdict = 'undecided'
    throw new Fault('UnknownMember', `no trust is given for instance ${signer.instance}`)
  }
  draft.timestamp = step('TimestampingFailed', () => verifyStamp(container, parsed, {
    services: [...trust.timestampers.map((service) => service.certificate), ...options.timestampers ?? []],
    authorities: trust.authorities.map((authority) => authority.certificate)
  }))
  const at = options.at ?? draft.timestamp?.genTime
  if (at === undefined) throw new Fault('AsicTimestampNotFound', 'container has no time stamp')
  draft.judgedAt = at
  const seal = step('SignatureVerification', () => verifySeal({ parts: container, pieces, signer, trust, at, absent: 'report' }))
  checkManifest(container)
  draft.signer = seal.member
  draft.ocsp = seal.ocsp
  draft.files = [...filesOf(seal), ...uncovered([], container.strangers)]
  if (container.strangers.length > 0) throw new Fault('InvalidReference', `nothing vouches for ${container.strangers[0]}`)
  draft.verdict = 'verified'
}

function verifyStamp (container: Container, parsed: ParsedSignature, trusted: StampTrust): (TimestampInfo & { kind: 'single' | 'batch' }) | undefined {
  const { timestamp } = container
  if (timestamp === undefined) {
    if (container.asicManifest !== undefined) throw new Fault('AsicTimestampNotFound', 'container has a manifest of a time stamp and no time stamp')
    return verifyOwnStamp(parsed, trusted)
  }
  if (parsed.timestamps.length > 0) throw new Fault('TimestampingFailed', 'container has two time stamps')
  verifyHashChain({ result: timestamp.hashChainResult, chain: timestamp.hashChain, chainName: TS_CHAIN, pieces: [pieceOf(SIGNATURE, container.signature)] })
  if (container.asicManifest !== undefined) checkAsicManifest(container.asicManifest, timestamp.hashChainResult)
  return { kind: 'batch', ...verifyToken(timestamp.token, timestamp.hashChainResult, trusted) }
}

function filesOf (seal: SealInfo): FileReport[] {
  return [
    ...seal.covered.map((name) => ({ name: name.slice(1), status: 'covered' as const })),
    ...seal.absent.map((file) => ({ name: file.name.slice(1), status: 'absent' as const, digest: { method: file.method.name, hex: file.digest.toString('hex') } }))
  ]
}

function uncovered (pieces: readonly Piece[], strangers: readonly string[]): FileReport[] {
  return [...pieces.map((piece) => piece.name.slice(1)), ...strangers].map((name) => ({ name, status: 'uncovered' as const }))
}
