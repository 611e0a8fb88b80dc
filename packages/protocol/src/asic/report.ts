import { Fault, type FaultStage, inStage } from '../fault/index.ts'
import type { MemberId } from '../identifiers/index.ts'
import type { Certificate, OcspInfo, TimestampInfo } from '../pki/index.ts'
import type { SealedMessage } from './sealed-message.ts'

/** `undecided`: the container uses an algorithm that we cannot compute, or there is nobody to trust; neither good nor bad. */
export type Verdict = 'verified' | 'failed' | 'undecided'

export interface FileReport {
  readonly name: string
  /** `absent`: the seal covers it and the container does not keep it; its digest is then given. */
  readonly status: 'covered' | 'uncovered' | 'absent'
  readonly digest?: { readonly method: string, readonly hex: string } | undefined
}

/** All that was found out about a container, as far as the verification came. */
export interface ContainerReport {
  readonly format: 'ASiC-E' | 'ASiC-S'
  readonly verdict: Verdict
  /** Why not verified: a fault code of the protocol and a sentence. */
  readonly reason?: { readonly code: string, readonly message: string } | undefined
  readonly message?: SealedMessage | undefined
  /** Member whose seal it is, by the certificate; proved only when verified. */
  readonly signer?: MemberId | undefined
  /** Names the algorithm of the seal. */
  readonly algorithm?: string | undefined
  /** As the signer says. */
  readonly signingTime?: Date | undefined
  readonly certificate?: Certificate | undefined
  readonly ocsp: readonly OcspInfo[]
  readonly timestamp?: TimestampInfo & { readonly kind: 'single' | 'batch' } | undefined
  /** The instant for which certificates were judged. */
  readonly judgedAt?: Date | undefined
  readonly files: readonly FileReport[]
}

export type Draft = { -readonly [K in keyof ContainerReport]: ContainerReport[K] }

/** Runs a step and puts its stage before the fault that it may throw. */
export function step<T> (stage: FaultStage, run: () => T): T {
  try {
    return run()
  } catch (thrown) {
    throw thrown instanceof Fault ? inStage(thrown, stage) : thrown
  }
}

/** The reason of a failure. A defect of our own is not hidden behind a verdict. */
export function reasonOf (thrown: unknown): { code: string, message: string } {
  if (!(thrown instanceof Fault)) throw thrown
  return { code: thrown.code, message: thrown.message }
}
