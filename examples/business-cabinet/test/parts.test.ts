import t from 'tap'
import { ManualClock } from '@trembita/daemon'
import { openSqliteStore } from '@trembita/daemon/store'
import { checkMaintenance } from '../src/maintenance.ts'
import { Programmes, PROGRAMME_SCHEMA, VersionConflict } from '../src/programmes/store.ts'
import programmes from '../src/programmes/programmes.json' with { type: 'json' }
import type { ProgrammeContent } from '../src/programmes/programme.ts'
import { daysLeft, isOver } from '../src/project.ts'
import { AlreadyEnrolled, PSEUDONYMISATION_SCHEMA, PseudonymisationComponent } from '../src/pseudonymisation/index.ts'
import { nextNight, retryAt } from '../src/analysis/retry.ts'
import { joinFop, openIn } from './open.ts'
import { F01, startWorld } from './world.ts'

const clock = new ManualClock(new Date('2026-11-30T10:00:00Z'))

t.test('the component pseudonymises only whom it holds, within a limit, and writes down no code (UP-10a)', async (t) => {
  const store = await openSqliteStore(`${t.testdir()}/custody.db`, [PSEUDONYMISATION_SCHEMA])
  t.teardown(() => store.close())
  const bytes = (value: number): Uint8Array => new Uint8Array(32).fill(value)
  const component = new PseudonymisationComponent({ store, clock, master: bytes(1), custodyKey: bytes(2), perMinuteMax: 3 })
  await component.enrol('a', '7000100119', 'test')
  await component.enrol('a', '7000100119', 'test')
  await t.rejects(component.enrol('b', '7000100119', 'test'), AlreadyEnrolled)
  await t.rejects(component.enrol('b', '7000100118', 'test'), { code: 'invalid-identifier' })
  const first = await component.pseudonymsOf(['a', 'stranger'], 'AGR-688-EDR', 'refresh')
  t.same([...first.byRef.keys()], ['a'])
  t.match(first, { epoch: '2026Q4', byRef: new Map() })
  await t.rejects(component.pseudonymsOf(['a', 'a'], 'AGR-688-EDR', 'refresh'), { name: 'TooManyPseudonyms' })
  clock.advance(60)
  t.not((await component.pseudonymsOf(['a'], 'AGR-688-TAX', 'refresh')).byRef.get('a'), first.byRef.get('a'))
  await component.forget('a', 'leave')
  t.equal((await component.pseudonymsOf(['a'], 'AGR-688-TAX', 'refresh')).byRef.size, 0)
  const log = await store.all<{ action: string, pseudonym: string | null }>('SELECT actor, action, ref, agreement, epoch, pseudonym FROM pseudonym_log ORDER BY seq')
  t.same(log.map(({ action }) => action), ['enrolled', 'pseudonymised', 'pseudonymised', 'erased'])
  t.ok(log.every(({ pseudonym }) => pseudonym === null), 'pseudonyms are erased with the person')
  t.notMatch(JSON.stringify(log), /7000100119/)
})

t.test('planned works are announced three calendar days ahead; urgent ones say why (UP-6b)', async (t) => {
  const about = { uk: 'а', en: 'a' }
  const now = new Date('2026-11-30T21:59:00Z')
  const notice = (startsAt: string, urgent = false, ground = '') => checkMaintenance({ startsAt, endsAt: '2027-01-01T00:00:00.000Z', urgent, ground, about }, now)
  t.equal(notice('2026-12-02T21:59:00.000Z'), 'tooSoon')
  t.equal(notice('2026-12-02T22:00:00.000Z'), undefined, 'the third day begins at midnight in Kyiv')
  t.equal(notice('2026-11-30T23:00:00.000Z', true), 'groundMissing')
  t.equal(notice('2026-11-30T23:00:00.000Z', true, 'збій'), undefined)
  t.equal(notice('2027-02-01T00:00:00.000Z'), 'order')
})

t.test('programmes have versions; what two change at once is refused to the second (UP-3.1)', async (t) => {
  const store = await openSqliteStore(`${t.testdir()}/p.db`, [PROGRAMME_SCHEMA])
  t.teardown(() => store.close())
  const all = new Programmes(store, clock)
  const seeds = programmes as unknown as (ProgrammeContent & { id: string })[]
  await all.seed(seeds)
  await all.seed(seeds)
  t.ok((await all.list()).length >= 8)
  const one = (await all.get('fermery'))!
  t.equal(await all.save('fermery', 1, 'draft', { ...one, kind: 'grant' }, 'admin'), 2)
  await t.rejects(all.save('fermery', 1, 'published', one, 'other'), VersionConflict)
  t.notOk((await all.list()).some(({ id }) => id === 'fermery'), 'a draft is not public')
  t.same((await all.versions('fermery')).map(({ version, kind }) => [version, kind]), [[2, 'grant'], [1, 'compensation']])
  await all.seed(seeds)
  t.equal((await all.get('fermery'))?.version, 2)
})

t.test('the project lasts two years; after its end no register is asked (UP-R1)', async (t) => {
  const project = { from: '2025-06-13', until: '2027-06-12' }
  t.equal(daysLeft(project, new Date('2027-06-12T12:00:00Z')), 0)
  t.notOk(isOver(project, new Date('2027-06-12T20:59:00Z')))
  t.ok(isOver(project, new Date('2027-06-12T21:00:00Z')), 'by the clock of Kyiv')
  const world = await startWorld(t)
  const cabinet = await openIn(world, { project: { from: '2024-01-01', until: '2025-12-31' } })
  t.teardown(() => cabinet.close())
  await joinFop(cabinet, F01)
  t.notOk(world.gateway.passed.some(({ service }) => /support/.test(service)))
})

t.test('what fails is tried again less and less often; what is well is asked at night (UP-12)', async (t) => {
  const now = new Date('2026-11-30T10:00:00Z')
  t.same([1, 2, 3, 10].map((attempts) => (retryAt(now, attempts).getTime() - now.getTime()) / 1000), [60, 120, 240, 3600])
  t.equal(nextNight(now).toISOString(), '2026-12-01T01:00:00.000Z')
  t.equal(nextNight(new Date('2026-11-30T00:30:00Z')).toISOString(), '2026-11-30T01:00:00.000Z')
})
