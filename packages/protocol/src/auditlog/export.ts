import { canonicalJson, type Json } from './canonical-json.ts'
import { isCheckpointSigned, type AuditCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import { AUDIT_START, auditEventHash, type AuditEvent } from './event.ts'

/** An exported log is lines of `{"event": …, "hash": "hex"}`, in the order of the events. */
export function writeAuditExport (event: AuditEvent, hash: Uint8Array): string {
  return `${canonicalJson({ event: event as unknown as Json, hash: Buffer.from(hash).toString('hex') })}\n`
}

/** What a check of an exported log found. */
export interface AuditReport {
  readonly events: number
  readonly firstAt: string | undefined
  readonly lastAt: string | undefined
  /** Hash of the last event, hex: two exports of one log that agree on it agree on everything before. */
  readonly head: string
  /** The signed end of the log, with the certificate (DER) it is signed by; without one, events may be missing at the end. */
  readonly checkpoint: (AuditCheckpoint & { readonly certificate: Buffer }) | undefined
  /** What is wrong, and at which line; undefined when every event is whole, in its place, and none is missing in between. */
  readonly problem: { readonly line: number, readonly message: string } | undefined
}

const LINE_CHARACTERS_MAX = 16 * 1024 * 1024

/** Checks an exported log line by line: every hash, every link, every number. Stops at the first thing that is wrong. */
export class AuditVerifier {
  #previous: Buffer = AUDIT_START
  #events = 0
  #firstAt: string | undefined
  #lastAt: string | undefined
  #checkpoint: AuditReport['checkpoint']
  #problem: AuditReport['problem']

  /** @returns false once something is wrong: what follows needs not be read. */
  line (text: string): boolean {
    if (this.#problem !== undefined) return false
    if (text === '') return true
    const message = this.#check(text)
    if (message !== undefined) this.#problem = { line: this.#events + 1, message }
    else if (this.#checkpoint === undefined) this.#events++
    return this.#problem === undefined
  }

  report (): AuditReport {
    return { events: this.#events, firstAt: this.#firstAt, lastAt: this.#lastAt, head: this.#previous.toString('hex'), checkpoint: this.#checkpoint, problem: this.#problem }
  }

  #check (text: string): string | undefined {
    if (text.length > LINE_CHARACTERS_MAX) return 'the line is too long'
    if (this.#checkpoint !== undefined) return 'something stands after the end'
    let parsed: { event?: AuditEvent, hash?: unknown, checkpoint?: unknown }
    try {
      parsed = JSON.parse(text) as typeof parsed
    } catch {
      return 'the line is not JSON'
    }
    if (typeof parsed !== 'object' || parsed === null) return 'the line holds no event'
    if (parsed.checkpoint !== undefined) return this.#checkCheckpoint(parsed as unknown as SignedCheckpoint)
    const { event, hash } = parsed
    if (typeof event !== 'object' || event === null || typeof hash !== 'string') return 'the line holds no event and hash'
    if (canonicalJson(parsed as Json) !== text) return 'the line is not written as exports are: somebody has edited it'
    if (event.id !== this.#events + 1) return `event ${this.#events + 1} was expected, and event ${event.id} stands there`
    const expected = auditEventHash(this.#previous, event)
    if (hash !== expected.toString('hex')) return `event ${event.id} does not have the hash that stands beside it: it, or one before, was changed`
    this.#previous = expected
    this.#firstAt ??= event.at
    this.#lastAt = event.at
    return undefined
  }

  #checkCheckpoint (signed: SignedCheckpoint): string | undefined {
    const { checkpoint, certificate } = signed
    if (typeof checkpoint !== 'object' || checkpoint === null || typeof certificate !== 'string' || !isCheckpointSigned(signed)) return 'the signature of the end does not fit'
    if (checkpoint.events !== this.#events || checkpoint.head !== this.#previous.toString('hex')) {
      return `the end speaks of ${checkpoint.events} events, and ${this.#events} stand there: some were taken out or added`
    }
    this.#checkpoint = { ...checkpoint, certificate: Buffer.from(certificate, 'base64') }
    return undefined
  }
}
