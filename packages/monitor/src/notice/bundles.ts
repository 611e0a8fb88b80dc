import type { Clock } from '@trembita/daemon'
import type { SqlStore, SqlWriter } from '@trembita/daemon/store'
import { firstTargets, reachableBy, type Channels, type NoticeKind, type Target } from './channels.ts'
import type { ItemContent } from './items.ts'
import type { NoticeSeal } from './notice-seal.ts'
import type { NoticePerson } from './persons.ts'
import { isQuiet, localTime, minutesOf } from './wall-clock.ts'

export interface BundleDeps {
  readonly store: SqlStore
  readonly seal: NoticeSeal
  readonly clock: Clock
  readonly channels: Channels
}

interface PendingItem {
  readonly tag: string
  readonly class: NoticeKind
  readonly collapse: string
  readonly sealed: string
  readonly created_at: string
}

interface Bundle {
  readonly tag: string
  readonly kind: NoticeKind
  readonly collapse: string
  readonly items: readonly string[]
  readonly targets: readonly Target[]
  readonly localDate: string
}

/** What repeats within so long of the last notice is told together when it is over. */
const COLLAPSE_MS = 15 * 60_000
/** Immediate notices of a day; what is more joins the digest. */
const IMMEDIATE_PER_DAY_MAX = 5
const ITEMS_MAX = 500

/**
 * Makes messages of what waits, where the hour allows: each a row before anything is sent, with a key that is the same whenever it is
 * made again. A crash before leaves the items waiting, a crash after leaves the messages.
 *
 * @returns how many bundles were made.
 */
export async function bundleDue (deps: BundleDeps): Promise<number> {
  const { store, channels } = deps
  const waiting = await store.all<{ person: string }>("SELECT DISTINCT person FROM notice_item WHERE state = 'pending' ORDER BY person")
  let made = 0
  for (const { person: tag } of waiting) {
    const person = await channels.persons.find(tag)
    if (person === undefined) continue
    const items = await store.all<PendingItem>(
      "SELECT tag, class, collapse, sealed, created_at FROM notice_item WHERE person = ? AND state = 'pending' ORDER BY created_at, tag LIMIT ?", tag, ITEMS_MAX)
    const bundles = [...await immediate(deps, person, items), ...await digest(deps, person, items)]
    if (bundles.length > 0) await store.write(async (tx) => { for (const bundle of bundles) await save(deps, tx, person, bundle) })
    made += bundles.length
  }
  return made
}

async function immediate (deps: BundleDeps, person: NoticePerson, items: readonly PendingItem[]): Promise<Bundle[]> {
  const { store, seal, clock, channels } = deps
  const now = clock.now()
  const { settings } = person
  const urgent = items.filter((item) => item.class !== 'digest')
  if (urgent.length === 0 || (isQuiet(now, settings) && !settings.nightNotices)) return []
  const { date } = localTime(now, settings.zone)
  const sent = await store.get<{ count: number }>("SELECT count(DISTINCT bundle) AS count FROM notice_message WHERE person = ? AND local_date = ? AND kind = 'immediate'", person.tag, date)
  let room = IMMEDIATE_PER_DAY_MAX - (sent?.count ?? 0)
  const reachable = await reachableBy(channels, person)
  const bundles: Bundle[] = []
  for (const [key, group] of Map.groupBy(urgent, (item) => `${item.class} ${item.collapse}`)) {
    const [first] = group
    const kind = first!.class
    const since = new Date(now.getTime() - COLLAPSE_MS).toISOString()
    const recent = await store.get('SELECT tag FROM notice_message WHERE person = ? AND kind = ? AND collapse = ? AND created_at > ?', person.tag, kind, first!.collapse, since)
    if (recent !== undefined) continue
    if (kind === 'immediate' && room-- <= 0) {
      await overflow(deps, group)
      continue
    }
    bundles.push({
      tag: seal.tag('bundle', key, first!.tag), kind, collapse: first!.collapse, items: group.map((item) => item.tag), targets: firstTargets(kind, reachable, settings.emailUse), localDate: date
    })
  }
  return bundles
}

/** Joins the digest, which says so. */
async function overflow ({ store, seal }: BundleDeps, items: readonly PendingItem[]): Promise<void> {
  await store.write(async (tx) => {
    for (const { tag, sealed } of items) {
      const content: ItemContent = { ...seal.open<ItemContent>(sealed, tag), overflow: true }
      await tx.run("UPDATE notice_item SET class = 'digest', sealed = ? WHERE tag = ?", seal.seal(content, tag), tag)
    }
  })
}

/** One a local day and channel, by its key: neither a restart nor a clock that is set back makes another. */
async function digest ({ store, seal, clock, channels }: BundleDeps, person: NoticePerson, items: readonly PendingItem[]): Promise<Bundle[]> {
  const waiting = items.filter((item) => item.class === 'digest')
  const { settings } = person
  const { date, minutes } = localTime(clock.now(), settings.zone)
  if (waiting.length === 0 || minutes < minutesOf(settings.digestAt)) return []
  const tag = seal.tag('bundle', person.tag, 'digest', date)
  const done = await store.get('SELECT tag FROM notice_message WHERE bundle = ?', tag)
  if (done !== undefined) return []
  const targets = firstTargets('digest', await reachableBy(channels, person), settings.emailUse)
  return [{ tag, kind: 'digest', collapse: '', items: waiting.map((item) => item.tag), targets, localDate: date }]
}

async function save ({ seal, clock }: BundleDeps, tx: SqlWriter, person: NoticePerson, bundle: Bundle): Promise<void> {
  // Nobody can be reached: the list alone tells, and no later channel is owed a flood of old notices.
  const state = bundle.targets.length === 0 ? 'failed' : 'queued'
  for (const item of bundle.items) await tx.run('UPDATE notice_item SET state = ?, bundle = ? WHERE tag = ?', state, bundle.tag, item)
  await addMessages(seal, tx, { person: person.tag, at: clock.now(), ...bundle })
}

export interface NewMessages {
  readonly tag: string
  readonly person: string
  readonly kind: NoticeKind
  readonly collapse: string
  readonly localDate: string
  readonly targets: readonly Target[]
  readonly at: Date
}

/** Messages of one bundle, to be sent at once; those that exist stay as they are. */
export async function addMessages (seal: NoticeSeal, tx: SqlWriter, { tag: bundle, person, kind, collapse, localDate, targets, at }: NewMessages): Promise<void> {
  const now = at.toISOString()
  for (const { channel, subscription } of targets) {
    await tx.run(
      `INSERT INTO notice_message (tag, bundle, person, kind, channel, target, collapse, local_date, state, next_at, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?) ON CONFLICT DO NOTHING`,
      seal.tag('message', bundle, channel, subscription ?? ''), bundle, person, kind, channel, subscription ?? null, collapse, localDate, now, now)
  }
}
