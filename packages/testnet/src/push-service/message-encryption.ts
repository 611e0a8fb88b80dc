import { createDecipheriv, type ECDH, hkdfSync } from 'node:crypto'

/** A message that no browser could read. */
export class UnreadableMessage extends Error {
  override readonly name = 'UnreadableMessage'
}

/** Keys of a user agent: what it subscribed with. */
export interface UserAgentKeys {
  readonly curve: ECDH
  /** 16 bytes. */
  readonly auth: Uint8Array
}

export interface ReadMessage {
  readonly text: string
  readonly salt: Buffer
  readonly senderKey: Buffer
}

const SALT_BYTES = 16
const POINT_BYTES = 65
const HEADER_BYTES = SALT_BYTES + 4 + 1
const TAG_BYTES = 16

/** Header of `aes128gcm` (RFC 8188 §2.1): salt, record size, the sender's ephemeral key. @throws {UnreadableMessage} */
export function readCodingHeader (body: Buffer): { readonly salt: Buffer, readonly recordSize: number, readonly senderKey: Buffer, readonly sealed: Buffer } {
  const keyBytes = body[HEADER_BYTES - 1]
  if (keyBytes !== POINT_BYTES || body.length < HEADER_BYTES + POINT_BYTES + TAG_BYTES + 1) throw new UnreadableMessage('not aes128gcm with a P-256 key')
  return {
    salt: body.subarray(0, SALT_BYTES),
    recordSize: body.readUInt32BE(SALT_BYTES),
    senderKey: body.subarray(HEADER_BYTES, HEADER_BYTES + POINT_BYTES),
    sealed: body.subarray(HEADER_BYTES + POINT_BYTES)
  }
}

/** Decrypts a push message as a browser does (RFC 8291 §3, one record). @throws {UnreadableMessage} */
export function readPushMessage (body: Buffer, { curve, auth }: UserAgentKeys): ReadMessage {
  const { salt, recordSize, senderKey, sealed } = readCodingHeader(body)
  if (recordSize < sealed.length) throw new UnreadableMessage('more than one record')
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), curve.getPublicKey(), senderKey])
  const ikm = Buffer.from(hkdfSync('sha256', sharedSecret(curve, senderKey), auth, info, 32))
  const key = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: aes128gcm\0', 16))
  const nonce = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: nonce\0', 12))
  const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(sealed.subarray(-TAG_BYTES))
  let plain: Buffer
  try {
    plain = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()])
  } catch (error) {
    throw new UnreadableMessage('the tag does not fit', { cause: error })
  }
  const end = plain.findLastIndex((byte) => byte !== 0)
  if (plain[end] !== 2) throw new UnreadableMessage('the record is not the last one')
  return { text: plain.subarray(0, end).toString('utf8'), salt, senderKey }
}

function sharedSecret (curve: ECDH, senderKey: Buffer): Buffer {
  try {
    return curve.computeSecret(senderKey)
  } catch (error) {
    throw new UnreadableMessage("the sender's key is no point of P-256", { cause: error })
  }
}
