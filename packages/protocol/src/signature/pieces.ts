import { DIGESTS, digest, type DigestAlgorithm } from './digests.ts'

/** Names that references use (xroad-messages: URI constants). All begin with a slash. */
export const MESSAGE = '/message.xml'
export const SIGNATURE = '/META-INF/signatures.xml'
export const SIG_CHAIN = '/sig-hashchain.xml'
export const SIG_CHAIN_RESULT = '/sig-hashchainresult.xml'
export const TS_CHAIN = '/ts-hashchain.xml'
export const TS_CHAIN_RESULT = '/ts-hashchainresult.xml'

/** Name of the n-th attachment, counted from 1. A REST body is attachment 1. */
export function attachmentName (n: number): string {
  return `/attachment${n}`
}

/** A part of a message that a signature must cover. */
export interface Piece {
  /** `/message.xml`, `/attachment1` … */
  readonly name: string
  /** SHA-512 of its bytes as they travel (transfer encoding not undone). */
  readonly digest: Uint8Array
  /** The bytes, where they are at hand: needed only for a peer that signs with another digest. */
  readonly bytes?: Uint8Array | undefined
}

/** Digest of a piece by the asked algorithm; undefined when only the SHA-512 is known. */
export function pieceDigest (piece: Piece, algorithm: DigestAlgorithm): Uint8Array | undefined {
  if (algorithm.name === 'SHA-512') return piece.digest
  return piece.bytes === undefined ? undefined : digest(algorithm, piece.bytes)
}

/** A piece of bytes at hand. */
export function pieceOf (name: string, bytes: Uint8Array): Piece {
  return { name, digest: digest(DIGESTS['SHA-512'], bytes), bytes }
}
