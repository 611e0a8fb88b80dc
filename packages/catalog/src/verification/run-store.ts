import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import type { Check, RunState } from './check.ts'
import type { RunReport } from './report.ts'

interface RunRow {
  readonly id: string
  readonly version_id: string
  readonly tuple: string
  readonly state: string
  readonly started_at: string
  readonly ended_at: string | null
  readonly valid_until: string | null
  readonly steps_done: number
  readonly steps_total: number
  readonly checks: string
  readonly seal_message_id: string | null
  readonly is_sealed: number
  readonly version: string
  readonly name: string
}

const COLUMNS = `r.id, r.version_id, r.tuple, r.state, r.started_at, r.ended_at, r.valid_until, r.steps_done, r.steps_total, r.checks, r.seal_message_id,
  CASE WHEN r.sealed IS NULL THEN 0 ELSE 1 END AS is_sealed, v.version, i.name`
const FROM = 'FROM verification_run r JOIN interface_version v ON v.id = r.version_id JOIN interface i ON i.id = v.interface_id'

export async function findRun (store: SqlReader, id: string): Promise<RunReport | undefined> {
  const row = await store.get<RunRow>(`SELECT ${COLUMNS} ${FROM} WHERE r.id = ?`, id)
  return row === undefined ? undefined : toReport(row)
}

/** Newest first. */
export async function runsOf (store: SqlReader, versionId: string): Promise<RunReport[]> {
  return (await store.all<RunRow>(`SELECT ${COLUMNS} ${FROM} WHERE r.version_id = ? ORDER BY r.started_at DESC, r.id`, versionId)).map(toReport)
}

export async function sealedReport (store: SqlReader, id: string): Promise<Buffer | undefined> {
  return (await store.get<{ sealed: Buffer | null }>('SELECT sealed FROM verification_run WHERE id = ?', id))?.sealed ?? undefined
}

/** Keeps what a run has found so far; a run that is no longer running keeps what it had. @returns false then. */
export async function keepProgress (store: SqlStore, id: string, progress: { readonly checks: readonly Check[], readonly done: number, readonly total: number }): Promise<boolean> {
  return await store.write(async (tx) => await tx.run('UPDATE verification_run SET checks = ?, steps_done = ?, steps_total = ? WHERE id = ? AND state = ?',
    JSON.stringify(progress.checks), progress.done, progress.total, id, 'running')) === 1
}

function toReport (row: RunRow): RunReport {
  return {
    id: row.id,
    interfaceName: (JSON.parse(row.name) as { uk: string }).uk,
    version: row.version,
    versionId: row.version_id,
    tuple: row.tuple,
    state: row.state as RunState,
    startedAt: row.started_at,
    endedAt: row.ended_at ?? undefined,
    validUntil: row.valid_until ?? undefined,
    steps: { done: row.steps_done, total: row.steps_total },
    checks: JSON.parse(row.checks),
    sealed: row.is_sealed === 1,
    sealMessageId: row.seal_message_id ?? undefined
  }
}
