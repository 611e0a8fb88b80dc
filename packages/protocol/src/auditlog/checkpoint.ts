import { X509Certificate } from 'node:crypto'
import { verifyByUri } from '../globalconf/index.ts'
import { canonicalJson, type Json } from './canonical-json.ts'

/** How far a log had come: signed, so that nobody can cut its end off and call it whole. */
export interface AuditCheckpoint {
  readonly instance: string
  /** Number of events, which is the number of the last one. */
  readonly events: number
  /** Hash of the last event, hex. */
  readonly head: string
  /** RFC 3339 UTC. */
  readonly at: string
}

/** A checkpoint with the signature of the core's internal configuration key over its canonical JSON. */
export interface SignedCheckpoint {
  readonly checkpoint: AuditCheckpoint
  /** Base64. */
  readonly signature: string
  /** DER, base64. */
  readonly certificate: string
  /** URI, as in the signed configuration. */
  readonly algorithm: string
}

/** What is signed. */
export function checkpointBytes (checkpoint: AuditCheckpoint): Buffer {
  return Buffer.from(canonicalJson(checkpoint as unknown as Json))
}

/** The last line of an exported log. */
export function writeCheckpoint (signed: SignedCheckpoint): string {
  return `${canonicalJson(signed as unknown as Json)}\n`
}

/** Whether the signature is that of the certificate beside it; whose certificate it is, is another question. */
export function isCheckpointSigned ({ checkpoint, signature, certificate, algorithm }: SignedCheckpoint): boolean {
  try {
    return verifyByUri(algorithm, checkpointBytes(checkpoint), new X509Certificate(Buffer.from(certificate, 'base64')).publicKey, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}
