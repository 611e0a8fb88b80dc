import { InvalidSubjectId, normaliseSubjectId, SUBJECT_ID_TYPES } from '@trembita/protocol/accessevent'

/*
 * What others sent, made into what the centre takes. An event that it refuses would hide an access from the person, so that a strange
 * text must never spoil one; and none of them may carry an identifier of a person there.
 */

const CODE_MAX = 256
const WORDS_MAX = 1000

/** What somebody sent, where it can be a code; undefined where it cannot. */
export function codeOf (text: string | undefined): string | undefined {
  const trimmed = text?.trim()
  return trimmed !== undefined && trimmed.length <= CODE_MAX && /^[\p{L}\p{N}\p{P}\p{S}](?:[\p{L}\p{N}\p{P}\p{S} ]*[\p{L}\p{N}\p{P}\p{S}])?$/u.test(trimmed) ? trimmed : undefined
}

/** Words for people, of whatever somebody sent. */
export function words (text: string): string {
  const clean = cut(text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ').trim(), WORDS_MAX)
  return clean === '' ? '—' : clean
}

/** Identifiers of the exchange: they may hold spaces, which would end a service's name elsewhere, and marks, which are no code. */
export function idText (id: string): string {
  return cut(id.normalize('NFC').replace(/[^\p{L}\p{N}\p{P}\p{S}]/gu, '_'), CODE_MAX)
}

/** Half a character at the end would make the whole no text. */
function cut (text: string, max: number): string {
  return text.slice(0, max).toWellFormed()
}

/** Whether the text could be the number of a person, such as a sole entrepreneur's. */
export function isPersonal (text: string): boolean {
  return SUBJECT_ID_TYPES.some((type) => {
    try {
      normaliseSubjectId(type, text)
      return true
    } catch (thrown) {
      if (!(thrown instanceof InvalidSubjectId)) throw thrown
      return false
    }
  })
}

/** @param persons normalised identifiers, those whom the exchange is about. */
export function namesOneOf (persons: readonly string[], text: string): boolean {
  const said = text.toUpperCase()
  return persons.some((id) => said.includes(id.slice(id.lastIndexOf('\u001f') + 1)))
}
