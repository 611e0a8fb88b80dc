import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ManualClock } from '@trembita/daemon'
import { SYSTEM } from '../../src/audit/index.ts'
import type { Core } from '../../src/index.ts'
import { apiClient, type ApiClient } from '../api-client.ts'
import { coreIn, member, nextAuth, other, seedOf } from '../seeding.ts'
import { gatewayClient } from './gateway-client.ts'

t.setTimeout(120_000)
const BEGIN = new Date('2026-02-06T13:41:26.123Z')

interface Refused { readonly error: { readonly code: string, readonly message: string } }
interface Part { readonly content_identifier: string, readonly published: boolean, readonly optional: boolean }
interface Generation { readonly stamp: string, readonly published_at: string, readonly last_audit_event: number, readonly parts: readonly { content_identifier: string }[] }
interface Difference {
  readonly total: number
  readonly items: readonly { part: string, kind: string, id: string, change: string, fields: readonly { name: string }[] }[]
  readonly texts: readonly { part: string, change: string, before?: string, after?: string }[]
}

const conf = (content: string): Buffer => Buffer.from(`<x:conf xmlns:x="http://x-road.eu/xsd/xroad.xsd">${content}</x:conf>`)

async function open (t: Test): Promise<{ core: Core, api: ApiClient, clock: ManualClock } & AsyncDisposable> {
  const clock = new ManualClock(BEGIN)
  const core = await coreIn(t.testdir(), { seed: seedOf(), publicAddress: undefined }, clock)
  return { core, clock, api: await apiClient(core, ['XROAD_SYSTEM_ADMINISTRATOR', 'XROAD_SECURITY_OFFICER']), [Symbol.asyncDispose]: () => core.close() }
}

t.test('§2.4: an operator uploads optional parts, which are published byte for byte, and takes them out again', async (t) => {
  await using opened = await open(t)
  const { core, api, clock } = opened
  const list = async (): Promise<Record<string, Part>> => Object.fromEntries((await api<Part[]>('GET', '/configuration-sources/INTERNAL/configuration-parts')).body.map((part) => [part.content_identifier, part]))
  t.match(await list(), { 'PRIVATE-PARAMETERS': { published: true, optional: false }, 'SHARED-PARAMETERS': { published: true }, MONITORING: { published: false, optional: true }, FETCHINTERVAL: { published: false }, NEXTUPDATE: { published: false } })
  t.same((await api<Part[]>('GET', '/configuration-sources/EXTERNAL/configuration-parts')).body.map(({ content_identifier: name }) => name), ['SHARED-PARAMETERS'])

  const part = conf(' <ocspFetchInterval>600</ocspFetchInterval>\n')
  const form = new FormData()
  form.set('content_identifier', 'FETCHINTERVAL')
  form.set('file', new Blob([new Uint8Array(part)]), 'fetchinterval.xml')
  t.match(await api('POST', '/configuration-sources/INTERNAL/configuration-parts', form), { status: 204 })
  await core.publish()
  t.match(await list(), { FETCHINTERVAL: { published: true, file_updated_at: BEGIN.toISOString(), size: part.length } })
  await using gateway = await gatewayClient((await core.anchor('internal')).bytes, clock)
  t.equal(gateway.current().ocspFetchIntervalSeconds, 600)

  const upload = (name: string, content: Buffer, more: object = {}): ReturnType<typeof api<Refused>> => api<Refused>('POST', '/configuration-sources/INTERNAL/configuration-parts', { content_identifier: name, file: content.toString('base64'), ...more })
  t.match(await upload('FETCHINTERVAL', conf('<ocspFetchInterval>soon</ocspFetchInterval>')), { status: 400, body: { error: { code: 'malformed_configuration_part', message: /not an int/ } } })
  t.match(await upload('NEXTUPDATE', part), { status: 400, body: { error: { code: 'malformed_configuration_part' } } })
  t.match(await upload('NEXTUPDATE', Buffer.from('<!DOCTYPE x><x/>')), { status: 400, body: { error: { code: 'malformed_configuration_part' } } })
  t.match(await upload('SHARED-PARAMETERS', part), { status: 400, body: { error: { code: 'validation_failure' } } }, 'what the core makes itself cannot be uploaded')
  t.match(await upload('AGREEMENTS', part), { status: 400 })
  t.match(await api('POST', '/configuration-sources/EXTERNAL/configuration-parts', { content_identifier: 'FETCHINTERVAL', file: part.toString('base64') }), { status: 400, body: { error: { code: 'external_has_no_parts' } } })

  const client = (code: string): Buffer => conf(`<monitoringClient><monitoringClientId xmlns:id="http://x-road.eu/xsd/identifiers" id:objectType="SUBSYSTEM"><id:xRoadInstance>ZZ</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>1001</id:memberCode><id:subsystemCode>${code}</id:subsystemCode></monitoringClientId></monitoringClient>`)
  t.match(await upload('MONITORING', client('NOBODY')), { status: 400, body: { error: { code: 'monitoring_client_not_registered' } } })
  t.match(await upload('MONITORING', client('NOBODY'), { ignore_warnings: true }), { status: 204 })
  t.match(await upload('MONITORING', client('EDR')), { status: 204 })
  await core.publish()
  await gateway.refresh()
  t.match(gateway.current().monitoringClient, { ...member, subsystemCode: 'EDR' })
  t.match(await api('DELETE', '/configuration-sources/INTERNAL/configuration-parts/MONITORING'), { status: 204 })
  t.match(await api('DELETE', '/configuration-sources/INTERNAL/configuration-parts/MONITORING'), { status: 404 })
  await core.publish()
  await gateway.refresh()
  t.equal(gateway.current().monitoringClient, undefined)
  t.match(await (await apiClient(core, ['XROAD_SECURITY_OFFICER']))('DELETE', '/configuration-sources/INTERNAL/configuration-parts/FETCHINTERVAL'), { status: 403 })
})

t.test('what was published is kept, and what changed from one to the next is told thing by thing', async (t) => {
  await using opened = await open(t)
  const { core, api, clock } = opened
  const generations = async (kind = 'INTERNAL'): Promise<Generation[]> => (await api<{ items: Generation[] }>('GET', `/configuration-sources/${kind}/generations`)).body.items
  t.equal((await generations()).length, 1)
  clock.advance(60)
  await core.publish()
  t.equal((await generations()).length, 1, 'a minute in which nothing changed is not one more')

  clock.advance(60)
  await core.seed(seedOf({
    members: [{ id: member, name: 'New name', subsystems: [{ code: 'NEW', name: 'Нова' }] }],
    servers: [{ id: { ...member, serverCode: 'gw1' }, address: 'moved.example', authCertificates: [nextAuth.certificate], clients: [{ id: { ...other, subsystemCode: 'SHOP' }, enabled: true }] }],
    parameters: { ocspFreshnessSeconds: 120 },
    parts: [{ contentIdentifier: 'NEXTUPDATE', content: conf('<verifyNextUpdate>false</verifyNextUpdate>') }]
  }))
  const [now, first] = await generations() as [Generation, Generation]
  t.same(now.parts.map(({ content_identifier: name }) => name), ['PRIVATE-PARAMETERS', 'SHARED-PARAMETERS', 'NEXTUPDATE'])
  t.ok(now.last_audit_event > first.last_audit_event, 'which events lie between can be looked up')
  const { body: difference } = await api<Difference>('GET', `/configuration-sources/INTERNAL/generations/${now.stamp}/diff`)
  t.same(difference.items.map(({ kind, id, change, fields }) => [kind, id, change, fields]), [
    ['setting', 'ocspFreshnessSeconds', 'changed', [{ name: 'value', before: '3600', after: '120' }]],
    ['member', 'ZZ/GOV/1001', 'changed', [{ name: 'name', before: 'Міністерство «Перше» & інші', after: 'New name' }]],
    ['subsystem', 'ZZ/GOV/1001/NEW', 'added', [{ name: 'name', after: 'Нова' }]],
    ['security-server', 'ZZ/GOV/1001/gw1', 'changed', [
      { name: 'address', before: '127.0.0.1:4403', after: 'moved.example' },
      { name: 'certificates', added: [nextAuth.certificate.sha256.toString('hex')], removed: [] },
      { name: 'clients', added: ['ZZ/COM/2002/SHOP'], removed: [] },
      { name: 'in_maintenance', before: 'true', after: 'false' },
      { name: 'maintenance_message', before: 'until noon' }
    ]]
  ])
  t.match(difference.texts, [{ part: 'NEXTUPDATE', change: 'added', after: /verifyNextUpdate/ }])
  t.same((await api<Difference>('GET', `/configuration-sources/INTERNAL/generations/${now.stamp}/diff?limit=1&offset=1`)).body.items.map(({ kind }) => kind), ['member'])
  const { body: back } = await api<Difference>('GET', `/configuration-sources/INTERNAL/generations/${first.stamp}/diff?with=${now.stamp}`)
  t.match(back.items.find(({ kind }) => kind === 'subsystem'), { change: 'removed' })
  t.same((await api<Difference>('GET', `/configuration-sources/INTERNAL/generations/${now.stamp}/diff?with=${now.stamp}`)).body.items, [])
  t.match((await api<Difference>('GET', `/configuration-sources/EXTERNAL/generations/${now.stamp}/diff`)).body, { texts: [], total: 4 }, 'outsiders are told of the shared parameters alone')
  t.match(await api('GET', `/configuration-sources/INTERNAL/generations/${first.stamp}/diff`), { status: 404, body: { error: { code: 'generation_not_found' } } }, 'there is none before the first')
  t.match(await api('GET', '/configuration-sources/INTERNAL/generations/20200101000000000000000/diff'), { status: 404 })

  await core.changes.change(SYSTEM, async (tx) => {
    await tx.run("DELETE FROM approved_tsa WHERE name = 'TSA'")
    await tx.record({ action: 'timestamping-service.delete', object: { kind: 'timestamping-service', id: 'TSA' } })
  })
  clock.advance(60)
  await core.publish()
  const [latest] = await generations() as [Generation]
  t.match((await api<Difference>('GET', `/configuration-sources/INTERNAL/generations/${latest.stamp}/diff`)).body.items, [{ kind: 'timestamping-service', id: 'TSA', change: 'removed' }])
})

t.test('past configurations survive a restart', async (t) => {
  const folder = t.testdir()
  const clock = new ManualClock(BEGIN)
  await (await coreIn(folder, { seed: seedOf() }, clock)).close()
  clock.advance(60)
  await using core = await coreIn(folder, {}, clock)
  const api = await apiClient(core, ['TREMBITA_AUDITOR'])
  await core.seed(seedOf({ parameters: { ocspFreshnessSeconds: 60 } }))
  const { items } = (await api<{ items: Generation[] }>('GET', '/configuration-sources/INTERNAL/generations')).body
  t.equal(items.length, 2)
  t.match((await api<Difference>('GET', `/configuration-sources/INTERNAL/generations/${items[0]!.stamp}/diff`)).body, { total: 1, items: [{ id: 'ocspFreshnessSeconds' }] })
})

t.test('who fetches is known by address alone, and that much is told', async (t) => {
  await using opened = await open(t)
  const { core, api, clock } = opened
  interface Downloads { readonly total: number, readonly items: readonly { security_server_id: string, state: string, last_download_at?: string, version?: number }[] }
  const downloads = async (): Promise<Downloads> => (await api<Downloads>('GET', '/configuration-downloads')).body
  t.match(await downloads(), { total: 1, items: [{ security_server_id: 'ZZ:GOV:1001:gw1', address: '127.0.0.1:4403', state: 'notSeen' }] })
  await using gateway = await gatewayClient((await core.anchor('internal')).bytes, clock)
  t.match((await downloads()).items, [{ state: 'seen', version: 6, last_download_at: BEGIN.toISOString(), shared_with: 0 }])
  t.same((await api('GET', '/configuration-downloads/unknown-origins')).body, [])

  interface Overview { readonly warnings: readonly { code: string, subject: string }[] }
  const warnings = async (): Promise<string[]> => (await api<Overview>('GET', '/overview')).body.warnings.map(({ code, subject }) => `${code} ${subject}`)
  t.notOk((await warnings()).some((warning) => warning.startsWith('gateway')))
  clock.advance(601)
  await core.publish()
  t.ok((await warnings()).includes('gateway_not_fetching ZZ/GOV/1001/gw1'), 'a gateway that fetched and stopped is warned of')
  await gateway.refresh()
  await downloads()
  t.notOk((await warnings()).includes('gateway_not_fetching ZZ/GOV/1001/gw1'))
  await core.seed(seedOf({ servers: [{ id: { ...member, serverCode: 'gw1' }, address: 'no-such-host.invalid', authCertificates: [], clients: [] }] }))
  t.match((await downloads()).items, [{ state: 'unknownAddress' }])
  t.match((await api('GET', '/configuration-downloads/unknown-origins')).body, [{ origin: '127.0.0.1', source_type: 'INTERNAL' }])
})

t.test('warnings come before it hurts: certificates near their end, forgotten keys, a failing node', async (t) => {
  await using opened = await open(t)
  const { core, api, clock } = opened
  interface Overview { readonly warnings: readonly { code: string, subject: string, href: string }[] }
  const codes = async (): Promise<string[]> => (await api<Overview>('GET', '/overview')).body.warnings.map(({ code }) => code).sort()
  t.same(await codes(), [])
  await api('POST', '/configuration-sources/INTERNAL/signing-keys', { key_type: 'ec', key_label: 'forgotten' })
  clock.advance(31 * 24 * 3600)
  await core.publish()
  t.same(await codes(), ['signing_key_idle'])
  clock.advance(11 * 365 * 24 * 3600)
  await core.publish()
  t.ok((await codes()).includes('trust_certificate_expires') || (await codes()).includes('trust_certificate_expired'))
  t.ok((await codes()).includes('signing_key_old'))
})

t.test('the state of each node is told, and a node that is no more can be taken out', async (t) => {
  await using opened = await open(t)
  const { core, api, clock } = opened
  interface Cluster { readonly is_ha_configured: boolean, readonly all_nodes_ok: boolean, readonly nodes: readonly { node_name: string, status: string }[] }
  t.match((await api<Cluster>('GET', '/system/high-availability-cluster/status')).body, { is_ha_configured: false, node_name: 'core', all_nodes_ok: true, nodes: [{ own: true, status: 'OK', last_configuration_generated: BEGIN.toISOString() }] })
  await core.changes.change(SYSTEM, async (tx) => {
    await tx.run("INSERT INTO configuration_node (name, address) VALUES ('old', 'old.example')")
    await tx.record({ action: 'test', object: { kind: 'test', id: '' } })
  })
  t.match((await api<Cluster>('GET', '/system/high-availability-cluster/status')).body, { is_ha_configured: true, all_nodes_ok: false, nodes: [{ status: 'OK' }, { node_name: 'old', status: 'UNKNOWN' }] })
  t.match(await api('DELETE', '/system/high-availability-cluster/nodes/core'), { status: 409, body: { error: { code: 'own_node' } } })
  await core.store.write((tx) => tx.run(`INSERT INTO configuration_publication (configuration_node_id, run_id, expires_at, published_at)
    SELECT id, 'x', '${new Date(clock.now().getTime() + 60_000).toISOString()}', '${clock.now().toISOString()}' FROM configuration_node WHERE name = 'old'`))
  t.match(await api('DELETE', '/system/high-availability-cluster/nodes/old'), { status: 409, body: { error: { code: 'node_publishes' } } })
  clock.advance(61)
  t.match(await api('DELETE', '/system/high-availability-cluster/nodes/old'), { status: 204 })
  t.match(await api('DELETE', '/system/high-availability-cluster/nodes/old'), { status: 404 })
})

t.test('a public folder that somebody emptied is filled again', async (t) => {
  const folder = t.testdir()
  const clock = new ManualClock(BEGIN)
  await using core = await coreIn(folder, { seed: seedOf() }, clock)
  const { rm } = await import('node:fs/promises')
  const { readlinkSync } = await import('node:fs')
  await rm(join(folder, 'public', readlinkSync(join(folder, 'public', 'current'))), { recursive: true })
  clock.advance(60)
  await core.publish()
  t.equal((await fetch(`${core.addresses.configuration}/internalconf?version=6`)).status, 200)
})
