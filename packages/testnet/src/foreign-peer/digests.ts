import { createHash } from 'node:crypto'

/** What a seal covers: a name and the SHA-512 of the bytes. */
export interface CoveredPiece {
  readonly name: string
  readonly digest: Buffer
}

export const SHA512 = 'http://www.w3.org/2001/04/xmlenc#sha512'

export function sha512 (bytes: Uint8Array | string): Buffer {
  return createHash('sha512').update(bytes).digest()
}

/** `/message.xml`, then `/attachment1`, `/attachment2` … (xroad-messages §2.5.2). */
export function piecesOf (head: Uint8Array, attachments: readonly Uint8Array[]): CoveredPiece[] {
  return [{ name: '/message.xml', digest: sha512(head) }, ...attachments.map((bytes, index) => ({ name: `/attachment${index + 1}`, digest: sha512(bytes) }))]
}

/** Base64 as Java's encoder writes it: lines of 76 characters. `lineEnd` is what parts them. */
export function brokenBase64 (bytes: Uint8Array, lineEnd: string): string {
  return Buffer.from(bytes).toString('base64').replace(/.{76}(?=.)/g, (line) => line + lineEnd)
}
