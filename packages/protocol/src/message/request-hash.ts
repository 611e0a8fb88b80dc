import { createHash, hash } from 'node:crypto'

/** Algorithm written beside a request hash; the value is always SHA-512 (xroad-messages §1.2.6). */
export const REQUEST_HASH_URI = 'http://www.w3.org/2001/04/xmlenc#sha512'

/**
 * Hash of a REST request: `H(head)`, or with a body part `H(H(head) || H(body))` over the raw digests, SHA-512.
 *
 * @param headBytes the head exactly as signed.
 * @param bodyDigest SHA-512 of the body when a body part exists, even an empty one.
 * @returns base64
 * @see PR-REST §4.5
 */
export function restRequestHash (headBytes: Uint8Array, bodyDigest?: Uint8Array): string {
  if (bodyDigest === undefined) return hash('sha512', headBytes, 'base64')
  return createHash('sha512').update(hash('sha512', headBytes, 'buffer')).update(bodyDigest).digest('base64')
}

/** Hash of the SOAP part of a request, exactly as the information system sent it; base64 of SHA-512. */
export function soapRequestHash (soapBytes: Uint8Array): string {
  return hash('sha512', soapBytes, 'base64')
}
