import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes, type CipherGCM, type KeyObject } from 'node:crypto'
import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { syncDirectory } from '@trembita/daemon/files'

/*
 * File: magic (8) | salt (16) | chunk… | last chunk
 * chunk: up to CHUNK_BYTES of cipher text, tag (16). The last chunk is empty and says so in its nonce: a file cut at a
 * chunk's border does not pass for a whole one. Key: HKDF of the bodies key with the salt, for this file name only.
 */
const MAGIC = Buffer.from('TMLBODY1')
const SALT_BYTES = 16
const HEADER_BYTES = MAGIC.length + SALT_BYTES
const TAG_BYTES = 16
const CHUNK_BYTES = 64 * 1024
const WRITE_BYTES = 256 * 1024

function nonceOf (chunk: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUInt32BE(chunk, 7)
  nonce.writeUInt8(last ? 1 : 0, 11)
  return nonce
}

/** The folder of bodies too large for a row, each in a file of its own, encrypted as it is written. */
export class BodyFiles {
  readonly #folder: string
  readonly #key: KeyObject
  /** Names begin with it, so that the sweep after a start can tell what a former run left from what this one writes. */
  readonly #run = randomBytes(4).toString('hex')
  readonly #folders = new Set<string>()

  constructor (folder: string, bodiesKey: Uint8Array) {
    this.#folder = folder
    this.#key = createSecretKey(bodiesKey)
  }

  async create (): Promise<BodyFileWriter> {
    const random = randomBytes(12).toString('hex')
    const name = `${random.slice(0, 2)}/${this.#run}-${random}`
    await this.#makeFolder(random.slice(0, 2))
    const salt = randomBytes(SALT_BYTES)
    const file = await open(join(this.#folder, name), 'wx', 0o640)
    return new BodyFileWriter(name, file, this.#keyOf(name, salt), Buffer.concat([MAGIC, salt]), () => this.remove(name))
  }

  /** Makes a finished file survive a power cut. */
  async sync (name: string): Promise<void> {
    const file = await open(join(this.#folder, name), 'r')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
    await syncDirectory(join(this.#folder, name.slice(0, 2)))
  }

  /** Yields the body; what is yielded was authenticated. @throws when the file is damaged or cut. */
  async * read (name: string): AsyncGenerator<Buffer> {
    const file = await open(join(this.#folder, name), 'r')
    try {
      const header = await readFully(file, Buffer.allocUnsafe(HEADER_BYTES))
      if (header.length < HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error(`${name}: not a body of the message log`)
      const key = this.#keyOf(name, header.subarray(MAGIC.length))
      let left = (await file.stat()).size - HEADER_BYTES
      const room = Buffer.allocUnsafe(CHUNK_BYTES + TAG_BYTES)
      for (let index = 0; left > 0; index++) {
        const last = left === TAG_BYTES
        const size = last ? TAG_BYTES : Math.min(CHUNK_BYTES + TAG_BYTES, left - TAG_BYTES)
        const chunk = size < TAG_BYTES ? Buffer.alloc(0) : await readFully(file, room.subarray(0, size))
        if (chunk.length < TAG_BYTES) break
        left -= size
        const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index, last))
        decipher.setAuthTag(chunk.subarray(size - TAG_BYTES))
        const content = decipher.update(chunk.subarray(0, size - TAG_BYTES))
        decipher.final()
        if (last) return
        yield content
      }
      throw new Error(`${name}: cut short`)
    } finally {
      await file.close()
    }
  }

  async remove (name: string): Promise<void> {
    await rm(join(this.#folder, name), { force: true })
  }

  /** Removes what a former run left without a record. @param known which of these names have one. */
  async sweep (known: (names: readonly string[]) => Promise<ReadonlySet<string>>): Promise<number> {
    let removed = 0
    for (const folder of await readdir(this.#folder).catch(() => [])) {
      const names = (await readdir(join(this.#folder, folder))).filter((name) => !name.startsWith(this.#run)).map((name) => `${folder}/${name}`)
      if (names.length === 0) continue
      const kept = await known(names)
      for (const name of names) {
        if (kept.has(name)) continue
        await this.remove(name)
        removed++
      }
    }
    return removed
  }

  #keyOf (name: string, salt: Uint8Array): KeyObject {
    return createSecretKey(Buffer.from(hkdfSync('sha256', this.#key, salt, `body ${name}`, 32)))
  }

  async #makeFolder (folder: string): Promise<void> {
    if (this.#folders.has(folder)) return
    const created = await mkdir(join(this.#folder, folder), { recursive: true, mode: 0o750 })
    if (created !== undefined) await syncDirectory(this.#folder)
    this.#folders.add(folder)
  }
}

async function readFully (file: FileHandle, target: Buffer): Promise<Buffer> {
  let filled = 0
  while (filled < target.length) {
    const { bytesRead } = await file.read(target, filled, target.length - filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return target.subarray(0, filled)
}

/** Encrypts a body into its file as it arrives; memory bounded by WRITE_BYTES. Not durable until `BodyFiles.sync`. */
export class BodyFileWriter {
  readonly name: string
  readonly #file: FileHandle
  readonly #key: KeyObject
  readonly #remove: () => Promise<void>
  #cipher: CipherGCM | undefined
  #index = 0
  #inChunk = 0
  #size = 0
  #waiting: Buffer[]
  #waitingBytes = 0

  constructor (name: string, file: FileHandle, key: KeyObject, header: Buffer, remove: () => Promise<void>) {
    this.name = name
    this.#file = file
    this.#key = key
    this.#remove = remove
    this.#waiting = [header]
  }

  /** Bytes of body so far. */
  get size (): number {
    return this.#size
  }

  /** Undefined when the bytes were taken in without a write. Await what it returns before the next call. */
  write (bytes: Uint8Array): Promise<void> | undefined {
    this.#size += bytes.length
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.subarray(at, at + CHUNK_BYTES - this.#inChunk)
      this.#cipher ??= createCipheriv('aes-256-gcm', this.#key, nonceOf(this.#index, false))
      this.#queue(this.#cipher.update(taken))
      at += taken.length
      this.#inChunk += taken.length
      if (this.#inChunk === CHUNK_BYTES) this.#endChunk()
    }
    return this.#waitingBytes >= WRITE_BYTES ? this.#flush() : undefined
  }

  /** Writes the rest and closes. */
  async end (): Promise<void> {
    if (this.#inChunk > 0) this.#endChunk()
    this.#cipher = createCipheriv('aes-256-gcm', this.#key, nonceOf(this.#index, true))
    this.#endChunk()
    try {
      await this.#flush()
    } finally {
      await this.#file.close()
    }
  }

  /** Closes and removes what was written. */
  async abort (): Promise<void> {
    await this.#file.close()
    await this.#remove()
  }

  #endChunk (): void {
    this.#cipher!.final()
    this.#queue(this.#cipher!.getAuthTag())
    this.#cipher = undefined
    this.#inChunk = 0
    this.#index++
  }

  #queue (bytes: Buffer): void {
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
  }

  async #flush (): Promise<void> {
    const bytes = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    let left = bytes.reduce((sum, piece) => sum + piece.length, 0)
    if (left === 0) return
    const { bytesWritten } = await this.#file.writev(bytes)
    left -= bytesWritten
    if (left === 0) return
    // A short write: only a full disk or a signal makes one; the second try says which.
    await this.#file.write(Buffer.concat(bytes).subarray(bytesWritten))
  }
}
