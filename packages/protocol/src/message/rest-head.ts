import { isUtf8 } from 'node:buffer'
import { Fault } from '../fault/index.ts'
import { asBuffer } from './bytes.ts'
import { isHeaderName, isHeaderValue, STRIPPED_HEADERS, type HeaderList } from './headers.ts'
import { REST_HEAD_BYTES_MAX } from './rest.ts'

/** Writes a head: two first lines, then `Name:Value`, CRLF after each and no blank line at the end. */
export function writeRestHead (first: string, second: string, headers: HeaderList): Buffer {
  let text = first + '\r\n' + second + '\r\n'
  for (const [name, value] of headers) text += name + ':' + value + '\r\n'
  return Buffer.from(text, 'utf8')
}

function linesOf (text: string): string[] {
  const lines = text.split('\r\n')
  for (const line of lines) {
    if (line.includes('\r') || line.includes('\n')) return finish(text.split(/\r\n|\r|\n/))
  }
  return finish(lines)
}

function finish (lines: string[]): string[] {
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/**
 * Splits a received head into its two first lines and its headers.
 *
 * @throws {Fault} `InternalError` for text that is not UTF-8, an empty line, a line without colon, a name or value that HTTP
 *   does not allow, a header that may not stand in a REST message, or a head over {@link REST_HEAD_BYTES_MAX}.
 */
export function readRestHead (bytes: Uint8Array): { first: string, second: string, headers: [string, string][] } {
  if (bytes.byteLength > REST_HEAD_BYTES_MAX) throw new Fault('InternalError', `REST head: longer than ${REST_HEAD_BYTES_MAX} bytes`)
  if (!isUtf8(bytes)) throw new Fault('InternalError', 'REST head: not UTF-8')
  const lines = linesOf(asBuffer(bytes).toString('utf8'))
  const first = lines[0]
  const second = lines[1]
  if (first === undefined || second === undefined) throw new Fault('InternalError', 'REST head: incomplete')
  const headers: [string, string][] = []
  for (let i = 2; i < lines.length; i++) {
    const line = lines[i]!
    const colon = line.indexOf(':')
    if (colon < 1) throw new Fault('InternalError', `REST head: line ${i + 1} is no header`)
    const name = line.slice(0, colon)
    const value = line.slice(colon + 1)
    if (!isHeaderName(name) || !isHeaderValue(value)) throw new Fault('InternalError', `REST head: line ${i + 1} has characters that HTTP does not allow`)
    if (STRIPPED_HEADERS.has(name.toLowerCase())) throw new Fault('InternalError', `REST head: header ${name} is not allowed in a REST message`)
    headers.push([name, value])
  }
  return { first, second, headers }
}
