import type { Clock } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import type { PortalKeys } from '../keys/index.ts'
import type { TwoTexts } from '../offers/index.ts'

export interface NoticeContent {
  readonly title: TwoTexts
  readonly body: TwoTexts
  readonly link?: string | undefined
}

/** A message of a body to a person. */
export interface Notice extends NoticeContent {
  readonly id: string
  /** `CLASS/CODE/SUBSYSTEM` */
  readonly from: string
  readonly createdAt: string
  readonly readAt: string | undefined
}

interface Row {
  readonly id: string
  readonly client: string
  readonly content: string
  readonly created_at: string
  readonly read_at: string | null
}

const FROM = 'FROM notice n JOIN distribution d ON d.id = n.distribution_id WHERE n.subject = ? AND d.deleted_at IS NULL'
const COLUMNS = 'n.id AS id, d.client AS client, n.content AS content, n.created_at AS created_at, n.read_at AS read_at'

/** The inbox: the record of what was told; push is but a hint. */
export class Notices {
  readonly #store: SqlStore
  readonly #clock: Clock
  readonly #keys: PortalKeys

  constructor (store: SqlStore, clock: Clock, keys: PortalKeys) {
    this.#store = store
    this.#clock = clock
    this.#keys = keys
  }

  /** The latest first. */
  async list (subject: string, offset: number, limit: number): Promise<{ readonly notices: Notice[], readonly total: number }> {
    return await this.#store.read(async (tx) => {
      const rows = await tx.all<Row>(`SELECT ${COLUMNS} ${FROM} ORDER BY n.created_at DESC, n.id LIMIT ? OFFSET ?`, subject, limit, offset)
      const count = await tx.get<{ n: number | string }>(`SELECT count(*) AS n ${FROM}`, subject)
      return { notices: rows.map((row) => this.#toNotice(row)), total: Number(count?.n ?? 0) }
    })
  }

  async countUnread (subject: string): Promise<number> {
    const row = await this.#store.get<{ n: number | string }>(`SELECT count(*) AS n ${FROM} AND n.read_at IS NULL`, subject)
    return Number(row?.n ?? 0)
  }

  /** Reads one; the first reading is remembered. */
  async read (subject: string, id: string): Promise<Notice | undefined> {
    return await this.#store.write(async (tx) => {
      const row = await tx.get<Row>(`SELECT ${COLUMNS} ${FROM} AND n.id = ?`, subject, id)
      if (row === undefined) return undefined
      const readAt = row.read_at ?? this.#clock.now().toISOString()
      if (row.read_at === null) await tx.run('UPDATE notice SET read_at = ?, state = ? WHERE id = ?', readAt, 'read', id)
      return this.#toNotice({ ...row, read_at: readAt })
    })
  }

  async readAll (subject: string): Promise<void> {
    await this.#store.write(async (tx) => {
      await tx.run('UPDATE notice SET read_at = ?, state = ? WHERE subject = ? AND read_at IS NULL', this.#clock.now().toISOString(), 'read', subject)
    })
  }

  #toNotice (row: Row): Notice {
    return {
      ...this.#keys.box.open<NoticeContent>(row.content, `notice/${row.id}`), id: row.id, from: row.client, createdAt: row.created_at, readAt: row.read_at ?? undefined
    }
  }
}
