import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rm, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { BodySink } from '@trembita/protocol/proxymessage'

/** A received body: in memory while it is small, else in a file of the spool folder until discarded. */
export interface SpooledBody {
  readonly size: number
  /** Set when the body is in memory. */
  readonly bytes?: Buffer | undefined
  /** Set when the body is in a file. */
  readonly path?: string | undefined
  stream (): AsyncIterable<Buffer>
  /** Deletes the file, if there is one. May be called twice. */
  discard (): Promise<void>
}

export interface SpoolLimits {
  /** A body up to this size may stay in memory. */
  readonly memoryBodyBytesMax: number
  /** What all bodies in memory may hold together; past it every body goes to disk. */
  readonly memoryTotalBytesMax: number
}

export const SPOOL_LIMITS: SpoolLimits = { memoryBodyBytesMax: 1024 * 1024, memoryTotalBytesMax: 48 * 1024 * 1024 }

/** Keeps bodies on their way through the gateway. Nothing in it survives a restart: it holds no record of anything. */
export class Spool {
  readonly #folder: string
  readonly #limits: SpoolLimits
  #inMemory = 0
  #next = 0

  constructor (folder: string, limits: SpoolLimits = SPOOL_LIMITS) {
    this.#folder = folder
    this.#limits = limits
  }

  /** Creates the folder and removes what a crash left in it. */
  async start (): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    for (const name of await readdir(this.#folder)) await rm(join(this.#folder, name), { force: true })
  }

  get bytesInMemory (): number {
    return this.#inMemory
  }

  open (): BodySink<SpooledBody> {
    return new SpoolSink(this)
  }

  /** A body that is already in memory and small. */
  static inMemory (bytes: Buffer): SpooledBody {
    return { size: bytes.length, bytes, async * stream () { if (bytes.length > 0) yield bytes }, async discard () {} }
  }

  /** Asks for room in memory; false means: to disk. */
  reserve (bytes: number, soFar: number): boolean {
    if (soFar + bytes > this.#limits.memoryBodyBytesMax || this.#inMemory + bytes > this.#limits.memoryTotalBytesMax) return false
    this.#inMemory += bytes
    return true
  }

  release (bytes: number): void {
    this.#inMemory -= bytes
  }

  nextPath (): string {
    return join(this.#folder, `${process.pid}-${(this.#next++).toString(36)}`)
  }
}

class SpoolSink implements BodySink<SpooledBody> {
  readonly #spool: Spool
  #chunks: Buffer[] = []
  #size = 0
  #reserved = 0
  #path: string | undefined
  #file: FileHandle | undefined
  #ended: SpooledBody | undefined

  constructor (spool: Spool) {
    this.#spool = spool
  }

  write (chunk: Uint8Array): void | Promise<void> {
    const size = this.#size
    this.#size += chunk.length
    if (this.#file === undefined && this.#spool.reserve(chunk.length, size)) {
      this.#reserved += chunk.length
      // A copy: the chunk is a view into a socket buffer many times its size.
      this.#chunks.push(Buffer.from(chunk))
      return
    }
    return this.#toFile(chunk)
  }

  async #toFile (chunk: Uint8Array): Promise<void> {
    if (this.#file === undefined) {
      this.#path = this.#spool.nextPath()
      this.#file = await open(this.#path, 'wx', 0o600)
      const held = Buffer.concat(this.#chunks)
      this.#chunks = []
      this.#spool.release(this.#reserved)
      this.#reserved = 0
      if (held.length > 0) await writeAll(this.#file, held)
    }
    await writeAll(this.#file, chunk)
  }

  async end (): Promise<SpooledBody> {
    await this.#file?.close()
    this.#ended = this.#body()
    return this.#ended
  }

  #body (): SpooledBody {
    const spool = this.#spool
    const path = this.#path
    const size = this.#size
    if (path !== undefined) {
      let gone = false
      return {
        size,
        path,
        stream: () => createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>,
        async discard () {
          if (gone) return
          gone = true
          await unlink(path)
        }
      }
    }
    let reserved = this.#reserved
    const bytes = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
    return {
      size,
      bytes,
      async * stream () { if (bytes.length > 0) yield bytes },
      async discard () {
        spool.release(reserved)
        reserved = 0
      }
    }
  }

  /** May follow `end`: a decoder that fails aborts every sink it opened. */
  async abort (): Promise<void> {
    if (this.#ended !== undefined) return await this.#ended.discard()
    this.#chunks = []
    this.#spool.release(this.#reserved)
    this.#reserved = 0
    await this.#file?.close()
    if (this.#path !== undefined) await rm(this.#path, { force: true })
  }
}

async function writeAll (file: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0
  while (written < bytes.length) written += (await file.write(bytes, written)).bytesWritten
}
