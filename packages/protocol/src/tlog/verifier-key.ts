import { createHash, createPublicKey, sign, type KeyObject } from 'node:crypto'
import { TlogError } from './tlog-error.ts'

/** First byte of a key: what its signatures are over. */
export const SIGNATURE_TYPE = { ed25519: 0x01, cosignature: 0x04 } as const
export type SignatureType = typeof SIGNATURE_TYPE[keyof typeof SIGNATURE_TYPE]

const KEY_BYTES = 32
const KEY_ID_BYTES = 4

/** Whose signatures are known: of a log (`ed25519`) or of a witness (`cosignature`). */
export interface VerifierKey {
  readonly name: string
  readonly type: SignatureType
  /** Raw Ed25519 public key. */
  readonly key: Buffer
  readonly keyId: Buffer
  readonly publicKey: KeyObject
}

/** Something that signs notes under a name. */
export interface NoteSigner extends VerifierKey {
  sign (bytes: Uint8Array): Buffer
}

/** First four bytes of SHA-256 over name, line end, type, key. @see C2SP signed-note */
export function keyIdOf (name: string, type: SignatureType, key: Uint8Array): Buffer {
  return createHash('sha256').update(`${name}\n`).update(Buffer.of(type)).update(key).digest().subarray(0, KEY_ID_BYTES)
}

/** `name+hex(key id)+base64(type ‖ key)` */
export function formatVerifierKey ({ name, type, key, keyId }: Pick<VerifierKey, 'name' | 'type' | 'key' | 'keyId'>): string {
  return `${name}+${keyId.toString('hex')}+${Buffer.concat([Buffer.of(type), key]).toString('base64')}`
}

/** @throws {TlogError} `malformed`, also for a key id that is not the key's. */
export function parseVerifierKey (text: string): VerifierKey {
  // At the first two plus signs only: base64 may hold more of them.
  const [, name, id, encoded] = /^([^+\s]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text) ?? []
  if (name === undefined || id === undefined || encoded === undefined) throw new TlogError('malformed', 'not a verifier key')
  const bytes = Buffer.from(encoded, 'base64')
  const type = Object.values(SIGNATURE_TYPE).find((known) => known === bytes[0])
  if (type === undefined || bytes.toString('base64') !== encoded) throw new TlogError('malformed', 'a verifier key of a kind that is not known')
  const verifier = verifierOf(name, type, bytes.subarray(1))
  if (verifier.keyId.toString('hex') !== id) throw new TlogError('malformed', 'the id of a verifier key is not the key\'s')
  return verifier
}

function verifierOf (name: string, type: SignatureType, key: Buffer): VerifierKey {
  if (key.length !== KEY_BYTES) throw new TlogError('malformed', 'an Ed25519 key has 32 bytes')
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') } })
  return { name, type, key, keyId: keyIdOf(name, type, key), publicKey }
}

/** @param name no spaces, no plus; of a log: its origin. */
export function noteSigner (name: string, type: SignatureType, privateKey: KeyObject): NoteSigner {
  if (!/^[^+\s]{1,255}$/.test(name)) throw new TlogError('malformed', 'the name of a key has neither spaces nor plus signs')
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' })
  if (jwk.crv !== 'Ed25519') throw new TlogError('malformed', 'notes are signed by Ed25519')
  return { ...verifierOf(name, type, Buffer.from(jwk.x!, 'base64url')), sign: (bytes) => sign(null, bytes, privateKey) }
}
