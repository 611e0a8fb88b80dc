import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { ManualClock, Secret, systemClock } from '@trembita/daemon'
import { openPostgresStore } from '@trembita/daemon/store'
import { parseAnchor, parseDirectory, parseSharedParameters } from '@trembita/protocol/globalconf'
import { freePorts } from '@trembita/testnet/federation'
import { postgresPrograms, startPostgres } from '@trembita/testnet/postgres'
import { Changes, SYSTEM } from '../../src/audit/index.ts'
import { MIGRATIONS } from '../../src/db/index.ts'
import type { Core } from '../../src/index.ts'
import { writeParameters } from '../../src/registry/index.ts'
import { apiClient } from '../api-client.ts'
import { coreIn, seedOf } from '../seeding.ts'
import { coreProcess } from './core-process.ts'
import { gatewayClient } from './gateway-client.ts'

t.setTimeout(240_000)
const skip = postgresPrograms() === undefined && process.env.CI === undefined && 'PostgreSQL is not installed: npm run setup:system'

/** Waits for something that another process does. */
async function until (what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!await holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`)
    await sleep(50)
  }
}

async function freshness (base: string): Promise<number> {
  const directory = parseDirectory(Buffer.from(await (await fetch(`${base}/internalconf?version=6`)).arrayBuffer()))
  const part = directory.parts.find(({ contentIdentifier }) => contentIdentifier === 'SHARED-PARAMETERS')!
  return parseSharedParameters(Buffer.from(await (await fetch(`${base}${part.location}`)).arrayBuffer()), 6).ocspFreshnessSeconds
}

async function set (changes: Changes, parameters: Parameters<typeof writeParameters>[1]): Promise<void> {
  await changes.change(SYSTEM, async (tx) => {
    await writeParameters(tx, parameters)
    await tx.record({ action: 'instance.set', object: { kind: 'instance', id: 'ZZ' }, after: parameters })
  })
}

t.test('two cores on one database: one anchor names both, each signs by its own key, and each publishes what the other changed', { skip }, async (t) => {
  await using postgres = await startPostgres(await mkdtemp(join(tmpdir(), 'trembita-ha-')))
  const folder = t.testdir({ a: {}, b: {} })
  const database = new Secret(Buffer.from(postgres.url))
  const a = await coreIn(join(folder, 'a'), { seed: seedOf(), database, node: 'a', publicAddress: undefined }, systemClock)
  await using closeA = { [Symbol.asyncDispose]: () => a.close() }
  const b = await coreIn(join(folder, 'b'), { database, node: 'b', publicAddress: undefined }, systemClock)
  await using closeB = { [Symbol.asyncDispose]: () => b.close() }
  t.ok(closeA && closeB)
  const anchor = parseAnchor((await a.anchor('internal')).bytes)
  t.same(anchor.sources.map(({ url }) => url), [`${a.addresses.configuration}/internalconf`, `${b.addresses.configuration}/internalconf`])
  t.notSame(anchor.sources[0]!.certificates, anchor.sources[1]!.certificates)
  t.same((await b.anchor('internal')).bytes, (await a.anchor('internal')).bytes, 'the same anchor, with the same fingerprint, at either')

  const api = await apiClient(a, ['XROAD_SECURITY_OFFICER'])
  for (const [changed, other, value] of [[a, b, 41], [b, a, 42]] as [Core, Core, number][]) {
    await set(changed.changes, { ocspFreshnessSeconds: value })
    await until('the other node has published it', async () => await freshness(other.addresses.configuration) === value)
  }
  interface Cluster { readonly all_nodes_ok: boolean, readonly nodes: readonly { node_name: string, status: string }[] }
  t.match((await api<Cluster>('GET', '/system/high-availability-cluster/status')).body, { is_ha_configured: true, all_nodes_ok: true, nodes: [{ node_name: 'a', own: true }, { node_name: 'b', own: false }] })

  interface Key { readonly id: number, readonly node: string, readonly warning?: string }
  const keys = (await api<Key[]>('GET', '/configuration-sources/INTERNAL/signing-keys')).body
  t.same(keys.map(({ node }) => node), ['a', 'b'])
  const { body: { id } } = await api<Key>('POST', '/configuration-sources/INTERNAL/signing-keys', {})
  const officer = await apiClient(b, ['XROAD_SECURITY_OFFICER'])
  t.match(await officer('PUT', `/signing-keys/${id}/activate?ignore_warnings=true`), { status: 409, body: { error: { code: 'signing_key_of_other_node' } } })
  await until('both have published the key', async () => (await b.store.all('SELECT signing_key_id FROM key_publication WHERE signing_key_id = ?', id)).length === 2)
  t.match((await officer<Key>('GET', `/signing-keys/${id}`)).body, { own: false, possible_actions: ['DELETE'], warning: /every gateway will know it at/ })
})

t.test('kill either of two cores, and the database, during an hour\'s worth of accelerated cycles: no gateway\'s configuration expires', { skip }, async (t) => {
  await using parts = new AsyncDisposableStack()
  const folder = parts.adopt(await mkdtemp(join(tmpdir(), 'trembita-ha-')), (path) => rm(path, { recursive: true }))
  const postgres = parts.use(await startPostgres(await mkdtemp(join(tmpdir(), 'trembita-ha-'))))
  // A cycle of half a second for one of a minute; directories live for ten cycles, and a second for their being cut to whole seconds.
  const [regenerateSeconds, expireSeconds, cycles] = [0.5, 6, 60]
  const port = await freePorts(2)
  const common = { databaseUrl: postgres.url, regenerateSeconds }
  const a = parts.adopt(await coreProcess({ ...common, dataFolder: join(folder, 'a'), node: 'a', port, seed: true }), (core) => core.kill())
  const b = parts.adopt(await coreProcess({ ...common, dataFolder: join(folder, 'b'), node: 'b', port: port + 1, seed: false }), (core) => core.kill())
  const store = parts.adopt(await openPostgresStore(postgres.url, MIGRATIONS), (opened) => opened.close())
  const changes = new Changes(store, systemClock)
  await set(changes, { confExpireIntervalSeconds: expireSeconds })
  await Promise.all([a.published(3), b.published(3)])

  const anchor = Buffer.from(await (await fetch(`${a.configuration}/anchor`)).arrayBuffer())
  t.equal(parseAnchor(anchor).sources.length, 2)
  const gateways = await Promise.all([1, 2, 3].map(() => gatewayClient(anchor, systemClock, { refreshSeconds: regenerateSeconds })))
  parts.defer(async () => { await Promise.all(gateways.map((gateway) => gateway.close())) })
  const expired: string[] = []
  let looks = 0
  const watch = setInterval(() => {
    looks++
    for (const [i, gateway] of gateways.entries()) if (!gateway.current().validAt(new Date())) expired.push(`gateway ${i} at ${new Date().toISOString()}`)
  }, 50)
  parts.defer(() => { clearInterval(watch) })
  const first = [a.publications, b.publications]

  for (const [dying, living] of [[a, b], [b, a]] as const) {
    await dying.kill()
    // Longer than a directory lives: gateways must have gone over to the other one.
    await living.published(16)
    await set(changes, { ocspFreshnessSeconds: 100 + living.publications })
    await dying.start()
    await dying.published(2)
    t.equal(await freshness(dying.configuration), await freshness(living.configuration), 'what changed meanwhile is published by the one that is back')
  }
  await postgres.kill()
  await Promise.all([a.published(14), b.published(14)])
  t.pass('both sign on without a database')
  await postgres.start()
  await set(changes, { ocspFreshnessSeconds: 77 }).catch(() => set(changes, { ocspFreshnessSeconds: 77 }))
  await until('both publish what changed since', async () => await freshness(a.configuration) === 77 && await freshness(b.configuration) === 77)
  await until('an hour\'s worth of cycles has passed', () => a.publications - first[0]! >= cycles && b.publications - first[1]! >= cycles)

  t.same(expired, [])
  t.ok(looks > 200)
  for (const gateway of gateways) t.ok(gateway.current().validAt(new Date()))
})

t.test('without its database for longer than it may, a core lets the configuration expire', { skip }, async (t) => {
  await using postgres = await startPostgres(await mkdtemp(join(tmpdir(), 'trembita-ha-')))
  const clock = new ManualClock(new Date('2026-02-06T13:41:26Z'))
  const core = await coreIn(t.testdir(), { seed: seedOf(), database: new Secret(Buffer.from(postgres.url)), withoutDatabaseSeconds: 120 }, clock)
  await using closing = { [Symbol.asyncDispose]: () => core.close() }
  t.ok(closing)
  const expiry = async (): Promise<string> => parseDirectory(Buffer.from(await (await fetch(`${core.addresses.configuration}/internalconf?version=6`)).arrayBuffer())).expireAt.toISOString()
  await postgres.kill()
  clock.advance(120)
  await core.publish()
  t.equal(await expiry(), '2026-02-06T13:53:26.000Z')
  clock.advance(1)
  await t.rejects(core.publish())
  t.equal(await expiry(), '2026-02-06T13:53:26.000Z')
  await postgres.start()
  await core.publish()
  t.equal(await expiry(), '2026-02-06T13:53:27.000Z')
})

t.test('two cores on one data folder are refused at the start, in words', async (t) => {
  const folder = t.testdir()
  const core = await coreIn(folder, { seed: seedOf() })
  await t.rejects(coreIn(folder), /is in use by another process: stop it first; several cores need one PostgreSQL database and a data folder each/)
  await core.close()
  await (await coreIn(folder)).close()
})
