import type { Clock, Database } from '@trembita/daemon'
import { formatClientId, formatServerId, memberOf, type ClientId, type MemberId, type ServerId } from '@trembita/protocol/identifiers'
import type { MemberClass } from '@trembita/protocol/globalconf'
import { Certificate } from '@trembita/protocol/pki'
import { readParameters, writeParameters, type SystemParameters, type SystemParametersUpdate } from './parameters.ts'
import type { GroupEntry, MemberEntry, ServerEntry } from './types.ts'

/** What contradicts what the registry holds already. */
export class RegistryConflict extends Error {
  override readonly name = 'RegistryConflict'
}

/**
 * Members, subsystems, servers and groups of the instance. `put…` adds or updates what it is given and removes nothing:
 * codes never change, names and addresses may. Wrap several calls in `transaction` to have all or none.
 */
export class Registry {
  readonly #db: Database
  readonly #clock: Clock

  constructor (db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  transaction<T> (work: () => T): T {
    return this.#db.transaction(work).immediate()
  }

  /** Text that changes with every change of the database, whoever makes it. */
  revision (): string {
    const changes = this.#db.prepare('SELECT total_changes()').pluck().get() as number
    return `${this.#db.pragma('data_version', { simple: true }) as number} ${changes}`
  }

  parameters (): SystemParameters {
    return readParameters(this.#db)
  }

  /** @throws {RegistryConflict} for another instance identifier than the one the registry was set up with. */
  setParameters (parameters: SystemParametersUpdate): void {
    const { instance } = this.parameters()
    if (parameters.instance !== undefined && instance !== '' && instance !== parameters.instance) {
      throw new RegistryConflict(`the registry is of instance ${instance} and cannot become ${parameters.instance}`)
    }
    writeParameters(this.#db, parameters)
  }

  putMemberClass ({ code, description }: MemberClass): void {
    this.#db.prepare('INSERT INTO member_class (code, description) VALUES (?, ?) ON CONFLICT (code) DO UPDATE SET description = excluded.description')
      .run(code, description)
  }

  /** @throws {RegistryConflict} for a member class that does not exist. */
  putMember ({ id, name, subsystems }: MemberEntry): void {
    const memberClass = this.#id('SELECT id FROM member_class WHERE code = ?', id.memberClass)
    if (memberClass === undefined) throw new RegistryConflict(`member class ${id.memberClass} does not exist`)
    const now = this.#now()
    this.#db.prepare(`INSERT INTO member (member_class_id, code, name, created_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (member_class_id, code) DO UPDATE SET name = excluded.name`).run(memberClass, id.memberCode, name, now)
    const put = this.#db.prepare(`INSERT INTO subsystem (member_id, code, name, created_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (member_id, code) DO UPDATE SET name = coalesce(excluded.name, name)`)
    const member = this.#memberId(id)
    for (const subsystem of subsystems) put.run(member, subsystem.code, subsystem.name ?? null, now)
  }

  /** @throws {RegistryConflict} for an owner or client that is not registered, or a certificate that another server has. */
  putServer ({ id, address, authCertificates, clients, maintenance }: ServerEntry): void {
    const owner = this.#memberId(memberOf(id))
    if (owner === undefined) throw new RegistryConflict(`owner of server ${formatServerId(id)} is not a member`)
    const now = this.#now()
    this.#db.prepare(`INSERT INTO security_server (owner_id, code, address, in_maintenance, maintenance_message, created_at) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (owner_id, code) DO UPDATE SET address = excluded.address, in_maintenance = excluded.in_maintenance, maintenance_message = excluded.maintenance_message`)
      .run(owner, id.serverCode, address ?? null, maintenance === undefined ? 0 : 1, maintenance?.message ?? null, now)
    const server = this.#serverId(id)!
    for (const certificate of authCertificates) this.#putAuthCertificate(server, certificate, id)
    for (const client of clients) this.#putClient(server, client.id, client.enabled, id)
  }

  putGroup ({ code, description, members }: GroupEntry): void {
    this.#db.prepare('INSERT INTO global_group (code, description) VALUES (?, ?) ON CONFLICT (code) DO UPDATE SET description = excluded.description')
      .run(code, description)
    const group = this.#id('SELECT id FROM global_group WHERE code = ?', code)
    const put = this.#db.prepare(`INSERT INTO global_group_member (global_group_id, instance, member_class, member_code, subsystem_code, created_at)
      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`)
    for (const id of members) put.run(group, id.instance, id.memberClass, id.memberCode, id.subsystemCode ?? null, this.#now())
  }

  /** Whether a member or subsystem of this instance is registered. */
  hasClient (id: ClientId): boolean {
    if (id.instance !== this.parameters().instance) return false
    return id.subsystemCode === undefined ? this.#memberId(id) !== undefined : this.#subsystemId(id) !== undefined
  }

  memberClasses (): MemberClass[] {
    return this.#db.prepare('SELECT code, description FROM member_class ORDER BY code').all() as MemberClass[]
  }

  members (): MemberEntry[] {
    const { instance } = this.parameters()
    const rows = this.#db.prepare(`SELECT m.id, c.code AS class, m.code, m.name FROM member m JOIN member_class c ON c.id = m.member_class_id
      ORDER BY c.code, m.code`).all() as { id: number, class: string, code: string, name: string }[]
    const subsystems = Map.groupBy(
      this.#db.prepare('SELECT member_id, code, name FROM subsystem ORDER BY member_id, code').all() as { member_id: number, code: string, name: string | null }[],
      ({ member_id: member }) => member)
    return rows.map((row) => ({
      id: { instance, memberClass: row.class, memberCode: row.code },
      name: row.name,
      subsystems: (subsystems.get(row.id) ?? []).map(({ code, name }) => ({ code, name: name ?? undefined }))
    }))
  }

  servers (): ServerEntry[] {
    const { instance } = this.parameters()
    const rows = this.#db.prepare(`SELECT s.id, c.code AS class, m.code AS member, s.code, s.address, s.in_maintenance, s.maintenance_message
      FROM security_server s JOIN member m ON m.id = s.owner_id JOIN member_class c ON c.id = m.member_class_id ORDER BY c.code, m.code, s.code`)
      .all() as { id: number, class: string, member: string, code: string, address: string | null, in_maintenance: 0 | 1, maintenance_message: string | null }[]
    const certificates = Map.groupBy(
      this.#db.prepare('SELECT security_server_id AS server, certificate FROM auth_certificate ORDER BY id').all() as { server: number, certificate: Buffer }[],
      ({ server }) => server)
    const clients = Map.groupBy(
      this.#db.prepare(`SELECT sc.security_server_id AS server, c.code AS class, m.code AS member, s.code AS subsystem, sc.enabled
        FROM server_client sc JOIN member m ON m.id = sc.member_id JOIN member_class c ON c.id = m.member_class_id
        LEFT JOIN subsystem s ON s.id = sc.subsystem_id ORDER BY c.code, m.code, s.code`)
        .all() as { server: number, class: string, member: string, subsystem: string | null, enabled: 0 | 1 }[],
      ({ server }) => server)
    return rows.map((row) => ({
      id: { instance, memberClass: row.class, memberCode: row.member, serverCode: row.code },
      address: row.address ?? undefined,
      authCertificates: (certificates.get(row.id) ?? []).map(({ certificate }) => Certificate.parse(certificate)),
      clients: (clients.get(row.id) ?? []).map((client) => {
        const member = { instance, memberClass: client.class, memberCode: client.member }
        return { id: client.subsystem === null ? member : { ...member, subsystemCode: client.subsystem }, enabled: client.enabled === 1 }
      }),
      maintenance: row.in_maintenance === 1 ? { message: row.maintenance_message ?? undefined } : undefined
    }))
  }

  groups (): GroupEntry[] {
    const groups = this.#db.prepare('SELECT id, code, description FROM global_group ORDER BY code').all() as { id: number, code: string, description: string }[]
    const members = Map.groupBy(
      this.#db.prepare(`SELECT global_group_id, instance, member_class, member_code, subsystem_code FROM global_group_member
        ORDER BY instance, member_class, member_code, subsystem_code`)
        .all() as { global_group_id: number, instance: string, member_class: string, member_code: string, subsystem_code: string | null }[],
      ({ global_group_id: group }) => group)
    return groups.map(({ id, code, description }) => ({
      code,
      description,
      members: (members.get(id) ?? []).map((row) => {
        const member = { instance: row.instance, memberClass: row.member_class, memberCode: row.member_code }
        return row.subsystem_code === null ? member : { ...member, subsystemCode: row.subsystem_code }
      })
    }))
  }

  #putAuthCertificate (server: number, certificate: Certificate, id: ServerId): void {
    const known = this.#db.prepare('SELECT security_server_id AS server FROM auth_certificate WHERE sha256 = ?').get(certificate.sha256) as { server: number } | undefined
    if (known !== undefined && known.server !== server) throw new RegistryConflict(`authentication certificate of server ${formatServerId(id)} belongs to another server`)
    if (known !== undefined) return
    this.#db.prepare('INSERT INTO auth_certificate (security_server_id, certificate, sha256, created_at) VALUES (?, ?, ?, ?)')
      .run(server, certificate.der, certificate.sha256, this.#now())
  }

  #putClient (server: number, client: ClientId, enabled: boolean, id: ServerId): void {
    const member = this.#memberId(client)
    const subsystem = client.subsystemCode === undefined ? null : this.#subsystemId(client)
    if (member === undefined || subsystem === undefined) throw new RegistryConflict(`client ${formatClientId(client)} of server ${formatServerId(id)} is not registered`)
    this.#db.prepare(`INSERT INTO server_client (security_server_id, member_id, subsystem_id, enabled, created_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (security_server_id, member_id, coalesce(subsystem_id, 0)) DO UPDATE SET enabled = excluded.enabled`)
      .run(server, member, subsystem, enabled ? 1 : 0, this.#now())
  }

  #memberId ({ memberClass, memberCode }: MemberId): number | undefined {
    return this.#id('SELECT m.id FROM member m JOIN member_class c ON c.id = m.member_class_id WHERE c.code = ? AND m.code = ?', memberClass, memberCode)
  }

  #subsystemId (id: ClientId): number | undefined {
    return this.#id('SELECT id FROM subsystem WHERE member_id = ? AND code = ?', this.#memberId(id) ?? 0, id.subsystemCode)
  }

  #serverId (id: ServerId): number | undefined {
    return this.#id('SELECT id FROM security_server WHERE owner_id = ? AND code = ?', this.#memberId(id) ?? 0, id.serverCode)
  }

  #id (sql: string, ...values: unknown[]): number | undefined {
    return (this.#db.prepare(sql).get(...values) as { id: number } | undefined)?.id
  }

  #now (): string {
    return this.#clock.now().toISOString()
  }
}
