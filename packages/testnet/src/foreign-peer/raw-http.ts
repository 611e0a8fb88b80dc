import type { TLSSocket } from 'node:tls'

/** An HTTP message as it came: header lines untouched, body without its transfer coding. */
export interface RawReply {
  readonly status: number
  /** `Name: value`, in order and case of the wire. */
  readonly headers: readonly string[]
  readonly body: Buffer
}

/** Reads one HTTP/1.1 reply to its end. @throws {Error} when the connection ends first. */
export async function readReply (socket: TLSSocket): Promise<RawReply> {
  let bytes: Buffer = Buffer.alloc(0)
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, chunk])
    const reply = parseReply(bytes, false)
    if (reply !== undefined) return reply
  }
  const reply = parseReply(bytes, true)
  if (reply === undefined) throw new Error(`connection ended inside a reply of ${bytes.length} bytes`)
  return reply
}

function parseReply (bytes: Buffer, ended: boolean): RawReply | undefined {
  const blank = bytes.indexOf('\r\n\r\n')
  if (blank < 0) return undefined
  const [statusLine = '', ...headers] = bytes.toString('latin1', 0, blank).split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1])
  if (status === 100) return parseReply(bytes.subarray(blank + 4), ended)
  const rest = bytes.subarray(blank + 4)
  const value = (name: string): string | undefined => headers.find((line) => line.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1).trim()
  if (value('transfer-encoding')?.toLowerCase() === 'chunked') {
    const body = dechunk(rest)
    return body === undefined ? undefined : { status, headers, body }
  }
  const length = value('content-length')
  if (length === undefined) return ended ? { status, headers, body: rest } : undefined
  return rest.length < Number(length) ? undefined : { status, headers, body: rest.subarray(0, Number(length)) }
}

function dechunk (bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ;) {
    const end = bytes.indexOf('\r\n', at)
    if (end < 0) return undefined
    const size = parseInt(bytes.toString('latin1', at, end), 16)
    if (bytes.length < end + 4 + size) return undefined
    if (size === 0) return Buffer.concat(chunks)
    chunks.push(bytes.subarray(end + 2, end + 2 + size))
    at = end + 4 + size
  }
}

/** Chunks of uneven sizes, so that boundaries fall anywhere. */
export function chunked (bytes: Buffer, chunkBytes = 1021): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes)
    pieces.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'))
  }
  return Buffer.concat(pieces)
}

export const LAST_CHUNK = Buffer.from('0\r\n\r\n')
