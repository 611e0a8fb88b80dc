import { request } from 'undici'
import { hashOfRange, consistencyRanges, openCheckpoint, parseNote, signatureLine, type ReadHash, type VerifierKey } from '@trembita/protocol/tlog'
import type { NoteSigner } from '@trembita/protocol/tlog'

/** A witness that is asked to cosign. */
export interface WitnessSettings {
  readonly key: VerifierKey
  /** Prefix of its submission path: `url/add-checkpoint`. */
  readonly url: string
}

const TIMEOUT_MS = 5000
const ANSWER_BYTES_MAX = 64 * 1024

export interface Submission {
  /** The signed checkpoint. */
  readonly note: string
  readonly size: number
  readonly log: NoteSigner
  readonly read: ReadHash
}

/** Asks one witness, and remembers how far it has come. */
export class WitnessClient {
  readonly #witness: WitnessSettings
  #known = 0

  constructor (witness: WitnessSettings) {
    this.#witness = witness
  }

  get name (): string {
    return this.#witness.key.name
  }

  /**
   * @returns its signature line, verified.
   * @throws {Error} when it cannot be reached or refuses. A witness that has seen more than there is here is a reason to stop looking
   *   at the network and look at the log.
   * @see C2SP tlog-witness
   */
  async cosign (submission: Submission): Promise<string> {
    const first = await this.#submit(submission)
    if (first.status !== 409) return this.#accept(submission, first)
    this.#known = Number(/^(\d{1,16})\n?$/.exec(first.body)?.[1] ?? NaN)
    if (!(this.#known <= submission.size)) throw new Error(`witness ${this.name} has seen a larger log than this one`)
    return this.#accept(submission, await this.#submit(submission))
  }

  #accept ({ note, size, log }: Submission, { status, body }: { status: number, body: string }): string {
    if (status !== 200) throw new Error(`witness ${this.name} answered ${status}`)
    // What is added to a checkpoint for the public is what we have checked, not what was sent.
    openCheckpoint(`${note}${body}`, log, [this.#witness.key])
    const signature = parseNote(`${note}${body}`).signatures.find(({ name, keyId }) => name === this.name && keyId.equals(this.#witness.key.keyId))
    if (signature === undefined) throw new Error(`witness ${this.name} sent no signature of its own`)
    this.#known = size
    return signatureLine(signature)
  }

  async #submit ({ note, size, read }: Submission): Promise<{ status: number, body: string }> {
    const proof = await Promise.all(consistencyRanges(Math.min(this.#known, size), size).map(async (range) => (await hashOfRange(range, read)).toString('base64')))
    const body = [`old ${this.#known}`, ...proof, '', note].join('\n')
    const answer = await request(`${this.#witness.url.replace(/\/$/, '')}/add-checkpoint`, {
      method: 'POST', body, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS, signal: AbortSignal.timeout(TIMEOUT_MS)
    })
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > ANSWER_BYTES_MAX) throw new Error(`witness ${this.name} answered at too great length`)
      chunks.push(chunk)
    }
    return { status: answer.statusCode, body: Buffer.concat(chunks).toString('utf8') }
  }
}
