import type { NoteSigner, VerifierKey } from './verifier-key.ts'
import { SIGNATURE_TYPE } from './verifier-key.ts'
import { TlogError } from './tlog-error.ts'

/** A checkpoint with a hundred signatures is below 20 kB. */
export const NOTE_BYTES_MAX = 64 * 1024
const SIGNATURES_MAX = 100

export interface NoteSignature {
  readonly name: string
  readonly keyId: Buffer
  /** What follows the key id. */
  readonly bytes: Buffer
}

/** A text and who signed it, by what the note says: nothing is verified yet. */
export interface Note {
  /** Ends with a line end; this is what is signed. */
  readonly body: string
  readonly signatures: readonly NoteSignature[]
}

const SIGNATURE_LINE = /^\u2014 ([^+\s]{1,255}) ([A-Za-z0-9+/]+={0,2})$/u

/**
 * Reads a signed note.
 *
 * @throws {TlogError} `malformed`
 * @see C2SP signed-note
 */
export function parseNote (text: string): Note {
  if (text.length > NOTE_BYTES_MAX) throw malformed('is too long')
  const split = text.lastIndexOf('\n\n')
  if (split < 1 || !text.endsWith('\n')) throw malformed('has no signatures')
  const body = text.slice(0, split + 1)
  if (/[\u0000-\u0009\u000b-\u001f\u007f]/.test(body) || !body.isWellFormed()) throw malformed('holds control characters')
  const lines = text.slice(split + 2, -1).split('\n')
  if (lines.length > SIGNATURES_MAX) throw malformed('has too many signatures')
  return { body, signatures: lines.map(parseSignature) }
}

function parseSignature (line: string): NoteSignature {
  const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? []
  const bytes = Buffer.from(encoded ?? '', 'base64')
  if (name === undefined || bytes.length < 5 || bytes.toString('base64') !== encoded) throw malformed('has a signature line that is none')
  return { name, keyId: bytes.subarray(0, 4), bytes: bytes.subarray(4) }
}

/** `— name base64(key id ‖ signature)` and a line end. */
export function signatureLine ({ name, keyId, bytes }: NoteSignature): string {
  return `\u2014 ${name} ${Buffer.concat([keyId, bytes]).toString('base64')}\n`
}

/** @param body ends with a line end. */
export function signNote (body: string, ...signers: readonly NoteSigner[]): string {
  return `${body}\n${signers.map((signer) => {
    if (signer.type !== SIGNATURE_TYPE.ed25519) throw new TypeError('witnesses cosign, see cosign')
    return signatureLine({ name: signer.name, keyId: signer.keyId, bytes: signer.sign(Buffer.from(body)) })
  }).join('')}`
}

/** The note with further signature lines; those that it has already are not repeated. */
export function addSignatures (text: string, lines: readonly string[]): string {
  return lines.reduce((note, line) => note.includes(`\n${line}`) ? note : `${note}${line}`, text)
}

/** The signatures of a note that name a key: by name and key id. */
export function signaturesOf (note: Note, key: VerifierKey): NoteSignature[] {
  return note.signatures.filter(({ name, keyId }) => name === key.name && keyId.equals(key.keyId))
}

function malformed (problem: string): TlogError {
  return new TlogError('malformed', `the signed note ${problem}`)
}
