import { randomUUID } from 'node:crypto'
import type { FaultKind, FaultOrigin, FaultStage } from './kinds.ts'

export interface FaultOptions {
  readonly cause?: unknown
  readonly origin?: FaultOrigin | undefined
  readonly stages?: readonly FaultStage[] | undefined
  readonly detail?: string | undefined
}

/**
 * A refusal in the protocol's own terms: the one error type that crosses module borders.
 * `message` is safe to show to a caller; what is not safe stands in `cause`, for the log only.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly kind: FaultKind
  /** Where it was found; stamped once, by the flow. */
  readonly origin: FaultOrigin | undefined
  /** Outermost first: `['SignatureVerification', 'InvalidCertPath']`. */
  readonly stages: readonly FaultStage[]
  /** UUID that the caller gets and the log carries. */
  readonly detail: string

  constructor (kind: FaultKind, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.kind = kind
    this.origin = options.origin
    this.stages = options.stages ?? []
    this.detail = options.detail ?? randomUUID()
  }

  /** The code on the wire: `Server.ServerProxy.ServiceFailed.InvalidSoap`. */
  get code (): string {
    const parts: string[] = this.origin === undefined ? [] : [this.origin]
    for (const stage of this.stages) if (parts.at(-1) !== stage) parts.push(stage)
    if (parts.at(-1) !== this.kind) parts.push(this.kind)
    return parts.join('.')
  }
}

/** Puts a stage before the reason; anything that is no fault becomes `InternalError` of that stage. A fault with an origin passes unchanged. */
export function inStage (thrown: unknown, stage: FaultStage): Fault {
  if (!(thrown instanceof Fault)) {
    return new Fault('InternalError', 'internal error', { cause: thrown, stages: [stage] })
  }
  if (thrown.origin !== undefined) return thrown
  return new Fault(thrown.kind, thrown.message, { cause: thrown.cause, stages: [stage, ...thrown.stages], detail: thrown.detail })
}

/** Stamps the origin once; a fault from elsewhere passes unchanged; anything else becomes `InternalError`, its text kept for the log. */
export function toFault (thrown: unknown, origin: FaultOrigin): Fault {
  if (!(thrown instanceof Fault)) {
    return new Fault('InternalError', 'internal error', { cause: thrown, origin })
  }
  return thrown.origin !== undefined ? thrown : new Fault(thrown.kind, thrown.message, { cause: thrown.cause, origin, stages: thrown.stages, detail: thrown.detail })
}
