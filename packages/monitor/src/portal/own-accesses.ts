import type { EventFilter, EventPage, StoredEvent } from '../events/index.ts'
import type { PortalDeps } from './deps.ts'
import type { Citizen } from './visit.ts'

/** An event as its person sees it. */
export interface OwnAccess extends StoredEvent {
  readonly unread: boolean
}

/** One line of the list: the same body, register, action, purpose and day. */
export interface AccessGroup {
  /** Newest first; never empty. */
  readonly accesses: readonly [OwnAccess, ...OwnAccess[]]
  readonly unread: boolean
}

/** Events that are looked through when only unread ones are wanted. */
const UNREAD_SCANNED = 1000

type Deps = Pick<PortalDeps, 'store' | 'seal' | 'events' | 'indexes'>

/** The indexes under which a person's events may stand. None for those whom no register knows by a number. @throws {KeyServiceUnavailable} */
export async function indexesOf ({ indexes }: Pick<PortalDeps, 'indexes'>, { identity }: Citizen): Promise<readonly string[]> {
  return identity.rnokpp === undefined ? [] : await indexes.of([{ idType: 'RNOKPP', id: identity.rnokpp }])
}

/** @param indexes of the person, see `indexesOf`. */
export async function listOwn (deps: Deps, citizen: Citizen, indexes: readonly string[], filter: EventFilter, page: { readonly offset: number, readonly limit: number }, onlyUnread: boolean): Promise<{ readonly accesses: readonly OwnAccess[], readonly total: number }> {
  if (indexes.length === 0) return { accesses: [], total: 0 }
  const found: EventPage = await deps.events.list(indexes, filter, onlyUnread ? { offset: 0, limit: UNREAD_SCANNED } : page)
  const accesses = await marked(deps, citizen, found.events)
  if (!onlyUnread) return { accesses, total: found.total }
  const unread = accesses.filter((access) => access.unread)
  return { accesses: unread.slice(page.offset, page.offset + page.limit), total: unread.length }
}

async function marked ({ store, seal }: Deps, { tag }: Citizen, events: readonly StoredEvent[]): Promise<OwnAccess[]> {
  const read = new Set((await store.all<{ tag: string }>('SELECT tag FROM portal_read WHERE person = ?', tag)).map((row) => row.tag))
  return events.map((stored) => ({ ...stored, unread: !read.has(seal.tag('read', tag, stored.event.eventId)) }))
}

/** @returns undefined for an event that is not the person's, or that may not be shown: nobody can tell which. */
export async function findOwn (deps: Deps, citizen: Citizen, eventId: string): Promise<OwnAccess | undefined> {
  const stored = await deps.events.one(await indexesOf(deps, citizen), eventId)
  return stored === undefined ? undefined : (await marked(deps, citizen, [stored]))[0]
}

export async function markRead ({ store, seal }: Pick<PortalDeps, 'store' | 'seal'>, { tag }: Citizen, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length === 0) return
  await store.write(async (tx) => {
    for (const eventId of eventIds) await tx.run('INSERT INTO portal_read (tag, person) VALUES (?, ?) ON CONFLICT DO NOTHING', seal.tag('read', tag, eventId), tag)
  })
}

/** A chain of look-ups is one line with a count. Order stays: newest first. */
export function groupAccesses (accesses: readonly OwnAccess[]): AccessGroup[] {
  const groups = new Map<string, [OwnAccess, ...OwnAccess[]]>()
  for (const access of accesses) {
    const { event, visibility } = access
    const key = [kyivDay(event.occurredAt), event.recipient.code, event.recipient.system, event.holder.registry, event.operation, event.outcome, event.purpose.declarationId, event.actor.kind, visibility.state, event.data.categories.join()].join(' ')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [access])
    else group.push(access)
  }
  return [...groups.values()].map((group) => ({ accesses: group, unread: group.some((access) => access.unread) }))
}

const DAY = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Kyiv' })

function kyivDay (instant: string): string {
  return DAY.format(new Date(instant))
}
