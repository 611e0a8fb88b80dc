import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { ManualClock, Secret, type Clock } from '@trembita/daemon'
import { createAccounts } from '@trembita/daemon/accounts'
import { parseAgreementList, type AgreementList } from '@trembita/protocol/agreement'
import { ROLES } from '../../src/admin/index.ts'
import type { Core } from '../../src/index.ts'
import { apiClient, type ApiClient } from '../api-client.ts'
import { coreIn, member, other, seedOf } from '../seeding.ts'
import { seal, sealOf } from './sealing.ts'

export const DAY_MS = 24 * 60 * 60 * 1000
const hromada = { instance: 'ZZ', memberClass: 'GOV', memberCode: '3003' }
export const seals = { provider: await sealOf(member), consumer: await sealOf(other), hromada: await sealOf(hromada) }
export const now = new Date(Math.floor(Date.now() / 1000) * 1000)
export const after = (days: number): string => new Date(now.getTime() + days * DAY_MS).toISOString().replace('.000Z', 'Z')

export interface Details {
  readonly id: string
  readonly version: number
  readonly state: string
  readonly container_sha256: string
  readonly seals: readonly { side: string, verdict: string, member_id: string, timestamped_at: string | null }[]
  readonly decisions: readonly object[]
  readonly versions: readonly { version: number, state: string }[]
}
export interface Refused { readonly error: { readonly code: string, readonly message: string, readonly validation_errors?: Record<string, string[]> } }

export interface Running {
  readonly core: Core
  readonly clock: ManualClock
  /** As the registration officer, the holder, the auditor. */
  readonly office: ApiClient
  readonly holder: ApiClient
  readonly auditor: ApiClient
  document (id: string, version?: number): Promise<Buffer>
  /** A signed-in browser: its cookie. */
  signIn (roles: readonly string[]): Promise<{ readonly name: string, readonly value: string }>
  published (): Promise<AgreementList | undefined>
}

/** @param databaseUrl of PostgreSQL; otherwise in a file. */
export async function open (t: Test, databaseUrl?: string): Promise<Running> {
  const clock = new ManualClock(new Date(now.getTime() + 1000))
  const seed = seedOf()
  const folder = await mkdtemp(join(tmpdir(), 'trembita-agreements-'))
  const core = await coreIn(folder, { seed: seedOf({ members: [...seed.members, { id: hromada, name: 'Громада', subsystems: [{ code: 'QUEUE' }] }] }), database: databaseUrl === undefined ? undefined : new Secret(Buffer.from(databaseUrl)) }, clock as Clock)
  t.teardown(async () => {
    await core.close()
    await rm(folder, { recursive: true, force: true })
  })
  const office = await apiClient(core, ['XROAD_REGISTRATION_OFFICER'])
  for (const [id, kind] of [['ZZ:GOV:1001', 'authority'], ['ZZ:COM:2002', 'enterprise'], ['ZZ:GOV:3003', 'localGovernment']] as const) {
    await core.store.write(async (tx) => { await tx.run('UPDATE member SET kind = ? WHERE code = ?', kind, id.split(':')[2]!) })
  }
  return {
    core,
    clock,
    office,
    holder: await apiClient(core, ['TREMBITA_HOLDER']),
    auditor: await apiClient(core, ['TREMBITA_AUDITOR']),
    signIn: async (roles) => {
      const accounts = createAccounts({
        store: core.store, clock, roles: ROLES, change: (actor, work) => core.changes.change(actor, work), publicUrl: new URL(core.addresses.admin), cookieName: 'trembita-core', onEvent: () => {}
      })
      return { name: accounts.sessionCookie.name, value: (await accounts.sessions.start({ id: 'olena', name: 'Олена', roles }, '127.0.0.1')).cookie }
    },
    document: async (id, version = 1) => await download(core, `/agreements/${id}/versions/${version}/document`),
    async published () {
      await core.publish()
      const directory = await (await fetch(`${core.addresses.configuration}/internalconf?version=6`)).text()
      const location = /Content-location: (\S*agreements\.xml)/.exec(directory)?.[1]
      if (location === undefined) return undefined
      return parseAgreementList(Buffer.from(await (await fetch(core.addresses.configuration + location)).arrayBuffer()))
    }
  }
}

export async function download (core: Core, path: string): Promise<Buffer> {
  const column = path.endsWith('/document') ? 'document' : 'container'
  const [, id, version] = /^\/agreements\/([^/]+)\/versions\/(\d+)/.exec(path)!
  const row = await core.store.get<Record<string, Buffer>>(`SELECT ${column} FROM agreement WHERE code = ? AND version = ?`, id!, Number(version))
  return row![column]!
}

export const terms = (change: object = {}): object => ({
  id: 'AGR-1',
  number: '12/2026-ІВ',
  date: '2026-01-31',
  consumer_id: 'ZZ:COM:2002:SHOP',
  provider_id: 'ZZ:GOV:1001:EDR',
  from: after(0),
  until: after(365),
  purposes: [{ code: 'P1', name: 'Перевірка контрагента', ground: 'постанова № 606, п. 9' }],
  services: [{ code: 'people', operations: [{ method: 'GET', path: '/persons/*', json: ['/name', '/addresses/*/katottg'] }] }],
  ...change
})

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

export async function conclude ({ office, document }: Running, change: object = {}, keys = seals): Promise<Details> {
  const { body: draft } = await office<Details>('POST', '/agreements', terms(change))
  const bytes = await document(draft.id, draft.version)
  for (const side of ['consumer', 'provider'] as const) {
    const answer = await office<Details>('POST', `/agreements/${draft.id}/versions/${draft.version}/seals`, { side, signature: base64(await seal(keys[side], bytes)) })
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
  }
  return (await office<Details>('GET', `/agreements/${draft.id}/versions/${draft.version}`)).body
}
