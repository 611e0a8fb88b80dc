import { Fault } from '@trembita/protocol/fault'
import type { ClientId } from '@trembita/protocol/identifiers'
import { withoutBody } from './without-body.ts'
import type { Completeness, LogRecord, MessageLogLimits, StoredBody } from './types.ts'

/** X-Road's `max-loggable-message-body-size`. */
export const BODY_BYTES_MAX_DEFAULT = 10 * 1024 * 1024

/** What of a record is to be written. */
export interface Kept {
  readonly message: Uint8Array
  readonly bodies: readonly StoredBody[]
  readonly completeness: Completeness
  /** Cut the one body of a REST message after so many bytes. */
  readonly truncateTo?: number | undefined
}

export function bodySize (body: StoredBody): number {
  return body.kind === 'memory' ? body.bytes.length : body.size
}

/** The operator's rules on what may be kept of a message (xroad-messages §4.1). */
export class BodyPolicy {
  readonly #bytesMax: number
  readonly #truncatedAllowed: boolean
  readonly #isLogged: (party: ClientId) => boolean

  constructor (limits: MessageLogLimits = {}) {
    this.#bytesMax = limits.bodyBytesMax ?? BODY_BYTES_MAX_DEFAULT
    this.#truncatedAllowed = limits.truncatedBodyAllowed ?? false
    this.#isLogged = limits.bodyLogging ?? (() => true)
  }

  /** @throws {Fault} `LoggingFailed` for a REST body that would have to be kept and is too large. */
  check (size: number, party: ClientId | undefined): void {
    if (size <= this.#bytesMax || this.#bytesMax === 0 || this.#truncatedAllowed) return
    if (party !== undefined && !this.#isLogged(party)) return
    throw new Fault('LoggingFailed', `message body of ${size} bytes is larger than the ${this.#bytesMax} bytes that may be logged`)
  }

  /** Decides about one record. Attachments of a SOAP message over the limit are left out, as X-Road never keeps them: the hash chain still names their digests. */
  apply (record: LogRecord): Kept {
    const { message, bodies, party } = record
    if (!this.#isLogged(party)) return { message: withoutBody(record.protocol, message), bodies: [], completeness: 'omitted' }
    const size = bodies.reduce((sum, body) => sum + bodySize(body), 0)
    const given: Completeness = record.bodiesOmitted === true ? 'omitted' : 'whole'
    if (size <= this.#bytesMax) return { message, bodies, completeness: given }
    if (this.#bytesMax === 0 || record.protocol === 'soap') return { message, bodies: [], completeness: 'omitted' }
    this.check(size, party)
    return { message, bodies, completeness: 'truncated', truncateTo: this.#bytesMax }
  }
}
