import { openDatabase, type Database } from '@trembita/daemon/sqlite'
import type { MonitoringSettings } from '../accesslog/index.ts'
import { formatClientId, type ServerId } from '@trembita/protocol/identifiers'
import { ClientStore } from './client-store.ts'
import type { ConfDb } from './conf-db.ts'
import { DescriptionStore } from './description-store.ts'
import { GroupStore } from './group-store.ts'
import { MIGRATIONS } from './migrations.ts'
import { RightStore } from './right-store.ts'
import type { ClientSeed, ServerConfSeed } from './seed.ts'
import { loadServer, loadSnapshot } from './load.ts'
import type { ServerConfSnapshot, ServerRow } from './types.ts'

/** Opens (and, where needed, creates) the server configuration of a gateway. */
export function openServerConf (path: string): ServerConf {
  return new ServerConf(openDatabase(path, MIGRATIONS))
}

/** This gateway's clients, their services and rights. Reading is from a snapshot in memory; every change is on disk before it shows. */
export class ServerConf {
  readonly #db: Database
  #snapshot: ServerConfSnapshot
  #server: ServerRow | undefined

  readonly clients: ClientStore
  readonly groups: GroupStore
  readonly descriptions: DescriptionStore
  readonly rights: RightStore

  constructor (db: Database) {
    this.#db = db
    const conf: ConfDb = { db, change: (work) => this.#change(work) }
    this.clients = new ClientStore(conf)
    this.groups = new GroupStore(conf)
    this.descriptions = new DescriptionStore(conf)
    this.rights = new RightStore(conf)
    this.#snapshot = loadSnapshot(db, 1)
    this.#server = loadServer(db)
  }

  current (): ServerConfSnapshot {
    return this.#snapshot
  }

  /** Makes each client of the seed as the seed says; clients it does not name stay as they are. Repeating it changes nothing. */
  apply (seed: ServerConfSeed): void {
    this.#change(() => { for (const client of seed.clients) this.#put(client) })
  }

  server (): ServerRow | undefined {
    return this.#server
  }

  setServer (id: ServerId, configuredAs: string | undefined): void {
    this.#db.prepare(`
      INSERT INTO server (id, instance, member_class, member_code, server_code, configured_as) VALUES (1, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET instance = excluded.instance, member_class = excluded.member_class, member_code = excluded.member_code,
        server_code = excluded.server_code, configured_as = excluded.configured_as`)
      .run(id.instance, id.memberClass, id.memberCode, id.serverCode, configuredAs ?? null)
    this.#server = loadServer(this.#db)
  }

  /** Remembers what the core was asked; undefined forgets it. */
  setRequested (request: { readonly address: string | undefined } | { readonly maintenance: boolean | undefined }): void {
    if ('address' in request) this.#db.prepare('UPDATE server SET requested_address = ?').run(request.address ?? null)
    else this.#db.prepare('UPDATE server SET requested_maintenance = ?').run(request.maintenance === undefined ? null : request.maintenance ? 1 : 0)
    this.#server = loadServer(this.#db)
  }

  /** Where accesses to personal data are reported, as an administrator set it. */
  monitoring (): MonitoringSettings | undefined {
    const row = this.#db.prepare<[], { settings: string }>('SELECT settings FROM monitoring').get()
    return row === undefined ? undefined : JSON.parse(row.settings) as MonitoringSettings
  }

  setMonitoring (settings: MonitoringSettings): void {
    this.#db.prepare('INSERT INTO monitoring (id, settings) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET settings = excluded.settings').run(JSON.stringify(settings))
  }

  /** Gives the gateway its name, and its owner a client of its own, which is not registered yet. All of it, or nothing. */
  nameServer (id: ServerId): void {
    const { instance, memberClass, memberCode } = id
    this.#change(() => {
      this.clients.add({ instance, memberClass, memberCode }, { status: 'saved', connection: 'HTTPS' })
      this.setServer(id, undefined)
    })
  }

  /** Takes the name back, when what should have followed from it did not come to be. */
  unnameServer (): void {
    this.#change(() => {
      this.#db.prepare('DELETE FROM client WHERE status = ?').run('saved')
      this.#db.prepare('DELETE FROM server').run()
    })
    this.#server = undefined
  }

  close (): void {
    this.#db.close()
  }

  /** A change within a change is part of it. */
  #change<T> (work: () => T): T {
    if (this.#db.inTransaction) return work()
    const result = this.#db.transaction(work).immediate()
    this.#snapshot = loadSnapshot(this.#db, this.#snapshot.version + 1)
    return result
  }

  #put (client: ClientSeed): void {
    const db = this.#db
    const { instance, memberClass, memberCode, subsystemCode } = client.id
    db.prepare('DELETE FROM client WHERE instance = ? AND member_class = ? AND member_code = ? AND coalesce(subsystem_code, \'\') = ?')
      .run(instance, memberClass, memberCode, subsystemCode ?? '')
    const clientId = db.prepare('INSERT INTO client (instance, member_class, member_code, subsystem_code, connection, configured) VALUES (?, ?, ?, ?, ?, 1)')
      .run(instance, memberClass, memberCode, subsystemCode ?? null, client.connection).lastInsertRowid
    for (const der of client.certificates) db.prepare('INSERT OR IGNORE INTO client_certificate (client_id, der) VALUES (?, ?)').run(clientId, der)
    for (const group of client.localGroups) {
      const groupId = db.prepare('INSERT INTO local_group (client_id, code, description) VALUES (?, ?, ?)').run(clientId, group.code, group.description).lastInsertRowid
      for (const member of group.members) {
        db.prepare('INSERT OR IGNORE INTO local_group_member (group_id, member) VALUES (?, ?)').run(groupId, formatClientId(member))
      }
    }
    for (const description of client.descriptions) {
      const descriptionId = db.prepare('INSERT INTO service_description (client_id, type, url, disabled, disabled_notice) VALUES (?, ?, ?, ?, ?)')
        .run(clientId, description.type, description.url, description.disabledNotice === undefined ? 0 : 1, description.disabledNotice ?? '').lastInsertRowid
      for (const service of description.services) {
        db.prepare('INSERT INTO service (description_id, code, version, title, url, timeout_seconds, verify_tls, complete_header, agreement, personal_data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
          .run(descriptionId, service.code, service.version ?? null, service.title ?? null, service.url, service.timeoutSeconds,
            service.verifyTls ? 1 : 0, service.completeHeader ? 1 : 0, service.agreement ?? 'none', service.personalData === undefined ? null : JSON.stringify(service.personalData))
        for (const { method, path } of service.endpoints) {
          db.prepare('INSERT OR IGNORE INTO endpoint (client_id, service_code, method, path) VALUES (?, ?, ?, ?)').run(clientId, service.code, method, path)
        }
      }
    }
    for (const right of client.rights) {
      const [kind, subject = ''] = right.subject.split(/:(.*)/s)
      db.prepare('INSERT OR IGNORE INTO access_right (client_id, service_code, method, path, subject_kind, subject) VALUES (?, ?, ?, ?, ?, ?)')
        .run(clientId, right.service, right.method, right.path, kind === 'group' ? 'globalGroup' : kind === 'local' ? 'localGroup' : 'client', subject)
    }
  }
}
