import { HASH_BYTES } from './hash.ts'
import { NOTE_BYTES_MAX } from './note.ts'
import { TlogError } from './tlog-error.ts'

/** An inclusion proof as one file that needs no server. @see C2SP tlog-proof */
export interface LogProof {
  /** Of the one who made the proof; ours is the SHA-256 of the opening. */
  readonly extra?: Uint8Array | undefined
  readonly index: number
  readonly hashes: readonly Uint8Array[]
  /** The signed and cosigned note. */
  readonly checkpoint: string
}

const FIRST_LINE = 'c2sp.org/tlog-proof@v1'
const HASHES_MAX = 63
const EXTRA_CHARACTERS_MAX = 1024

export function formatProof ({ extra, index, hashes, checkpoint }: LogProof): string {
  const lines = [
    FIRST_LINE,
    ...extra === undefined ? [] : [`extra ${Buffer.from(extra).toString('base64')}`],
    `index ${index}`,
    ...hashes.map((hash) => Buffer.from(hash).toString('base64'))
  ]
  return `${lines.join('\n')}\n\n${checkpoint}`
}

/** @throws {TlogError} `malformed` */
export function parseProof (text: string): LogProof {
  if (text.length > 2 * NOTE_BYTES_MAX) throw malformed()
  const split = text.indexOf('\n\n')
  const [first, ...lines] = text.slice(0, Math.max(split, 0)).split('\n')
  if (first !== FIRST_LINE) throw malformed()
  const extra = lines[0]?.startsWith('extra ') === true ? bytesOf(lines.shift()!.slice('extra '.length)) : undefined
  const [, indexText] = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '') ?? []
  const index = Number(indexText)
  if (!Number.isSafeInteger(index) || lines.length > HASHES_MAX) throw malformed()
  const hashes = lines.map(bytesOf)
  if (hashes.some(({ length }) => length !== HASH_BYTES)) throw malformed()
  return { extra, index, hashes, checkpoint: text.slice(split + 2) }
}

function bytesOf (text: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (text.length > EXTRA_CHARACTERS_MAX || bytes.length === 0 || bytes.toString('base64') !== text) throw malformed()
  return bytes
}

function malformed (): TlogError {
  return new TlogError('malformed', 'not a tlog-proof')
}
