import type { Clock } from '@trembita/daemon'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import type { ComponentState } from './types.ts'

/** Who may report, as the configuration says. */
export interface RegisteredComponent {
  readonly id: string
  /** `INSTANCE/CLASS/MEMBER/SUBSYSTEM` */
  readonly client: string
  readonly name: { readonly uk: string, readonly en?: string | undefined }
  /** Codes of the registers that it speaks for; undefined: any. */
  readonly registries?: readonly string[] | undefined
}

/** A component that said nothing for so long is silent (monitor §7.3). */
const SILENT_MS = 5 * 60_000
const LATE_MS = 15 * 60_000

interface Row {
  readonly id: string
  readonly ack_seq: number
  readonly heard_at: string | null
  readonly spool_depth: number | null
  readonly oldest_unsent: string | null
}

interface SpanRow {
  readonly component: string
  readonly registry: string
  readonly holder_name: string
  readonly first_at: string
  readonly last_at: string
}

/** How all registered components are. */
export async function componentStates (store: SqlStore, registered: readonly RegisteredComponent[], clock: Clock): Promise<readonly ComponentState[]> {
  const rows = new Map((await store.all<Row>('SELECT id, ack_seq, heard_at, spool_depth, oldest_unsent FROM component')).map((row) => [row.id, row]))
  const spans = await store.all<SpanRow>('SELECT component, registry, MAX(holder_name) AS holder_name, MIN(first_at) AS first_at, MAX(last_at) AS last_at FROM source_span GROUP BY component, registry ORDER BY component, registry')
  const now = clock.now().getTime()
  return registered.map(({ id, client, name }) => {
    const row = rows.get(id)
    const oldestUnsent = dateOf(row?.oldest_unsent)
    const heardAt = dateOf(row?.heard_at)
    return {
      id,
      client,
      name,
      status: statusOf(heardAt, oldestUnsent, now),
      heardAt,
      ackSeq: Number(row?.ack_seq ?? 0),
      spoolDepth: row?.spool_depth == null ? undefined : Number(row.spool_depth),
      oldestUnsent,
      spans: spans.filter(({ component }) => component === id).map((span) => ({
        registry: span.registry, name: JSON.parse(span.holder_name) as ComponentState['name'], from: new Date(span.first_at), until: new Date(span.last_at)
      }))
    }
  })
}

function statusOf (heardAt: Date | undefined, oldestUnsent: Date | undefined, now: number): ComponentState['status'] {
  if (heardAt === undefined) return 'never'
  if (now - heardAt.getTime() > SILENT_MS) return 'silent'
  return oldestUnsent !== undefined && now - oldestUnsent.getTime() > LATE_MS ? 'late' : 'current'
}

function dateOf (text: string | null | undefined): Date | undefined {
  return text == null ? undefined : new Date(text)
}

/** Public figures: rounded, so that nobody can be found behind them, and hiding cannot grow unseen (monitor §5.4). */
export interface Statistics {
  readonly events: number
  /** Whose data they were. */
  readonly bodies: number
  /** Rounded up to tens; 0 only where there is none. */
  readonly hidden: number
  readonly registries: number
  /** Events whose person was not found in the data. */
  readonly unknown: number
}

export async function statistics (store: SqlStore): Promise<Statistics> {
  const row = await store.get<Record<'events' | 'hidden' | 'unknown' | 'registries' | 'bodies', number | null>>('SELECT SUM(events) AS events, SUM(hidden) AS hidden, SUM(unknown) AS unknown, COUNT(DISTINCT registry) AS registries, COUNT(DISTINCT holder_name) AS bodies FROM source_span')
  return { events: Number(row?.events ?? 0), hidden: Math.ceil(Number(row?.hidden ?? 0) / 10) * 10, unknown: Number(row?.unknown ?? 0), registries: Number(row?.registries ?? 0), bodies: Number(row?.bodies ?? 0) }
}

/** Registers and months of which events are held. */
export async function heldSpans (reader: SqlReader): Promise<{ readonly registries: readonly string[], readonly epochs: readonly string[] }> {
  const rows = await reader.all<{ registry: string, epoch: string }>('SELECT DISTINCT registry, epoch FROM source_span ORDER BY epoch DESC, registry')
  return { registries: [...new Set(rows.map(({ registry }) => registry))], epochs: [...new Set(rows.map(({ epoch }) => epoch))] }
}
