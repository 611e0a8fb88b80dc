import type { BodySink } from '@trembita/protocol/proxymessage'
import type { StoredBody } from '../messagelog/index.ts'

/** A received body: in memory while it is small, else encrypted on disk until discarded or taken by a record of the message log. */
export interface SpooledBody {
  readonly size: number
  /** As the message log takes it. */
  readonly stored: StoredBody
  /** Set when the body is in memory. */
  readonly bytes?: Buffer | undefined
  stream (): AsyncIterable<Buffer>
  /** Deletes the file, if there is one that no record owns. May be called twice. */
  discard (): Promise<void>
}

export interface SpoolLimits {
  /** A body up to this size may stay in memory. */
  readonly memoryBodyBytesMax: number
  /** What all bodies in memory may hold together; past it every body goes to disk. */
  readonly memoryTotalBytesMax: number
}

export const SPOOL_LIMITS: SpoolLimits = { memoryBodyBytesMax: 1024 * 1024, memoryTotalBytesMax: 32 * 1024 * 1024 }

/** Where bodies that do not fit into memory go: the message log's own encrypted files, so that logging them needs no second copy. */
export interface BodyStorage {
  openBody (): BodySink<StoredBody>
  readBody (body: StoredBody): AsyncIterable<Uint8Array>
  releaseBody (body: StoredBody): Promise<void>
}

/** Throws for a body that is larger than it may be. */
export type CheckSize = (bytes: number) => void

/** Keeps bodies on their way through the gateway. */
export class Spool {
  readonly #storage: BodyStorage
  readonly #limits: SpoolLimits
  #inMemory = 0

  constructor (storage: BodyStorage, limits: SpoolLimits = SPOOL_LIMITS) {
    this.#storage = storage
    this.#limits = limits
  }

  /** What all bodies in memory hold together. */
  get bytesInMemory (): number {
    return this.#inMemory
  }

  /** @param checkSize called with the size so far before more is taken in; what it throws refuses the body. */
  open (checkSize?: CheckSize): BodySink<SpooledBody> {
    return new SpoolSink(this, this.#storage, checkSize)
  }

  /** A body that is already in memory and small. */
  static inMemory (bytes: Buffer): SpooledBody {
    return { size: bytes.length, stored: { kind: 'memory', bytes }, bytes, stream: () => once(bytes), async discard () {} }
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
}

class SpoolSink implements BodySink<SpooledBody> {
  readonly #spool: Spool
  readonly #storage: BodyStorage
  readonly #checkSize: CheckSize | undefined
  #chunks: Buffer[] = []
  #size = 0
  #reserved = 0
  #file: BodySink<StoredBody> | undefined
  #ended: SpooledBody | undefined

  constructor (spool: Spool, storage: BodyStorage, checkSize: CheckSize | undefined) {
    this.#spool = spool
    this.#storage = storage
    this.#checkSize = checkSize
  }

  write (chunk: Uint8Array): void | Promise<void> {
    const size = this.#size
    this.#size += chunk.length
    this.#checkSize?.(this.#size)
    if (this.#file !== undefined) return this.#file.write(chunk)
    if (!this.#spool.reserve(chunk.length, size)) return this.#toStorage(chunk)
    this.#reserved += chunk.length
    // A copy: the chunk is a view into a socket buffer many times its size.
    this.#chunks.push(Buffer.from(chunk))
  }

  async #toStorage (chunk: Uint8Array): Promise<void> {
    this.#file = this.#storage.openBody()
    const held = this.#chunks
    this.#chunks = []
    for (const one of held) await this.#file.write(one)
    this.#giveBack()
    await this.#file.write(chunk)
  }

  async end (): Promise<SpooledBody> {
    this.#ended = this.#file === undefined ? this.#memoryBody() : this.#storedBody(await this.#file.end())
    return this.#ended
  }

  #memoryBody (): SpooledBody {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
    return {
      size: bytes.length,
      stored: { kind: 'memory', bytes },
      bytes,
      stream: () => once(bytes),
      discard: async () => { this.#giveBack() }
    }
  }

  #storedBody (stored: StoredBody): SpooledBody {
    if (stored.kind === 'memory') return Spool.inMemory(asBuffer(stored.bytes))
    const storage = this.#storage
    return {
      size: this.#size,
      stored,
      async * stream () { for await (const chunk of storage.readBody(stored)) yield asBuffer(chunk) },
      discard: () => storage.releaseBody(stored)
    }
  }

  /** May follow `end`: a decoder that fails aborts every sink it opened. */
  async abort (): Promise<void> {
    if (this.#ended !== undefined) return await this.#ended.discard()
    this.#chunks = []
    this.#giveBack()
    await this.#file?.abort()
  }

  #giveBack (): void {
    this.#spool.release(this.#reserved)
    this.#reserved = 0
  }
}

async function * once (bytes: Buffer): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield bytes
}

function asBuffer (bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
