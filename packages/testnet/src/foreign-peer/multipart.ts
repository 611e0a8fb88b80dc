/** One MIME part: header lines as they stand on the wire, body raw. */
export interface Part {
  readonly headers: readonly string[]
  readonly body: Buffer
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** `xtop` or `xatt` and 30 letters, as X-Road makes its boundaries. */
export function newBoundary (prefix: 'xtop' | 'xatt' | 'jetty'): string {
  return prefix + Array.from({ length: 30 }, () => LETTERS[Math.floor(Math.random() * LETTERS.length)]).join('')
}

export function part (contentType: string, body: string | Buffer, headers: readonly string[] = []): Part {
  return { headers: [`content-type: ${contentType}`, ...headers], body: typeof body === 'string' ? Buffer.from(body) : body }
}

/** Byte syntax of X-Road's encoder (xroad-messages §2.5): no preamble, CRLF after the closing boundary. */
export function writeMultipart (boundary: string, parts: readonly Part[]): Buffer {
  const pieces: Buffer[] = []
  parts.forEach(({ headers, body }, index) => {
    pieces.push(Buffer.from(`${index === 0 ? '' : '\r\n'}--${boundary}\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`, 'latin1'), body)
  })
  pieces.push(Buffer.from(`${parts.length === 0 ? '' : '\r\n'}--${boundary}--\r\n`, 'latin1'))
  return Buffer.concat(pieces)
}

/**
 * Takes a whole multipart apart, strictly: it begins with its boundary and ends behind the closing one.
 *
 * @throws {Error}
 */
export function readMultipart (bytes: Buffer, boundary: string): Part[] {
  const open = Buffer.from(`--${boundary}\r\n`, 'latin1')
  if (!bytes.subarray(0, open.length).equals(open)) throw new Error('multipart does not begin with its boundary')
  const parts: Part[] = []
  let at = open.length
  for (;;) {
    const blank = bytes.indexOf('\r\n\r\n', at - 2)
    if (blank < 0) throw new Error('part without a blank line behind its headers')
    const headers = blank < at ? [] : bytes.toString('latin1', at, blank).split('\r\n')
    const start = blank + 4
    const end = bytes.indexOf(`\r\n--${boundary}`, start, 'latin1')
    if (end < 0) throw new Error('multipart has no closing boundary')
    parts.push({ headers, body: Buffer.from(bytes.subarray(start, end)) })
    at = end + 4 + boundary.length
    const tail = bytes.toString('latin1', at, at + 2)
    at += 2
    if (tail === '--') break
    if (tail !== '\r\n') throw new Error('boundary is followed by something else')
  }
  if (bytes.toString('latin1', at) !== '\r\n') throw new Error('closing boundary is not the end')
  return parts
}

/** Value of a part's header, by name in any case. */
export function headerOf (headers: readonly string[], name: string): string | undefined {
  for (const line of headers) {
    const colon = line.indexOf(':')
    if (line.slice(0, colon).toLowerCase() === name.toLowerCase()) return line.slice(colon + 1).trim()
  }
  return undefined
}

/** Base type in lower case; '' when there is none. */
export function typeOf (contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase()
}

/** @throws {Error} */
export function boundaryIn (contentType: string | undefined): string {
  const boundary = /;\s*boundary="?([^";]+)"?/i.exec(contentType ?? '')?.[1]
  if (boundary === undefined) throw new Error(`no boundary in ${contentType}`)
  return boundary
}
