import { isUtf8 } from 'node:buffer'
import { Fault } from '../fault/index.ts'

/** Header fields in wire order, duplicates and letter case kept. Values are text; on the wire UTF-8 (REST head) or ISO-8859-1 (MIME parts). */
export type HeaderList = readonly (readonly [name: string, value: string])[]

/** Never part of a REST message, either direction (PR-REST §4.3; xroad-messages §1.3.3). Lower case. */
export const STRIPPED_HEADERS: ReadonlySet<string> = new Set([
  'transfer-encoding', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'upgrade', 'connection',
  'user-agent', 'host', 'content-length', 'server', 'expect'
])

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/
const NOT_ASCII = /[^\u0000-\u007f]/

/** A field name as RFC 9110 allows it: a token. Everything else could start a line of its own. */
export function isHeaderName (name: string): boolean {
  return TOKEN.test(name)
}

/** A field value without control characters; a tab is allowed. */
export function isHeaderValue (value: string): boolean {
  return !CONTROL.test(value)
}

/**
 * Text of a value as Node's HTTP parser hands it over (one character per byte): when the bytes are UTF-8 they are read as UTF-8,
 * otherwise as ISO-8859-1.
 */
export function textOfWire (value: string): string {
  if (!NOT_ASCII.test(value)) return value
  const bytes = Buffer.from(value, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : value
}

/** The reverse of {@link textOfWire}: one character per UTF-8 byte, as Node's HTTP writers want it. */
export function wireOfText (value: string): string {
  return NOT_ASCII.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value
}

/** `[name, value, name, value, …]` for `node:http` and undici, values as UTF-8 bytes. */
export function toRawHeaders (headers: HeaderList): string[] {
  const raw: string[] = []
  for (const [name, value] of headers) raw.push(name, wireOfText(value))
  return raw
}

/** Pairs of Node's `rawHeaders`, order, case and duplicates kept.
 * @throws {Fault} `InternalError` for a name that is no token or a value with control characters: they would break out of their line. */
export function fromRawHeaders (rawHeaders: readonly string[]): [name: string, value: string][] {
  const headers: [string, string][] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    const value = rawHeaders[i + 1]!
    if (!TOKEN.test(name) || CONTROL.test(value)) throw new Fault('InternalError', 'header with characters that HTTP does not allow')
    headers.push([name, textOfWire(value)])
  }
  return headers
}

/** Last value of a header; `name` in lower case. X-Road's parsers take the last of several. */
export function lastHeader (headers: HeaderList, name: string): string | undefined {
  for (let i = headers.length - 1; i >= 0; i--) {
    const header = headers[i]!
    if (header[0].length === name.length && header[0].toLowerCase() === name) return header[1]
  }
  return undefined
}
