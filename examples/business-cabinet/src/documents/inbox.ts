import { randomUUID } from 'node:crypto'
import type { Clock, Seal } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import type { Fact } from '../matching/profile.ts'
import { DOCUMENT_TYPES, verifyDocument, type DocumentCopy, type DocumentRefusal, type DocumentType, type PortalKeys } from './verify-document.ts'

export const DOCUMENT_SCHEMA = `
CREATE TABLE document (
  id TEXT NOT NULL PRIMARY KEY,
  ref TEXT NOT NULL,
  copy_id TEXT NOT NULL,
  type TEXT NOT NULL,
  sealed TEXT NOT NULL,
  received_at TEXT NOT NULL,
  UNIQUE (ref, copy_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE document_missing (
  ref TEXT NOT NULL,
  type TEXT NOT NULL,
  reason TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (ref, type)
) STRICT, WITHOUT ROWID;

CREATE TABLE share (
  id TEXT NOT NULL PRIMARY KEY,
  ref TEXT NOT NULL,
  receipt TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`

/** What comes through the portal in one go. */
export interface Share {
  /** The portal's own id: a repetition has the same receipt. */
  readonly shareId: string
  readonly documents: readonly { readonly type: string, readonly content: string }[]
  readonly missing?: readonly { readonly type: string, readonly reason: string }[] | undefined
}

export interface Receipt {
  readonly receiptId: string
  readonly shareId: string
  readonly receivedAt: string
  readonly verdicts: readonly { readonly type: string, readonly verdict: 'ACCEPTED' | 'ALREADY_HELD' | 'REFUSED', readonly reason?: DocumentRefusal | undefined }[]
  readonly missing: readonly { readonly type: string, readonly reason: string }[]
}

export interface HeldDocument {
  readonly id: string
  readonly type: DocumentType
  readonly receivedAt: string
  readonly copy: DocumentCopy
}

export interface InboxDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly seal: Seal
  readonly keys: PortalKeys
}

/** Register whose certificate of displacement it is, as offers name it. */
const DISPLACED_SOURCE = 'DOCUMENT:displaced-certificate'

/** Documents that entrepreneurs passed, each verified, kept sealed (UP-8). */
export class Inbox {
  readonly #deps: InboxDeps

  constructor (deps: InboxDeps) {
    this.#deps = deps
  }

  /** Takes a share: each document by itself, so that one that is no good holds up no other. Durable; a repetition changes nothing. */
  async receive (ref: string, rnokpp: string, { shareId, documents, missing = [] }: Share): Promise<Receipt> {
    const { store, clock, seal, keys } = this.#deps
    const now = clock.now()
    const copies = documents.map(({ type, content }) => ({ type, copy: verifyDocument(content, type, rnokpp, keys, now) }))
    return await store.write(async (tx) => {
      const former = await tx.get<{ ref: string, receipt: string }>('SELECT ref, receipt FROM share WHERE id = ?', shareId)
      if (former !== undefined && former.ref === ref) return JSON.parse(former.receipt) as Receipt
      const verdicts: Receipt['verdicts'][number][] = []
      for (const { type, copy } of copies) {
        if (typeof copy === 'string') {
          verdicts.push({ type, verdict: 'REFUSED', reason: copy })
          continue
        }
        const id = randomUUID()
        const added = await tx.run('INSERT INTO document (id, ref, copy_id, type, sealed, received_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (ref, copy_id) DO NOTHING', id, ref, copy.jti, copy.type, seal.seal(JSON.stringify(copy), id), now.toISOString())
        verdicts.push({ type, verdict: added === 0 ? 'ALREADY_HELD' : 'ACCEPTED' })
        await tx.run('DELETE FROM document_missing WHERE ref = ? AND type = ?', ref, copy.type)
      }
      const told = missing.filter(({ type }) => (DOCUMENT_TYPES as readonly string[]).includes(type))
      for (const { type, reason } of told) {
        await tx.run('INSERT INTO document_missing (ref, type, reason, at) VALUES (?, ?, ?, ?) ON CONFLICT (ref, type) DO UPDATE SET reason = excluded.reason, at = excluded.at', ref, type, reason, now.toISOString())
      }
      const receipt: Receipt = { receiptId: randomUUID(), shareId, receivedAt: now.toISOString(), verdicts, missing: told }
      if (former === undefined) await tx.run('INSERT INTO share (id, ref, receipt) VALUES (?, ?, ?)', shareId, ref, JSON.stringify(receipt))
      return receipt
    })
  }

  /** The newest first. */
  async list (ref: string): Promise<HeldDocument[]> {
    const rows = await this.#deps.store.all<{ id: string, type: DocumentType, sealed: string, received_at: string }>('SELECT id, type, sealed, received_at FROM document WHERE ref = ? ORDER BY received_at DESC, id', ref)
    return rows.map((row) => ({ id: row.id, type: row.type, receivedAt: row.received_at, copy: JSON.parse(this.#deps.seal.open(row.sealed, row.id)) as DocumentCopy }))
  }

  async missing (ref: string): Promise<{ type: DocumentType, reason: string, at: string }[]> {
    return await this.#deps.store.all('SELECT type, reason, at FROM document_missing WHERE ref = ? ORDER BY type', ref)
  }

  async count (ref: string): Promise<number> {
    return (await this.#deps.store.get<{ count: number }>('SELECT COUNT(*) AS count FROM document WHERE ref = ?', ref))?.count ?? 0
  }

  async total (): Promise<number> {
    return (await this.#deps.store.get<{ count: number }>('SELECT COUNT(*) AS count FROM document'))?.count ?? 0
  }

  async erase (ref: string): Promise<void> {
    await this.#deps.store.write(async (tx) => {
      for (const table of ['document', 'document_missing', 'share']) await tx.run(`DELETE FROM ${table} WHERE ref = ?`, ref)
    })
  }

  /** Is the person internally displaced, as the last certificate says? Not shared is not known. */
  async displaced (ref: string): Promise<Fact<boolean>> {
    const certificate = (await this.list(ref)).find(({ type }) => type === 'displaced-certificate')
    if (certificate === undefined) {
      const told = (await this.missing(ref)).find(({ type }) => type === 'displaced-certificate')
      return { known: false, gap: told?.reason === 'NO_RECORD' ? 'NO_RECORD' : 'NOT_SHARED', source: { register: DISPLACED_SOURCE, asOf: told?.at } }
    }
    const { copy: { data, source, iat } } = certificate
    return { known: true, value: data.status === 'active', source: { register: DISPLACED_SOURCE, asOf: source.asOf ?? new Date(iat * 1000).toISOString(), exchangeId: source.exchangeId } }
  }
}
