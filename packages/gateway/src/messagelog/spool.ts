import type { BodyFiles, BodyFileWriter } from './body-files.ts'
import type { StoredBody } from './types.ts'

/** Above this a body gets a file of its own: a row of this size still writes in one go with its neighbours. */
export const INLINE_BYTES_MAX = 64 * 1024

/** A body that already lies encrypted in the log's folder, waiting for the record that will own it. */
export interface SealedBody {
  readonly kind: 'sealed'
  readonly name: string
  readonly size: number
}

/**
 * Takes a body as it arrives: small ones stay in memory, larger ones go encrypted to the log's own folder, so that
 * nothing readable touches the disk and logging needs no second copy.
 */
export class BodySpool {
  readonly #files: BodyFiles
  readonly #onSealed: (body: SealedBody) => void
  #small: Buffer[] | undefined = []
  #size = 0
  #writer: BodyFileWriter | undefined

  constructor (files: BodyFiles, onSealed: (body: SealedBody) => void) {
    this.#files = files
    this.#onSealed = onSealed
  }

  /** Await what it returns before the next call. Keeps a copy: the caller may reuse the chunk. */
  write (chunk: Uint8Array): void | Promise<void> {
    this.#size += chunk.length
    if (this.#writer !== undefined) return this.#writer.write(chunk)
    this.#small!.push(Buffer.from(chunk))
    if (this.#size > INLINE_BYTES_MAX) return this.#spill()
  }

  async end (): Promise<StoredBody> {
    if (this.#writer === undefined) return { kind: 'memory', bytes: this.#small!.length === 1 ? this.#small![0]! : Buffer.concat(this.#small!) }
    await this.#writer.end()
    const body: SealedBody = { kind: 'sealed', name: this.#writer.name, size: this.#size }
    this.#onSealed(body)
    return body
  }

  async abort (): Promise<void> {
    this.#small = undefined
    await this.#writer?.abort()
  }

  async #spill (): Promise<void> {
    this.#writer = await this.#files.create()
    const small = this.#small!
    this.#small = undefined
    for (const piece of small) await this.#writer.write(piece)
  }
}
