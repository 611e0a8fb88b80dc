import { Fault } from '../fault/index.ts'
import type { DigestAlgorithm } from './digests.ts'

export interface HashChainResult {
  /** Of the chain document, before the `#`. */
  readonly file: string
  readonly step: string
  readonly method: DigestAlgorithm
  readonly value: Buffer
}

export type ChainInput =
  | { readonly kind: 'value', readonly method: DigestAlgorithm, readonly value: Buffer }
  | { readonly kind: 'data', readonly method: DigestAlgorithm, readonly uri: string, readonly value: Buffer }
  | { readonly kind: 'step', readonly method: DigestAlgorithm, readonly step: string }

export type HashChain = ReadonlyMap<string, readonly ChainInput[]>

/** Error of the schema or of the steps. The stage is as peers report it. */
export function malformedChain (message: string, cause?: unknown): Fault {
  return new Fault('MalformedHashChain', message, { cause, stages: ['MalformedSignature'] })
}
