import { isUtf8 } from 'node:buffer'
import { Fault } from '../fault/index.ts'

/** Characters that stand for themselves in a path segment: RFC 3986 pchar. `+` is a plus, not a space. */
const SEGMENT = /^[A-Za-z0-9\-._~!$&'()*+,;=:@]*$/
const SEGMENT_OR_ESCAPE = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})*$/

/**
 * Decodes one part of an identifier from a header or a path.
 *
 * @param part the text between two slashes, percent-encoded UTF-8.
 * @throws {Fault} `InternalError` (as X-Road answers argument errors) for a raw character outside pchar, a broken
 *   escape, bytes that are not UTF-8, or an empty or blank part.
 * @see PR-REST §4.3
 */
export function decodeIdentifierPart (part: string, where: string): string {
  if (part === '') throw new Fault('InternalError', `${where}: empty identifier part`)
  if (!part.includes('%')) {
    if (!SEGMENT.test(part)) throw new Fault('InternalError', `${where}: character not allowed unescaped`)
    return part
  }
  if (!SEGMENT_OR_ESCAPE.test(part)) throw new Fault('InternalError', `${where}: character not allowed unescaped or broken percent escape`)
  const bytes = Buffer.from(part.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))), 'latin1')
  if (!isUtf8(bytes)) throw new Fault('InternalError', `${where}: percent escapes are not UTF-8`)
  const text = bytes.toString('utf8')
  if (text.trim() === '') throw new Fault('InternalError', `${where}: blank identifier part`)
  return text
}

/** Percent-encodes one part: pchar stays, everything else becomes upper-case `%XY` over UTF-8. */
export function encodeIdentifierPart (part: string): string {
  if (SEGMENT.test(part)) return part
  return encodeURIComponent(part.toWellFormed()).replace(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, (escape) => String.fromCharCode(parseInt(escape.slice(1), 16)))
}

const ODD = /[\u0000-\u001f\u007f-\u009f%:;/\\\u200b\ufeff]/

/** Whether an identifier holds characters that X-Road warns about on the message path and refuses at registration. */
export function oddCharacters (parts: Iterable<string | undefined>): boolean {
  for (const part of parts) if (part !== undefined && ODD.test(part)) return true
  return false
}
