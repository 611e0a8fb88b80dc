import { open } from 'node:fs/promises'
import type { BodyFiles } from './body-files.ts'
import type { KeptBody } from './content.ts'
import type { Kept } from './policy.ts'
import { bodySize } from './policy.ts'
import { BodySpool, INLINE_BYTES_MAX, type SealedBody } from './spool.ts'
import type { StoredBody } from './types.ts'

const READ_BYTES = 256 * 1024

/** Brings the bodies of messages to where the log keeps them, and knows which of its files no record owns yet. */
export class Bodies {
  readonly #files: BodyFiles
  /** Sealed bodies that wait for their record. */
  readonly #loose = new Set<string>()

  constructor (files: BodyFiles) {
    this.#files = files
  }

  openSpool (): BodySpool {
    return new BodySpool(this.#files, (body) => { this.#loose.add(body.name) })
  }

  read (body: StoredBody): AsyncIterable<Uint8Array> {
    return read(this.#files, body)
  }

  /** The flow is done with a body: a file that no record took is removed. */
  async release (body: StoredBody): Promise<void> {
    if (body.kind === 'sealed' && this.#loose.delete(body.name)) await this.#files.remove(body.name)
  }

  /** Everything the record needs is on disk when it resolves. `files`: the ones that the record must own. */
  async keep (kept: Kept): Promise<{ bodies: KeptBody[], files: string[] }> {
    const bodies: KeptBody[] = []
    const files: string[] = []
    let room = kept.truncateTo ?? Infinity
    try {
      for (const body of kept.bodies) {
        const size = Math.min(bodySize(body), room)
        const keptBody = await this.#keepOne(body, size)
        room -= size
        bodies.push(keptBody)
        if ('file' in keptBody) files.push(keptBody.file)
      }
    } catch (thrown) {
      await this.abandon(files)
      throw thrown
    }
    return { bodies, files }
  }

  /** The record owns these files from now on. */
  owned (files: readonly string[]): void {
    for (const name of files) this.#loose.delete(name)
  }

  /** The record did not come about: files made for it go; a sealed body stays with the flow that holds it. */
  async abandon (files: readonly string[]): Promise<void> {
    for (const name of files) if (!this.#loose.has(name)) await this.#files.remove(name)
  }

  async #keepOne (body: StoredBody, size: number): Promise<KeptBody> {
    if (body.kind === 'sealed' && body.size === size) {
      await this.#files.sync(body.name)
      return { file: body.name, size }
    }
    if (body.kind === 'memory' && size <= INLINE_BYTES_MAX) return { bytes: body.bytes.subarray(0, size) }
    if (size <= INLINE_BYTES_MAX) return { bytes: await this.#readStart(body, size) }
    const writer = await this.#files.create()
    try {
      let left = size
      for await (const chunk of this.read(body)) {
        await writer.write(chunk.subarray(0, left))
        left -= Math.min(chunk.length, left)
        if (left === 0) break
      }
      if (left > 0) throw new Error('body ended early')
      await writer.end()
      await this.#files.sync(writer.name)
    } catch (thrown) {
      await writer.abort()
      throw thrown
    }
    return { file: writer.name, size }
  }

  async #readStart (body: StoredBody, size: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    let left = size
    for await (const chunk of this.read(body)) {
      chunks.push(chunk.subarray(0, left))
      left -= Math.min(chunk.length, left)
      if (left === 0) break
    }
    if (left > 0) throw new Error('body ended early')
    return Buffer.concat(chunks)
  }
}

async function * read (files: BodyFiles, body: StoredBody): AsyncGenerator<Uint8Array> {
  if (body.kind === 'memory') {
    yield body.bytes
  } else if (body.kind === 'sealed') {
    yield * files.read(body.name)
  } else {
    const file = await open(body.path, 'r')
    try {
      for (;;) {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES)
        if (bytesRead === 0) return
        yield buffer.subarray(0, bytesRead)
      }
    } finally {
      await file.close()
    }
  }
}

export type { SealedBody }
