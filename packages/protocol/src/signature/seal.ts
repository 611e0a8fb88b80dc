import assert from 'node:assert'
import type { Certificate } from '../pki/index.ts'
import type { SignatureAlgorithm } from './algorithms.ts'
import { buildHashChain, type HashChains } from './build-hash-chain.ts'
import { DIGESTS, digest, type DigestAlgorithm } from './digests.ts'
import { type Piece, pieceDigest, SIG_CHAIN_RESULT } from './pieces.ts'
import {
  canonicalOf, CERTIFICATE_REFS_CLOSE, CERTIFICATE_REFS_OPEN, CERTIFICATE_VALUES_CLOSE, certificateId, certificateRef, certificateValue,
  HEAD, OCSP_OPEN, ocspValue, SIGNED_INFO_START, signedInfoRest, signedProperties, TAIL, UNSIGNED_OPEN, valueAndKey
} from './template.ts'
import { base64, textsOf } from './texts.ts'

/** A member's sealing key, ready for use. */
export interface SealKey {
  readonly certificate: Certificate
  /** Between the certificate and the approved CA, leaf side first; mostly none. */
  readonly intermediates: readonly Certificate[]
  /** DER of OCSP responses: for the certificate, then for each intermediate. */
  readonly ocspResponses: readonly Uint8Array[]
  readonly algorithm: SignatureAlgorithm
  /** Signs (the digest is part of the algorithm); resolves to the RSA value, or for ECDSA to `r||s` in full length. */
  sign (data: Uint8Array): Promise<Uint8Array>
}

/** A signature as it travels and is kept: exact bytes, never to be written anew. */
export interface SignatureParts {
  readonly signature: Uint8Array
  readonly hashChainResult?: Uint8Array | undefined
  readonly hashChain?: Uint8Array | undefined
}

/**
 * Signs one or several messages in one signing operation. One message of one piece gets a plain signature; otherwise
 * the signature is over the result of a hash chain, and each message gets its own chain.
 *
 * @param messages the pieces of each message, `/message.xml` first.
 * @returns parts in the order of the messages; several messages share the signature.
 */
export async function seal (key: SealKey, messages: readonly (readonly Piece[])[], signingTime: Date): Promise<SignatureParts[]> {
  const first = messages[0]?.[0]
  assert(first !== undefined, 'nothing to seal')
  const method = DIGESTS[key.algorithm.digest]
  if (messages.length === 1 && messages[0]!.length === 1) {
    const value = pieceDigest(first, method)
    assert(value !== undefined, `the bytes of ${first.name} are needed to sign with ${method.name}`)
    return [{ signature: await sign(key, { uri: first.name, value, mimeType: 'text/xml' }, signingTime) }]
  }
  const chains: HashChains = buildHashChain(messages)
  const data = { uri: SIG_CHAIN_RESULT, value: digest(method, chains.result), mimeType: 'application/hash-chain-result' }
  const signature = await sign(key, data, signingTime)
  return chains.chains.map((hashChain) => ({ signature, hashChainResult: chains.result, hashChain }))
}

async function sign (key: SealKey, data: { uri: string, value: Uint8Array, mimeType: string }, signingTime: Date): Promise<Buffer> {
  const method = DIGESTS[key.algorithm.digest]
  const fixed = textsOf(key.certificate, method)
  const properties = signedProperties({ ...fixed, digest: method.uri, signingTime: signingTime.toISOString(), mimeType: data.mimeType })
  const signedInfo = HEAD + signedInfoRest({
    method: key.algorithm.uri,
    digest: method.uri,
    uri: data.uri,
    dataDigest: base64(data.value),
    propertiesDigest: base64(digest(method, canonicalOf(properties)))
  })
  const value = await key.sign(Buffer.from(canonicalOf(signedInfo.slice(SIGNED_INFO_START))))
  return Buffer.from(signedInfo + valueAndKey({ value: base64(value), certificate: fixed.certificate }) + properties + unsignedOf(key, method) + TAIL)
}

function unsignedOf (key: SealKey, method: DigestAlgorithm): string {
  let text = UNSIGNED_OPEN
  if (key.intermediates.length > 0) {
    const texts = key.intermediates.map((certificate) => textsOf(certificate, method))
    text += CERTIFICATE_REFS_OPEN + texts.map((slots, i) => certificateRef(i + 1, certificateId({ ...slots, digest: method.uri }))).join('') +
      CERTIFICATE_REFS_CLOSE + texts.map((slots, i) => certificateValue(i + 1, slots.certificate)).join('') + CERTIFICATE_VALUES_CLOSE
  }
  return text + OCSP_OPEN + key.ocspResponses.map((response, i) => ocspValue(i + 1, base64Cached(response))).join('')
}

const responseTexts = new WeakMap<Uint8Array, string>()

function base64Cached (bytes: Uint8Array): string {
  let text = responseTexts.get(bytes)
  if (text === undefined) responseTexts.set(bytes, text = base64(bytes))
  return text
}
