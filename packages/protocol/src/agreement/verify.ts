import { type ContainerReport, describeSeal, type Draft, reasonOf, step, type TrustOf, type Verdict, verifyOwnStamp } from '../asic/index.ts'
import { Fault } from '../fault/index.ts'
import { memberOf, type MemberId } from '../identifiers/index.ts'
import type { Certificate } from '../pki/index.ts'
import { parseSignature, verifySeal, verifySealIntegrity } from '../signature/index.ts'
import { AGREEMENT_ENTRY, pieceOfAgreement, type ReadAgreementContainer } from './container.ts'
import { parseAgreement } from './document.ts'
import { AGREEMENT_SIDES, type Agreement, type AgreementSide } from './types.ts'

export interface AgreementVerifyOptions {
  /** Judge certificates for this instant instead of each time stamp's. */
  readonly at?: Date | undefined
  /** The instant for seals without a time stamp: now, for who receives a seal. Without it such a seal cannot be judged. */
  readonly unstampedAt?: Date | undefined
  /** Stamps of these services count beside those of the signer's instance. */
  readonly timestampers?: readonly Certificate[] | undefined
  /** Sides whose seal must be there; both unless told otherwise. A seal that is there is judged in any case. */
  readonly required?: readonly AgreementSide[] | undefined
}

/** What was found about the seal of one side. */
export interface SideReport extends ContainerReport {
  readonly side: AgreementSide
}

export interface AgreementReport {
  /** Verified only when the document is sound and every required seal, and every seal that is there, is. */
  readonly verdict: Verdict
  readonly reason?: { readonly code: string, readonly message: string } | undefined
  readonly agreement?: Agreement | undefined
  readonly seals: readonly SideReport[]
}

/**
 * Verifies the container of an agreement by itself: the document says whose seals must stand over it, and each seal is judged
 * at its own time stamp.
 *
 * @returns a report whatever the outcome.
 */
export function verifyAgreementContainer (container: ReadAgreementContainer, trustOf: TrustOf, options: AgreementVerifyOptions = {}): AgreementReport {
  let agreement: Agreement
  try {
    agreement = parseAgreement(container.document)
  } catch (thrown) {
    return { verdict: 'failed', reason: reasonOf(thrown), seals: [] }
  }
  const wanted = AGREEMENT_SIDES.filter((side) => container.seals[side] !== undefined || (options.required ?? AGREEMENT_SIDES).includes(side))
  const seals = wanted.map((side) => verifySide(container, side, memberOf(agreement[side]), trustOf, options))
  const stranger = container.strangers[0]
  if (stranger !== undefined) return { verdict: 'failed', reason: { code: 'InvalidReference', message: `nothing vouches for ${stranger}` }, agreement, seals }
  const bad = seals.find(({ verdict }) => verdict === 'failed') ?? seals.find(({ verdict }) => verdict === 'undecided')
  return { verdict: bad?.verdict ?? 'verified', reason: bad?.reason, agreement, seals }
}

function verifySide (container: ReadAgreementContainer, side: AgreementSide, member: MemberId, trustOf: TrustOf, options: AgreementVerifyOptions): SideReport {
  const draft: Draft = { format: 'ASiC-E', verdict: 'failed', ocsp: [], files: [{ name: AGREEMENT_ENTRY, status: 'uncovered' }] }
  try {
    const signature = container.seals[side]
    if (signature === undefined) throw new Fault('AsicSignatureNotFound', `container has no seal of the ${side}`)
    verify(container.document, signature, member, trustOf, options, draft)
  } catch (thrown) {
    draft.reason = reasonOf(thrown)
  }
  return { ...draft, side }
}

function verify (document: Buffer, signature: Buffer, member: MemberId, trustOf: TrustOf, options: AgreementVerifyOptions, draft: Draft): void {
  const parsed = step('SignatureVerification', () => parseSignature(signature))
  describeSeal(parsed, draft)
  const parts = { signature }
  const pieces = [pieceOfAgreement(document)]
  const trust = trustOf(member.instance)
  if (trust === undefined) {
    step('SignatureVerification', () => verifySealIntegrity({ parts, pieces }))
    draft.verdict = 'undecided'
    throw new Fault('UnknownMember', `no trust is given for instance ${member.instance}`)
  }
  draft.timestamp = step('TimestampingFailed', () => verifyOwnStamp(parsed, {
    services: [...trust.timestampers.map((service) => service.certificate), ...options.timestampers ?? []],
    authorities: trust.authorities.map((authority) => authority.certificate)
  }))
  const at = options.at ?? draft.timestamp?.genTime ?? options.unstampedAt
  if (at === undefined) throw new Fault('AsicTimestampNotFound', 'seal has no time stamp')
  draft.judgedAt = at
  const info = step('SignatureVerification', () => verifySeal({ parts, pieces, signer: member, trust, at }))
  draft.signer = info.member
  draft.ocsp = info.ocsp
  draft.files = [{ name: AGREEMENT_ENTRY, status: 'covered' }]
  draft.verdict = 'verified'
}
