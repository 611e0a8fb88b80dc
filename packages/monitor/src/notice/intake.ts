import type { Clock } from '@trembita/daemon'
import type { SqlStore, SqlWriter } from '@trembita/daemon/store'
import { classOf, isOwnRequest } from './classify.ts'
import type { EventFeed, FeedItem } from './feed.ts'
import { contentOf } from './items.ts'
import type { NoticeSeal } from './notice-seal.ts'
import type { NoticePersons } from './persons.ts'

export interface IntakeDeps {
  readonly store: SqlStore
  readonly seal: NoticeSeal
  readonly clock: Clock
  readonly persons: NoticePersons
  readonly feed: EventFeed
}

const CURSOR = 'feed'
const BATCH = 200

/**
 * Takes what is new in the ledger. Items and the position they were read at are one transaction: after a crash nothing is told twice
 * and nothing left out. Events of people who did not ask to be told leave no row.
 *
 * @returns how many events were read; fewer than a batch means that there are no more.
 */
export async function takeIn (deps: IntakeDeps): Promise<{ readonly read: number, readonly more: boolean }> {
  const { store, feed } = deps
  const position = (await store.get<{ position: number }>('SELECT position FROM notice_cursor WHERE name = ?', CURSOR))?.position ?? 0
  const items = await feed.after(position, BATCH)
  const last = items.at(-1)
  if (last === undefined) return { read: 0, more: false }
  await store.write(async (tx) => {
    for (const item of items) await add(deps, tx, item)
    await tx.run(
      'INSERT INTO notice_cursor (name, position) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE excluded.position > notice_cursor.position',
      CURSOR, last.position)
  })
  return { read: items.length, more: items.length === BATCH }
}

async function add ({ seal, clock, persons }: IntakeDeps, tx: SqlWriter, { event, lifted }: FeedItem): Promise<void> {
  const index = event.subject?.index
  if (index === undefined) return
  const person = await persons.personOf(tx, index)
  if (person === undefined) return
  const known = seal.tag('known', person.tag, event.recipient.code, event.holder.registry)
  const firstTime = await tx.run('INSERT INTO notice_known (tag) VALUES (?) ON CONFLICT DO NOTHING', known) === 1
  const found = classOf(event, { lifted, firstTime, settings: person.settings })
  const tag = seal.tag('item', event.eventId, lifted ? 'lifted' : 'seen', person.tag)
  const collapse = seal.tag('collapse', person.tag, event.recipient.code, event.holder.registry, event.operation, event.purpose.declarationId)
  await tx.run(
    'INSERT INTO notice_item (tag, person, class, state, collapse, sealed, created_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    tag, person.tag, found, found === 'none' ? 'accepted' : 'pending', collapse, seal.seal(contentOf(event, isOwnRequest(event)), tag), clock.now().toISOString())
}
