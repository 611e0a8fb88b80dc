import { Fault } from '../fault/index.ts'
import type { SignatureAlgorithm } from './algorithms.ts'
import type { DigestAlgorithm } from './digests.ts'

/** A reference to a piece: `/message.xml`, `/attachment1`, `/sig-hashchainresult.xml`. */
export interface PieceReference {
  readonly name: string
  readonly method: DigestAlgorithm
  readonly value: Buffer
}

/** A signature document taken apart. Nothing in it is trusted yet, except that what it says is what was digested. */
export interface ParsedSignature {
  readonly algorithm: SignatureAlgorithm
  /** Canonical SignedInfo: what the value is over. */
  readonly signedInfo: Uint8Array
  readonly value: Buffer
  readonly references: readonly PieceReference[]
  /** Canonical SignedProperties, and the digest that SignedInfo gives for it. */
  readonly properties: { readonly canonical: Uint8Array, readonly method: DigestAlgorithm, readonly value: Buffer }
  readonly signingTime: Date | undefined
  /** DER of the certificates of KeyInfo. */
  readonly keyCertificates: readonly Buffer[]
  /** Digest of the signing certificate as SignedProperties gives it. */
  readonly signingCertificate: { readonly method: DigestAlgorithm, readonly value: Buffer }
  /** DER, each already compared with its reference where there is one. */
  readonly intermediates: readonly Buffer[]
  readonly ocspResponses: readonly Buffer[]
  /** DER of RFC 3161 tokens over the signature value; only in stored signatures. */
  readonly timestamps: readonly Buffer[]
}

/** An OCSP response of a provider with its chain is 2 to 10 KB; a signature has one for each certificate. */
export const SIGNATURE_BYTES_MAX = 1024 * 1024

/** One kind for everything that is wrong with the form. */
export function malformed (message: string, cause?: unknown): Fault {
  return new Fault('MalformedSignature', `signature: ${message}`, { cause })
}
