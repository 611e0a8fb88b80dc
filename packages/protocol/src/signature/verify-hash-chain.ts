import { Fault } from '../fault/index.ts'
import { type ChainDigest, encodeDigestList } from './digest-list.ts'
import { digest, type DigestAlgorithm } from './digests.ts'
import { type ChainInput, type HashChain, malformedChain } from './hash-chain.ts'
import { type Piece, pieceDigest } from './pieces.ts'
import { readHashChain, readHashChainResult } from './read-hash-chain.ts'

/** A tree over 2^32 messages is not as deep as this. */
const DEPTH_MAX = 64

export interface ChainCoverage {
  /** Names of pieces at hand whose digest the chain holds. */
  readonly covered: readonly string[]
  /** Names in the chain that are not at hand, with the digest that the signer gave: only when asked to report. */
  readonly absent: readonly { readonly name: string, readonly method: DigestAlgorithm, readonly digest: Buffer }[]
}

/**
 * Recomputes a chain from the pieces at hand up to its result.
 *
 * Guards beyond X-Road's: cycles and depth, each step is hashed once however often it is named, none is idle, a name stands once,
 * and the written digest of a piece must agree with the piece.
 *
 * @param input.chainName what the result must call the chain document.
 * @param input.absent `refuse` (messages) or `report` (containers, whose attachments may not be kept).
 * @throws {Fault} `MalformedHashChain`, `InvalidReference`, `InvalidHashChainRef`, `InvalidHashChain`, `HashChainUnusedInputs`
 */
export function verifyHashChain (input: {
  readonly result: Uint8Array
  readonly chain: Uint8Array
  readonly chainName: string
  readonly pieces: readonly Piece[]
  readonly absent?: 'refuse' | 'report' | undefined
}): ChainCoverage {
  const result = readHashChainResult(input.result)
  if (result.file !== input.chainName) throw chainFault('InvalidReference', 'hash chain result refers to another document')
  const walk = new Walk(readHashChain(input.chain), input.pieces, input.absent ?? 'refuse')
  if (!digest(result.method, walk.step(result.step, 0)).equals(result.value)) {
    throw chainFault('InvalidHashChain', 'hash chain does not lead to its result')
  }
  if (walk.steps < walk.size) throw malformedChain('hash chain has steps that lead nowhere')
  for (const piece of input.pieces) {
    if (!walk.seen.has(piece.name)) throw chainFault('HashChainUnusedInputs', `hash chain does not cover ${piece.name}`)
  }
  return { covered: input.pieces.map((piece) => piece.name), absent: walk.absent }
}

function chainFault (kind: 'InvalidReference' | 'InvalidHashChain' | 'InvalidHashChainRef' | 'HashChainUnusedInputs', message: string): Fault {
  return new Fault(kind, message, { stages: ['MalformedSignature'] })
}

class Walk {
  readonly seen = new Set<string>()
  readonly absent: { name: string, method: DigestAlgorithm, digest: Buffer }[] = []
  readonly #chain: HashChain
  readonly #pieces: readonly Piece[]
  readonly #onAbsent: 'refuse' | 'report'
  readonly #done = new Map<string, Buffer | 'open'>()

  constructor (chain: HashChain, pieces: readonly Piece[], onAbsent: 'refuse' | 'report') {
    this.#chain = chain
    this.#pieces = pieces
    this.#onAbsent = onAbsent
  }

  /** Steps of the chain, and those that were reached. */
  get size (): number { return this.#chain.size }
  get steps (): number { return this.#done.size }

  /** DER of the inputs of a step. */
  step (id: string, depth: number): Buffer {
    const known = this.#done.get(id)
    if (known === 'open') throw malformedChain('hash steps form a circle')
    if (known !== undefined) return known
    const inputs = this.#chain.get(id)
    if (inputs === undefined) throw malformedChain('hash chain refers to a step that it does not have')
    if (depth > DEPTH_MAX) throw malformedChain(`hash steps are nested deeper than ${DEPTH_MAX}`)
    this.#done.set(id, 'open')
    const encoded = encodeDigestList(inputs.map((input) => this.#evaluate(input, depth)))
    this.#done.set(id, encoded)
    return encoded
  }

  #evaluate (input: ChainInput, depth: number): ChainDigest {
    if (input.kind === 'value') return input
    if (input.kind === 'step') return { method: input.method, value: digest(input.method, this.step(input.step, depth + 1)) }
    if (this.seen.has(input.uri)) throw malformedChain(`hash chain names ${input.uri} twice`)
    this.seen.add(input.uri)
    const piece = this.#pieces.find((candidate) => candidate.name === input.uri)
    if (piece === undefined) {
      if (this.#onAbsent === 'refuse') throw chainFault('InvalidHashChainRef', `hash chain covers ${input.uri}, which is not there`)
      this.absent.push({ name: input.uri, method: input.method, digest: input.value })
      return input
    }
    const own = pieceDigest(piece, input.method)
    if (own === undefined || !input.value.equals(own)) throw chainFault('InvalidHashChainRef', `digest of ${input.uri} differs from the hash chain`)
    return input
  }
}
