import type { BodySink } from '../../src/proxymessage/index.ts'

/** A sink that keeps what it got and how it ended. */
export class MemorySink implements BodySink<Buffer> {
  readonly chunks: Buffer[] = []
  state: 'open' | 'ended' | 'aborted' = 'open'

  write (chunk: Uint8Array): void { this.chunks.push(Buffer.from(chunk)) }

  end (): Buffer {
    this.state = 'ended'
    return Buffer.concat(this.chunks)
  }

  abort (): void { this.state = 'aborted' }
}

export interface Sinks {
  readonly opened: MemorySink[]
  readonly openBody: () => MemorySink
}

export function sinks (): Sinks {
  const opened: MemorySink[] = []
  return {
    opened,
    openBody () {
      const sink = new MemorySink()
      opened.push(sink)
      return sink
    }
  }
}

/** Bytes in chunks of one size, or cut at given places; each chunk is overwritten after use, as a pool would. */
export async function * chunked (bytes: Uint8Array, size: number | readonly number[]): AsyncGenerator<Uint8Array, void> {
  const ends = typeof size === 'number' ? Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => (i + 1) * size) : [...size, bytes.length]
  let at = 0
  for (const end of ends) {
    const chunk = Buffer.from(bytes.subarray(at, end))
    yield chunk
    chunk.fill(0xaa)
    at = end
  }
}
