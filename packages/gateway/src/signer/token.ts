import { createPrivateKey, createPublicKey, generateKeyPair, randomUUID, type KeyObject } from 'node:crypto'
import { mkdir, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { writeFileAtomic } from '@trembita/daemon/files'
import { Fault } from '@trembita/protocol/fault'
import { Certificate } from '@trembita/protocol/pki'

export type KeyUse = 'sign' | 'auth'

/** A key of the token with the certificates that were issued for it. */
export interface TokenKey {
  readonly id: string
  readonly use: KeyUse
  readonly label: string
  readonly certificates: readonly Certificate[]
  readonly privateKey: KeyObject
}

interface KeyDescription {
  readonly use: KeyUse
  readonly label: string
  readonly certificates: readonly string[]
}

export type KeyKind = { type: 'rsa', bits: number } | { type: 'ec', curve: 'P-256' | 'P-384' }

/**
 * Where private keys live. The software token is one implementation; a hardware token is another.
 * Keys are read once, at opening; a wrong PIN is tried once and never again by itself.
 */
export interface KeyToken {
  keys (): readonly TokenKey[]
}

/**
 * The software token: a folder with, for each key, `<id>.p8` (PKCS#8, PBES2 with AES-256 under the PIN) and `<id>.json`
 * (use, label, certificates as base64 DER). Keys of the operator's own can be brought in from PKCS#12 (see pkcs12.ts).
 */
export class SoftwareToken implements KeyToken {
  readonly #folder: string
  readonly #pin: string
  #keys: readonly TokenKey[] = []

  private constructor (folder: string, pin: string) {
    this.#folder = folder
    this.#pin = pin
  }

  /** @throws {Fault} `PinIncorrect` when a key does not open with the PIN. */
  static async open (folder: string, pin: string): Promise<SoftwareToken> {
    const token = new SoftwareToken(folder, pin)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await token.reload()
    return token
  }

  keys (): readonly TokenKey[] {
    return this.#keys
  }

  async reload (): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.json')).sort()
    this.#keys = await Promise.all(names.map((name) => this.#read(name.slice(0, -'.json'.length))))
  }

  async #read (id: string): Promise<TokenKey> {
    const description = JSON.parse(await readFile(join(this.#folder, `${id}.json`), 'utf8')) as KeyDescription
    const pem = await readFile(join(this.#folder, `${id}.p8`))
    let privateKey: KeyObject
    try {
      privateKey = createPrivateKey({ key: pem, passphrase: this.#pin })
    } catch (cause) {
      throw new Fault('PinIncorrect', `the PIN does not open the software token (key ${id})`, { cause })
    }
    const certificates = description.certificates.map((text) => Certificate.parse(Buffer.from(text, 'base64')))
    return { id, use: description.use, label: description.label, certificates, privateKey }
  }

  /** Makes a key inside the token. Durable when it resolves. */
  async generate (use: KeyUse, label: string, kind: KeyKind): Promise<TokenKey> {
    const { privateKey } = kind.type === 'rsa'
      ? await promisify(generateKeyPair)('rsa', { modulusLength: kind.bits })
      : await promisify(generateKeyPair)('ec', { namedCurve: kind.curve })
    return await this.importKey(use, label, privateKey, [])
  }

  /** Brings a key in. Durable when it resolves. */
  async importKey (use: KeyUse, label: string, privateKey: KeyObject, certificates: readonly Certificate[]): Promise<TokenKey> {
    const id = randomUUID()
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: this.#pin })
    await writeFileAtomic(join(this.#folder, `${id}.p8`), pem, { mode: 0o600 })
    await this.#describe(id, { use, label, certificates: certificates.map((certificate) => certificate.der.toString('base64')) })
    await this.reload()
    return this.#keys.find((key) => key.id === id)!
  }

  /** Adds a certificate to the key it was issued for. */
  async importCertificate (certificate: Certificate): Promise<TokenKey> {
    const key = this.#keys.find(({ privateKey }) =>
      createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).equals(certificate.spki))
    if (key === undefined) throw new Fault('KeyNotFound', 'no key of this token belongs to the certificate')
    const certificates = [...key.certificates.filter((known) => !known.sha256.equals(certificate.sha256)), certificate]
    await this.#describe(key.id, { use: key.use, label: key.label, certificates: certificates.map((known) => known.der.toString('base64')) })
    await this.reload()
    return this.#keys.find(({ id }) => id === key.id)!
  }

  async #describe (id: string, description: KeyDescription): Promise<void> {
    await writeFileAtomic(join(this.#folder, `${id}.json`), JSON.stringify(description, null, 2), { mode: 0o600 })
  }
}
