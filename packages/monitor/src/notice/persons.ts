import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import type { SqlReader, SqlStore, SqlWriter } from '@trembita/daemon/store'
import type { FoundIndexes, SubjectIndexes } from './feed.ts'
import type { NoticeSeal } from './notice-seal.ts'
import type { PushSubscription } from './push-subscription.ts'
import type { NoticeSettings } from './settings.ts'
import { epochsFrom } from './wall-clock.ts'

export interface NoticePerson {
  /** Name of the person in all tables of this folder. */
  readonly tag: string
  readonly enabled: boolean
  readonly settings: NoticeSettings
}

export interface KnownSubscription extends PushSubscription {
  readonly tag: string
  readonly createdAt: Date
}

interface PersonRow {
  readonly tag: string
  readonly enabled: number
  readonly sealed: string
}

interface StoredSettings {
  readonly settings: NoticeSettings
  /** Goes into `List-Unsubscribe`; found again by its hash alone. */
  readonly unsubscribe: string
}

/** This month and the next, for which the key service makes keys; whoever never comes back is renewed by the job at the turn of the month. */
const EPOCHS_AHEAD = 2
const ROUTES_FRESH_MS = 86_400_000
/** Events come late, but not later. */
const EPOCHS_KEPT = 3
/** Devices of one person; the oldest goes when another comes. */
const SUBSCRIPTIONS_MAX = 10

export interface NoticePersonsDeps {
  readonly store: SqlStore
  readonly seal: NoticeSeal
  readonly clock: Clock
}

/** Who wants to be told, how, and by which indexes their events are known. */
export class NoticePersons {
  readonly #store: SqlStore
  readonly #seal: NoticeSeal
  readonly #clock: Clock

  constructor ({ store, seal, clock }: NoticePersonsDeps) {
    this.#store = store
    this.#seal = seal
    this.#clock = clock
  }

  /** @param subject as the identity provider names the person. */
  tagOf (subject: string): string {
    return this.#seal.tag('person', subject)
  }

  async find (tag: string, tx: SqlReader = this.#store): Promise<NoticePerson | undefined> {
    const row = await tx.get<PersonRow>('SELECT tag, enabled, sealed FROM notice_person WHERE tag = ?', tag)
    return row === undefined ? undefined : { tag, enabled: row.enabled === 1, settings: this.#stored(row).settings }
  }

  /** Durable when it resolves. Whoever switches notices off is told nothing of what waits, and asked about no more. */
  async save (tag: string, enabled: boolean, settings: NoticeSettings): Promise<void> {
    await this.#store.write(async (tx) => {
      const row = await tx.get<PersonRow>('SELECT tag, enabled, sealed FROM notice_person WHERE tag = ?', tag)
      const unsubscribe = row === undefined ? randomBytes(24).toString('base64url') : this.#stored(row).unsubscribe
      await tx.run(
        `INSERT INTO notice_person (tag, enabled, sealed, unsubscribe_hash, updated_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (tag) DO UPDATE SET enabled = excluded.enabled, sealed = excluded.sealed, updated_at = excluded.updated_at`,
        tag, enabled ? 1 : 0, this.#seal.seal({ settings, unsubscribe } satisfies StoredSettings, tag), hashOf(unsubscribe), this.#clock.now().toISOString())
      if (enabled) return
      await tx.run('UPDATE notice_person SET renewal = NULL WHERE tag = ?', tag)
      await tx.run("DELETE FROM notice_message WHERE person = ? AND state = 'queued'", tag)
      await tx.run("DELETE FROM notice_item WHERE person = ? AND state IN ('pending', 'queued')", tag)
    })
  }

  /** Secret for the links below this person's e-mails. */
  async unsubscribeSecret (tag: string): Promise<string | undefined> {
    const row = await this.#store.get<PersonRow>('SELECT tag, enabled, sealed FROM notice_person WHERE tag = ?', tag)
    return row === undefined ? undefined : this.#stored(row).unsubscribe
  }

  /** One click of an e-mail: no e-mails any more. @returns whether the secret is anybody's. */
  async unsubscribe (secret: string): Promise<boolean> {
    const row = await this.#store.get<PersonRow>('SELECT tag, enabled, sealed FROM notice_person WHERE unsubscribe_hash = ?', hashOf(secret))
    if (row === undefined) return false
    const { settings } = this.#stored(row)
    await this.save(row.tag, row.enabled === 1, { ...settings, email: undefined, emailUse: 'otherwise' })
    return true
  }

  async subscriptions (tag: string): Promise<KnownSubscription[]> {
    const rows = await this.#store.all<{ tag: string, sealed: string, created_at: string }>('SELECT tag, sealed, created_at FROM notice_subscription WHERE person = ? ORDER BY created_at, tag', tag)
    return rows.map((row) => ({ tag: row.tag, createdAt: new Date(row.created_at), ...this.#seal.open<PushSubscription>(row.sealed, row.tag) }))
  }

  async subscription (tag: string): Promise<PushSubscription | undefined> {
    const row = await this.#store.get<{ sealed: string }>('SELECT sealed FROM notice_subscription WHERE tag = ?', tag)
    return row === undefined ? undefined : this.#seal.open<PushSubscription>(row.sealed, tag)
  }

  /** A device that has another person's subscription takes it over: it is theirs who signed in last. The person must exist. */
  async addSubscription (person: string, subscription: PushSubscription): Promise<void> {
    const tag = this.#seal.tag('subscription', subscription.endpoint)
    await this.#store.write(async (tx) => {
      await tx.run(
        `INSERT INTO notice_subscription (tag, person, sealed, created_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (tag) DO UPDATE SET person = excluded.person, sealed = excluded.sealed`,
        tag, person, this.#seal.seal(subscription, tag), this.#clock.now().toISOString())
      await tx.run(
        'DELETE FROM notice_subscription WHERE person = ? AND tag NOT IN (SELECT tag FROM notice_subscription WHERE person = ? ORDER BY created_at DESC, tag LIMIT ?)',
        person, person, SUBSCRIPTIONS_MAX)
    })
  }

  /** @param person only when it is theirs. */
  async removeSubscription (tag: string, person?: string): Promise<void> {
    await this.#store.write(async (tx) => {
      if (person === undefined) await tx.run('DELETE FROM notice_subscription WHERE tag = ?', tag)
      else await tx.run('DELETE FROM notice_subscription WHERE tag = ? AND person = ?', tag, person)
    })
  }

  /** Months whose routes a visit or the monthly job asks the key service for. */
  epochs (): string[] {
    return epochsFrom(this.#clock.now(), EPOCHS_AHEAD)
  }

  /** By which indexes the events of this month and the next are the person's. */
  async saveRoutes (person: string, { indexes, renewal }: FoundIndexes): Promise<void> {
    const until = new Date(this.#clock.now().getTime() + ROUTES_FRESH_MS).toISOString()
    await this.#store.write(async (tx) => {
      for (const { index, epoch } of indexes) {
        const tag = this.#seal.tag('route', index)
        await tx.run('INSERT INTO notice_route (tag, sealed, epoch) VALUES (?, ?, ?) ON CONFLICT (tag) DO UPDATE SET sealed = excluded.sealed, epoch = excluded.epoch', tag, this.#seal.seal(person, tag), epoch)
      }
      await tx.run('UPDATE notice_person SET renewal = ?, routes_until = ? WHERE tag = ?', this.#seal.seal(renewal, person), until, person)
    })
  }

  /** Whose event it is, among those who want to be told. */
  async personOf (tx: SqlWriter, index: string): Promise<NoticePerson | undefined> {
    const tag = this.#seal.tag('route', index)
    const row = await tx.get<{ sealed: string }>('SELECT sealed FROM notice_route WHERE tag = ?', tag)
    const person = row === undefined ? undefined : await this.find(this.#seal.open<string>(row.sealed, tag), tx)
    return person?.enabled === true ? person : undefined
  }

  /**
   * Asks the key service again, by their renewal tokens, about those who were not asked about for a day: a month may have begun, a
   * register may have joined. Drops routes of months past.
   *
   * @returns how many persons were renewed. Throws what the key service does; those done before remain done.
   */
  async renewRoutes (keys: SubjectIndexes): Promise<number> {
    const now = this.#clock.now()
    const [oldest = ''] = epochsFrom(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - EPOCHS_KEPT, 1)), 1)
    await this.#store.write((tx) => tx.run('DELETE FROM notice_route WHERE epoch < ?', oldest))
    const due = await this.#store.all<{ tag: string, renewal: string }>(
      'SELECT tag, renewal FROM notice_person WHERE enabled = 1 AND renewal IS NOT NULL AND routes_until < ? ORDER BY tag', now.toISOString())
    for (const { tag, renewal } of due) await this.saveRoutes(tag, await keys.renew(this.#seal.open<string>(renewal, tag), this.epochs()))
    return due.length
  }

  #stored ({ sealed, tag }: PersonRow): StoredSettings {
    return this.#seal.open<StoredSettings>(sealed, tag)
  }
}

function hashOf (secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}
