import type { ArchivableRecord, ArchiveLink } from './archive-store.ts'
import type { PageColumns, PageOfRows } from './record-pages.ts'
import type { RecordColumns, RecordRow } from './row.ts'
import { contentSize, type RecordContent, writeContent } from './content.ts'
import type { NewStamp, StampOfRecord, WaitingRecord } from './stamp-store.ts'
import type { NewRecord, SearchColumns } from './store.ts'
import type { ArchiveGrouping } from './types.ts'

export interface WorkerOptions {
  readonly path: string
  readonly contentKey: Uint8Array
}

/** What the database thread answers, by name. Buffers arrive as Uint8Array. */
export interface StoreCalls {
  find (queryId: string, party: string, direction: string | undefined): RecordRow[]
  search (query: SearchColumns): RecordRow[]
  page (query: PageColumns): PageOfRows
  row (id: number): RecordRow | undefined
  content (id: number): { row: RecordRow, content: Uint8Array } | undefined
  knownBodies (names: readonly string[]): string[]
  waiting (limit: number): WaitingRecord[]
  waitingAmong (ids: readonly number[]): WaitingRecord[]
  stampState (): { waiting: number, oldest: number | null, lastStamp: number | null }
  saveStamp (stamp: NewStamp): number
  assignStamp (stamp: number, records: readonly number[], position: number): void
  stampOf (id: number): StampOfRecord | undefined
  archivable (grouping: ArchiveGrouping, after: ArchivableRecord | undefined, limit: number): ArchivableRecord[]
  lastArchive (group: string): ArchiveLink | undefined
  beginArchive (group: string, file: string, lastDigest: string, created: number): number
  finishArchive (archive: number, records: readonly number[]): void
  unfinishedArchives (): { id: number, file: string }[]
  forgetArchive (archive: number): void
  prune (before: number, limit: number): { removed: number, bodies: string[] }
}

export type ToWorker =
  | { readonly kind: 'append', readonly batch: PackedBatch }
  | { readonly kind: 'call', readonly call: number, readonly name: keyof StoreCalls, readonly args: readonly unknown[] }
  | { readonly kind: 'close' }

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'appended', readonly first: number }
  /** For each record its number, or why it was not written. */
  | { readonly kind: 'not appended', readonly outcomes: readonly (number | string)[] }
  | { readonly kind: 'answer', readonly call: number, readonly value: unknown }
  | { readonly kind: 'failure', readonly call: number, readonly error: Error }

/** A record on its way to the thread. */
export interface OutgoingRecord {
  readonly columns: RecordColumns
  readonly bodyFiles: readonly string[]
  readonly content: RecordContent
}

/**
 * Many records as one flat list and one buffer, which is handed over and not copied: cloning an object tree a record
 * costs more than writing it to disk.
 */
export interface PackedBatch {
  /** FIELDS values a record. */
  readonly fields: readonly (string | number)[]
  readonly bytes: ArrayBuffer
}

const FIELDS = 12

export function packBatch (records: readonly OutgoingRecord[]): PackedBatch {
  const fields: (string | number)[] = []
  let total = 0
  for (const { columns: c, bodyFiles, content } of records) {
    const size = contentSize(content)
    total += size
    fields.push(c.direction, c.side, c.queryId, c.requestId, c.party, c.client, c.service, c.protocol, c.created, c.completeness, bodyFiles.join(' '), size)
  }
  const bytes = Buffer.allocUnsafeSlow(total)
  let at = 0
  for (const { content } of records) at = writeContent(content, bytes, at)
  return { fields, bytes: bytes.buffer as ArrayBuffer }
}

export function unpackBatch ({ fields, bytes }: PackedBatch): NewRecord[] {
  const records: NewRecord[] = []
  let at = 0
  for (let i = 0; i < fields.length; i += FIELDS) {
    const [direction, side, queryId, requestId, party, client, service, protocol, created, completeness, bodyFiles, size] =
      fields.slice(i, i + FIELDS) as [...string[]] as unknown as [
        RecordColumns['direction'], RecordColumns['side'], string, string, string, string, string, RecordColumns['protocol'], number,
        RecordColumns['completeness'], string, number]
    records.push({
      columns: { direction, side, queryId, requestId, party, client, service, protocol, created, completeness },
      bodyFiles: bodyFiles === '' ? [] : bodyFiles.split(' '),
      content: Buffer.from(bytes, at, size)
    })
    at += size
  }
  return records
}
