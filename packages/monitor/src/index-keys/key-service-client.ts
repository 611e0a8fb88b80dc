import { request } from 'undici'
import type { Secret } from '@trembita/daemon'
import type { SubjectIdType } from '@trembita/protocol/accessevent'

/** The key service does not answer: whose events are asked for cannot be found now. Never the same as "nothing found". */
export class KeyServiceUnavailable extends Error {
  override readonly name = 'KeyServiceUnavailable'
}

/** A person's place in the index of one register and month. */
export interface SubjectIndex {
  readonly domain: string
  readonly epoch: string
  readonly index: string
}

export interface FoundIndexes {
  readonly indexes: readonly SubjectIndex[]
  /** The identifier, sealed under a key that only the key service has. */
  readonly renewal: string
}

/** What the centre holds: only those registers and months are asked for. */
type Held = () => Promise<{ readonly registries: readonly string[], readonly epochs: readonly string[] }>

const TIMEOUT_MS = 10_000
const EPOCHS_AT_ONCE = 40
const DOMAINS_AT_ONCE = 500
const ANSWER_BYTES_MAX = 8 * 1024 * 1024

/** The portal's way to the key service, over loopback. */
export class KeyServiceClient {
  readonly #url: string
  readonly #token: Secret
  readonly #held: Held

  constructor (url: string, token: Secret, held: Held) {
    this.#url = url.replace(/\/$/, '')
    this.#token = token
    this.#held = held
  }

  /** @throws {KeyServiceUnavailable} */
  async indexesOf (person: { readonly idType: SubjectIdType, readonly id: string }, epochs: readonly string[], domains?: readonly string[]): Promise<FoundIndexes> {
    return await this.#ask('/indexes', { ...person, epochs, ...domains !== undefined && { domains } })
  }

  /** The same for whoever a former answer was about. @throws {KeyServiceUnavailable} */
  async renew (renewal: string, epochs: readonly string[]): Promise<FoundIndexes> {
    return await this.#ask('/indexes/renew', { renewal, epochs })
  }

  /** All indexes of a person in what the centre holds. @throws {KeyServiceUnavailable} */
  async of (ids: readonly { readonly idType: SubjectIdType, readonly id: string }[]): Promise<readonly string[]> {
    const { registries, epochs } = await this.#held()
    if (registries.length === 0) return []
    const found: string[] = []
    for (const person of ids) {
      for (let at = 0; at < epochs.length; at += EPOCHS_AT_ONCE) {
        for (let from = 0; from < registries.length; from += DOMAINS_AT_ONCE) {
          const { indexes } = await this.indexesOf(person, epochs.slice(at, at + EPOCHS_AT_ONCE), registries.slice(from, from + DOMAINS_AT_ONCE))
          found.push(...indexes.map(({ index }) => index))
        }
      }
    }
    return found
  }

  async #ask (path: string, question: object): Promise<FoundIndexes> {
    try {
      const answer = await request(`${this.#url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#token.bytes.toString('utf8')}` },
        body: JSON.stringify(question),
        signal: AbortSignal.timeout(TIMEOUT_MS)
      })
      const chunks: Buffer[] = []
      let length = 0
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        length += chunk.length
        if (length > ANSWER_BYTES_MAX) throw new Error('an answer of too great length')
        chunks.push(chunk)
      }
      if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`)
      return JSON.parse(Buffer.concat(chunks).toString('utf8')) as FoundIndexes
    } catch (cause) {
      // Its text says nothing of the question.
      throw new KeyServiceUnavailable('the key service does not answer', { cause })
    }
  }
}
