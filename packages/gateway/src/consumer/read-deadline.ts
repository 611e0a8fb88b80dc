import { Fault } from '@trembita/protocol/fault'

/** How long an information system may take until its envelope is there; attachments behind it may take longer (xroad-messages §2.8). */
export class ReadDeadline {
  readonly #late = Promise.withResolvers<never>()
  readonly #timer: NodeJS.Timeout
  #ended = false

  constructor (timeoutMs: number) {
    this.#late.promise.catch(() => {}) // Nobody may be waiting when it comes.
    this.#timer = setTimeout(() => { this.#late.reject(new Fault('InternalError', 'Reading SOAP from request timed out')) }, timeoutMs)
  }

  /** The envelope has come, or nobody waits for it any more. */
  end (): void {
    this.#ended = true
    clearTimeout(this.#timer)
  }

  /** @throws {Fault} `InternalError` when the deadline passes, also in the middle of a silence. */
  async * over (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const iterator = source[Symbol.asyncIterator]()
    for (;;) {
      const next = this.#ended ? await iterator.next() : await Promise.race([iterator.next(), this.#late.promise])
      if (next.done === true) return
      yield next.value
    }
  }
}
