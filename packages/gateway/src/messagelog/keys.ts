import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scrypt } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { Fault } from '@trembita/protocol/fault'
import { writeFileAtomic } from '@trembita/daemon/files'

/** 32 MiB and some 60 ms: paid once at start, and by a thief for each guess at the PIN. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1 } as const
const SCRYPT_MEMORY_MAX = 256 * 1024 * 1024

/** The keys under which everything of the log lies on disk, both derived from the installation's one data key. */
export interface LogKeys {
  /** For what stands in rows. */
  readonly content: Buffer
  /** For bodies in files. */
  readonly bodies: Buffer
}

interface KeyFile {
  readonly version: 1
  readonly kdf: 'scrypt'
  readonly n: number
  readonly r: number
  readonly p: number
  readonly salt: string
  readonly nonce: string
  readonly wrapped: string
}

/**
 * Reads the data key of an installation, or makes one where there is none yet.
 * The key is random; the file holds it under AES-256-GCM with a key that scrypt makes of the PIN. Losing the file loses the log.
 *
 * @param mayCreate false when records exist already: a fresh key would silently make them unreadable.
 * @throws {Fault} `PinIncorrect` when the PIN does not open it (a damaged file looks the same), `KeyNotFound` when it is missing.
 */
export async function openLogKeys (path: string, pin: Uint8Array, mayCreate: boolean): Promise<LogKeys> {
  if (existsSync(path)) return derive(await unwrap(path, pin))
  if (!mayCreate) throw new Fault('KeyNotFound', 'message log holds records but its key file is missing')
  const key = randomBytes(32)
  await writeFileAtomic(path, await wrap(key, pin), { mode: 0o600 })
  return derive(key)
}

function derive (key: Buffer): LogKeys {
  const sub = (info: string): Buffer => Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `trembita message log ${info}`, 32))
  const keys = { content: sub('content'), bodies: sub('bodies') }
  key.fill(0)
  return keys
}

async function wrap (key: Buffer, pin: Uint8Array): Promise<string> {
  const salt = randomBytes(16)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', await pinKey(pin, salt, SCRYPT), nonce)
  const wrapped = Buffer.concat([cipher.update(key), cipher.final(), cipher.getAuthTag()])
  const file: KeyFile = {
    version: 1,
    kdf: 'scrypt',
    n: SCRYPT.N,
    r: SCRYPT.r,
    p: SCRYPT.p,
    salt: salt.toString('base64'),
    nonce: nonce.toString('base64'),
    wrapped: wrapped.toString('base64')
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

async function unwrap (path: string, pin: Uint8Array): Promise<Buffer> {
  const { file, wrapped } = readKeyFile(path)
  const key = await pinKey(pin, Buffer.from(file.salt, 'base64'), { N: file.n, r: file.r, p: file.p })
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(file.nonce, 'base64'))
    decipher.setAuthTag(wrapped.subarray(32))
    return Buffer.concat([decipher.update(wrapped.subarray(0, 32)), decipher.final()])
  } catch (cause) {
    throw new Fault('PinIncorrect', 'the PIN does not open the key of the message log', { cause })
  }
}

function readKeyFile (path: string): { file: KeyFile, wrapped: Buffer } {
  const damaged = (cause?: unknown): Fault => new Fault('KeyNotFound', 'key file of the message log is damaged', { cause })
  let file: KeyFile
  try {
    file = JSON.parse(readFileSync(path, 'utf8')) as KeyFile
  } catch (cause) {
    throw damaged(cause)
  }
  if (file?.version !== 1 || file.kdf !== 'scrypt' || typeof file.wrapped !== 'string') throw damaged()
  const wrapped = Buffer.from(file.wrapped, 'base64')
  // A file someone planted must not make us spend gigabytes on its KDF.
  if (wrapped.length !== 48 || 128 * file.n * file.r > SCRYPT_MEMORY_MAX) throw damaged()
  return { file, wrapped }
}

function pinKey (pin: Uint8Array, salt: Uint8Array, cost: { N: number, r: number, p: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(pin, salt, 32, { ...cost, maxmem: SCRYPT_MEMORY_MAX + 1024 * 1024 }, (error, key) => { if (error) reject(error); else resolve(key) })
  })
}
