import { randomBytes } from 'node:crypto'
import { eventCommitment, LEAF_SALT_BYTES, type LeafKind } from '@trembita/protocol/accessevent'
import type { SqlReader, SqlWriter } from '@trembita/daemon/store'
import { insertRows } from '../db/index.ts'

export interface NewLeaf {
  readonly kind: LeafKind
  /** Identifier of what it stands for: event or change. */
  readonly ref: string
  readonly canonical: Uint8Array
  readonly salt: Uint8Array
}

/** A salt for a leaf; kept with what it stands for, and erased with it. */
export function newSalt (): Buffer {
  return randomBytes(LEAF_SALT_BYTES)
}

/**
 * Gives each leaf its place in the log, in the transaction that stores what it stands for. Writers of the store take turns, so places
 * are gap-free, and a leaf has one from the moment that it is durable: a log that is signed later cannot become another.
 */
export async function appendLeaves (tx: SqlWriter, leaves: readonly NewLeaf[]): Promise<void> {
  const first = await nextLeaf(tx)
  await insertRows(tx, 'log_entry', ['leaf_index', 'kind', 'ref', 'commitment'], leaves.map(({ kind, ref, canonical, salt }, i) => [first + i, kind, ref, eventCommitment(salt, canonical)]))
}

/** How many leaves have a place. */
export async function nextLeaf (reader: SqlReader): Promise<number> {
  return Number((await reader.get<{ next: number | null }>('SELECT MAX(leaf_index) + 1 AS next FROM log_entry'))?.next ?? 0)
}
