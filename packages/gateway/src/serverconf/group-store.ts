import { formatClientId, type ClientId } from '@trembita/protocol/identifiers'
import { idOfRow, mustRowOf, type ConfDb } from './conf-db.ts'
import { clientIdOf } from './seed.ts'

/** A group of clients that one client of this gateway has made for its own rights. */
export interface LocalGroup {
  readonly id: number
  readonly client: ClientId
  readonly code: string
  readonly description: string
  readonly updatedAt: Date | undefined
  readonly members: readonly { readonly id: ClientId, readonly addedAt: Date | undefined }[]
}

interface GroupRow {
  readonly id: number
  readonly code: string
  readonly description: string
  readonly updated_at: string | null
  readonly instance: string
  readonly member_class: string
  readonly member_code: string
  readonly subsystem_code: string | null
}

const SELECT = 'SELECT g.id, g.code, g.description, g.updated_at, c.instance, c.member_class, c.member_code, c.subsystem_code FROM local_group g JOIN client c ON c.id = g.client_id'
const dateOf = (text: string | null): Date | undefined => text === null ? undefined : new Date(text)

/** Local groups. Each change is on disk when the call returns. */
export class GroupStore {
  readonly #conf: ConfDb

  constructor (conf: ConfDb) {
    this.#conf = conf
  }

  of (client: ClientId): LocalGroup[] {
    const { db } = this.#conf
    return db.prepare<[number], GroupRow>(`${SELECT} WHERE g.client_id = ? ORDER BY g.code`).all(mustRowOf(db, client)).map((row) => this.#toGroup(row))
  }

  get (id: number): LocalGroup | undefined {
    const row = this.#conf.db.prepare<[number], GroupRow>(`${SELECT} WHERE g.id = ?`).get(id)
    return row === undefined ? undefined : this.#toGroup(row)
  }

  /** @returns undefined when the client has a group of this code. */
  add (client: ClientId, code: string, description: string, at: Date): LocalGroup | undefined {
    const { db } = this.#conf
    return this.#conf.change(() => {
      const { changes, lastInsertRowid } = db.prepare('INSERT INTO local_group (client_id, code, description, updated_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
        .run(mustRowOf(db, client), code, description, at.toISOString())
      return changes === 0 ? undefined : this.get(Number(lastInsertRowid))
    })
  }

  describe (id: number, description: string, at: Date): void {
    this.#conf.change(() => { this.#conf.db.prepare('UPDATE local_group SET description = ?, updated_at = ? WHERE id = ?').run(description, at.toISOString(), id) })
  }

  /** With the rights that were given to it. */
  remove (id: number): void {
    const { db } = this.#conf
    this.#conf.change(() => {
      db.prepare('DELETE FROM access_right WHERE subject_kind = ? AND (client_id, subject) = (SELECT client_id, code FROM local_group WHERE id = ?)').run('localGroup', id)
      db.prepare('DELETE FROM local_group WHERE id = ?').run(id)
    })
  }

  addMembers (id: number, members: readonly ClientId[], at: Date): void {
    const { db } = this.#conf
    this.#conf.change(() => {
      const insert = db.prepare('INSERT INTO local_group_member (group_id, member, added_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
      for (const member of members) insert.run(id, formatClientId(member), at.toISOString())
      db.prepare('UPDATE local_group SET updated_at = ? WHERE id = ?').run(at.toISOString(), id)
    })
  }

  removeMembers (id: number, members: readonly ClientId[], at: Date): void {
    const { db } = this.#conf
    this.#conf.change(() => {
      const remove = db.prepare('DELETE FROM local_group_member WHERE group_id = ? AND member = ?')
      for (const member of members) remove.run(id, formatClientId(member))
      db.prepare('UPDATE local_group SET updated_at = ? WHERE id = ?').run(at.toISOString(), id)
    })
  }

  #toGroup (row: GroupRow): LocalGroup {
    const members = this.#conf.db.prepare<[number], { member: string, added_at: string | null }>('SELECT member, added_at FROM local_group_member WHERE group_id = ? ORDER BY member').all(row.id)
    return {
      id: row.id,
      client: idOfRow(row),
      code: row.code,
      description: row.description,
      updatedAt: dateOf(row.updated_at),
      members: members.flatMap(({ member, added_at: addedAt }) => {
        const id = clientIdOf(member)
        return id === undefined ? [] : { id, addedAt: dateOf(addedAt) }
      })
    }
  }
}
