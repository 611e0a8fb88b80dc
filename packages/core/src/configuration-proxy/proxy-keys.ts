import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic, type Secret } from '@trembita/daemon'
import { keyFingerprint, type DirectorySigner } from '@trembita/protocol/globalconf'
import { makeSigningKey, signerOf, type SigningKeyType } from '../globalconf/index.ts'

/** A key of the proxy, as its file has it. */
interface StoredKey {
  /** SHA-256 of the certificate, shortened: what commands call it. */
  readonly id: string
  /** DER, base64. */
  readonly certificate: string
  /** PKCS#8 PEM, encrypted by the passphrase. */
  readonly encryptedKey: string
  /** RFC 3339. */
  readonly createdAt: string
  readonly active: boolean
}

export interface ProxyKey {
  readonly id: string
  readonly certificate: Buffer
  readonly createdAt: Date
  readonly active: boolean
  /** Since when what the proxy publishes names it. */
  readonly publishedSince: Date | undefined
}

/** Keys of one source, in a folder of its own. Commands and the daemon both read; each file has one writer. */
export class ProxyKeys {
  readonly #folder: string
  readonly #passphrase: Secret

  constructor (folder: string, passphrase: Secret) {
    this.#folder = folder
    this.#passphrase = passphrase
  }

  async list (): Promise<ProxyKey[]> {
    const published = await this.#published()
    return (await this.#stored()).map(({ id, certificate, createdAt, active }) => ({
      id, certificate: Buffer.from(certificate, 'base64'), createdAt: new Date(createdAt), active, publishedSince: published[id] === undefined ? undefined : new Date(published[id])
    }))
  }

  /** Makes a key; the first one signs at once. */
  async add (type: SigningKeyType, at: Date): Promise<string> {
    const stored = await this.#stored()
    const { certificate, encryptedKey } = await makeSigningKey(type, 'configurationProxySigningKey', this.#passphrase)
    const id = keyFingerprint(certificate).slice(0, 16)
    await this.#write([...stored, { id, certificate: certificate.toString('base64'), encryptedKey, createdAt: at.toISOString(), active: stored.length === 0 }])
    return id
  }

  /** @throws when there is no such key, or it has not been published for `seconds` and `force` is not given. */
  async activate (id: string, at: Date, seconds: number, force: boolean): Promise<void> {
    const key = find(await this.list(), id)
    const since = key.publishedSince
    if (!force && (since === undefined || at.getTime() - since.getTime() < seconds * 1000)) {
      throw new Error(since === undefined
        ? 'no published configuration names this key yet; --force activates it all the same'
        : `the key was first published at ${since.toISOString()}: whoever has not fetched since would refuse it until ${new Date(since.getTime() + seconds * 1000).toISOString()}; --force activates it all the same`)
    }
    await this.#write((await this.#stored()).map((stored) => ({ ...stored, active: stored.id === key.id })))
  }

  async remove (id: string): Promise<void> {
    const key = find(await this.list(), id)
    if (key.active) throw new Error('this key signs: activate another one first')
    await this.#write((await this.#stored()).filter((stored) => stored.id !== key.id))
  }

  /** What directories are signed with. @throws when the key cannot be opened. */
  async signer (): Promise<DirectorySigner> {
    const active = (await this.#stored()).find((key) => key.active)
    if (active === undefined) throw new Error('there is no signing key')
    try {
      return signerOf(Buffer.from(active.certificate, 'base64'), createPrivateKey({ key: active.encryptedKey, passphrase: this.#passphrase.bytes }))
    } catch (cause) {
      throw new Error('the signing key of the configuration proxy cannot be opened: wrong passphrase?', { cause })
    }
  }

  /** Notes that these keys have been published; the daemon alone calls it. */
  async published (keys: readonly ProxyKey[], at: Date): Promise<void> {
    const known = await this.#published()
    if (keys.every(({ id }) => known[id] !== undefined)) return
    const next = Object.fromEntries(keys.map(({ id }) => [id, known[id] ?? at.toISOString()]))
    await writeFileAtomic(this.#publishedFile, JSON.stringify(next, null, 1))
  }

  get #keysFile (): string {
    return join(this.#folder, 'keys.json')
  }

  get #publishedFile (): string {
    return join(this.#folder, 'published-keys.json')
  }

  async #stored (): Promise<StoredKey[]> {
    return await readJson<StoredKey[]>(this.#keysFile) ?? []
  }

  async #published (): Promise<Record<string, string>> {
    return await readJson<Record<string, string>>(this.#publishedFile) ?? {}
  }

  async #write (keys: readonly StoredKey[]): Promise<void> {
    await writeFileAtomic(this.#keysFile, JSON.stringify(keys, null, 1), { mode: 0o600 })
  }
}

function find (keys: readonly ProxyKey[], id: string): ProxyKey {
  const key = keys.find((key) => key.id === id)
  if (key === undefined) throw new Error(`there is no key ${id}`)
  return key
}

async function readJson<T> (path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
