import { createHmac } from 'node:crypto'

/** Kinds of identifiers of persons that have an index. */
export const SUBJECT_ID_TYPES = ['RNOKPP', 'UNZR', 'PASSPORT'] as const
export type SubjectIdType = typeof SUBJECT_ID_TYPES[number]

/** Between the parts of a normalised identifier: a character that stands in none of them. */
const SEPARATOR = '\u001f'
const ID_CHARACTERS_MAX = 40
const INDEX_KEY_BYTES = 32

/** Shapes after normalisation. Old passports have two letters and six digits, cards nine digits. */
const SHAPES: Readonly<Record<SubjectIdType, RegExp>> = {
  RNOKPP: /^\d{10}$/,
  UNZR: /^\d{13}$/,
  PASSPORT: /^(?:\d{9}|\p{Lu}{2}\d{6})$/u
}

/** A text that is no identifier of its kind. The message does not repeat it. */
export class InvalidSubjectId extends Error {
  override readonly name = 'InvalidSubjectId'
}

/**
 * One form for all spellings of an identifier: country, type, characters (NFKC, upper case, without spaces and hyphens), joined by
 * U+001F. Check digits are not looked at: whom a register knows under a wrong one is to see accesses too (ADR 12).
 *
 * @throws {InvalidSubjectId} when it has not the shape of its type.
 * @see facts: monitor §8
 */
export function normaliseSubjectId (type: SubjectIdType, text: string): string {
  if (text.length > ID_CHARACTERS_MAX) throw new InvalidSubjectId(`${type}: too long`)
  const characters = text.normalize('NFKC').replaceAll(/[\s\p{Pd}]/gu, '').toUpperCase()
  if (!SHAPES[type].test(characters)) throw new InvalidSubjectId(`${type}: not of its shape`)
  return ['UA', type, characters].join(SEPARATOR)
}

/** Epoch of the index key for an instant: the calendar month in UTC, `YYYY-MM`. @param instant RFC 3339 UTC, as events write it. */
export function epochOf (instant: string): string {
  return instant.slice(0, 7)
}

/**
 * Where a person's events stand in the index: HMAC-SHA-256 over the normalised identifier, base64url.
 *
 * @param key 32 bytes, of one domain (code of the register) and one epoch.
 */
export function subjectIndex (key: Uint8Array, normalised: string): string {
  if (key.length !== INDEX_KEY_BYTES) throw new RangeError(`an index key has ${INDEX_KEY_BYTES} bytes`)
  return createHmac('sha256', key).update(normalised, 'utf8').digest('base64url')
}
