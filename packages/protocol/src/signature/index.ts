export { type SignatureAlgorithm, SIGNATURE_ALGORITHMS, signatureAlgorithmByUri, signatureAlgorithmFor } from './algorithms.ts'
export { buildHashChain, type HashChains, timestampTree } from './build-hash-chain.ts'
export { type DigestAlgorithm, digest, digestByUri, type DigestName, DIGESTS } from './digests.ts'
export { HASH_CHAIN_BYTES_MAX } from './read-hash-chain.ts'
export { SIGNATURE_BYTES_MAX, type ParsedSignature } from './parsed.ts'
export { parseSignature } from './parse-signature.ts'
export {
  attachmentName, MESSAGE, type Piece, pieceOf, SIG_CHAIN, SIG_CHAIN_RESULT, SIGNATURE, TS_CHAIN, TS_CHAIN_RESULT
} from './pieces.ts'
export { seal, type SealKey, type SignatureParts } from './seal.ts'
export { addTimestampToSignature, signatureValueOf } from './timestamp.ts'
export { derFromRaw, isUsableKey, rawFromDer, RSA_BITS_MIN, signValue, verifyValue } from './value.ts'
export { type ChainCoverage, verifyHashChain } from './verify-hash-chain.ts'
export { type SealInfo, type SealInput, verifySeal } from './verify-seal.ts'
