import { Fault } from '../fault/index.ts'
import type { HeaderList } from '../message/index.ts'
import { MultipartParser } from './multipart-parser.ts'
import type { PartReader } from './part-reader.ts'

/** What becomes of a multipart: asked for a reader of each part; told when the last has ended. */
export interface MultipartReader {
  part (headers: HeaderList): PartReader | Promise<PartReader>
  end (): void | Promise<void>
}

/**
 * A multipart as the reader of a part, so that one may lie in another. With no source behind it, it is pushed into.
 */
export class MultipartPart implements PartReader {
  readonly #parser: MultipartParser
  readonly #reader: MultipartReader
  #part: PartReader | undefined

  constructor (boundary: string, partHeaderBytesMax: number, reader: MultipartReader) {
    this.#parser = new MultipartParser(boundary, partHeaderBytesMax)
    this.#reader = reader
  }

  async write (bytes: Uint8Array): Promise<void> {
    for (const event of this.#parser.push(bytes)) {
      if (event.kind === 'data') {
        const written = this.#part!.write(event.bytes)
        if (written !== undefined) await written
      } else if (event.kind === 'part') {
        this.#part = await this.#reader.part(event.headers)
      } else if (event.kind === 'part-end') {
        const part = this.#part!
        this.#part = undefined
        await part.end()
      } else {
        await this.#reader.end()
      }
    }
  }

  end (): void {
    this.#parser.end()
  }
}

/**
 * Reads a whole multipart from a stream, chunk by chunk; the next chunk is asked for when the last one has been dealt with.
 *
 * @throws {Fault} as the parser and the reader do; `IOError` when the source fails.
 */
export async function readMultipart (source: AsyncIterable<Uint8Array>, boundary: string, partHeaderBytesMax: number, reader: MultipartReader): Promise<void> {
  const part = new MultipartPart(boundary, partHeaderBytesMax, reader)
  for await (const chunk of faultingSource(source)) await part.write(chunk)
  part.end()
}

/** A source that breaks off is an `IOError`, told from what the handling of its chunks throws. */
export async function * faultingSource (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const iterator = source[Symbol.asyncIterator]()
  let finished = false
  try {
    for (;;) {
      let next: IteratorResult<Uint8Array>
      try {
        next = await iterator.next()
      } catch (cause) {
        finished = true
        throw cause instanceof Fault ? cause : new Fault('IOError', 'message ends before its end', { cause })
      }
      if (next.done === true) {
        finished = true
        return
      }
      yield next.value
    }
  } finally {
    if (!finished) await iterator.return?.()
  }
}
