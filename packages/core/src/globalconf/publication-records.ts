import { randomUUID } from 'node:crypto'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'

/** What a node says of its publishing. */
export interface NodePublication {
  readonly node: string
  readonly address: string
  readonly stamp: string | undefined
  readonly revision: number | undefined
  readonly publishedAt: Date | undefined
  readonly expiresAt: Date | undefined
  readonly durationMs: number | undefined
  readonly failure: string | undefined
  readonly failedAt: Date | undefined
}

export interface Published {
  readonly stamp: string
  readonly revision: number
  readonly at: Date
  readonly expiresAt: Date
  readonly durationMs: number
  /** Keys that the published sources name. */
  readonly keys: readonly Buffer[]
}

/** Writes down, for operators of any node, how far this node has come. No part of the registry: it raises no revision. */
export class PublicationRecords {
  readonly #store: SqlStore
  readonly #node: string
  readonly #runId = randomUUID()

  constructor (store: SqlStore, node: string) {
    this.#store = store
    this.#node = node
  }

  /** @returns whether another process publishes under the name of this node: two that do overwrite each other's addresses. */
  async published ({ stamp, revision, at, expiresAt, durationMs, keys }: Published): Promise<{ readonly twin: boolean }> {
    return await this.#store.write(async (tx) => {
      const node = await nodeId(tx, this.#node)
      const before = await tx.get<{ run_id: string, published_at: string | null }>('SELECT run_id, published_at FROM configuration_publication WHERE configuration_node_id = ?', node)
      await tx.run(`INSERT INTO configuration_publication (configuration_node_id, run_id, stamp, revision, published_at, expires_at, duration_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (configuration_node_id) DO UPDATE SET run_id = excluded.run_id, stamp = excluded.stamp, revision = excluded.revision, published_at = excluded.published_at,
        expires_at = excluded.expires_at, duration_ms = excluded.duration_ms, failure = NULL, failed_at = NULL`,
      node, this.#runId, stamp, revision, at.toISOString(), expiresAt.toISOString(), durationMs)
      const known = await tx.all<{ id: number, certificate: Buffer }>(`SELECT k.id, k.certificate FROM signing_key k
        WHERE NOT EXISTS (SELECT 1 FROM key_publication p WHERE p.signing_key_id = k.id AND p.configuration_node_id = ?)`, node)
      for (const { id, certificate } of known) {
        if (!keys.some((key) => key.equals(certificate))) continue
        await tx.run('INSERT INTO key_publication (signing_key_id, configuration_node_id, first_published_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING', id, node, at.toISOString())
      }
      return { twin: this.#foreign(before?.run_id) }
    })
  }

  async failed (at: Date, failure: string): Promise<void> {
    await this.#store.write(async (tx) => {
      await tx.run(`INSERT INTO configuration_publication (configuration_node_id, run_id, failure, failed_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (configuration_node_id) DO UPDATE SET failure = excluded.failure, failed_at = excluded.failed_at`,
      await nodeId(tx, this.#node), this.#runId, failure, at.toISOString())
    })
  }

  #seen = false
  /** The first record of a process replaces the one of the process before it; after that the row is its own. */
  #foreign (runId: string | undefined): boolean {
    const foreign = this.#seen && runId !== this.#runId
    this.#seen = true
    return foreign
  }
}

async function nodeId (reader: SqlReader, name: string): Promise<number> {
  const row = await reader.get<{ id: number }>('SELECT id FROM configuration_node WHERE name = ?', name)
  if (row === undefined) throw new Error(`node ${name} is not known`)
  return row.id
}

interface Row {
  readonly name: string
  readonly address: string
  readonly stamp: string | null
  readonly revision: number | null
  readonly published_at: string | null
  readonly expires_at: string | null
  readonly duration_ms: number | null
  readonly failure: string | null
  readonly failed_at: string | null
}

/** All nodes that sign for the instance. */
export async function nodePublications (reader: SqlReader): Promise<NodePublication[]> {
  const rows = await reader.all<Row>(`SELECT n.name, n.address, p.stamp, p.revision, p.published_at, p.expires_at, p.duration_ms, p.failure, p.failed_at
    FROM configuration_node n LEFT JOIN configuration_publication p ON p.configuration_node_id = n.id ORDER BY n.id`)
  return rows.map((row) => ({
    node: row.name,
    address: row.address,
    stamp: row.stamp ?? undefined,
    revision: row.revision ?? undefined,
    publishedAt: dateOf(row.published_at),
    expiresAt: dateOf(row.expires_at),
    durationMs: row.duration_ms ?? undefined,
    failure: row.failure ?? undefined,
    failedAt: dateOf(row.failed_at)
  }))
}

function dateOf (text: string | null): Date | undefined {
  return text === null ? undefined : new Date(text)
}
