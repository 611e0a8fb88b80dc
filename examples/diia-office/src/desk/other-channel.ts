import { FILES_MAX, type LetterMessage } from './letters.ts'
import { Refused } from './refused.ts'

/**
 * A letter in a file, for another protected channel when Trembita cannot carry it (order, item 7; act 606 allows it with confirmed
 * protection of that channel). No gateway seals it: whoever takes it in answers for where it came from.
 */
export interface LetterFile {
  readonly format: typeof FORMAT
  readonly fromBody: string
  readonly toBody: string
  readonly letter: LetterMessage
}

const FORMAT = 'diia-office letter 1'
/** Files of a letter as base64, and the letter around them. */
export const LETTER_FILE_BYTES_MAX = 8 * 1024 * 1024

export function formatLetterFile (fromBody: string, toBody: string, letter: LetterMessage): Buffer {
  const file: LetterFile = { format: FORMAT, fromBody, toBody, letter }
  return Buffer.from(JSON.stringify(file))
}

/** @throws {Refused} `badAnswer` for anything but such a file for this body. */
export function parseLetterFile (bytes: Uint8Array, toBody: string): LetterFile {
  const bad = (): never => { throw new Refused('badAnswer', 'file') }
  if (bytes.length > LETTER_FILE_BYTES_MAX) bad()
  const root = objectOf(parsed(bytes)) ?? bad()
  const letter = objectOf(root.letter) ?? bad()
  const from = objectOf(letter.from) ?? bad()
  const to = objectOf(letter.to) ?? bad()
  const text = (value: unknown, pattern = /^[\s\S]{1,20000}$/): string => typeof value === 'string' && pattern.test(value) ? value : bad()
  if (root.format !== FORMAT || root.toBody !== toBody || !Array.isArray(letter.attachments) || letter.attachments.length > FILES_MAX) bad()
  const id = /^[0-9a-f-]{36}$/
  const short = /^[\s\S]{1,300}$/
  return {
    format: FORMAT,
    fromBody: text(root.fromBody, /^\d{8}$/),
    toBody,
    // In the order in which the sender's body writes it, so that the same letter by the exchange is known as the same.
    letter: {
      letterId: text(letter.letterId, id),
      threadId: text(letter.threadId, id),
      subject: text(letter.subject),
      text: text(letter.text),
      from: { official: text(from.official, short), name: text(from.name, short), post: text(from.post, short) },
      to: { ...to.official === undefined ? {} : { official: text(to.official, short) }, name: text(to.name, short) },
      sentAt: text(letter.sentAt, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      attachments: (letter.attachments as unknown[]).map((given) => {
        const attachment = objectOf(given) ?? bad()
        return { name: text(attachment.name, short), type: text(attachment.type, /^[\s\S]{0,100}$/), digest: text(attachment.digest, /^[\w-]{43}$/), content: text(attachment.content, /^[A-Za-z0-9+/]*={0,2}$/) }
      })
    }
  }
}

function parsed (bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}

function objectOf (value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined
}
