import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { writeFileAtomic } from '@trembita/daemon'
import { canonicalJson } from '@trembita/example-information-system'

/** The cabinet's own key (Ed25519): it seals records of joining and acts of erasure, so that nobody changes them afterwards. */
export interface ActKey {
  /** Base64url signature over the canonical JSON of a record. */
  sign (record: object): string
  verify (record: object, signature: string): boolean
  /** SPKI PEM, for whoever checks an act. */
  readonly publicKey: string
}

/** Reads the key, made at the first start. */
export async function loadOrCreateActKey (path: string): Promise<ActKey> {
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync('ed25519')
    await writeFileAtomic(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  }
  return actKey(createPrivateKey(readFileSync(path)))
}

function actKey (key: KeyObject): ActKey {
  const publicKey = createPublicKey(key)
  const bytes = (record: object): Buffer => Buffer.from(canonicalJson(record), 'utf8')
  return {
    sign: (record) => sign(null, bytes(record), key).toString('base64url'),
    verify: (record, signature) => verify(null, bytes(record), publicKey, Buffer.from(signature, 'base64url')),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString()
  }
}
