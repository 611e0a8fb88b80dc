import { malformed } from './structure.ts'

/** A header block and what follows it, as offsets into the bytes they came from. */
export interface Entity {
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

const LF = 0x0a
const CR = 0x0d

/** Reads the header lines of a MIME entity up to the blank line; CRLF and bare LF both end a line (the configuration proxy mixes them). */
export function readEntity (bytes: Buffer): Entity {
  const headers = new Map<string, string>()
  let last: string | undefined
  let at = 0
  while (at < bytes.length) {
    const lf = bytes.indexOf(LF, at)
    const end = lf === -1 ? bytes.length : lf
    const line = bytes.toString('utf8', at, end > at && bytes[end - 1] === CR ? end - 1 : end)
    at = lf === -1 ? bytes.length : lf + 1
    if (line === '') return { headers, body: bytes.subarray(at) }
    if (/^[ \t]/.test(line) && last !== undefined) {
      headers.set(last, `${headers.get(last)} ${line.trim()}`)
      continue
    }
    const match = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*:[ \t]*(.*?)[ \t]*$/.exec(line)
    if (match === null) throw malformed('configuration directory: line is not a header')
    last = match[1]!.toLowerCase()
    if (headers.has(last)) throw malformed(`configuration directory: header ${last} stands twice`)
    headers.set(last, match[2]!)
  }
  return { headers, body: bytes.subarray(bytes.length) }
}

/**
 * Cuts a multipart body at its delimiter lines. Parts are the exact bytes between the line break that ends one
 * delimiter line and, exclusive, the line break before the next `--boundary`; nothing is normalised.
 */
export function splitMultipart (body: Buffer, boundary: string): { readonly preamble: Buffer, readonly parts: readonly Buffer[], readonly closed: boolean, readonly epilogue: Buffer } {
  const delimiter = Buffer.from(`--${boundary}`, 'latin1')
  const parts: Buffer[] = []
  let preamble: Buffer | undefined
  let start = 0
  for (let at = body.indexOf(delimiter); at !== -1; at = body.indexOf(delimiter, at + 1)) {
    if (at > 0 && body[at - 1] !== LF) continue
    const line = delimiterLine(body, at + delimiter.length)
    if (line === undefined) continue
    const before = at === 0 ? 0 : at >= 2 && body[at - 2] === CR ? at - 2 : at - 1
    const piece = body.subarray(start, Math.max(before, start))
    if (preamble === undefined) preamble = piece
    else parts.push(piece)
    if (line.closing) return { preamble, parts, closed: true, epilogue: body.subarray(line.end) }
    start = line.end
  }
  if (preamble === undefined) throw malformed('configuration directory: no part found')
  parts.push(body.subarray(start))
  return { preamble, parts, closed: false, epilogue: body.subarray(body.length) }
}

/** What stands behind the boundary: `--` or not, padding, line break. Anything else is no delimiter. */
function delimiterLine (body: Buffer, after: number): { closing: boolean, end: number } | undefined {
  let at = after
  const closing = body[at] === 0x2d && body[at + 1] === 0x2d
  if (closing) at += 2
  while (body[at] === 0x20 || body[at] === 0x09) at += 1
  if (at === body.length) return { closing, end: at }
  if (body[at] === CR && body[at + 1] === LF) return { closing, end: at + 2 }
  return body[at] === LF ? { closing, end: at + 1 } : undefined
}

/** Splits `value; name=v; name="v"; name='v'`. Names in lower case; either quote is taken off. */
export function readParameters (header: string): { readonly value: string, readonly parameters: ReadonlyMap<string, string> } {
  const pieces = header.match(/(?:[^;"']|"[^"]*"|'[^']*')+/g) ?? []
  const parameters = new Map<string, string>()
  for (const piece of pieces.slice(1)) {
    const match = /^\s*([A-Za-z0-9-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^"'\s]+))\s*$/.exec(piece)
    if (match === null) throw malformed('configuration directory: header parameter is not readable')
    const name = match[1]!.toLowerCase()
    if (parameters.has(name)) throw malformed(`configuration directory: parameter ${name} stands twice`)
    parameters.set(name, match[2] ?? match[3] ?? match[4] ?? '')
  }
  return { value: (pieces[0] ?? '').trim(), parameters }
}

/** The boundary of a multipart content type of the kind expected. RFC 2046 §5.1.1: 1 to 70 characters, no space at the end. */
export function boundaryOf (contentType: string | undefined, expected: string): string {
  const { value, parameters } = readParameters(contentType ?? '')
  if (value.toLowerCase() !== expected) throw malformed(`configuration directory: content type is not ${expected}`)
  const boundary = parameters.get('boundary') ?? ''
  if (!/^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary)) {
    throw malformed('configuration directory: no usable boundary')
  }
  return boundary
}
