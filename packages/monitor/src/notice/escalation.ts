import type { Clock, Logger } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'

/** Days within which the holder owes the person a notice (bill 14118); whom no channel reached by then is reported. */
const DAYS_MAX = 5
const DAY_MS = 86_400_000
/** How long contents and evidence of notices are kept (facts/monitor.md §9.2). */
const CONTENT_DAYS = 90
const EVIDENCE_DAYS = 365

/** Marks what is five days old and was taken by no channel. @returns how many items were marked now. */
export async function escalateOverdue ({ store, clock, log }: { readonly store: SqlStore, readonly clock: Clock, readonly log: Logger }): Promise<number> {
  const now = clock.now()
  const marked = await store.write((tx) => tx.run(
    "UPDATE notice_item SET escalated_at = ? WHERE state IN ('pending', 'queued', 'failed') AND escalated_at IS NULL AND created_at <= ?",
    now.toISOString(), new Date(now.getTime() - DAYS_MAX * DAY_MS).toISOString()))
  if (marked > 0) log.error({ notices: marked }, 'notices were not delivered within five days')
  return marked
}

/** Drops what need not be kept any more. */
export async function pruneNotices ({ store, clock }: { readonly store: SqlStore, readonly clock: Clock }): Promise<void> {
  const before = (days: number): string => new Date(clock.now().getTime() - days * DAY_MS).toISOString()
  await store.write(async (tx) => {
    await tx.run("DELETE FROM notice_item WHERE created_at < ? AND state IN ('accepted', 'seen', 'failed')", before(CONTENT_DAYS))
    await tx.run("DELETE FROM notice_message WHERE created_at < ? AND state IN ('accepted', 'failed')", before(EVIDENCE_DAYS))
  })
}
