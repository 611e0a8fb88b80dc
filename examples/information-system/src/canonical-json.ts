import { createHash } from 'node:crypto'

/**
 * JSON in the one form of RFC 8785: names sorted by UTF-16 units, no blanks, numbers and texts as ECMAScript writes them.
 *
 * @param value what JSON knows; members that are `undefined` are left out, as `JSON.stringify` does.
 * @throws {TypeError} for a number that JSON has not, a lone surrogate, and what is no JSON at all.
 */
export function canonicalJson (value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return canonicalText(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('canonical JSON: not a finite number')
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object') throw new TypeError(`canonical JSON: ${typeof value} is no JSON`)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  members.sort(([one], [other]) => one < other ? -1 : 1)
  return `{${members.map(([name, member]) => `${canonicalText(name)}:${canonicalJson(member)}`).join(',')}}`
}

/** SHA-256 over the canonical JSON, 64 lower-case hexadecimal digits: equal for equal data, whoever sent them and in which order. */
export function recordChecksum (data: unknown): string {
  return createHash('sha256').update(canonicalJson(data), 'utf8').digest('hex')
}

function canonicalText (text: string): string {
  if (!text.isWellFormed()) throw new TypeError('canonical JSON: a lone surrogate')
  return JSON.stringify(text)
}
