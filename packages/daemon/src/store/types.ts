/** What a statement takes. Booleans are 0 and 1, instants RFC 3339 UTC text, bytes come back as `Buffer`. */
export type SqlValue = string | number | bigint | Uint8Array | null

export interface SqlReader {
  all<Row> (sql: string, ...values: readonly SqlValue[]): Promise<Row[]>
  /** The first row. */
  get<Row> (sql: string, ...values: readonly SqlValue[]): Promise<Row | undefined>
}

export interface SqlWriter extends SqlReader {
  /** @returns how many rows it changed. */
  run (sql: string, ...values: readonly SqlValue[]): Promise<number>
}

/**
 * Tables that outlive the process: SQLite within one process, PostgreSQL behind several. One SQL text serves both: `?` marks
 * a value, upserts by `ON CONFLICT`, nothing that only one of them knows (ADR 7). Outside `read` and `write` each query sees
 * the last committed state.
 */
export interface SqlStore extends SqlReader {
  readonly kind: 'sqlite' | 'postgresql'
  /** Reads of one consistent state, however long they take; writers are not held up. */
  read<T> (work: (tx: SqlReader) => Promise<T>): Promise<T>
  /**
   * One writer at a time, over all processes. Durable when it resolves; nothing of it remains when `work` throws. Must not be
   * called from within `work`.
   */
  write<T> (work: (tx: SqlWriter) => Promise<T>): Promise<T>
  close (): Promise<void>
}
