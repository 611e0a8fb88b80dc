import { createHash } from 'node:crypto'
import { request, type Dispatcher } from 'undici'
import type { SendOutcome } from './web-push-sender.ts'

export interface AppPushOptions {
  /** The portal's subsystem at our gateway: `http://127.0.0.1:4601/r1/SEVDEIR-DEMO/GOV/90000067/PORTAL`. */
  readonly subsystemUrl: string
  /** Our subsystem: `SEVDEIR-DEMO/GOV/90000104/MONITOR`. */
  readonly client: string
  /** What a notice opens: the list of this portal. Carries nothing of the event. */
  readonly inboxUrl: string
  readonly dispatcher?: Dispatcher | undefined
}

export interface AppTemplate {
  readonly code: string
  readonly title: { readonly uk: string, readonly en: string }
  readonly body: { readonly uk: string, readonly en: string }
  readonly link?: string | undefined
}

export interface AppRecipient {
  /** Opaque subject at the identity provider; never a personal code. */
  readonly subject: string
  readonly parameters: Readonly<Record<string, string>>
}

export interface AppDistribution {
  readonly distributionId: string
  readonly accepted: number
  readonly notReachable: number
}

export interface AppRecipientState {
  /** Place in the list that was sent, from 0: no name comes back. */
  readonly position: number
  readonly state: 'inbox' | 'pushed' | 'read' | 'not-reachable' | 'failed'
}

/** The portal, or the gateway on the way to it, answered otherwise than by success. */
export class AppPushError extends Error {
  override readonly name = 'AppPushError'
  readonly status: number

  constructor (status: number) {
    super(`the portal's notices answer ${status}`)
    this.status = status
  }
}

/** The words come with the distribution: they are ours, in the language of the person. */
const TEMPLATE = { code: 'personal-data-access', title: { uk: '{title}', en: '{title}' }, body: { uk: '{text}', en: '{text}' } } as const
const TIMEOUT_MS = 15_000
const ANSWER_BYTES_MAX = 1_000_000

/**
 * Notices in the Diia app, by the five verbs that the portal gives its partners. Asked through the exchange, so that each
 * distribution is signed and logged at both gateways.
 */
export class AppPush {
  readonly #options: AppPushOptions
  #template: Promise<void> | undefined

  constructor (options: AppPushOptions) {
    this.#options = options
  }

  async createTemplate (template: AppTemplate): Promise<void> {
    await this.#ask('POST', 'createTemplate', { content: template })
  }

  /** @param dedupeKey a distribution of the same key is the same one: it may be asked for again after a crash. */
  async createDistribution (template: string, recipients: readonly AppRecipient[], dedupeKey: string): Promise<AppDistribution> {
    return await this.#ask('POST', 'pushNotification', { content: { template, recipients }, id: uuidOf(dedupeKey) })
  }

  async status (distributionId: string): Promise<Readonly<Record<string, unknown>>> {
    return await this.#ask('GET', `distributionStatus/${encodeURIComponent(distributionId)}`)
  }

  async recipients (distributionId: string): Promise<readonly AppRecipientState[]> {
    return (await this.#ask<{ recipients: AppRecipientState[] }>('GET', `distributionRecipients/${encodeURIComponent(distributionId)}`)).recipients
  }

  async deleteDistribution (distributionId: string): Promise<void> {
    await this.#ask('DELETE', `deleteDistribution/${encodeURIComponent(distributionId)}`)
  }

  /** One attempt for one person; never throws. Who has no app is told by another channel. */
  async send (subject: string, text: { readonly title: string, readonly short: string }, key: string): Promise<SendOutcome> {
    try {
      this.#template ??= this.createTemplate({ ...TEMPLATE, link: this.#options.inboxUrl })
      await this.#template
      const { accepted } = await this.createDistribution(TEMPLATE.code, [{ subject, parameters: { title: text.title, text: text.short } }], key)
      return accepted > 0 ? { kind: 'accepted', result: '202' } : { kind: 'refused', result: 'not-reachable' }
    } catch (error) {
      this.#template = undefined
      if (!(error instanceof AppPushError)) return { kind: 'later', result: (error as NodeJS.ErrnoException).code ?? (error as Error).name }
      return { kind: error.status >= 500 || error.status === 429 ? 'later' : 'refused', result: String(error.status) }
    }
  }

  async #ask<Answer> (method: 'GET' | 'POST' | 'DELETE', service: string, { content, id }: { readonly content?: object, readonly id?: string } = {}): Promise<Answer> {
    const { subsystemUrl, client, dispatcher } = this.#options
    const { statusCode, headers, body } = await request(`${subsystemUrl}/${service}`, {
      method,
      headers: { 'x-road-client': client, accept: 'application/json', ...id === undefined ? {} : { 'x-road-id': id }, ...content === undefined ? {} : { 'content-type': 'application/json' } },
      body: content === undefined ? null : JSON.stringify(content),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...dispatcher === undefined ? {} : { dispatcher }
    })
    if (statusCode < 200 || statusCode >= 300 || Number(headers['content-length'] ?? 0) > ANSWER_BYTES_MAX) {
      await body.dump()
      throw new AppPushError(statusCode)
    }
    return (statusCode === 204 ? undefined : await body.json()) as Answer
  }
}

/** A message identifier of the exchange that is the same whenever it is made of the same key. */
function uuidOf (key: string): string {
  const hex = createHash('sha256').update(key).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
