import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import type { Clock } from '@trembita/daemon'
import type { Programme, ProgrammeContent, ProgrammeStatus } from './programme.ts'

export const PROGRAMME_SCHEMA = `
CREATE TABLE programme (
  id TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,
  status TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE programme_version (
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  status TEXT NOT NULL,
  content TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;
`

interface Row {
  readonly id: string
  readonly version: number
  readonly status: ProgrammeStatus
  readonly content: string
  readonly changed_at: string
  readonly changed_by: string
}

export interface ProgrammeVersion extends Programme {
  readonly changedBy: string
}

const LATEST = `SELECT v.id, v.version, v.status, v.content, v.changed_at, v.changed_by
  FROM programme p JOIN programme_version v ON v.id = p.id AND v.version = p.version`

/** Somebody else changed the programme since it was read. */
export class VersionConflict extends Error {
  override readonly name = 'VersionConflict'
}

/** Programmes with all their versions (UP-3.1). What was once published stays readable as it was. */
export class Programmes {
  readonly #store: SqlStore
  readonly #clock: Clock

  constructor (store: SqlStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** @param all drafts and withdrawn ones too. By title in Ukrainian. */
  async list (all = false): Promise<Programme[]> {
    const rows = await this.#store.all<Row>(`${LATEST} ORDER BY v.id`)
    return rows.map(toProgramme).filter(({ status }) => all || status === 'published').sort((one, other) => COLLATOR.compare(one.titles.uk, other.titles.uk))
  }

  async get (id: string): Promise<Programme | undefined> {
    const row = await this.#store.get<Row>(`${LATEST} WHERE p.id = ?`, id)
    return row === undefined ? undefined : toProgramme(row)
  }

  async versions (id: string): Promise<ProgrammeVersion[]> {
    const rows = await this.#store.all<Row>('SELECT id, version, status, content, changed_at, changed_by FROM programme_version WHERE id = ? ORDER BY version DESC', id)
    return rows.map((row) => ({ ...toProgramme(row), changedBy: row.changed_by }))
  }

  /**
   * Writes a new version; durable when it resolves.
   *
   * @param was version that the change was made from; 0 for a new programme.
   * @throws {VersionConflict}
   */
  async save (id: string, was: number, status: ProgrammeStatus, content: ProgrammeContent, by: string): Promise<number> {
    return await this.#store.write(async (tx) => {
      const found = await versionOf(tx, id)
      if (found !== was) throw new VersionConflict(`programme ${id} stands at version ${found}`)
      const version = was + 1
      await tx.run('INSERT INTO programme_version (id, version, status, content, changed_at, changed_by) VALUES (?, ?, ?, ?, ?, ?)', id, version, status, JSON.stringify(content), this.#clock.now().toISOString(), by)
      await tx.run('INSERT INTO programme (id, version, status) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status', id, version, status)
      return version
    })
  }

  /** Puts in what a cabinet begins with; those that are there, changed or not, are left alone. */
  async seed (programmes: readonly (ProgrammeContent & { readonly id: string })[]): Promise<void> {
    for (const { id, ...content } of programmes) await this.save(id, 0, 'published', content, 'seed').catch(ignoreConflict)
  }
}

const COLLATOR = new Intl.Collator('uk')

function ignoreConflict (error: unknown): void {
  // It is there already.
  if (!(error instanceof VersionConflict)) throw error
}

async function versionOf (tx: SqlReader, id: string): Promise<number> {
  return (await tx.get<{ version: number }>('SELECT version FROM programme WHERE id = ?', id))?.version ?? 0
}

function toProgramme ({ id, version, status, content, changed_at: changedAt }: Row): Programme {
  return { ...JSON.parse(content) as ProgrammeContent, id, version, status, changedAt }
}
