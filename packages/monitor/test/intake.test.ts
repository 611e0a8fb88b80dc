import t from 'tap'
import { createLogger, ManualClock } from '@trembita/daemon'
import { eventReader, heldSpans, StoredFeed } from '../src/events/index.ts'
import { Intake } from '../src/intake/index.ts'
import { VisibilityChanges } from '../src/visibility/index.ts'
import { onBothStores, stopPostgres } from './both-stores.ts'
import { CLIENT, COMPONENT, NOW, sampleEvent } from './samples.ts'

const log = createLogger('test', 'silent')
const components = [{ id: COMPONENT, client: CLIENT, name: { uk: 'Шлюз Мін\'юсту' } }]
t.teardown(stopPostgres)

type Store = Parameters<Parameters<typeof onBothStores>[1]>[1]

function intakeOf (store: Store, mayHide: readonly string[] = ['90000050']): Intake {
  return new Intake({ store, clock: new ManualClock(NOW), log, components, mayHide, onStored: () => {} })
}

const reportOf = (from: number, events: readonly unknown[]) => ({ component: COMPONENT, fromSeq: from, toSeq: from + events.length - 1, events })

t.test('events are taken once, in order, and a gap is named (IP-2.3)', async (t) => onBothStores(t, async (t, store) => {
  const intake = intakeOf(store)
  t.doesNotThrow(() => { intake.authenticate(COMPONENT, CLIENT) })
  t.throws(() => { intake.authenticate(COMPONENT, CLIENT.replace('38', '44')) }, { name: 'ReportRefused', kind: 'unknown-component' })
  const events = Array.from({ length: 120 }, (_, i) => sampleEvent(i + 1))
  t.match(await intake.report(reportOf(1, events.slice(0, 60))), { ackSeq: 60, rejected: [] })
  t.match(await intake.report(reportOf(31, events.slice(30, 90))), { ackSeq: 90, rejected: [] }, 'what is known already is acknowledged without a word')
  await t.rejects(intake.report(reportOf(101, events.slice(100))), { name: 'ReportRefused', kind: 'gap', expectedSeq: 91 })
  t.match(await intake.report(reportOf(91, events.slice(90))), { ackSeq: 120, rejected: [] })
  t.equal(Number((await store.get<{ n: number }>('SELECT COUNT(*) AS n FROM access_event'))!.n), 120)
  t.same((await store.all<{ leaf_index: number }>('SELECT leaf_index FROM log_entry ORDER BY leaf_index')).map((row) => Number(row.leaf_index)), events.map((_, i) => i), 'each has one place in the log')
}))

t.test('the same event with another content is a conflict: the first is kept, and an alarm raised', async (t) => onBothStores(t, async (t, store) => {
  const intake = intakeOf(store)
  const first = sampleEvent(1)
  await intake.report(reportOf(1, [first]))
  const altered = { ...first, operation: 'export' as const }
  t.match(await intake.report(reportOf(1, [altered])), { ackSeq: 1, rejected: [{ eventId: first.eventId, code: 'conflict', retryable: false }] })
  t.match(await intake.report(reportOf(2, [{ ...sampleEvent(2), eventId: first.eventId }])), { ackSeq: 2, rejected: [{ code: 'conflict' }] }, 'also under a number of its own')
  t.match(await intake.report(reportOf(1, [sampleEvent(1)])), { rejected: [{ code: 'conflict' }] }, 'and another event under a number that was used')
  t.same(JSON.parse((await store.get<{ body: string }>('SELECT body FROM access_event'))!.body), first)
  t.same((await store.all<{ kind: string, times: number }>('SELECT kind, times FROM alarm ORDER BY ref')).map(({ kind }) => kind), ['conflict', 'conflict'])
}))

t.test('what is no event goes to quarantine by its number, without its content, and holds up nobody', async (t) => onBothStores(t, async (t, store) => {
  const intake = intakeOf(store, [])
  const hidden = sampleEvent(5, { visibility: { state: 'deferred', reason: 'CrimeInvestigationImpaired', until: '2027-03-01T00:00:00.000Z' } })
  const answer = await intake.report(reportOf(1, [sampleEvent(1), { ...sampleEvent(2), rnokpp: '7000100119' }, sampleEvent(7), { ...sampleEvent(4), source: { ...sampleEvent(4).source, component: 'PDAMS_LC_09' } }, hidden, sampleEvent(6)]))
  t.equal(answer.ackSeq, 6)
  t.same(answer.rejected.map(({ code }) => code), ['malformed', 'wrong-sequence', 'wrong-component', 'visibility-not-allowed'])
  t.same((await store.all<{ seq: number }>('SELECT seq FROM quarantine ORDER BY seq')).map(({ seq }) => Number(seq)), [2, 3, 4, 5])
  t.match(await intake.report(reportOf(7, [sampleEvent(7)])), { ackSeq: 7, rejected: [] })
}))

t.test('a component speaks for its own registers and of times that can be: what is held is asked for at each look of each person', async (t) => onBothStores(t, async (t, store) => {
  const intake = new Intake({ store, clock: new ManualClock(NOW), log, components: [{ ...components[0]!, registries: ['EDR'] }], mayHide: [], onStored: () => {} })
  const years = (count: number): string => new Date(NOW.getTime() + count * 366 * 86_400_000).toISOString()
  const foreign = { ...sampleEvent(2), holder: { ...sampleEvent(2).holder, registry: 'DRFO' } }
  const answer = await intake.report(reportOf(1, [sampleEvent(1), foreign, sampleEvent(3, { occurredAt: years(1) }), sampleEvent(4, { occurredAt: years(-6) }), sampleEvent(5, { occurredAt: years(-1) })]))
  t.same([answer.ackSeq, answer.rejected.map(({ code }) => code)], [5, ['wrong-registry', 'wrong-time', 'wrong-time']])
  t.same((await heldSpans(store)).registries, ['EDR'])
}))

t.test('hidden accesses are neither listed nor counted nor told, and appear when lifted, by hand or at their review (TR-5.3)', async (t) => onBothStores(t, async (t, store) => {
  const clock = new ManualClock(NOW)
  const intake = intakeOf(store)
  const feed = new StoredFeed(store)
  const changes = new VisibilityChanges({ store, clock, mayHide: ['90000050'], onChanged: () => {} })
  const subject = sampleEvent(1).subject!
  const hide = { state: 'deferred', reason: 'CrimeInvestigationImpaired', until: '2027-03-01T00:00:00.000Z' } as const
  const events = [sampleEvent(1, { subject }), sampleEvent(2, { subject, visibility: hide, caseRef: 'case-7' }), sampleEvent(3, { subject, visibility: { ...hide, state: 'restricted' } }), sampleEvent(4, { subject, visibility: hide })]
  await intake.report(reportOf(1, events))
  const reader = eventReader(store, clock)
  const shown = async () => {
    const { total, events } = await reader.list([subject.index], {}, { offset: 0, limit: 10 })
    return { total, seqs: events.map(({ event }) => event.source.seq), states: events.map(({ visibility }) => visibility.state) }
  }
  t.same(await shown(), { total: 1, seqs: [1], states: ['open'] })
  t.equal(await reader.one([subject.index], events[1]!.eventId), undefined)
  t.same((await reader.facets([subject.index])).recipients.map(({ count }) => count), [1])
  t.same((await feed.after(0, 10)).map(({ event }) => event.source.seq), [1])

  await changes.apply('oversight', { selector: { recipient: '90000050', caseRef: 'case-7' }, newState: 'lifted' })
  t.same(await shown(), { total: 2, seqs: [2, 1], states: ['lifted', 'open'] })
  t.equal((await reader.one([subject.index], events[1]!.eventId))?.visibility.liftedAt?.getTime(), NOW.getTime())
  t.same((await feed.after(1, 10)).map(({ event, lifted }) => [event.source.seq, lifted]), [[2, true]])
  await t.rejects(changes.apply('oversight', { selector: { eventId: events[1]!.eventId }, newState: 'lifted' }), { name: 'VisibilityRefused', kind: 'invalid' })

  clock.advance(100 * 86_400)
  t.equal(await changes.reviewDue(), 1, 'deferred is released')
  t.same(await shown(), { total: 3, seqs: [4, 2, 1], states: ['lifted', 'lifted', 'open'] })
  t.equal(Number((await store.get<{ n: number }>("SELECT COUNT(*) AS n FROM alarm WHERE kind = 'review-overdue'"))!.n), 1, 'restricted is for oversight to decide')
  t.equal(await changes.reviewDue(), 0)

  await t.rejects(changes.apply('oversight', { selector: { eventId: events[0]!.eventId }, newState: 'deferred', reason: 'DefenceImpaired' }), { name: 'VisibilityRefused', kind: 'invalid' }, 'no day of review')
  await t.rejects(changes.apply('oversight', { selector: { eventId: events[0]!.eventId }, newState: 'deferred', reason: 'DefenceImpaired', reviewAt: '2028-12-01T00:00:00.000Z' }), { name: 'VisibilityRefused', kind: 'invalid' }, 'too far')
  await changes.apply('oversight', { selector: { eventId: events[0]!.eventId }, newState: 'deferred', reason: 'DefenceImpaired', reviewAt: '2027-09-01T00:00:00.000Z' })
  t.same((await shown()).seqs, [4, 2])
  t.equal(Number((await store.get<{ n: number }>('SELECT COUNT(*) AS n FROM log_entry WHERE kind = 2'))!.n), 3, 'each change stands in the log')
}))

t.test('a list is newest first, its total does not depend on the page, and filters narrow it', async (t) => onBothStores(t, async (t, store) => {
  const intake = intakeOf(store)
  const subject = sampleEvent(1).subject!
  const at = (seq: number): string => new Date(NOW.getTime() - seq * 60_000).toISOString()
  await intake.report(reportOf(1, Array.from({ length: 25 }, (_, i) => sampleEvent(i + 1, {
    subject, occurredAt: at((i * 7) % 25), ...i % 5 === 0 && { actor: { kind: 'person' as const, handle: 'A1B2' } }, ...i % 2 === 0 && { recipient: { code: '90000067', name: { uk: 'Портал' }, system: 'PORTAL' } }
  }))))
  const reader = eventReader(store, new ManualClock(NOW))
  const page = await reader.list([subject.index, 'other'], {}, { offset: 10, limit: 10 })
  t.equal(page.total, 25)
  t.equal(page.events.length, 10)
  t.same(page.events.map(({ event }) => event.occurredAt), Array.from({ length: 10 }, (_, i) => at(i + 10)))
  t.equal((await reader.list([subject.index], { byPersons: true }, { offset: 0, limit: 1 })).total, 5)
  t.equal((await reader.list([subject.index], { recipient: '90000067' }, { offset: 0, limit: 1 })).total, 13)
  t.equal((await reader.list([subject.index], { from: new Date(at(4)), until: new Date(at(1)) }, { offset: 0, limit: 9 })).total, 3)
  t.equal((await reader.list([], {}, { offset: 0, limit: 9 })).total, 0)
}))

t.test('a thousand events a second and more are taken in batches', async (t) => onBothStores(t, async (t, store) => {
  const intake = intakeOf(store)
  const events = Array.from({ length: 3000 }, (_, i) => sampleEvent(i + 1))
  const start = performance.now()
  for (let at = 0; at < events.length; at += 500) await intake.report(reportOf(at + 1, events.slice(at, at + 500)))
  const perSecond = Math.round(events.length / (performance.now() - start) * 1000)
  t.comment(`${perSecond} events a second`)
  t.ok(perSecond > 300, `${perSecond} a second, on a machine that does other things too`)
}))
