import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Clock, Logger } from '@trembita/daemon'
import type { SqlStore, SqlWriter } from '@trembita/daemon/store'
import { addMessages } from './bundles.ts'
import { deliver, nextTargets, reachableBy, type Channel, type Channels, type NoticeKind } from './channels.ts'
import type { ItemContent } from './items.ts'
import type { NoticeSeal } from './notice-seal.ts'
import { noticeText, TEMPLATE_VERSION } from './texts.ts'
import type { SendOutcome } from './web-push-sender.ts'

export interface DispatchDeps {
  readonly store: SqlStore
  readonly seal: NoticeSeal
  readonly clock: Clock
  readonly channels: Channels
  readonly log: Logger
  /** For tests; `Math.random` otherwise. */
  readonly random?: (() => number) | undefined
}

interface MessageRow {
  readonly tag: string
  readonly bundle: string
  readonly person: string
  readonly kind: NoticeKind
  readonly channel: Channel
  readonly target: string | null
  readonly collapse: string
  readonly local_date: string
  readonly attempts: number
  readonly created_at: string
}

const AT_ONCE = 8
const BATCH = 64
const BACKOFF_SECONDS = 1
const BACKOFF_SECONDS_MAX = 300
/** A channel that has not taken a message for so long is given up. */
const GIVE_UP_MS = 72 * 3_600_000

/**
 * Sends what is due, a few at a time. A message that was being sent when the process died is sent again under the same key: the push
 * service replaces it by topic, the worker by tag, mail programs by message identifier.
 *
 * @returns how many attempts were made.
 */
export async function dispatchDue (deps: DispatchDeps): Promise<number> {
  const due = await deps.store.all<MessageRow>(
    `SELECT tag, bundle, person, kind, channel, target, collapse, local_date, attempts, created_at FROM notice_message
     WHERE state = 'queued' AND next_at <= ? ORDER BY next_at, tag LIMIT ?`, deps.clock.now().toISOString(), BATCH)
  for (let start = 0; start < due.length; start += AT_ONCE) {
    await Promise.all(due.slice(start, start + AT_ONCE).map(async (message) => { await attempt(deps, message) }))
  }
  return due.length
}

async function attempt (deps: DispatchDeps, message: MessageRow): Promise<void> {
  const { store, seal, channels, clock } = deps
  const person = await channels.persons.find(message.person)
  // A message is its person's row below: the database keeps it so.
  assert(person !== undefined)
  const rows = await store.all<{ tag: string, sealed: string }>('SELECT tag, sealed FROM notice_item WHERE bundle = ? ORDER BY created_at, tag', message.bundle)
  const text = noticeText(message.kind, rows.map(({ tag, sealed }) => seal.open<ItemContent>(sealed, tag)), person.settings, message.local_date)
  const target = { channel: message.channel, subscription: message.target ?? undefined }
  const outcome = await deliver(channels, person, target, message.kind, text, message.tag)
  const hash = createHash('sha256').update(JSON.stringify(text)).digest('base64url')
  await store.write((tx) => settle(deps, tx, message, outcome, hash, clock.now()))
  if (outcome.kind === 'accepted') return
  const failed = await store.get<{ state: string }>('SELECT state FROM notice_message WHERE tag = ?', message.tag)
  if (failed?.state === 'failed') await fallBack(deps, message)
}

async function settle ({ random = Math.random, log }: DispatchDeps, tx: SqlWriter, message: MessageRow, outcome: SendOutcome, hash: string, now: Date): Promise<void> {
  const { tag, attempts } = message
  const late = now.getTime() - Date.parse(message.created_at) >= GIVE_UP_MS
  if (outcome.kind === 'later' && !late) {
    const backoff = (0.5 + random() / 2) * Math.min(BACKOFF_SECONDS_MAX, BACKOFF_SECONDS * 2 ** (attempts + 1))
    const next = new Date(now.getTime() + 1000 * (outcome.afterSeconds ?? backoff))
    await tx.run('UPDATE notice_message SET attempts = attempts + 1, next_at = ?, result = ? WHERE tag = ?', next.toISOString(), outcome.result, tag)
    return
  }
  const accepted = outcome.kind === 'accepted'
  await tx.run('UPDATE notice_message SET state = ?, attempts = attempts + 1, settled_at = ?, result = ?, template = ?, text_hash = ? WHERE tag = ?',
    accepted ? 'accepted' : 'failed', now.toISOString(), outcome.result, TEMPLATE_VERSION, hash, tag)
  if (accepted) await tx.run("UPDATE notice_item SET state = 'accepted' WHERE bundle = ? AND state IN ('queued', 'failed')", message.bundle)
  log.info({ channel: message.channel, kind: message.kind, result: outcome.result, attempts: attempts + 1 }, accepted ? 'notice accepted' : 'notice not taken')
}

/** None of the messages of a bundle was taken: the next channel, or the person learns it from the list and the operator from a count. */
async function fallBack ({ store, seal, clock, channels, log }: DispatchDeps, { bundle, person: tag, kind, collapse, local_date: localDate }: MessageRow): Promise<void> {
  const open = await store.get("SELECT tag FROM notice_message WHERE bundle = ? AND state IN ('queued', 'accepted')", bundle)
  const person = await channels.persons.find(tag)
  if (open !== undefined || person === undefined) return
  const tried = await store.all<{ channel: Channel }>('SELECT DISTINCT channel FROM notice_message WHERE bundle = ?', bundle)
  const targets = nextTargets(new Set(tried.map(({ channel }) => channel)), await reachableBy(channels, person))
  await store.write(async (tx) => {
    if (targets.length === 0) await tx.run("UPDATE notice_item SET state = 'failed' WHERE bundle = ? AND state = 'queued'", bundle)
    else await addMessages(seal, tx, { tag: bundle, person: tag, kind, collapse, localDate, targets, at: clock.now() })
  })
  if (targets.length === 0) log.warn({ kind, channels: tried.map(({ channel }) => channel) }, 'no channel took a notice')
}
