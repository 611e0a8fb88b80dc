import { verify } from 'node:crypto'
import { parseCheckpoint, type Checkpoint } from './checkpoint.ts'
import { parseNote, signatureLine, signaturesOf } from './note.ts'
import { TlogError } from './tlog-error.ts'
import { SIGNATURE_TYPE, type NoteSigner, type VerifierKey } from './verifier-key.ts'

const TIME_BYTES = 8
const SIGNATURE_BYTES = 64

/** A witness says that at this time it had seen the log grow to this checkpoint, and nothing else. */
export interface Cosignature {
  readonly witness: VerifierKey
  readonly at: Date
}

export interface OpenedCheckpoint {
  readonly checkpoint: Checkpoint
  /** By witnesses that were named; others are ignored. */
  readonly cosignatures: readonly Cosignature[]
}

function cosigned (seconds: bigint, body: string): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${body}`)
}

/** The signature line of a witness, with its line end. @see C2SP tlog-cosignature */
export function cosign (body: string, signer: NoteSigner, at: Date): string {
  if (signer.type !== SIGNATURE_TYPE.cosignature) throw new TypeError('not a key of a witness')
  const seconds = BigInt(Math.floor(at.getTime() / 1000))
  const time = Buffer.alloc(TIME_BYTES)
  time.writeBigUInt64BE(seconds)
  return signatureLine({ name: signer.name, keyId: signer.keyId, bytes: Buffer.concat([time, signer.sign(cosigned(seconds, body))]) })
}

/**
 * Reads a signed checkpoint and verifies the log's signature and those of the named witnesses. Signatures of unknown keys are ignored;
 * one wrong signature of a known key spoils all.
 *
 * @param log its name must be the origin.
 * @throws {TlogError} `malformed`, or `signature`.
 */
export function openCheckpoint (text: string, log: VerifierKey, witnesses: readonly VerifierKey[] = []): OpenedCheckpoint {
  const note = parseNote(text)
  const checkpoint = parseCheckpoint(note.body)
  if (checkpoint.origin !== log.name) throw new TlogError('signature', 'the checkpoint is of another log')
  const signatures = signaturesOf(note, log)
  if (signatures.length === 0) throw new TlogError('signature', 'the checkpoint is not signed by the log')
  for (const { bytes } of signatures) if (!verify(null, Buffer.from(note.body), log.publicKey, bytes)) throw new TlogError('signature', 'the log\'s signature is wrong')
  return { checkpoint, cosignatures: witnesses.flatMap((witness) => signaturesOf(note, witness).map(({ bytes }) => ({ witness, at: verifyCosignature(note.body, witness, bytes) }))) }
}

function verifyCosignature (body: string, witness: VerifierKey, bytes: Buffer): Date {
  const wrong = (): TlogError => new TlogError('signature', `the cosignature of ${witness.name} is wrong`)
  if (bytes.length !== TIME_BYTES + SIGNATURE_BYTES) throw wrong()
  const seconds = bytes.readBigUInt64BE()
  const at = new Date(Number(seconds) * 1000)
  if (Number.isNaN(at.getTime()) || !verify(null, cosigned(seconds, body), witness.publicKey, bytes.subarray(TIME_BYTES))) throw wrong()
  return at
}
