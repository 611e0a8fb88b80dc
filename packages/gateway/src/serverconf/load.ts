import type { Database } from '@trembita/daemon/sqlite'
import type { AccessRule, PersonalDataSettings } from '../accesslog/index.ts'
import { encodeClientId, type ClientId } from '@trembita/protocol/identifiers'
import { Certificate } from '@trembita/protocol/pki'
import { clientIdOf } from './seed.ts'
import type {
  AccessRight, AgreementMode, ClientConf, ConnectionType, EndpointPattern, LocalClientStatus, ProviderConf, ServerConfSnapshot, ServerRow, ServiceConf, ServicePersonalData, ServiceType, Subject
} from './types.ts'

interface ClientRow { id: number, instance: string, member_class: string, member_code: string, subsystem_code: string | null, status: string, connection: string, configured: number, name: string | null, submitted_name: string | null }
interface ServiceRow {
  type: string,
  description_url: string,
  disabled: number,
  disabled_notice: string,
  code: string,
  version: string | null,
  title: string | null,
  url: string
  timeout_seconds: number,
  verify_tls: number,
  complete_header: number,
  agreement: string
  personal_data: string | null
  described_rules: string
}
interface RightRow { service_code: string, method: string, path: string, subject_kind: string, subject: string }

/** Reads the whole server configuration into memory: it is small, and every exchange asks it. */
export function loadSnapshot (db: Database, version: number): ServerConfSnapshot {
  const rows = db.prepare<[], ClientRow>('SELECT id, instance, member_class, member_code, subsystem_code, status, connection, configured, name, submitted_name FROM client ORDER BY id').all()
  const clients = rows.map((row) => loadClient(db, row))
  const byId = new Map(clients.map((client) => [encodeClientId(client.id), client]))
  return { version, clients, client: (id) => byId.get(encodeClientId(id)) }
}

/** Who the gateway is, and what it asked the core to change about it. */
export function loadServer (db: Database): ServerRow | undefined {
  const row = db.prepare<[], { instance: string, member_class: string, member_code: string, server_code: string, configured_as: string | null, requested_address: string | null, requested_maintenance: number | null }>(
    'SELECT instance, member_class, member_code, server_code, configured_as, requested_address, requested_maintenance FROM server').get()
  if (row === undefined) return undefined
  return {
    id: { instance: row.instance, memberClass: row.member_class, memberCode: row.member_code, serverCode: row.server_code },
    configuredAs: row.configured_as ?? undefined,
    requestedAddress: row.requested_address ?? undefined,
    requestedMaintenance: row.requested_maintenance === null ? undefined : row.requested_maintenance === 1
  }
}

function loadClient (db: Database, row: ClientRow): ClientConf {
  const member = { instance: row.instance, memberClass: row.member_class, memberCode: row.member_code }
  const id: ClientId = row.subsystem_code === null ? member : { ...member, subsystemCode: row.subsystem_code }
  const certificates = db.prepare<[number], { der: Buffer }>('SELECT der FROM client_certificate WHERE client_id = ?').all(row.id)
    .map(({ der }) => Certificate.parse(der))
  return {
    id,
    status: row.status as LocalClientStatus,
    connection: row.connection as ConnectionType,
    configured: row.configured === 1,
    name: row.name ?? undefined,
    submittedName: row.submitted_name ?? undefined,
    certificates,
    certificateHashes: new Set(certificates.map(({ sha256 }) => sha256.toString('hex'))),
    provider: loadProvider(db, row.id)
  }
}

function loadProvider (db: Database, clientId: number): ProviderConf {
  const endpoints = Map.groupBy(
    db.prepare<[number], EndpointPattern & { service_code: string }>('SELECT service_code, method, path FROM endpoint WHERE client_id = ? ORDER BY path, method').all(clientId),
    (endpoint) => endpoint.service_code)
  const services = db.prepare<[number], ServiceRow>(`
    SELECT d.type, d.url AS description_url, d.disabled, d.disabled_notice, s.code, s.version, s.title, s.url, s.timeout_seconds, s.verify_tls, s.complete_header, s.agreement, s.personal_data, s.described_rules
    FROM service s JOIN service_description d ON d.id = s.description_id WHERE d.client_id = ? ORDER BY s.id`).all(clientId)
    .map((row): ServiceConf => ({
      type: row.type as ServiceType,
      code: row.code,
      version: row.version ?? undefined,
      title: row.title ?? undefined,
      url: row.url,
      descriptionUrl: row.description_url,
      timeoutSeconds: row.timeout_seconds,
      verifyTls: row.verify_tls === 1,
      completeHeader: row.complete_header === 1,
      agreement: row.agreement as AgreementMode,
      personalData: personalDataOf(row),
      disabledNotice: row.disabled === 1 ? row.disabled_notice : undefined,
      endpoints: (endpoints.get(row.code) ?? []).map(({ method, path }) => ({ method, path }))
    }))
  const byCode = new Map(services.map((service) => [serviceKey(service.code, service.version), service]))
  return {
    services,
    rights: loadRights(db, clientId),
    localGroups: loadGroups(db, clientId),
    findService: (code, version) => byCode.get(serviceKey(code, version))
  }
}

/** What stands in a row of `service` about personal data. */
export function personalDataOf (row: { readonly personal_data: string | null, readonly described_rules: string }): ServicePersonalData {
  return {
    settings: row.personal_data === null ? undefined : JSON.parse(row.personal_data) as PersonalDataSettings,
    described: JSON.parse(row.described_rules) as AccessRule[]
  }
}

const serviceKey = (code: string, version: string | undefined): string => version === undefined ? code : `${code}/${version}`

function loadRights (db: Database, clientId: number): Map<string, AccessRight[]> {
  const rights = new Map<string, AccessRight[]>()
  const rows = db.prepare<[number], RightRow>('SELECT service_code, method, path, subject_kind, subject FROM access_right WHERE client_id = ?').all(clientId)
  for (const row of rows) {
    const subject = subjectOf(row.subject_kind, row.subject)
    if (subject === undefined) continue
    const list = rights.get(row.service_code) ?? []
    list.push({ subject, endpoint: { method: row.method, path: row.path } })
    rights.set(row.service_code, list)
  }
  return rights
}

/** A subject of rights as it stands in the database. */
export function subjectOf (kind: string, text: string): Subject | undefined {
  if (kind === 'localGroup') return { kind, code: text }
  if (kind === 'globalGroup') {
    const [instance, groupCode] = text.split('/')
    return instance === undefined || groupCode === undefined ? undefined : { kind, id: { instance, groupCode } }
  }
  const id = clientIdOf(text)
  return id === undefined ? undefined : { kind: 'client', id }
}

function loadGroups (db: Database, clientId: number): Map<string, ClientId[]> {
  const groups = new Map<string, ClientId[]>()
  for (const { code } of db.prepare<[number], { code: string }>('SELECT code FROM local_group WHERE client_id = ?').all(clientId)) groups.set(code, [])
  for (const { code, member } of db.prepare<[number], { code: string, member: string }>('SELECT g.code, m.member FROM local_group_member m JOIN local_group g ON g.id = m.group_id WHERE g.client_id = ?').all(clientId)) {
    const id = clientIdOf(member)
    if (id !== undefined) groups.get(code)?.push(id)
  }
  return groups
}
