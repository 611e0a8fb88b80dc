import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ManualClock } from '@trembita/daemon'
import { openPostgresStore, openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { postgresPrograms, startPostgres } from '@trembita/testnet/postgres'
import { Applications, readPriorityResources, Resources } from '../../src/application/index.ts'
import type { CatalogActor } from '../../src/catalog-actor.ts'
import { MIGRATIONS } from '../../src/db/index.ts'
import { Entries, scoreOf } from '../../src/entry/index.ts'
import { announceMaintenance, availabilityOf, upcomingMaintenance } from '../../src/health/index.ts'
import { tupleOf } from '../../src/verification/index.ts'
import { DRAFT } from '../live/draft.ts'

const OWNER: CatalogActor = { id: 'user:1', name: 'Owner', admin: false, publisher: true, organisations: ['2002'] }
const STRANGER: CatalogActor = { ...OWNER, id: 'user:2', organisations: ['3003'] }
const ADMIN: CatalogActor = { ...OWNER, id: 'user:3', admin: true, organisations: [] }
const SERVICE = DRAFT.serviceIds[0]!
const HASH = 'a'.repeat(64)

async function harvested (store: SqlStore): Promise<void> {
  await store.write(async (tx) => {
    await tx.run("INSERT INTO organisation (id, code, name, status, card, first_seen, last_seen) VALUES ('TEST/GOV/2002', '2002', 'Рада', 'active', '{}', '2026', '2026')")
    await tx.run("INSERT INTO subsystem (id, organisation_id, name, suspended, first_seen, last_seen) VALUES ('TEST/GOV/2002/registry', 'TEST/GOV/2002', NULL, 0, '2026', '2026')")
    await tx.run('INSERT INTO description (document_hash, canonical_hash, media_type, bytes, fetched_at) VALUES (?, ?, ?, ?, ?)', HASH, HASH, 'application/vnd.oai.openapi+json', Buffer.from('{}'), '2026')
    await tx.run("INSERT INTO service (id, subsystem_id, protocol, code, allowed, harvest, document_hash, first_seen, last_seen) VALUES (?, 'TEST/GOV/2002/registry', 'REST', 'vehicles', 1, 'ok', ?, '2026', '2026')", SERVICE, HASH)
  })
}

async function holds (t: Test, store: SqlStore): Promise<void> {
  const clock = new ManualClock(new Date('2026-11-30T10:00:00Z'))
  const resources = new Resources(store, clock)
  const applications = new Applications({ store, clock, instance: 'TEST' })
  const entries = new Entries(store)
  await harvested(store)
  await resources.seed('TEST', readPriorityResources())
  await resources.seed('TEST', readPriorityResources())
  const annex = await entries.resources()
  t.same(annex.map(({ priority }) => priority), Array.from({ length: 20 }, (_, index) => index + 1), 'the annex once, in its order')
  t.ok(annex.every(({ status }) => status === 'planned'), 'nothing is said to work that does not')

  const resourceId = await resources.create(OWNER, 'TEST/GOV/2002', { name: { uk: 'Реєстр' }, purpose: { uk: 'Облік' }, status: 'inUse', legalBasis: 'акт', dataObjects: [], subsystemIds: [] })
  const draft = { ...DRAFT, serviceIds: [SERVICE] }
  await t.rejects(applications.create(STRANGER, resourceId, draft), { code: 'not_your_organisation' })
  await t.rejects(applications.create(OWNER, resourceId, { ...draft, version: '1' }), { code: 'validation_failure', fields: { version: Object } })
  await t.rejects(applications.create(OWNER, resourceId, { ...draft, serviceIds: ['TEST/GOV/2002/registry/none'] }), { code: 'service_not_found' })
  const { interfaceId, versionId } = await applications.create(OWNER, resourceId, draft)
  t.equal(await entries.interface(interfaceId), undefined, 'nobody else sees a draft')
  t.equal((await entries.interface(interfaceId, OWNER))?.versions[0]?.score, scoreOf(draft.card))

  await store.write(async (tx) => {
    await tx.run("INSERT INTO organisation (id, code, name, status, card, first_seen, last_seen) VALUES ('TEST/GOV/3003', '3003', 'Інша', 'active', '{}', '2026', '2026')")
    await tx.run("INSERT INTO subsystem (id, organisation_id, name, suspended, first_seen, last_seen) VALUES ('TEST/GOV/3003/registry', 'TEST/GOV/3003', NULL, 0, '2026', '2026')")
    await tx.run("INSERT INTO service (id, subsystem_id, protocol, code, allowed, harvest, first_seen, last_seen) VALUES ('TEST/GOV/3003/registry/secrets', 'TEST/GOV/3003/registry', 'REST', 'secrets', 1, 'ok', '2026', '2026')")
  })
  const foreign = { ...draft, version: '9.0.0', serviceIds: ['TEST/GOV/3003/registry/secrets'] }
  await t.rejects(applications.createVersion(OWNER, interfaceId, foreign), { code: 'foreign_service' }, 'services of others are nobody\'s to verify or publish')
  await t.rejects(applications.edit(OWNER, versionId, foreign), { code: 'foreign_service' })

  const run = async (state: string, tuple: string, validUntil: string): Promise<void> => {
    await store.write(async (tx) => {
      await tx.run('INSERT INTO verification_run (id, version_id, tuple, state, started_at, ended_at, valid_until, steps_done, steps_total, started_by, checks) VALUES (?, ?, ?, ?, ?, ?, ?, 1, 1, ?, ?)', `run-${state}-${clock.now().toISOString()}`, versionId, tuple, state, clock.now().toISOString(), clock.now().toISOString(), validUntil, 'user:1', '[]')
      await tx.run('UPDATE interface_version SET state = ? WHERE id = ?', 'awaitingApproval', versionId)
    })
    clock.advance(1)
  }
  const tuple = tupleOf('TEST', [{ serviceId: SERVICE, canonicalHash: HASH }])
  await run('failed', tuple, '2027-01-01')
  await t.rejects(applications.publish(ADMIN, versionId), { code: 'not_verified' }, 'an approval cannot override a fail (IP-1.5)')
  await run('passed', tupleOf('OTHER', [{ serviceId: SERVICE, canonicalHash: HASH }]), '2027-01-01')
  await t.rejects(applications.publish(ADMIN, versionId), { code: 'changed_since' }, 'a run of another environment')
  await run('passed', tuple, '2026-11-30T09:00:00Z')
  await t.rejects(applications.publish(ADMIN, versionId), { code: 'run_expired' })
  await run('passed', tuple, '2027-01-01')
  await t.rejects(applications.publish(OWNER, versionId), { code: 'administrators_only' })
  await applications.publish(ADMIN, versionId)
  t.match((await entries.interface(interfaceId))?.versions[0], { state: 'published', services: [{ description: { canonicalHash: HASH } }] })

  await t.rejects(announceMaintenance(store, clock, OWNER, { interfaceId, startsAt: '2026-12-01T00:00:00Z', endsAt: '2026-12-01T02:00:00Z', urgent: false, notice: 'роботи' }), { code: 'too_late' })
  await announceMaintenance(store, clock, OWNER, { interfaceId, startsAt: '2026-12-05T00:00:00Z', endsAt: '2026-12-05T02:00:00Z', urgent: false, notice: 'роботи' })
  t.equal((await upcomingMaintenance(store, clock.now())).length, 1)
  await store.write(async (tx) => {
    for (const [state, at] of [['up', '2026-11-30T08:00:00Z'], ['down', '2026-11-30T09:00:00Z'], ['unknown', '2026-11-30T09:30:00Z']]) await tx.run('INSERT INTO health_change (service_id, state, at) VALUES (?, ?, ?)', SERVICE, state!, at!)
  })
  t.same(await availabilityOf(store, SERVICE, clock.now(), 30), { upSeconds: 3600, countedSeconds: 5400 }, 'what is unknown does not count')
}

t.test('SQLite keeps entries, and publishes only by a run (IP-1.5, TR-7.3)', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-catalog-store-'))
  const store = await openSqliteStore(join(folder, 'catalog.db'), MIGRATIONS)
  t.teardown(async () => {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })
  await holds(t, store)
})

t.test('PostgreSQL does the same', { skip: postgresPrograms() === undefined ? 'PostgreSQL is not installed' : false }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-catalog-postgres-'))
  // The system's account for PostgreSQL must be able to go in.
  await chmod(folder, 0o755)
  const postgres = await startPostgres(join(folder, 'cluster'))
  const store = await openPostgresStore(postgres.url, MIGRATIONS, 'trembita_catalog')
  t.teardown(async () => {
    await store.close()
    await postgres.close()
    await rm(folder, { recursive: true, force: true })
  })
  await holds(t, store)
})
