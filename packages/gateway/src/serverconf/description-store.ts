import type { ClientId } from '@trembita/protocol/identifiers'
import { idOfRow, mustRowOf, type ConfDb } from './conf-db.ts'
import type { AccessRule, PersonalDataSettings } from '../accesslog/index.ts'
import { personalDataOf } from './load.ts'
import type { AgreementMode, EndpointPattern, ServicePersonalData, ServiceType } from './types.ts'

export interface DescribedEndpoint extends EndpointPattern {
  readonly id: number
  /** Comes from the description, not from an administrator. */
  readonly generated: boolean
}

export interface DescribedService {
  readonly code: string
  readonly version: string | undefined
  readonly title: string | undefined
  readonly url: string
  readonly timeoutSeconds: number
  readonly verifyTls: boolean
  readonly agreement: AgreementMode
  readonly personalData: ServicePersonalData
  readonly endpoints: readonly DescribedEndpoint[]
}

/** A service description with its services, as administrators see it. */
export interface Description {
  readonly id: number
  readonly client: ClientId
  readonly type: ServiceType
  readonly url: string
  readonly disabled: boolean
  readonly disabledNotice: string
  readonly refreshedAt: Date | undefined
  readonly services: readonly DescribedService[]
}

/** A service as its description tells it. */
export interface ServiceToWrite {
  readonly code: string
  readonly version?: string | undefined
  readonly title?: string | undefined
  readonly url: string
  readonly endpoints: readonly EndpointPattern[]
  /** Rules that its annotations give; absent: none. */
  readonly accessRules?: readonly AccessRule[] | undefined
}

interface DescriptionRow {
  readonly id: number
  readonly type: ServiceType
  readonly url: string
  readonly disabled: number
  readonly disabled_notice: string
  readonly refreshed_at: string | null
  readonly client_id: number
  readonly instance: string
  readonly member_class: string
  readonly member_code: string
  readonly subsystem_code: string | null
}
interface ServiceRow { code: string, version: string | null, title: string | null, url: string, timeout_seconds: number, verify_tls: number, agreement: AgreementMode, personal_data: string | null, described_rules: string }

const SELECT = `SELECT d.id, d.type, d.url, d.disabled, d.disabled_notice, d.refreshed_at, d.client_id, c.instance, c.member_class, c.member_code, c.subsystem_code
  FROM service_description d JOIN client c ON c.id = d.client_id`

/** Service descriptions and what they describe. Each change is on disk when the call returns. */
export class DescriptionStore {
  readonly #conf: ConfDb

  constructor (conf: ConfDb) {
    this.#conf = conf
  }

  of (client: ClientId): Description[] {
    const { db } = this.#conf
    return db.prepare<[number], DescriptionRow>(`${SELECT} WHERE d.client_id = ? ORDER BY d.id`).all(mustRowOf(db, client)).map((row) => this.#toDescription(row))
  }

  get (id: number): Description | undefined {
    const row = this.#conf.db.prepare<[number], DescriptionRow>(`${SELECT} WHERE d.id = ?`).get(id)
    return row === undefined ? undefined : this.#toDescription(row)
  }

  /** A new description is disabled until somebody enables it. */
  add (client: ClientId, type: ServiceType, url: string, services: readonly ServiceToWrite[], at: Date): Description {
    const { db } = this.#conf
    return this.#conf.change(() => {
      const clientRow = mustRowOf(db, client)
      const id = Number(db.prepare('INSERT INTO service_description (client_id, type, url, refreshed_at) VALUES (?, ?, ?, ?)').run(clientRow, type, url, at.toISOString()).lastInsertRowid)
      for (const service of services) this.#addService(clientRow, id, service)
      return this.get(id)!
    })
  }

  /** `notice`: what callers are told; undefined enables. */
  setDisabled (id: number, notice: string | undefined): void {
    this.#conf.change(() => {
      if (notice === undefined) this.#conf.db.prepare('UPDATE service_description SET disabled = 0 WHERE id = ?').run(id)
      else this.#conf.db.prepare('UPDATE service_description SET disabled = 1, disabled_notice = ? WHERE id = ?').run(notice, id)
    })
  }

  /** Takes over a description as it is now: what stays keeps its settings and rights, what is gone loses them. */
  replace (id: number, url: string, services: readonly ServiceToWrite[], at: Date): Description {
    const { db } = this.#conf
    return this.#conf.change(() => {
      const { client_id: clientRow } = db.prepare<[number], DescriptionRow>(`${SELECT} WHERE d.id = ?`).get(id)!
      db.prepare('UPDATE service_description SET url = ?, refreshed_at = ? WHERE id = ?').run(url, at.toISOString(), id)
      const before = this.get(id)!.services
      const gone = before.filter((one) => !services.some((service) => isSame(one, service)))
      for (const { code, version } of gone) {
        db.prepare('DELETE FROM service WHERE description_id = ? AND code = ? AND coalesce(version, \'\') = ?').run(id, code, version ?? '')
        this.#forgetCode(clientRow, code)
      }
      for (const service of services) {
        if (before.some((one) => isSame(one, service))) this.#refreshService(clientRow, id, service)
        else this.#addService(clientRow, id, service)
      }
      return this.get(id)!
    })
  }

  /** Gives a described service another code; endpoints and rights go with it. */
  rename (id: number, code: string, newCode: string): void {
    const { db } = this.#conf
    this.#conf.change(() => {
      const { client_id: clientRow } = db.prepare<[number], DescriptionRow>(`${SELECT} WHERE d.id = ?`).get(id)!
      db.prepare('UPDATE service SET code = ? WHERE description_id = ? AND code = ?').run(newCode, id, code)
      for (const table of ['endpoint', 'access_right']) db.prepare(`UPDATE ${table} SET service_code = ? WHERE client_id = ? AND service_code = ?`).run(newCode, clientRow, code)
    })
  }

  remove (id: number): void {
    const { db } = this.#conf
    this.#conf.change(() => {
      const { client_id: clientRow } = db.prepare<[number], DescriptionRow>(`${SELECT} WHERE d.id = ?`).get(id)!
      const codes = this.get(id)!.services.map(({ code }) => code)
      db.prepare('DELETE FROM service_description WHERE id = ?').run(id)
      for (const code of codes) this.#forgetCode(clientRow, code)
    })
  }

  updateService (id: number, code: string, version: string | undefined, settings: Partial<Pick<DescribedService, 'url' | 'timeoutSeconds' | 'verifyTls' | 'agreement'>>): void {
    const { url, timeoutSeconds, verifyTls, agreement } = settings
    this.#conf.change(() => {
      this.#conf.db.prepare(`
        UPDATE service SET url = coalesce(?, url), timeout_seconds = coalesce(?, timeout_seconds), verify_tls = coalesce(?, verify_tls), agreement = coalesce(?, agreement)
        WHERE description_id = ? AND code = ? AND coalesce(version, '') = ?`)
        .run(url ?? null, timeoutSeconds ?? null, verifyTls === undefined ? null : verifyTls ? 1 : 0, agreement ?? null, id, code, version ?? '')
    })
  }

  /** @param settings checked; undefined: those of the description alone. */
  setPersonalData (id: number, code: string, version: string | undefined, settings: PersonalDataSettings | undefined): void {
    this.#conf.change(() => {
      this.#conf.db.prepare('UPDATE service SET personal_data = ? WHERE description_id = ? AND code = ? AND coalesce(version, \'\') = ?')
        .run(settings === undefined ? null : JSON.stringify(settings), id, code, version ?? '')
    })
  }

  /** @returns undefined when the service has this endpoint. */
  addEndpoint (client: ClientId, code: string, { method, path }: EndpointPattern): number | undefined {
    const { db } = this.#conf
    return this.#conf.change(() => {
      const { changes, lastInsertRowid } = db.prepare('INSERT INTO endpoint (client_id, service_code, method, path) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
        .run(mustRowOf(db, client), code, method, path)
      return changes === 0 ? undefined : Number(lastInsertRowid)
    })
  }

  /** Where an endpoint belongs. */
  endpoint (id: number): (DescribedEndpoint & { readonly client: ClientId, readonly serviceCode: string }) | undefined {
    const row = this.#conf.db.prepare<[number], { service_code: string, method: string, path: string, generated: number, instance: string, member_class: string, member_code: string, subsystem_code: string | null }>(`
      SELECT e.service_code, e.method, e.path, e.generated, c.instance, c.member_class, c.member_code, c.subsystem_code FROM endpoint e JOIN client c ON c.id = e.client_id WHERE e.id = ?`).get(id)
    return row === undefined ? undefined : { id, client: idOfRow(row), serviceCode: row.service_code, method: row.method, path: row.path, generated: row.generated === 1 }
  }

  /** Rights go with it. @returns false when the service has another endpoint like that. */
  updateEndpoint (id: number, { method, path }: EndpointPattern): boolean {
    const { db } = this.#conf
    return this.#conf.change(() => {
      const { client, serviceCode, ...before } = this.endpoint(id)!
      if (before.method === method && before.path === path) return true
      if (db.prepare('UPDATE OR IGNORE endpoint SET method = ?, path = ?, generated = 0 WHERE id = ?').run(method, path, id).changes === 0) return false
      db.prepare('UPDATE access_right SET method = ?, path = ? WHERE client_id = ? AND service_code = ? AND method = ? AND path = ?')
        .run(method, path, mustRowOf(db, client), serviceCode, before.method, before.path)
      return true
    })
  }

  removeEndpoint (id: number): void {
    const { db } = this.#conf
    this.#conf.change(() => {
      db.prepare('DELETE FROM access_right WHERE (client_id, service_code, method, path) = (SELECT client_id, service_code, method, path FROM endpoint WHERE id = ?)').run(id)
      db.prepare('DELETE FROM endpoint WHERE id = ?').run(id)
    })
  }

  #addService (clientRow: number, id: number, { code, version, title, url, endpoints, accessRules }: ServiceToWrite): void {
    this.#conf.db.prepare('INSERT INTO service (description_id, code, version, title, url, described_rules) VALUES (?, ?, ?, ?, ?, ?)')
      .run(id, code, version ?? null, title ?? null, url, JSON.stringify(accessRules ?? []))
    for (const { method, path } of endpoints) {
      this.#conf.db.prepare('INSERT INTO endpoint (client_id, service_code, method, path, generated) VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET generated = 1').run(clientRow, code, method, path)
    }
  }

  #refreshService (clientRow: number, id: number, { code, version, title, endpoints, accessRules }: ServiceToWrite): void {
    const { db } = this.#conf
    db.prepare('UPDATE service SET title = ?, described_rules = ? WHERE description_id = ? AND code = ? AND coalesce(version, \'\') = ?')
      .run(title ?? null, JSON.stringify(accessRules ?? []), id, code, version ?? '')
    const known = db.prepare<[number, string], { id: number, method: string, path: string }>('SELECT id, method, path FROM endpoint WHERE client_id = ? AND service_code = ? AND generated = 1').all(clientRow, code)
    for (const { id: endpointId, method, path } of known) {
      if (!endpoints.some((one) => one.method === method && one.path === path)) this.removeEndpoint(endpointId)
    }
    for (const { method, path } of endpoints) {
      db.prepare('INSERT INTO endpoint (client_id, service_code, method, path, generated) VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET generated = 1').run(clientRow, code, method, path)
    }
  }

  /** Rights and endpoints are by code: they stay while another version or description has it. */
  #forgetCode (clientRow: number, code: string): void {
    const { db } = this.#conf
    const left = db.prepare<[number, string], { n: number }>('SELECT count(*) AS n FROM service s JOIN service_description d ON d.id = s.description_id WHERE d.client_id = ? AND s.code = ?').get(clientRow, code)!.n
    if (left > 0) return
    for (const table of ['endpoint', 'access_right']) db.prepare(`DELETE FROM ${table} WHERE client_id = ? AND service_code = ?`).run(clientRow, code)
  }

  #toDescription (row: DescriptionRow): Description {
    const { db } = this.#conf
    const services = db.prepare<[number], ServiceRow>('SELECT code, version, title, url, timeout_seconds, verify_tls, agreement, personal_data, described_rules FROM service WHERE description_id = ? ORDER BY id').all(row.id)
    const endpoints = db.prepare<[number], { id: number, service_code: string, method: string, path: string, generated: number }>('SELECT id, service_code, method, path, generated FROM endpoint WHERE client_id = ? ORDER BY path, method').all(row.client_id)
    return {
      id: row.id,
      client: idOfRow(row),
      type: row.type,
      url: row.url,
      disabled: row.disabled === 1,
      disabledNotice: row.disabled_notice,
      refreshedAt: row.refreshed_at === null ? undefined : new Date(row.refreshed_at),
      services: services.map((service) => ({
        code: service.code,
        version: service.version ?? undefined,
        title: service.title ?? undefined,
        url: service.url,
        timeoutSeconds: service.timeout_seconds,
        verifyTls: service.verify_tls === 1,
        agreement: service.agreement,
        personalData: personalDataOf(service),
        endpoints: endpoints.filter((one) => one.service_code === service.code).map(({ id, method, path, generated }) => ({ id, method, path, generated: generated === 1 }))
      }))
    }
  }
}

function isSame (a: { readonly code: string, readonly version?: string | undefined }, b: { readonly code: string, readonly version?: string | undefined }): boolean {
  return a.code === b.code && (a.version ?? '') === (b.version ?? '')
}
