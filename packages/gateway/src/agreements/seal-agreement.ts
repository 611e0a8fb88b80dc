import type { Clock, Logger } from '@trembita/daemon'
import {
  addSeal, AGREEMENT_SIDES, parseAgreement, sealAgreement, verifyAgreementContainer, writeAgreementContainer, type Agreement, type AgreementContainer, type AgreementSide
} from '@trembita/protocol/agreement'
import { addTimestampToSignature, signatureValueOf } from '@trembita/protocol/asic'
import { Fault } from '@trembita/protocol/fault'
import { isSameMember, memberOf, type MemberId } from '@trembita/protocol/identifiers'
import type { GlobalConf } from '../globalconf/index.ts'
import type { Signer } from '../signer/index.ts'
import { TsaClient } from '../messagelog/index.ts'

export interface SealingDeps {
  readonly signer: Pick<Signer, 'sealKey'>
  readonly globalconf: GlobalConf
  readonly clock: Clock
  readonly log: Logger
}

export interface SealedAgreement {
  readonly agreement: Pick<Agreement, 'id' | 'version'>
  readonly side: AgreementSide
  /** The signature file, exact bytes. */
  readonly signature: Buffer
  /** The document with this seal, and those that stood there before. */
  readonly container: Buffer
  /** False when no time-stamping service answered: then whoever takes the seal in judges it for that time. */
  readonly timestamped: boolean
}

/**
 * Seals agreements as the members hosted here, each with its own key.
 */
export class AgreementSealer {
  readonly #deps: SealingDeps
  readonly #tsa = new TsaClient()

  constructor (deps: SealingDeps) {
    this.#deps = deps
  }

  /**
   * @param member who seals; a side of the agreement.
   * @param given the document, or a container with the other side's seal.
   * @throws {Fault} `MalformedAgreement` when the document is none, the other seal does not verify, or the member has sealed already; `UnknownMember` when the
   *   member is no side of it; `CannotCreateSignature` when the member has no usable key here.
   */
  async seal (member: MemberId, given: AgreementContainer): Promise<SealedAgreement> {
    const { signer, clock } = this.#deps
    const agreement = parseAgreement(given.document)
    const side = AGREEMENT_SIDES.find((side) => isSameMember(memberOf(agreement[side]), member) && given.seals[side] === undefined) ??
      AGREEMENT_SIDES.find((side) => isSameMember(memberOf(agreement[side]), member))
    if (side === undefined) throw new Fault('UnknownMember', 'the member is no side of the agreement')
    this.#checkGiven(given)
    const plain = await sealAgreement(signer.sealKey(member), given.document, clock.now())
    const signature = await this.#stamp(plain)
    const container = addSeal(given, side, signature)
    return { agreement, side, signature, container: await writeAgreementContainer(container, clock.now()), timestamped: signature !== plain }
  }

  /** Nobody seals beside a seal that is not what it seems. One of an instance that is not known here is judged by the core. */
  #checkGiven (given: AgreementContainer): void {
    const { clock, globalconf } = this.#deps
    const snapshot = globalconf.current()
    const { seals } = verifyAgreementContainer({ ...given, strangers: [] }, (instance) => snapshot.trustOf(instance), { required: [], unstampedAt: clock.now() })
    const bad = seals.find(({ verdict }) => verdict === 'failed')
    if (bad !== undefined) throw new Fault('MalformedAgreement', `the seal of the ${bad.side} does not verify: ${bad.reason?.message ?? ''}`)
  }

  async #stamp (signature: Buffer): Promise<Buffer> {
    const providers = this.#deps.globalconf.current().timestampers()
    for (const provider of providers) {
      try {
        const { token } = await this.#tsa.stamp(signatureValueOf(signature), provider, providers.map(({ certificate }) => certificate))
        return addTimestampToSignature(signature, token)
      } catch (err) {
        this.#deps.log.warn({ err, service: provider.name }, 'no time stamp for the seal of an agreement')
      }
    }
    return signature
  }

  async close (): Promise<void> {
    await this.#tsa.close()
  }
}
