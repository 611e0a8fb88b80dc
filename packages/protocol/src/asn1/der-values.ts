import { isUtf8 } from 'node:buffer'
import { DerError } from './der-error.ts'
import type { DerNode } from './der-node.ts'
import { TAG } from './tags.ts'

function content (node: DerNode, tag: number): Buffer {
  if (node.tag !== tag) throw new DerError(`expected tag ${tag.toString(16).padStart(2, '0')}, got ${node.tag.toString(16).padStart(2, '0')}`)
  return node.content
}

/** INTEGER. `tag` for an implicit one. Serial numbers have up to 20 octets (RFC 5280 §4.1.2.2), RSA parts up to 2 KiB. */
export function integerOf (node: DerNode, tag: number = TAG.INTEGER): bigint {
  const bytes = content(node, tag)
  const [first, second] = bytes
  if (first === undefined) throw new DerError('empty INTEGER')
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) throw new DerError('INTEGER not minimal')
  if (bytes.length > 2049) throw new DerError('INTEGER too large')
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`))
}

/** INTEGER or ENUMERATED that must fit 31 bits and not be negative. */
export function smallIntegerOf (node: DerNode, tag: number = TAG.INTEGER): number {
  const value = integerOf(node, tag)
  if (value < 0n || value > 0x7fffffffn) throw new DerError('number out of range')
  return Number(value)
}

export function booleanOf (node: DerNode, tag: number = TAG.BOOLEAN): boolean {
  const bytes = content(node, tag)
  if (bytes.length !== 1 || (bytes[0] !== 0 && bytes[0] !== 0xff)) throw new DerError('BOOLEAN is neither 00 nor ff')
  return bytes[0] === 0xff
}

export function nullOf (node: DerNode): null {
  if (content(node, TAG.NULL).length !== 0) throw new DerError('NULL with content')
  return null
}

export function octetsOf (node: DerNode, tag: number = TAG.OCTET_STRING): Buffer {
  return content(node, tag)
}

/** BIT STRING: its bytes and how many bits of the last one do not count (those are zero in DER). */
export function bitStringOf (node: DerNode, tag: number = TAG.BIT_STRING): { bytes: Buffer, unused: number } {
  const all = content(node, tag)
  const unused = all[0]
  if (unused === undefined || unused > 7) throw new DerError('BIT STRING without a count of unused bits')
  const bytes = all.subarray(1)
  const last = bytes.at(-1)
  if (last === undefined ? unused !== 0 : (last & ((1 << unused) - 1)) !== 0) throw new DerError('BIT STRING with unused bits set')
  return { bytes, unused }
}

/** BIT STRING of whole octets: a key or a signature. */
export function bitOctetsOf (node: DerNode): Buffer {
  const { bytes, unused } = bitStringOf(node)
  if (unused !== 0) throw new DerError('BIT STRING is not whole octets')
  return bytes
}

/** OBJECT IDENTIFIER in dotted form. */
export function oidOf (node: DerNode, tag: number = TAG.OID): string {
  const bytes = content(node, tag)
  if (bytes.length === 0 || bytes.length > 64) throw new DerError('OBJECT IDENTIFIER of wrong size')
  const arcs: string[] = []
  let arc = 0
  let fresh = true
  for (const byte of bytes) {
    if (fresh && byte === 0x80) throw new DerError('OBJECT IDENTIFIER not minimal')
    fresh = byte < 0x80
    arc = arc * 128 + (byte & 0x7f)
    if (arc > Number.MAX_SAFE_INTEGER / 128) throw new DerError('OBJECT IDENTIFIER arc too large')
    if (!fresh) continue
    if (arcs.length > 0) arcs.push(String(arc))
    else if (arc < 80) arcs.push(String(Math.trunc(arc / 40)), String(arc % 40))
    else arcs.push('2', String(arc - 80))
    arc = 0
  }
  if (!fresh) throw new DerError('OBJECT IDENTIFIER cut short')
  return arcs.join('.')
}

const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
const GENERALIZED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{0,8}[1-9]))?Z$/

/**
 * UTCTime or GeneralizedTime as an instant; digits below a millisecond are dropped.
 *
 * Years of two digits are 1950 to 2049 (RFC 5280 §4.1.2.5.1).
 */
export function timeOf (node: DerNode): Date {
  const utc = node.tag === TAG.UTC_TIME
  if (!utc && node.tag !== TAG.GENERALIZED_TIME) throw new DerError('not a time')
  const match = (utc ? UTC : GENERALIZED).exec(node.content.toString('latin1'))
  if (match === null) throw new DerError('time is not in DER form')
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number]
  const date = new Date(0)
  date.setUTCFullYear(utc ? year + (year < 50 ? 2000 : 1900) : year, month - 1, day)
  date.setUTCHours(hour, minute, second, Number((match[7] ?? '').padEnd(3, '0').slice(0, 3)))
  // 30 February rolls over to March: it is not a date
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) throw new DerError('no such time')
  return date
}

/** Any of the character string types as text. */
export function stringOf (node: DerNode): string {
  const bytes = node.content
  switch (node.tag) {
    case TAG.UTF8_STRING:
      if (!isUtf8(bytes)) throw new DerError('UTF8String is not UTF-8')
      return bytes.toString('utf8')
    case TAG.PRINTABLE_STRING: case TAG.IA5_STRING: case TAG.NUMERIC_STRING: case TAG.VISIBLE_STRING:
      if (bytes.some((byte) => byte > 0x7f)) throw new DerError('string of 7 bits with an eighth')
      return bytes.toString('latin1')
    case TAG.TELETEX_STRING:
      // T.61 in name only: every issuer that still writes it means Latin-1
      return bytes.toString('latin1')
    case TAG.BMP_STRING:
      if (bytes.length % 2 !== 0) throw new DerError('BMPString of odd length')
      return new TextDecoder('utf-16be').decode(bytes)
    case TAG.UNIVERSAL_STRING: {
      if (bytes.length % 4 !== 0) throw new DerError('UniversalString of wrong length')
      let text = ''
      for (let i = 0; i < bytes.length; i += 4) {
        const point = bytes.readUInt32BE(i)
        if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) throw new DerError('UniversalString with no such character')
        text += String.fromCodePoint(point)
      }
      return text
    }
    default:
      throw new DerError('not a character string')
  }
}
