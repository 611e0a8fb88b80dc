import { createPrivateKey, createPublicKey, generateKeyPair, randomUUID, type KeyObject } from 'node:crypto'
import { mkdir, readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { syncDirectory, writeFileAtomic } from '@trembita/daemon/files'
import { Fault } from '@trembita/protocol/fault'
import type { Certificate } from '@trembita/protocol/pki'
import { formatKeyDescription, parseKeyDescription, type CertificateEntry, type KeyDescription, type KeyUse, type RequestEntry } from './key-description.ts'

/** A key of the token with the certificates that were issued for it. */
export interface TokenKey extends KeyDescription {
  readonly id: string
  /** The certificates of `entries`. */
  readonly certificates: readonly Certificate[]
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export type KeyKind = { type: 'rsa', bits: number } | { type: 'ec', curve: 'P-256' | 'P-384' }

/**
 * Where private keys live. The software token is one implementation; a hardware token is another.
 * Keys are read once, at opening; a wrong PIN is tried once and never again by itself.
 */
export interface KeyToken {
  /** In the order in which they were made. */
  keys (): readonly TokenKey[]
}

/**
 * The software token: a folder with, for each key, `<id>.p8` (PKCS#8, PBES2 with AES-256 under the PIN) and `<id>.json`
 * (use, label, certificates with their states, certificate requests). Keys of the operator's own can be brought in from
 * PKCS#12 (see pkcs12.ts). Each change is durable when it resolves; changes are made one after another.
 */
export class SoftwareToken implements KeyToken {
  readonly #folder: string
  readonly #pin: string
  #keys: readonly TokenKey[] = []
  #last: Promise<unknown> = Promise.resolve()

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

  /** The key that a certificate was issued for. */
  keyOf (certificate: Certificate): TokenKey | undefined {
    return this.#keys.find(({ publicKey }) => publicKey.export({ type: 'spki', format: 'der' }).equals(certificate.spki))
  }

  /** Reads again what lies in the folder: another program may have brought keys in. */
  async reload (): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.json'))
    const keys = await Promise.all(names.map((name) => this.#read(name.slice(0, -'.json'.length))))
    this.#keys = keys.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1))
  }

  async #read (id: string): Promise<TokenKey> {
    const description = parseKeyDescription(await readFile(join(this.#folder, `${id}.json`), 'utf8'))
    // A key is never changed: opening it again would only cost time.
    const known = this.#keys.find((key) => key.id === id)
    const { privateKey, publicKey } = known ?? await this.#open(id)
    return { ...description, id, privateKey, publicKey, certificates: description.entries.map(({ certificate }) => certificate) }
  }

  async #open (id: string): Promise<{ privateKey: KeyObject, publicKey: KeyObject }> {
    const pem = await readFile(join(this.#folder, `${id}.p8`))
    try {
      const privateKey = createPrivateKey({ key: pem, passphrase: this.#pin })
      return { privateKey, publicKey: createPublicKey(privateKey) }
    } catch (cause) {
      throw new Fault('PinIncorrect', `the PIN does not open the software token (key ${id})`, { cause })
    }
  }

  /** Makes a key inside the token. */
  async generate (use: KeyUse | undefined, label: string, kind: KeyKind): Promise<TokenKey> {
    const { privateKey } = kind.type === 'rsa'
      ? await promisify(generateKeyPair)('rsa', { modulusLength: kind.bits })
      : await promisify(generateKeyPair)('ec', { namedCurve: kind.curve })
    return await this.importKey(use, label, privateKey, [])
  }

  /** Brings a key in, with certificates that are in use already. */
  async importKey (use: KeyUse | undefined, label: string, privateKey: KeyObject, certificates: readonly Certificate[]): Promise<TokenKey> {
    const id = randomUUID()
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: this.#pin })
    return await this.#change(async () => {
      await writeFileAtomic(join(this.#folder, `${id}.p8`), pem, { mode: 0o600 })
      const entries = certificates.map((certificate): CertificateEntry => ({ certificate, status: 'registered', active: true }))
      await this.#describe(id, { use, label, createdAt: this.#nextTime(), entries, requests: [] })
      return this.#key(id)
    })
  }

  /**
   * Adds a certificate to the key it was issued for, or replaces what the token says of it.
   *
   * @param state in use from now on, unless it says otherwise.
   * @throws {Fault} `KeyNotFound` when no key of this token is the certificate's.
   */
  async importCertificate (certificate: Certificate, state: Omit<CertificateEntry, 'certificate'> = { status: 'registered', active: true }): Promise<TokenKey> {
    const key = this.keyOf(certificate)
    if (key === undefined) throw new Fault('KeyNotFound', 'no key of this token belongs to the certificate')
    return await this.update(key.id, ({ entries }) => ({
      entries: [...entries.filter((known) => !known.certificate.equals(certificate)), { certificate, ...state }]
    }))
  }

  /** Changes what is said of one certificate. @throws {Fault} `KeyNotFound` for one that the token does not hold. */
  async updateCertificate (certificate: Certificate, change: Partial<Omit<CertificateEntry, 'certificate'>>): Promise<void> {
    const key = this.#keys.find(({ certificates }) => certificates.some((held) => held.equals(certificate)))
    if (key === undefined) throw new Fault('KeyNotFound', 'the token does not hold the certificate')
    await this.update(key.id, ({ entries }) => ({
      entries: entries.map((entry) => entry.certificate.equals(certificate) ? { ...entry, ...change } : entry)
    }))
  }

  /** Changes what is said of a key. @throws {Fault} `KeyNotFound`. */
  async update (id: string, change: (key: TokenKey) => Partial<KeyDescription>): Promise<TokenKey> {
    return await this.#change(async () => {
      const { use, label, createdAt, entries, requests } = this.#key(id)
      await this.#describe(id, { use, label, createdAt, entries, requests, ...change(this.#key(id)) })
      return this.#key(id)
    })
  }

  async addRequest (keyId: string, request: RequestEntry): Promise<TokenKey> {
    return await this.update(keyId, ({ requests }) => ({ use: request.use, requests: [...requests, request] }))
  }

  /** Removes a key with all that belongs to it, for good. @throws {Fault} `KeyNotFound`. */
  async remove (id: string): Promise<void> {
    await this.#change(async () => {
      this.#key(id)
      // Without its description a key is not there any more, whatever happens before the next line.
      await rm(join(this.#folder, `${id}.json`), { force: true })
      await rm(join(this.#folder, `${id}.p8`), { force: true })
      await syncDirectory(this.#folder)
      await this.reload()
    })
  }

  #key (id: string): TokenKey {
    const key = this.#keys.find((one) => one.id === id)
    if (key === undefined) throw new Fault('KeyNotFound', 'the token has no such key')
    return key
  }

  /** Two keys of one millisecond keep their order. */
  #nextTime (): Date {
    return new Date(Math.max(Date.now(), (this.#keys.at(-1)?.createdAt.getTime() ?? 0) + 1))
  }

  async #describe (id: string, description: KeyDescription): Promise<void> {
    await writeFileAtomic(join(this.#folder, `${id}.json`), formatKeyDescription(description), { mode: 0o600 })
    await this.reload()
  }

  async #change<T> (work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(work, work)
    this.#last = run.catch(() => {})
    return await run
  }
}
