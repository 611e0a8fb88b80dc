import { DerError } from './der-error.ts'
import { TAG } from './tags.ts'

/** One element: identifier octet, shortest length, content. */
export function derElement (tag: number, ...parts: readonly Uint8Array[]): Buffer {
  let length = 0
  for (const part of parts) length += part.length
  const size = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : length < 0x1000000 ? 3 : 4
  const out = Buffer.allocUnsafe(2 + size + length)
  out[0] = tag
  if (size === 0) out[1] = length
  else {
    out[1] = 0x80 | size
    out.writeUIntBE(length, 2, size)
  }
  let offset = 2 + size
  for (const part of parts) {
    out.set(part, offset)
    offset += part.length
  }
  return out
}

export function derSequence (...parts: readonly Uint8Array[]): Buffer {
  return derElement(TAG.SEQUENCE, ...parts)
}

/** SET OF: the elements sorted by their encodings, as DER asks (X.690 §11.6). */
export function derSet (...parts: readonly Uint8Array[]): Buffer {
  return derElement(TAG.SET, ...[...parts].sort(Buffer.compare))
}

/** `[n]`: explicit around whole elements, or implicit constructed; primitive (`constructed` false) around plain content. */
export function derContext (n: number, constructed: boolean, ...parts: readonly Uint8Array[]): Buffer {
  return derElement((constructed ? 0xa0 : 0x80) | n, ...parts)
}

export function derInteger (value: bigint | number, tag: number = TAG.INTEGER): Buffer {
  const number = BigInt(value)
  let size = 1
  while (BigInt.asIntN(size * 8, number) !== number) size++
  const hex = BigInt.asUintN(size * 8, number).toString(16).padStart(size * 2, '0')
  return derElement(tag, Buffer.from(hex, 'hex'))
}

export function derEnumerated (value: number): Buffer {
  return derInteger(value, TAG.ENUMERATED)
}

export function derBoolean (value: boolean): Buffer {
  return derElement(TAG.BOOLEAN, Buffer.of(value ? 0xff : 0))
}

export function derNull (): Buffer {
  return derElement(TAG.NULL)
}

export function derOctetString (bytes: Uint8Array): Buffer {
  return derElement(TAG.OCTET_STRING, bytes)
}

export function derBitString (bytes: Uint8Array, unused = 0): Buffer {
  return derElement(TAG.BIT_STRING, Buffer.of(unused), bytes)
}

export function derUtf8 (text: string): Buffer {
  return derElement(TAG.UTF8_STRING, Buffer.from(text, 'utf8'))
}

const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/

export function derPrintable (text: string): Buffer {
  if (!PRINTABLE.test(text)) throw new DerError('character outside PrintableString')
  return derElement(TAG.PRINTABLE_STRING, Buffer.from(text, 'latin1'))
}

export function derIa5 (text: string): Buffer {
  return derElement(TAG.IA5_STRING, Buffer.from(text, 'latin1'))
}

/** OBJECT IDENTIFIER from its dotted form. */
export function derOid (dotted: string): Buffer {
  const arcs = dotted.split('.').map(Number)
  const [first, second, ...rest] = arcs
  if (first === undefined || second === undefined || first > 2 || (first < 2 && second > 39) || !arcs.every((arc) => Number.isSafeInteger(arc) && arc >= 0)) {
    throw new DerError('not an object identifier')
  }
  const bytes: number[] = []
  for (const arc of [first * 40 + second, ...rest]) {
    const groups = [arc % 128]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift(0x80 | left % 128)
    bytes.push(...groups)
  }
  return derElement(TAG.OID, Buffer.from(bytes))
}

/** GeneralizedTime in UTC; milliseconds only when asked and not zero, without trailing zeros (X.690 §11.7). */
export function derGeneralizedTime (date: Date, options: { milliseconds?: boolean } = {}): Buffer {
  const iso = date.toISOString()
  const fraction = options.milliseconds === true ? iso.slice(19, 23).replace(/\.?0+$/, '') : ''
  return derElement(TAG.GENERALIZED_TIME, Buffer.from(iso.slice(0, 19).replace(/[-T:]/g, '') + fraction + 'Z', 'latin1'))
}

/** UTCTime for 1950 to 2049, GeneralizedTime outside (RFC 5280 §4.1.2.5). */
export function derTime (date: Date): Buffer {
  const year = date.getUTCFullYear()
  if (year < 1950 || year > 2049) return derGeneralizedTime(date)
  return derElement(TAG.UTC_TIME, Buffer.from(date.toISOString().slice(2, 19).replace(/[-T:]/g, '') + 'Z', 'latin1'))
}
