import { Agent, request } from 'undici'
import { hash } from 'node:crypto'
import { Fault } from '@trembita/protocol/fault'
import { addCertificateToTimestamp, type Certificate, encodeTimestampRequest, parseTimestampResponse, type TimestampInfo, verifyTimestamp } from '@trembita/protocol/pki'
import type { TimestampProvider } from './types.ts'

/** A token with a chain of certificates has some 10 KB. */
const ANSWER_BYTES_MAX = 256 * 1024

export interface ObtainedStamp {
  /** With the authority's certificate inside, so that it proves itself. */
  readonly token: Buffer
  readonly info: TimestampInfo
  readonly provider: TimestampProvider
}

/** Asks time-stamping authorities over HTTP (RFC 3161 §3.4; xroad-messages §4.2). */
export class TsaClient {
  readonly #agent: Agent
  readonly #answerTimeoutMs: number

  constructor (timeouts: { connectMs?: number | undefined, answerMs?: number | undefined } = {}) {
    this.#answerTimeoutMs = timeouts.answerMs ?? 60_000
    this.#agent = new Agent({
      connect: { timeout: timeouts.connectMs ?? 20_000 },
      allowH2: false,
      headersTimeout: this.#answerTimeoutMs,
      bodyTimeout: this.#answerTimeoutMs,
      maxResponseSize: ANSWER_BYTES_MAX
    })
  }

  /**
   * A verified token over `data` from one authority.
   *
   * @throws {Fault} `TimestamperFailed`: not reachable, refused, not over our data, or not signed by a trusted certificate.
   */
  async stamp (data: Uint8Array, provider: TimestampProvider, trusted: readonly Certificate[]): Promise<ObtainedStamp> {
    const answer = await this.#ask(provider, encodeTimestampRequest(hash('sha512', data, 'buffer'), 'SHA-512'))
    const token = parseTimestampResponse(answer)
    const info = verifyTimestamp(token, data, trusted)
    return { token: addCertificateToTimestamp(token, info.signer), info, provider }
  }

  async #ask (provider: TimestampProvider, query: Buffer): Promise<Buffer> {
    let status: number
    let bytes: ArrayBuffer
    try {
      const answer = await request(provider.url, {
        dispatcher: this.#agent,
        method: 'POST',
        headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
        body: query,
        // The timeouts above are between bytes; this bounds the whole.
        signal: AbortSignal.timeout(2 * this.#answerTimeoutMs)
      })
      status = answer.statusCode
      bytes = await answer.body.arrayBuffer()
    } catch (cause) {
      throw new Fault('TimestamperFailed', `time-stamping service ${provider.name} cannot be reached`, { cause })
    }
    if (status !== 200) throw new Fault('TimestamperFailed', `time-stamping service ${provider.name} answered with status ${status}`)
    return Buffer.from(bytes)
  }

  async close (): Promise<void> {
    await this.#agent.destroy()
  }
}
