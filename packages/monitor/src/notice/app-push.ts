import { createHash } from 'node:crypto'
import { request, type Dispatcher } from 'undici'
import type { SendOutcome } from './web-push-sender.ts'

export interface AppPushOptions {
  /** Address of the service at our gateway: `http://127.0.0.1:4601/r1/SEVDEIR-DEMO/GOV/90000067/PORTAL/pushNotification`. */
  readonly serviceUrl: string
  /** Our subsystem: `SEVDEIR-DEMO/GOV/90000104/MONITOR`. */
  readonly client: string
  readonly dispatcher?: Dispatcher | undefined
}

export interface AppTemplate {
  readonly code: string
  readonly title: { readonly uk: string, readonly en: string }
  readonly body: { readonly uk: string, readonly en: string }
}

export interface AppRecipient {
  /** Opaque subject at the identity provider; never a personal code. */
  readonly subject: string
  readonly params: Readonly<Record<string, string>>
}

export interface AppDistribution {
  readonly status: 'queued' | 'sent' | 'failed'
  readonly total: number
  readonly delivered: number
  readonly failed: number
}

export interface AppRecipientState {
  readonly subject: string
  readonly status: 'queued' | 'delivered' | 'failed' | 'unknown'
}

/** The portal or the gateway on the way to it answered otherwise than by success. */
export class AppPushError extends Error {
  override readonly name = 'AppPushError'
  readonly status: number

  constructor (status: number) {
    super(`the portal's notices answer ${status}`)
    this.status = status
  }
}

/** One for every kind of notice: the words come with the distribution, from our own templates. */
const TEMPLATE: AppTemplate = {
  code: 'personal-data-access',
  title: { uk: '{title}', en: '{title}' },
  body: { uk: '{body}', en: '{body}' }
}
const TIMEOUT_MS = 15_000
const ANSWER_BYTES_MAX = 1_000_000

/**
 * Notices in the Diia app, by the five verbs that the portal gives its partners: create template, create distribution, status,
 * recipients, delete. Asked through the exchange, so that each distribution is signed and logged.
 */
export class AppPush {
  readonly #options: AppPushOptions
  #template: Promise<string> | undefined

  constructor (options: AppPushOptions) {
    this.#options = options
  }

  async createTemplate (template: AppTemplate): Promise<string> {
    const { templateId } = await this.#ask<{ templateId: string }>('POST', '/templates', template)
    return templateId
  }

  /** @param dedupeKey a distribution of the same key is the same one: it can be asked for again after a crash. */
  async createDistribution (templateId: string, recipients: readonly AppRecipient[], dedupeKey: string): Promise<string> {
    const { distributionId } = await this.#ask<{ distributionId: string }>('POST', '/distributions', { templateId, recipients, dedupeKey })
    return distributionId
  }

  async status (distributionId: string): Promise<AppDistribution> {
    return await this.#ask('GET', `/distributions/${encodeURIComponent(distributionId)}/status`)
  }

  async recipients (distributionId: string): Promise<readonly AppRecipientState[]> {
    return (await this.#ask<{ recipients: AppRecipientState[] }>('GET', `/distributions/${encodeURIComponent(distributionId)}/recipients`)).recipients
  }

  async deleteDistribution (distributionId: string): Promise<void> {
    await this.#ask('DELETE', `/distributions/${encodeURIComponent(distributionId)}`)
  }

  /** One attempt for one person; never throws. */
  async send (subject: string, text: { readonly title: string, readonly short: string }, key: string): Promise<SendOutcome> {
    try {
      this.#template ??= this.createTemplate(TEMPLATE)
      const templateId = await this.#template
      await this.createDistribution(templateId, [{ subject, params: { title: text.title, body: text.short } }], createHash('sha256').update(key).digest('hex'))
      return { kind: 'accepted', result: '201' }
    } catch (error) {
      this.#template = undefined
      if (!(error instanceof AppPushError)) return { kind: 'later', result: (error as NodeJS.ErrnoException).code ?? (error as Error).name }
      return { kind: error.status >= 500 || error.status === 429 ? 'later' : 'refused', result: String(error.status) }
    }
  }

  async #ask<Answer> (method: 'GET' | 'POST' | 'DELETE', path: string, content?: object): Promise<Answer> {
    const { serviceUrl, client, dispatcher } = this.#options
    const { statusCode, headers, body } = await request(`${serviceUrl}${path}`, {
      method,
      headers: { 'x-road-client': client, accept: 'application/json', ...content === undefined ? {} : { 'content-type': 'application/json' } },
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
