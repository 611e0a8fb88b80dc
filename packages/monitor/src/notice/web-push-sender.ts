import { request } from 'undici'
import webPush from 'web-push'
import type { EndpointPolicy } from './endpoint-policy.ts'
import { BadSubscription, type PushSubscription } from './push-subscription.ts'
import type { VapidKeys } from './vapid-keys.ts'

export interface PushMessage {
  /** JSON for our service worker. */
  readonly payload: object
  /** Seconds the push service keeps it for a device that is away. */
  readonly ttlSeconds: number
  readonly urgency: 'very-low' | 'low' | 'normal' | 'high'
  /** ≤ 32 base64url characters: one that waits under the same topic is replaced. */
  readonly topic: string
}

/**
 * What became of one attempt.
 * - `accepted`: the push service has it. Not that anybody saw it.
 * - `gone`: the subscription is no more; delete it.
 * - `tooLarge`: send less.
 * - `later`: ask again, after so long where the service said so.
 * - `refused`: no use in asking again.
 */
export type SendOutcome =
  | { readonly kind: 'accepted', readonly result: string }
  | { readonly kind: 'gone' | 'tooLarge' | 'refused', readonly result: string }
  | { readonly kind: 'later', readonly result: string, readonly afterSeconds?: number | undefined }

/** Lengths that texts are filled up to, so that the length on the way does not tell the template. The last leaves room for 4096 encrypted. */
const SIZES = [512, 1024, 2048, 3072] as const
const ANSWER_BYTES_MAX = 65_536
const TIMEOUT_MS = 15_000
const RETRY_AFTER_SECONDS_MAX = 86_400

/** JSON filled up with spaces, which JSON allows, to the next of a few sizes. @throws {RangeError} when larger than the largest. */
export function padPayload (payload: object): Buffer {
  const bytes = Buffer.from(JSON.stringify(payload))
  const size = SIZES.find((one) => bytes.length <= one)
  if (size === undefined) throw new RangeError(`a notice has at most ${SIZES.at(-1)} bytes`)
  return Buffer.concat([bytes, Buffer.alloc(size - bytes.length, ' ')])
}

export interface WebPushSenderDeps {
  readonly keys: VapidKeys
  /** `mailto:` or `https:`: where a push service complains. */
  readonly contact: string
  readonly policy: EndpointPolicy
}

/** Sends to browsers by their push services (RFC 8030, 8291, 8292). */
export class WebPushSender {
  readonly #deps: WebPushSenderDeps

  constructor (deps: WebPushSenderDeps) {
    this.#deps = deps
  }

  get publicKey (): string {
    return this.#deps.keys.publicKey
  }

  /** One attempt; never throws for what a push service or the network does. */
  async send ({ endpoint, p256dh, auth }: PushSubscription, { payload, ttlSeconds, urgency, topic }: PushMessage): Promise<SendOutcome> {
    const { policy, keys, contact } = this.#deps
    try {
      policy.check(endpoint)
      const details = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, padPayload(payload), {
        TTL: ttlSeconds,
        urgency,
        topic,
        contentEncoding: 'aes128gcm',
        vapidDetails: { subject: contact, publicKey: keys.publicKey, privateKey: keys.privateKey }
      })
      const { statusCode, headers, body } = await request(endpoint, {
        method: 'POST',
        headers: details.headers as Record<string, string>,
        body: details.body,
        dispatcher: policy.dispatcher,
        signal: AbortSignal.timeout(TIMEOUT_MS)
      })
      await body.dump({ limit: ANSWER_BYTES_MAX })
      return outcomeOf(statusCode, headers['retry-after'])
    } catch (error) {
      if (error instanceof BadSubscription) return { kind: 'gone', result: 'endpoint-refused' }
      if (error instanceof RangeError) return { kind: 'tooLarge', result: 'too-large' }
      // The text of the error may hold the endpoint; its code does not.
      return { kind: 'later', result: (error as NodeJS.ErrnoException).code ?? (error as Error).name }
    }
  }
}

/** @see facts/monitor.md §13.1, step 6 */
function outcomeOf (status: number, retryAfter: string | string[] | undefined): SendOutcome {
  const result = String(status)
  if (status >= 200 && status < 300) return { kind: 'accepted', result }
  if (status === 404 || status === 410) return { kind: 'gone', result }
  if (status === 413) return { kind: 'tooLarge', result }
  if (status === 429 || status >= 500) return { kind: 'later', result, afterSeconds: secondsOf(String(retryAfter ?? '')) }
  return { kind: 'refused', result }
}

function secondsOf (retryAfter: string): number | undefined {
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(Math.ceil(seconds), RETRY_AFTER_SECONDS_MAX) : undefined
}
