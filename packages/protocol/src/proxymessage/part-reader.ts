import { createHash, type Hash } from 'node:crypto'
import { Fault } from '../fault/index.ts'
import type { HeaderList } from '../message/index.ts'
import type { DecodedAttachment } from './decoded.ts'
import type { BodySink } from './sink.ts'

/** Takes the bytes of one part. `write` and `end` return a promise only when there is something to wait for. */
export interface PartReader {
  write (bytes: Buffer): void | Promise<void>
  end (): void | Promise<void>
}

/** Holds a small part in memory up to a bound. */
export function memoryPart (bytesMax: number, what: string, done: (bytes: Buffer) => void | Promise<void>): PartReader {
  const chunks: Buffer[] = []
  let size = 0
  return {
    write (bytes) {
      size += bytes.length
      if (size > bytesMax) throw new Fault('InvalidMessage', `${what} exceeds ${bytesMax} bytes`)
      // A copy: the chunk belongs to the source.
      chunks.push(Buffer.from(bytes))
    },
    end () { return done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)) }
  }
}

/** Streams a body into a sink, hashing and counting it. */
export function bodyPart<B> (
  sink: BodySink<B>, contentType: string, headers: HeaderList, bytesMax: number, done: (attachment: DecodedAttachment<B>) => void | Promise<void>
): PartReader {
  const hash: Hash = createHash('sha512')
  let size = 0
  return {
    write (bytes) {
      size += bytes.length
      if (size > bytesMax) throw new Fault('InvalidMessage', `body exceeds ${bytesMax} bytes`)
      hash.update(bytes)
      return sink.write(bytes)
    },
    async end () {
      await done({ contentType, headers, digest: hash.digest(), size, body: await sink.end() })
    }
  }
}
