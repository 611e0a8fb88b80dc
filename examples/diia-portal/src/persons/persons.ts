import type { Clock } from '@trembita/daemon'
import type { Identity } from '@trembita/daemon/accounts'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import type { PortalKeys } from '../keys/index.ts'

/** Whom the portal knows: by the opaque subject of the identity provider, and by a keyed index of the number. */
export interface KnownPerson {
  readonly subject: string
  readonly hasRnokpp: boolean
  readonly offersChannel: boolean
}

/** How a body names a person: the subject that the identity provider gives to all, or the number. */
export interface Recipient {
  readonly subject?: string | undefined
  readonly rnokpp?: string | undefined
}

interface Row {
  readonly subject: string
  readonly rnokpp_index: string | null
  readonly offers_channel: number
}

const COLUMNS = 'subject, rnokpp_index, offers_channel'

/** Persons that have signed in here at least once: the portal reaches nobody else. */
export class Persons {
  readonly #store: SqlStore
  readonly #clock: Clock
  readonly #keys: PortalKeys
  readonly #remembered = new Set<string>()

  constructor (store: SqlStore, clock: Clock, keys: PortalKeys) {
    this.#store = store
    this.#clock = clock
    this.#keys = keys
  }

  /** Of a person who has just shown up. Durable when it resolves. */
  async remember ({ subject, rnokpp }: Identity): Promise<void> {
    if (this.#remembered.has(subject)) return
    const index = rnokpp === undefined ? null : this.#keys.indexOf(rnokpp)
    await this.#store.write(async (tx) => {
      // A number belongs to one person; the provider's latest word counts.
      if (index !== null) await tx.run('UPDATE person SET rnokpp_index = NULL WHERE rnokpp_index = ? AND subject <> ?', index, subject)
      await tx.run(
        'INSERT INTO person (subject, rnokpp_index, offers_channel, first_seen_at) VALUES (?, ?, 1, ?) ON CONFLICT (subject) DO UPDATE SET rnokpp_index = excluded.rnokpp_index',
        subject, index, this.#clock.now().toISOString())
    })
    this.#remembered.add(subject)
  }

  async find (recipient: Recipient, tx: SqlReader = this.#store): Promise<KnownPerson | undefined> {
    const row = recipient.subject !== undefined
      ? await tx.get<Row>(`SELECT ${COLUMNS} FROM person WHERE subject = ?`, recipient.subject)
      : recipient.rnokpp === undefined ? undefined : await tx.get<Row>(`SELECT ${COLUMNS} FROM person WHERE rnokpp_index = ?`, this.#keys.indexOf(recipient.rnokpp))
    return row === undefined ? undefined : { subject: row.subject, hasRnokpp: row.rnokpp_index !== null, offersChannel: row.offers_channel === 1 }
  }

  async setOffersChannel (subject: string, on: boolean): Promise<void> {
    await this.#store.write(async (tx) => { await tx.run('UPDATE person SET offers_channel = ? WHERE subject = ?', on ? 1 : 0, subject) })
  }
}
