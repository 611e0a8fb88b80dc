import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createHealth, createLogger, createMetrics, ManualClock } from '@trembita/daemon'
import { createAccounts, operatorAtMachine, type Actor } from '@trembita/daemon/accounts'
import { openPostgresStore, openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { AuditVerifier, writeAuditExport } from '@trembita/protocol/auditlog'
import { formatClientId, memberOf, type ClientId, type MemberId, type ServerId } from '@trembita/protocol/identifiers'
import {
  readManagementMessage, signRequest, verifyAuthCertReg, verifyManagementRequest, writeAuthCertReg, writeManagementRequest, writeSignedRequest, type ManagementRequest
} from '@trembita/protocol/management'
import type { TrustStore } from '@trembita/protocol/pki'
import { createTestPki, ocspResponseFor, type Issued } from '@trembita/testnet/pki'
import { postgresPrograms, startPostgres, type RunningPostgres } from '@trembita/testnet/postgres'
import { createAdminApp, ROLES, type Role } from '../../src/admin/index.ts'
import { Changes, eventsAfter, SYSTEM } from '../../src/audit/index.ts'
import { MIGRATIONS } from '../../src/db/index.ts'
import type { VerifiedManagementRequest } from '../../src/management/index.ts'
import { CurrentTrust, Registration, registrationApi } from '../../src/registration/index.ts'
import { groupEntries, registryApi, serverEntries, writeParameters, type SystemParameters } from '../../src/registry/index.ts'
import { applySeed, type Seed } from '../../src/seed/index.ts'

export const pki = await createTestPki()
export const NOW = new Date()

/** Owner of gateway `gw1` and provider of the management services; another member; and two that nobody has registered yet. */
export const OWNER = { instance: 'ZZ', memberClass: 'GOV', memberCode: '1001' }
export const OTHER = { instance: 'ZZ', memberClass: 'COM', memberCode: '2002' }
export const STRANGER = { instance: 'ZZ', memberClass: 'COM', memberCode: '7007' }
export const CLASSLESS = { instance: 'ZZ', memberClass: 'NONE', memberCode: '1' }
export const PROVIDER = { ...OWNER, subsystemCode: 'MANAGEMENT' }
export const GW1 = { ...OWNER, serverCode: 'gw1' }
export const GW2 = { ...OTHER, serverCode: 'gw2' }
export const OPERATOR: Actor = { kind: 'user', id: 'olena', name: 'Олена', roles: ['XROAD_REGISTRATION_OFFICER'], origin: '192.0.2.10' }

const seals = new Map<string, Promise<Issued>>()
const auths = new Map<string, Promise<Issued>>()

function once (map: Map<string, Promise<Issued>>, name: string, make: () => Promise<Issued>): Promise<Issued> {
  const known = map.get(name) ?? make()
  map.set(name, known)
  return known
}

export async function seal (member: MemberId): Promise<Issued> {
  return await once(seals, formatClientId(memberOf(member)), () => pki.issueSign({ member: { name: `Орган ${member.memberCode}`, ...memberOf(member) } }))
}

/** An authentication certificate by a name of the test's own. */
export async function auth (name: string): Promise<Issued> {
  return await once(auths, name, () => pki.issueAuth({ owner: { name: 'M', ...OWNER }, serverCode: name }))
}

export async function der (name: string): Promise<Buffer> {
  return (await auth(name)).certificate.der
}

const first = await auth('first')

/** One gateway with a client, its certificate, and the management services on it. */
export function seedOf (change: Partial<Seed> = {}): Seed {
  return {
    instance: 'ZZ',
    managementProvider: PROVIDER,
    memberClasses: [{ code: 'GOV', description: 'Державні органи' }, { code: 'COM', description: 'Business' }],
    members: [
      { id: OWNER, name: 'Міністерство', subsystems: [{ code: 'MANAGEMENT' }, { code: 'EDR', name: 'Реєстр' }] }, { id: OTHER, name: 'Company', subsystems: [{ code: 'SHOP' }] }
    ],
    servers: [
      { id: GW1, address: 'gw1.example', authCertificates: [first.certificate], clients: [{ id: PROVIDER, enabled: true }, { id: OTHER, enabled: true }] },
      { id: GW2, address: 'gw2.example', authCertificates: [], clients: [] }
    ],
    globalGroups: [],
    certificationServices: [{
      name: 'CA',
      authenticationOnly: false,
      profileClass: 'ee.ria.xroad.common.certificateprofile.impl.BasicCertificateProfileInfoProvider',
      top: { certificate: pki.root.certificate, ocsp: [{ url: 'http://ocsp.example/root' }] },
      intermediates: [{ certificate: pki.intermediate.certificate, ocsp: [{ url: 'http://ocsp.example/1' }] }]
    }],
    timestampingServices: [],
    trustedAnchors: [],
    parts: [],
    ...change
  }
}

/** A core's registry without its listeners. */
export interface Registry {
  readonly store: SqlStore
  readonly changes: Changes
  readonly registration: Registration
  readonly clock: ManualClock
  /** A request of a gateway, signed by whom it must be, verified, and handed over. @returns its id. */
  receive (request: ManagementRequest, messageId?: string): Promise<number>
  /** The same, before it is handed over. */
  verified (request: ManagementRequest, messageId?: string): Promise<VerifiedManagementRequest>
  set (parameters: { readonly [Name in keyof SystemParameters]?: SystemParameters[Name] }): Promise<void>
  ask<T = Record<string, never>> (roles: readonly Role[], method: 'GET' | 'POST' | 'DELETE' | 'PATCH' | 'PUT', path: string, body?: object): Promise<{ readonly status: number, readonly body: T, readonly raw: Buffer, readonly headers: Record<string, unknown> }>
  status (id: number): Promise<string>
  /** `server: client -client*` with `*` for a disabled one, and the group of owners. */
  picture (): Promise<{ readonly servers: Record<string, string[]>, readonly owners: string[] }>
  /** Actions of the audit log from event `after` on; checks the whole chain. */
  actions (after?: number): Promise<string[]>
}

/** A server with a database that has the tables, to be copied for each test. */
interface Databases {
  readonly postgres: RunningPostgres
  readonly admin: SqlStore
}

let databases: Promise<Databases> | undefined
t.setTimeout(240_000)
t.teardown(async () => {
  const opened = await databases
  await opened?.admin.close()
  await opened?.postgres.close()
})

async function openDatabases (): Promise<Databases> {
  const postgres = await startPostgres(await mkdtemp(join(tmpdir(), 'trembita-registration-')))
  const admin = await openPostgresStore(postgres.url, [])
  await admin.all('CREATE DATABASE template')
  await (await openPostgresStore(urlOf(postgres, 'template'), MIGRATIONS)).close()
  return { postgres, admin }
}

function urlOf (postgres: RunningPostgres, database: string): string {
  const url = new URL(postgres.url)
  url.pathname = `/${database}`
  return url.href
}

async function freshStore (t: Test, kind: SqlStore['kind']): Promise<SqlStore> {
  if (kind === 'sqlite') return await openSqliteStore(join(t.testdir(), `${randomBytes(4).toString('hex')}.db`), MIGRATIONS)
  const { postgres, admin } = await (databases ??= openDatabases())
  const name = `t${randomBytes(6).toString('hex')}`
  await admin.all(`CREATE DATABASE ${name} TEMPLATE template`)
  return await openPostgresStore(urlOf(postgres, name), MIGRATIONS)
}

export async function openRegistry (t: Test, kind: SqlStore['kind'] = 'sqlite', seed: Seed = seedOf()): Promise<Registry> {
  const store = await freshStore(t, kind)
  const clock = new ManualClock(NOW)
  const changes = new Changes(store, clock)
  await applySeed(changes, seed)
  const registration = new Registration({ store, changes })
  const trust = new CurrentTrust(store)
  const accounts = createAccounts({
    store, clock, roles: ROLES, change: (actor, work) => changes.change(actor, work), publicUrl: new URL('http://core.test'), cookieName: 'core', rateLimit: { perSecond: 10_000, perMinute: 10_000 }, onEvent: () => {}
  })
  const app = await createAdminApp({
    accounts,
    health: createHealth(),
    metrics: createMetrics('test'),
    log: createLogger('core', process.env.TEST_LOG === undefined ? 'silent' : 'info'),
    info: { name: 'core', version: '0' },
    web: { pageContext: () => { throw new Error('no pages here') } },
    pages: [],
    api: [registryApi({ store, changes, suspended: async () => [] }), registrationApi({ store, registration, trust, clock })]
  })
  t.teardown(async () => {
    await app.close()
    await store.close()
  })
  const keys = new Map<string, string>()
  const keyOf = async (roles: readonly Role[]): Promise<string> => {
    const name = roles.join()
    const key = keys.get(name) ?? (await accounts.apiKeys.create(operatorAtMachine(), { roles, label: name })).key
    keys.set(name, key)
    return key
  }
  const ask: Registry['ask'] = async <T>(roles: readonly Role[], method: 'GET' | 'POST' | 'DELETE' | 'PATCH' | 'PUT', path: string, body?: object) => {
    const answer = await app.inject({ method, url: `/api/v1${path}`, headers: { authorization: `Bearer ${await keyOf(roles)}` }, ...body === undefined ? {} : { payload: body } })
    const json = /\/json\b/.test(String(answer.headers['content-type']))
    return { status: answer.statusCode, body: (json ? answer.json() : {}) as T, raw: answer.rawPayload, headers: answer.headers as Record<string, unknown> }
  }
  const verified: Registry['verified'] = async (request, messageId) => await verifiedRequest(request, await trust.current(), clock.now(), messageId)
  return {
    store,
    changes,
    registration,
    clock,
    verified,
    receive: async (request, messageId) => await registration.handle(await verified(request, messageId)),
    set: async (parameters) => {
      await changes.change(SYSTEM, async (tx) => {
        await writeParameters(tx, parameters)
        await tx.record({ action: 'system.parameters', object: { kind: 'instance', id: 'ZZ' }, after: parameters })
      })
    },
    ask,
    status: async (id) => (await store.get<{ status: string }>('SELECT p.status FROM management_request r JOIN request_processing p ON p.id = r.processing_id WHERE r.id = ?', id))!.status,
    picture: async () => ({
      servers: Object.fromEntries((await serverEntries(store, 'ZZ')).map(({ id, clients }) => [formatServer(id), clients.map(({ id, enabled }) => `${shortClient(id)}${enabled ? '' : '*'}`)])),
      owners: (await groupEntries(store)).find(({ code }) => code === 'security-server-owners')?.members.map(shortClient) ?? []
    }),
    actions: async (after = 0) => {
      const verifier = new AuditVerifier()
      for (const { hash, previousHash, ...event } of await eventsAfter(store, 0, 10_000)) verifier.line(writeAuditExport(event, hash).trimEnd())
      const { problem } = verifier.report()
      if (problem !== undefined) throw new Error(`audit log: line ${problem.line}: ${problem.message}`)
      return (await store.all<{ action: string }>('SELECT action FROM audit_event WHERE id > ? AND object_kind NOT IN (?, ?) ORDER BY id', after, 'apiKey', 'account')).map(({ action }) => action)
    }
  }
}

const formatServer = ({ memberClass, memberCode, serverCode }: ServerId): string => `${memberClass}/${memberCode}/${serverCode}`
const shortClient = ({ memberClass, memberCode, subsystemCode }: ClientId): string => [memberClass, memberCode, ...subsystemCode === undefined ? [] : [subsystemCode]].join('/')

/** A gateway's request as the listeners hand it over: put together, signed and verified. */
export async function verifiedRequest (request: ManagementRequest, trust: TrustStore, at: Date, messageId: string = randomUUID()): Promise<VerifiedManagementRequest> {
  const { contentType, body } = await compose(request, messageId)
  const message = readManagementMessage(contentType, body)
  const context = { trust, instance: 'ZZ', provider: PROVIDER, at }
  const isRegistration = request.service === 'authCertReg'
  const result = isRegistration ? verifyAuthCertReg(message, context) : verifyManagementRequest(message, context)
  return { ...result, receivedBy: isRegistration ? 'registration' : 'management', origin: '192.0.2.1', receivedAt: at, contentType, body }
}

/** What a gateway of the server's owner sends, signed by whom it must be. */
async function compose (request: ManagementRequest, id: string): Promise<{ contentType: string, body: Buffer }> {
  const sender = memberOf(request.server)
  const soap = writeManagementRequest(request, { sender, provider: PROVIDER, id })
  if (request.service === 'clientDeletion' || request.service === 'authCertDeletion') return { contentType: 'text/xml; charset=UTF-8', body: soap }
  const signer = await seal('client' in request ? request.client : sender)
  const consent = { signature: await signRequest(signer.privateKey, soap), certificate: signer.certificate.der, ocspResponse: ocspResponseFor(pki, signer.certificate) }
  if (request.service !== 'authCertReg') return writeSignedRequest(soap, consent)
  const known = await Promise.all(auths.values())
  const key = known.find(({ certificate }) => certificate.der.equals(request.authCertificate))!
  return writeAuthCertReg({
    soap,
    authSignature: await signRequest(key.privateKey, soap),
    ownerSignature: consent.signature,
    authCertificate: request.authCertificate,
    ownerCertificate: consent.certificate,
    ownerOcspResponse: consent.ocspResponse
  })
}

const skip = postgresPrograms() === undefined && process.env.CI === undefined && 'PostgreSQL is not installed: npm run setup:system'

/** The same test on both stores. */
export function onBothStores (title: string, work: (t: Test, open: (seed?: Seed) => Promise<Registry>) => Promise<void>): void {
  t.test(title, async (t) => { await work(t, (seed) => openRegistry(t, 'sqlite', seed)) })
  t.test(`${title} (PostgreSQL)`, { skip }, async (t) => { await work(t, (seed) => openRegistry(t, 'postgresql', seed)) })
}
