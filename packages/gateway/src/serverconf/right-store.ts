import { formatClientId, type ClientId } from '@trembita/protocol/identifiers'
import { mustRowOf, type ConfDb } from './conf-db.ts'
import { subjectOf } from './load.ts'
import type { EndpointPattern, Subject } from './types.ts'

/** Somebody's right to an endpoint of a service; the base endpoint `*` `**` is the whole service. */
export interface GivenRight {
  readonly subject: Subject
  readonly serviceCode: string
  readonly endpoint: EndpointPattern
  readonly givenAt: Date | undefined
}

/** What a right is given to: a service as a whole, or one of its endpoints. */
export interface RightTarget {
  readonly serviceCode: string
  readonly endpoint: EndpointPattern
}

interface RightRow { service_code: string, method: string, path: string, subject_kind: string, subject: string, given_at: string | null }

export const BASE_ENDPOINT: EndpointPattern = { method: '*', path: '**' }

/** Access rights. Each change is on disk when the call returns. */
export class RightStore {
  readonly #conf: ConfDb

  constructor (conf: ConfDb) {
    this.#conf = conf
  }

  of (client: ClientId): GivenRight[] {
    const { db } = this.#conf
    const rows = db.prepare<[number], RightRow>('SELECT service_code, method, path, subject_kind, subject, given_at FROM access_right WHERE client_id = ? ORDER BY service_code, subject_kind, subject').all(mustRowOf(db, client))
    return rows.flatMap((row) => {
      const subject = subjectOf(row.subject_kind, row.subject)
      if (subject === undefined) return []
      return { subject, serviceCode: row.service_code, endpoint: { method: row.method, path: row.path }, givenAt: row.given_at === null ? undefined : new Date(row.given_at) }
    })
  }

  /** @returns how many of them are new. */
  give (client: ClientId, subjects: readonly Subject[], targets: readonly RightTarget[], at: Date): number {
    const { db } = this.#conf
    return this.#conf.change(() => {
      const row = mustRowOf(db, client)
      const insert = db.prepare('INSERT INTO access_right (client_id, service_code, method, path, subject_kind, subject, given_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
      let given = 0
      for (const subject of subjects) {
        for (const { serviceCode, endpoint } of targets) given += insert.run(row, serviceCode, endpoint.method, endpoint.path, subject.kind, textOf(subject), at.toISOString()).changes
      }
      return given
    })
  }

  /** @returns how many there were. */
  take (client: ClientId, subjects: readonly Subject[], targets: readonly RightTarget[]): number {
    const { db } = this.#conf
    return this.#conf.change(() => {
      const row = mustRowOf(db, client)
      const remove = db.prepare('DELETE FROM access_right WHERE client_id = ? AND service_code = ? AND method = ? AND path = ? AND subject_kind = ? AND subject = ?')
      let taken = 0
      for (const subject of subjects) {
        for (const { serviceCode, endpoint } of targets) taken += remove.run(row, serviceCode, endpoint.method, endpoint.path, subject.kind, textOf(subject)).changes
      }
      return taken
    })
  }
}

function textOf (subject: Subject): string {
  switch (subject.kind) {
    case 'client': return formatClientId(subject.id)
    case 'globalGroup': return `${subject.id.instance}/${subject.id.groupCode}`
    case 'localGroup': return subject.code
  }
}
