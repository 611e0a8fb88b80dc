import { createHash } from 'node:crypto'
import webPush from 'web-push'
import type { Clock, Logger } from '@trembita/daemon'
import type { SqlStore, SqlWriter } from '@trembita/daemon/store'
import { nextAttemptAt, Retrier } from '../db/index.ts'
import type { PortalKeys } from '../keys/index.ts'
import { checkSubscription, type Subscription } from './subscription.ts'
import type { VapidKeys } from './vapid.ts'

export interface WebPushDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly keys: PortalKeys
  readonly vapid: VapidKeys
  readonly origins: readonly string[]
  readonly contact: string
  readonly log: Pick<Logger, 'warn' | 'error'>
}

interface Job {
  readonly notice_id: string
  readonly subscription_id: string
  readonly attempts: number
  readonly subject: string
  readonly lang: string
  readonly sealed: string
  readonly content: string | null
  readonly state: string
}

const BATCH = 50
const TIMEOUT_MS = 10_000
const ATTEMPTS_MAX = 12
/** How long a push service keeps the hint for a browser that is away. */
const TTL_SECONDS = 86_400
/** All hints have one length, so that it tells nothing. */
const PAYLOAD_BYTES = 512
const SUBSCRIPTIONS_MAX = 20

/** Hints to installed pages: encrypted for the browser (RFC 8291), signed for its push service (RFC 8292). */
export class WebPush {
  readonly #deps: WebPushDeps
  readonly #retrier: Retrier

  constructor (deps: WebPushDeps) {
    this.#deps = deps
    this.#retrier = new Retrier(async () => await this.#sendDue(), (error) => { deps.log.error({ err: error }, 'push could not be sent') })
    this.#retrier.wake()
  }

  get publicKey (): string {
    return this.#deps.vapid.publicKey
  }

  wake (): void {
    this.#retrier.wake()
  }

  /** The same browser again is the same subscription, whoever uses it now. @throws {BadSubscription} */
  async subscribe (subject: string, lang: string, value: unknown): Promise<void> {
    const { store, clock, keys, origins } = this.#deps
    const subscription = checkSubscription(value, origins)
    const id = idOf(subscription)
    await store.write(async (tx) => {
      await tx.run(
        'INSERT INTO push_subscription (id, subject, lang, sealed, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, lang = excluded.lang, sealed = excluded.sealed',
        id, subject, lang, keys.box.seal(subscription, `push/${id}`), clock.now().toISOString())
      await tx.run(
        'DELETE FROM push_subscription WHERE subject = ? AND id NOT IN (SELECT id FROM push_subscription WHERE subject = ? ORDER BY created_at DESC LIMIT ?)', subject, subject, SUBSCRIPTIONS_MAX)
    })
  }

  /** Of all the person's browsers. */
  async unsubscribe (subject: string): Promise<void> {
    await this.#deps.store.write(async (tx) => {
      await tx.run('DELETE FROM push_job WHERE subscription_id IN (SELECT id FROM push_subscription WHERE subject = ?)', subject)
      await tx.run('DELETE FROM push_subscription WHERE subject = ?', subject)
    })
  }

  async count (subject: string): Promise<number> {
    const row = await this.#deps.store.get<{ n: number | string }>('SELECT count(*) AS n FROM push_subscription WHERE subject = ?', subject)
    return Number(row?.n ?? 0)
  }

  /** A hint for each of the person's browsers, within the transaction that writes the notice. */
  async queue (tx: SqlWriter, noticeId: string, subject: string, now: Date): Promise<void> {
    await tx.run('INSERT INTO push_job (notice_id, subscription_id, attempts, next_attempt_at) SELECT ?, id, 0, ? FROM push_subscription WHERE subject = ?', noticeId, now.toISOString(), subject)
  }

  async close (): Promise<void> {
    await this.#retrier.close()
  }

  async #sendDue (): Promise<Date | undefined> {
    const { store, clock } = this.#deps
    const due = await store.all<Job>(
      `SELECT j.notice_id, j.subscription_id, j.attempts, s.subject, s.lang, s.sealed, n.content, n.state FROM push_job j
      JOIN push_subscription s ON s.id = j.subscription_id JOIN notice n ON n.id = j.notice_id
      WHERE j.next_attempt_at <= ? ORDER BY j.next_attempt_at LIMIT ${BATCH}`, clock.now().toISOString())
    await Promise.all(due.map((job) => this.#send(job)))
    const next = await store.get<{ at: string | null }>('SELECT min(j.next_attempt_at) AS at FROM push_job j JOIN push_subscription s ON s.id = j.subscription_id')
    return next?.at == null ? undefined : new Date(next.at)
  }

  async #send (job: Job): Promise<void> {
    const { store, clock, keys, log } = this.#deps
    const { notice_id: noticeId, subscription_id: subscriptionId } = job
    const done = async (more?: (tx: SqlWriter) => Promise<unknown>): Promise<void> => {
      await store.write(async (tx) => {
        await tx.run('DELETE FROM push_job WHERE notice_id = ? AND subscription_id = ?', noticeId, subscriptionId)
        await more?.(tx)
      })
    }
    // Read or taken back meanwhile: a hint would only disturb.
    if (job.content === null || job.state === 'read') {
      await done()
      return
    }
    const { title } = keys.box.open<{ title: { uk: string, en: string } }>(job.content, `notice/${noticeId}`)
    const status = await this.#post(keys.box.open<Subscription>(job.sealed, `push/${subscriptionId}`), job.lang === 'en' ? title.en : title.uk, job.lang)
    if (status === 404 || status === 410) await done((tx) => tx.run('DELETE FROM push_subscription WHERE id = ?', subscriptionId))
    else if (status >= 200 && status < 300) {
      await done((tx) => tx.run('UPDATE notice SET pushed_at = ?, state = ? WHERE id = ? AND state = ?', clock.now().toISOString(), 'pushed', noticeId, 'inbox'))
    } else if (job.attempts + 1 >= ATTEMPTS_MAX || (status >= 400 && status < 500 && status !== 429)) {
      log.warn({ noticeId, status }, 'push given up')
      await done()
    } else {
      const next = nextAttemptAt(clock.now(), job.attempts + 1).toISOString()
      await store.write(async (tx) => {
        await tx.run('UPDATE push_job SET attempts = attempts + 1, next_attempt_at = ? WHERE notice_id = ? AND subscription_id = ?', next, noticeId, subscriptionId)
      })
    }
  }

  /** @returns HTTP status; 0 when nobody answered. The title alone goes: a lock screen is read by others. */
  async #post (subscription: Subscription, title: string, lang: string): Promise<number> {
    const { vapid, contact, log } = this.#deps
    const payload = JSON.stringify({ title: title.slice(0, 100), lang, url: '/notices' })
    const { endpoint, headers, body } = webPush.generateRequestDetails(
      { endpoint: subscription.endpoint, keys: { p256dh: subscription.p256dh, auth: subscription.auth } },
      payload.padEnd(payload.length + PAYLOAD_BYTES - Buffer.byteLength(payload)),
      { vapidDetails: { subject: contact, ...vapid }, TTL: TTL_SECONDS, contentEncoding: 'aes128gcm', urgency: 'normal' })
    try {
      const response = await fetch(endpoint, {
        method: 'POST', headers: headers as Record<string, string>, body: new Uint8Array(body ?? []), redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS)
      })
      await response.body?.cancel()
      return response.status
    } catch (error) {
      // Neither the address nor an error that may hold it.
      log.warn({ reason: error instanceof DOMException ? error.name : 'unreachable' }, 'push service does not answer')
      return 0
    }
  }
}

/** The address is a capability: its hash names it. */
function idOf ({ endpoint }: Subscription): string {
  return createHash('sha256').update(endpoint).digest('base64url')
}
