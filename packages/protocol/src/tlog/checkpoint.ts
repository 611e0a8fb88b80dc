import { HASH_BYTES } from './hash.ts'
import { TlogError } from './tlog-error.ts'

/** A state of a log. */
export interface Checkpoint {
  /** Which log: a URL without scheme. */
  readonly origin: string
  readonly size: number
  readonly root: Buffer
}

/** The body of the note: three lines, without extensions. @see C2SP tlog-checkpoint */
export function formatCheckpoint ({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`
}

/** Reads the body of a note. Extension lines are refused: ours have none, and nobody could say what they mean. @throws {TlogError} `malformed` */
export function parseCheckpoint (body: string): Checkpoint {
  const [, origin, sizeText, encoded] = /^([^\n]{1,255})\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n$/.exec(body) ?? []
  const root = Buffer.from(encoded ?? '', 'base64')
  const size = Number(sizeText)
  if (origin === undefined || !Number.isSafeInteger(size) || root.length !== HASH_BYTES || root.toString('base64') !== encoded) throw new TlogError('malformed', 'not a checkpoint')
  return { origin, size, root }
}
