import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, X509Certificate, type KeyObject } from 'node:crypto'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '@trembita/daemon'

/** A public key as `/jwks.json` gives it (RFC 7517). */
export interface PublicJwk {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
  readonly kid: string
  readonly use: 'sig'
  readonly alg: 'ES256'
}

/** The portal's seal under copies of documents: JWS with ECDSA on P-256 and SHA-256 (RFC 7515, RFC 7518 §3.4). */
export interface DocumentSeal {
  readonly jwk: PublicJwk
  /** @returns compact serialisation. */
  sign (payload: object): string
}

export interface SealFiles {
  readonly keyFile: string
  readonly certificateFile: string
}

const TYPE = 'diia-document+jwt'
const KEY_FILE = 'document-seal.pem'
const JWKS_FILE = 'jwks.json'

/**
 * Loads the seal; without files, a key of the data folder that is made at the first start. Writes `jwks.json` beside it for
 * those who verify.
 *
 * @throws {Error} for a key that is not EC P-256, or a certificate of another key.
 */
export async function loadSeal (folder: string, files?: SealFiles): Promise<DocumentSeal> {
  const key = files === undefined ? await ownKey(join(folder, KEY_FILE)) : createPrivateKey(readFileSync(files.keyFile))
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('the key of the document seal must be EC P-256')
  const chain = files === undefined ? [] : certificatesOf(readFileSync(files.certificateFile, 'utf8'))
  if (files !== undefined && chain[0]?.checkPrivateKey(key) !== true) throw new Error('the certificate of the document seal belongs to another key')
  const seal = sealOf(key, chain)
  await writeFileAtomic(join(folder, JWKS_FILE), Buffer.from(`${JSON.stringify({ keys: [seal.jwk] }, null, 2)}\n`))
  return seal
}

function sealOf (key: KeyObject, chain: readonly X509Certificate[]): DocumentSeal {
  const { x, y } = createPublicKey(key).export({ format: 'jwk' }) as { x: string, y: string }
  const jwk: PublicJwk = { kty: 'EC', crv: 'P-256', x, y, kid: thumbprint(x, y), use: 'sig', alg: 'ES256' }
  const header = encode({
    alg: 'ES256', kid: jwk.kid, typ: TYPE, ...chain.length === 0 ? {} : { x5c: chain.map(({ raw }) => raw.toString('base64')) }
  })
  return {
    jwk,
    sign: (payload) => {
      const content = `${header}.${encode(payload)}`
      const signature = sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' })
      return `${content}.${signature.toString('base64url')}`
    }
  }
}

/** RFC 7638: the required members in this order. */
function thumbprint (x: string, y: string): string {
  return createHash('sha256').update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y })).digest('base64url')
}

function encode (value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function certificatesOf (pem: string): X509Certificate[] {
  return [...pem.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(([text]) => new X509Certificate(text))
}

async function ownKey (file: string): Promise<KeyObject> {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await writeFileAtomic(file, Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })))
    chmodSync(file, 0o600)
  }
  return createPrivateKey(readFileSync(file))
}
