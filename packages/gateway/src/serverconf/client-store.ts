import type { ClientId } from '@trembita/protocol/identifiers'
import { mustRowOf, rowOf, type ConfDb } from './conf-db.ts'
import type { ConnectionType, LocalClientStatus } from './types.ts'

/** Changes of the gateway's clients. Each is on disk when the call returns. */
export class ClientStore {
  readonly #conf: ConfDb

  constructor (conf: ConfDb) {
    this.#conf = conf
  }

  /** @returns false when the client is there already: then nothing changes. */
  add ({ instance, memberClass, memberCode, subsystemCode }: ClientId, options: { readonly connection: ConnectionType, readonly status: LocalClientStatus, readonly name?: string | undefined }): boolean {
    return this.#conf.change(() => this.#conf.db.prepare(`
      INSERT INTO client (instance, member_class, member_code, subsystem_code, connection, status, name) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`)
      .run(instance, memberClass, memberCode, subsystemCode ?? null, options.connection, options.status, options.name ?? null).changes === 1)
  }

  /** From now on the state is kept here, also for a client that came from the configuration file. */
  setStatus (id: ClientId, status: LocalClientStatus): void {
    this.#conf.change(() => {
      const row = rowOf(this.#conf.db, id)
      if (row !== undefined) this.#conf.db.prepare('UPDATE client SET status = ?, configured = 0 WHERE id = ?').run(status, row)
    })
  }

  setConnection (id: ClientId, connection: ConnectionType): void {
    this.#set(id, 'connection', connection)
  }

  setName (id: ClientId, name: string | undefined): void {
    this.#set(id, 'name', name)
  }

  setSubmittedName (id: ClientId, name: string | undefined): void {
    this.#set(id, 'submitted_name', name)
  }

  /** With its services, groups, rights and certificates. */
  remove (id: ClientId): void {
    this.#conf.change(() => { this.#conf.db.prepare('DELETE FROM client WHERE id = ?').run(mustRowOf(this.#conf.db, id)) })
  }

  addCertificate (id: ClientId, der: Uint8Array): void {
    this.#conf.change(() => { this.#conf.db.prepare('INSERT INTO client_certificate (client_id, der) VALUES (?, ?) ON CONFLICT DO NOTHING').run(mustRowOf(this.#conf.db, id), der) })
  }

  removeCertificate (id: ClientId, der: Uint8Array): void {
    this.#conf.change(() => { this.#conf.db.prepare('DELETE FROM client_certificate WHERE client_id = ? AND der = ?').run(mustRowOf(this.#conf.db, id), der) })
  }

  #set (id: ClientId, column: 'connection' | 'name' | 'submitted_name', value: string | undefined): void {
    this.#conf.change(() => {
      const row = rowOf(this.#conf.db, id)
      if (row !== undefined) this.#conf.db.prepare(`UPDATE client SET ${column} = ? WHERE id = ?`).run(value ?? null, row)
    })
  }
}
