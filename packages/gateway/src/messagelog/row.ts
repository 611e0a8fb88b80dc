import type { Completeness, Direction, Side } from './types.ts'

/** The searchable part of a record, as it stands in the table. */
export interface RecordColumns {
  readonly direction: Direction
  readonly side: Side
  readonly queryId: string
  readonly requestId: string
  readonly party: string
  readonly client: string
  readonly service: string
  readonly protocol: 'soap' | 'rest'
  /** Milliseconds. */
  readonly created: number
  readonly completeness: Completeness
}

/** What sealing binds the content to: with it, a changed column shows when the record is opened. */
export function bindingOf (columns: RecordColumns): string {
  const { direction, side, queryId, requestId, party, client, service, protocol, created, completeness } = columns
  return JSON.stringify([direction, side, queryId, requestId, party, client, service, protocol, created, completeness])
}

/** A row of the table with what joins it. */
export interface RecordRow extends RecordColumns {
  readonly id: number
  readonly stampedAt: number | null
  readonly archiveFile: string | null
}
