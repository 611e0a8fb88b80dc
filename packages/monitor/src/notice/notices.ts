import type { Clock, Logger } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { bundleDue } from './bundles.ts'
import type { Channels } from './channels.ts'
import { dispatchDue } from './dispatch.ts'
import { escalateOverdue, pruneNotices } from './escalation.ts'
import type { EventFeed, SubjectIndexes } from './feed.ts'
import { takeIn } from './intake.ts'
import type { NoticeSeal } from './notice-seal.ts'
import type { NoticePersons } from './persons.ts'

export interface NoticesDeps {
  readonly store: SqlStore
  readonly seal: NoticeSeal
  readonly clock: Clock
  readonly log: Logger
  readonly feed: EventFeed
  readonly keys: SubjectIndexes
  readonly channels: Channels
  readonly persons: NoticePersons
  /** How often the clock is looked at: quiet hours that end, digests, retries. Default 1000. */
  readonly tickMs?: number | undefined
}

export interface NoticeCounts {
  readonly pending: number
  readonly queued: number
  readonly failed: number
  readonly escalated: number
}

const HOUSEKEEPING_MS = 3_600_000

/**
 * Tells people about what is new in the ledger. One worker a process; what it has done is in the store, so that it may die at any
 * instant and go on. `wake` when events were appended: what is immediate leaves at once.
 */
export class Notices {
  readonly #deps: NoticesDeps
  #timer: NodeJS.Timeout | undefined
  #work: Promise<void> = Promise.resolve()
  #asked = false
  #closed = false
  #housekeptAt = Number.NEGATIVE_INFINITY

  constructor (deps: NoticesDeps) {
    this.#deps = deps
  }

  start (): void {
    this.#timer = setInterval(() => { this.wake() }, this.#deps.tickMs ?? 1000)
    this.wake()
  }

  /** Returns at once; several calls while it works are one more round. */
  wake (): void {
    if (this.#asked || this.#closed) return
    this.#asked = true
    this.#work = this.#work.then(async () => {
      this.#asked = false
      if (this.#closed) return
      try {
        await this.run()
      } catch (error) {
        this.#deps.log.error({ err: error }, 'notices stopped in the middle and go on at the next round')
      }
    })
  }

  /** One round: takes in, makes messages, sends, until nothing is due now. */
  async run (): Promise<void> {
    await this.#houseKeeping()
    while ((await takeIn(this.#deps)).more);
    await bundleDue(this.#deps)
    while (await dispatchDue(this.#deps) > 0 && !this.#closed);
  }

  /** The person has opened the list: what was told is seen. */
  async seen (person: string): Promise<void> {
    await this.#deps.store.write((tx) => tx.run("UPDATE notice_item SET state = 'seen' WHERE person = ? AND state = 'accepted'", person))
  }

  async counts (): Promise<NoticeCounts> {
    const row = await this.#deps.store.get<NoticeCounts>(
      `SELECT coalesce(sum(CASE state WHEN 'pending' THEN 1 ELSE 0 END), 0) AS pending, coalesce(sum(CASE state WHEN 'queued' THEN 1 ELSE 0 END), 0) AS queued,
       coalesce(sum(CASE state WHEN 'failed' THEN 1 ELSE 0 END), 0) AS failed, count(escalated_at) AS escalated FROM notice_item`)
    return row ?? { pending: 0, queued: 0, failed: 0, escalated: 0 }
  }

  /** Waits for the round under way. */
  async close (): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await this.#work
  }

  async #houseKeeping (): Promise<void> {
    const { clock, persons, keys, log } = this.#deps
    const now = clock.now().getTime()
    if (now - this.#housekeptAt < HOUSEKEEPING_MS) return
    this.#housekeptAt = now
    await escalateOverdue(this.#deps)
    await pruneNotices(this.#deps)
    try {
      const renewed = await persons.renewRoutes(keys)
      if (renewed > 0) log.info({ persons: renewed }, 'indexes of the coming months were asked for')
    } catch (error) {
      // Notices of the months asked for before go on; the next hour tries again.
      log.warn({ err: error }, 'the key service does not answer')
    }
  }
}
