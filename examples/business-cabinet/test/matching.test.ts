import t from 'tap'
import { match, type Fact, type Profile, type Programme } from '../src/index.ts'

const source = { register: 'EDR', asOf: '2026-11-01T00:00:00Z', exchangeId: 'x-1' }
const known = <T>(value: T): Fact<T> => ({ known: true, value, source })
const gap = (reason: Extract<Fact<never>, { known: false }>['gap']): Fact<never> => ({ known: false, gap: reason, source })

const PROFILE: Profile = {
  subjectKind: known('FOP'),
  mainKved: known({ code: '62.01', list: 'KVED-2010' }),
  location: known({ katottg: 'UA80000000000093317' }),
  registrationDate: known('2018-02-14'),
  terminationRecordDate: known(null),
  income: known([{ period: '2024', amount: '1250000.00' }, { period: '2025', amount: '1375000.00' }]),
  employees: known([{ period: '2025', count: 3 }]),
  taxSystem: known({ code: 'SIMPLIFIED', group: 3 }),
  displaced: gap('NOT_SHARED')
}

function programme (criteria: Programme['criteria'], window: Programme['window'] = { from: '2026-01-01' }): Programme {
  const text = { uk: 'а', en: 'a' }
  return { id: 'p', version: 1, status: 'published', changedAt: '', titles: text, summary: text, conditions: text, provider: { kind: 'state', name: text }, kind: 'grant', window, link: 'https://example.org', criteria }
}

const CASES: readonly [title: string, change: Partial<Profile>, criteria: Programme['criteria'], verdict: 'eligible' | 'notEligible' | 'cannotTell'][] = [
  ['nothing demanded', {}, {}, 'eligible'],
  ['kind fits', {}, { subjectKinds: ['FOP'] }, 'eligible'],
  ['kind does not fit', {}, { subjectKinds: ['ENTITY'] }, 'notEligible'],
  ['territory by its beginning', {}, { territory: ['UA46', 'UA80'] }, 'eligible'],
  ['another territory', {}, { territory: ['UA46'] }, 'notEligible'],
  ['territory that records contradict', { location: gap('DISCREPANCY_INTERNAL') }, { territory: ['UA80'] }, 'cannotTell'],
  ['activity included', {}, { kved: { include: ['62'], list: 'KVED-2010' } }, 'eligible'],
  ['activity excluded', {}, { kved: { include: ['62'], exclude: ['62.01'], list: 'KVED-2010' } }, 'notEligible'],
  ['activity of another list says nothing', { mainKved: known({ code: '62.10', list: 'NACE-2.1-UA' }) }, { kved: { include: ['62'], list: 'KVED-2010' } }, 'cannotTell'],
  ['no main activity on record', { mainKved: gap('NOT_RECORDED') }, { kved: { include: ['62'], list: 'KVED-2010' } }, 'cannotTell'],
  ['tax group fits', {}, { taxSystems: [{ code: 'SIMPLIFIED', groups: [2, 3] }] }, 'eligible'],
  ['tax group does not fit', {}, { taxSystems: [{ code: 'SIMPLIFIED', groups: [1] }] }, 'notEligible'],
  ['general system is another', { taxSystem: known({ code: 'GENERAL', group: null }) }, { taxSystems: [{ code: 'SIMPLIFIED' }] }, 'notEligible'],
  ['registered in time, on the very day', {}, { registered: { notAfter: '2018-02-14' } }, 'eligible'],
  ['registered too late', {}, { registered: { notAfter: '2018-02-13' } }, 'notEligible'],
  ['income of the last year, at the limit', {}, { income: { min: '1375000', max: '1375000.00' } }, 'eligible'],
  ['income of the year before does not count', {}, { income: { max: '1300000.00' } }, 'notEligible'],
  ['income of an open period', { income: gap('PERIOD_OPEN') }, { income: { min: '1.00' } }, 'cannotTell'],
  ['no years is no zero', { income: known([]) }, { income: { max: '5000000.00' } }, 'cannotTell'],
  ['workers within the range', {}, { employees: { min: 1, max: 3 } }, 'eligible'],
  ['no record of workers is no zero', { employees: gap('NOT_RECORDED') }, { employees: { max: 10 } }, 'cannotTell'],
  ['displacement by certificate', { displaced: known(true) }, { displaced: true }, 'eligible'],
  ['a cancelled certificate', { displaced: known(false) }, { displaced: true }, 'notEligible'],
  ['no certificate shared', {}, { displaced: true }, 'cannotTell'],
  ['terminated', { terminationRecordDate: known('2025-06-30') }, {}, 'notEligible'],
  ['register was not reached', { terminationRecordDate: gap('OUTAGE') }, {}, 'cannotTell'],
  ['what is not met decides over what is not known', { displaced: gap('OUTAGE') }, { displaced: true, subjectKinds: ['ENTITY'] }, 'notEligible']
]

t.test('each criterion alone: met, not met, not known; a gap is never a silent no (UP-3.4)', async (t) => {
  for (const [title, change, criteria, verdict] of CASES) t.equal(match({ ...PROFILE, ...change }, programme(criteria), '2026-11-30').verdict, verdict, title)
})

t.test('applications are taken from the first to the last day (UP-3.4)', async (t) => {
  const one = programme({}, { from: '2026-11-30', until: '2026-12-01' })
  for (const [day, verdict] of [['2026-11-29', 'notEligible'], ['2026-11-30', 'eligible'], ['2026-12-01', 'eligible'], ['2026-12-02', 'notEligible']] as const) t.equal(match(PROFILE, one, day).verdict, verdict, day)
})

t.test('a reason names criterion, demand, value, source and moment, or why the value is missing (UP-3.4)', async (t) => {
  const { reasons } = match(PROFILE, programme({ income: { min: '1000000.00' }, displaced: true }), '2026-11-30')
  t.match(reasons.find(({ criterion }) => criterion === 'income'), { verdict: 'met', value: { en: 'UAH 1,375,000 in 2025' }, required: { en: /UAH 1,000,000 or more/ }, source })
  t.match(reasons.find(({ criterion }) => criterion === 'displaced'), { verdict: 'unknown', value: null, gap: 'NOT_SHARED' })
})
