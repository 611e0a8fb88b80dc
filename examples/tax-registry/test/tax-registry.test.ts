import t from 'tap'
import { startTaxRegistry } from '../src/index.ts'
import { TaxRegister } from '../src/register.ts'

const registry = await startTaxRegistry()
t.teardown(() => registry.close())

async function call (path: string, body?: object): Promise<{ status: number, body: any }> {
  const response = await fetch(registry.url + path, body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}

t.test('UP-12: a VAT payer is FOUND, PARTIAL, absent or in conflict', async (t) => {
  t.match(await call('/vat-payers/91000033'), { status: 200, body: { outcome: 'FOUND', data: { number: '910000326591', annulledAt: null } } })
  t.match((await call('/vat-payers/91000069')).body, { outcome: 'FOUND', data: { annulledAt: '2023-09-29' } })
  const partial = (await call('/vat-payers/91000046')).body
  t.match(partial, { outcome: 'PARTIAL', missing: [{ field: '/registeredAt', reason: 'NOT_RECORDED' }] })
  t.notOk('registeredAt' in partial.data)
  t.match((await call('/vat-payers/91000106')).body, { outcome: 'NO_DATA', data: null }, 'registered yesterday')
  t.match((await call('/vat-payers/91000098')).body, { outcome: 'DISCREPANCY', data: null, discrepancies: [{ field: '/name', kind: 'SOURCE_CONFLICT' }] })
})

t.test('codes are validated, and persons are asked for in the body', async (t) => {
  t.match(await call('/vat-payers/91000018'), { status: 400, body: { code: 'invalid-identifier' } })
  t.match(await call('/vat-payers/7000100119'), { status: 400, body: { code: 'personal-identifier-in-address' } })
  t.match((await call('/vat-payers/by-code', { code: '7000100119' })).body, { outcome: 'FOUND' })
  t.match((await call('/vat-payers/by-code', { code: '7000700718' })).body, { outcome: 'DISCREPANCY', discrepancies: [{ kind: 'DUPLICATE_RECORD' }] })
  t.match((await call('/vat-payers/by-code', { code: '9000100013' })).status, 400)
})

t.test('UP-10: tax profiles say of each subject what is known, what is not, and why', async (t) => {
  const lastYear = String(new Date().getUTCFullYear() - 1)
  const { status, body } = await call('/tax-profiles', {
    period: { from: '2023', to: lastYear },
    subjects: ['7000100119', '7000200223', '7000300315', '7000500534', '7000600649', '7000700718', '91000106'].map((code) => ({ code }))
  })
  t.equal(status, 200)
  const byCode = Object.fromEntries(body.items.map((item: { code: string }) => [item.code, item]))
  t.match(byCode['7000100119'], { outcome: 'FOUND', data: { taxSystem: { code: 'SIMPLIFIED', group: 3 }, activityPlaces: [{ katottg: /^UA\d{17}$/ }] } })
  t.match(byCode['7000100119'].data.income[0], { period: '2023', amount: /^\d+\.\d\d$/ })
  t.match(byCode['7000200223'], { outcome: 'PARTIAL', missing: [{ field: '/employees', reason: 'NOT_RECORDED' }] })
  t.match(byCode['7000300315'], { outcome: 'PARTIAL', missing: [{ field: '/activityPlaces', reason: 'NOT_APPLICABLE' }] })
  t.match(byCode['7000500534'], { outcome: 'NO_DATA', data: null })
  t.match(byCode['7000600649'], { outcome: 'DISCREPANCY', discrepancies: [{ kind: 'SOURCE_CONFLICT' }] })
  t.match(byCode['7000700718'], { outcome: 'DISCREPANCY', discrepancies: [{ kind: 'DUPLICATE_RECORD' }] })
  t.match(byCode['91000106'], { outcome: 'NO_DATA' })
})

t.test('UP-12: a year that is not closed is PERIOD_OPEN, never a zero', async (t) => {
  const register = new TaxRegister(() => new Date('2026-05-01T00:00:00Z'))
  const [newcomer, settled] = register.profiles({ period: { from: '2025', to: '2026' }, subjects: [{ code: '7001101139' }, { code: '7000100119' }] }).items
  t.match(newcomer, { outcome: 'PARTIAL' })
  t.notOk('income' in newcomer!.data!)
  t.ok(newcomer!.missing.every(({ reason }) => reason === 'PERIOD_OPEN'))
  t.match(settled, { outcome: 'PARTIAL', data: { income: [{ period: '2025' }] } })
  t.ok(settled!.missing.some(({ field, reason }) => field === '/income/2026' && reason === 'PERIOD_OPEN'))
})

t.test('an asserted name that does not fit discloses nothing', async (t) => {
  const { body } = await call('/tax-profiles', { period: { from: '2024', to: '2024' }, subjects: [{ code: '7000100119', name: 'Інша Особа' }] })
  t.match(body.items[0], { outcome: 'DISCREPANCY', data: null, discrepancies: [{ field: '/name', kind: 'ASSERTED_MISMATCH' }] })
})

t.test('impossible periods and fields outside the description are refused', async (t) => {
  const ask = (period: object, extra: object = {}): Promise<{ status: number }> => call('/tax-profiles', { period, subjects: [{ code: '7000100119' }], ...extra })
  t.equal((await ask({ from: '2025', to: '2024' })).status, 400)
  t.equal((await ask({ from: '2024', to: '2099' })).status, 400)
  t.equal((await ask({ from: '24', to: '25' })).status, 400)
  t.equal((await ask({ from: '2024', to: '2024' }, { subjects: [] })).status, 400)
})

t.test('the OpenAPI description names what is served', async (t) => {
  const { body } = await call('/openapi.json')
  t.equal(body.openapi, '3.0.3')
  t.same(Object.keys(body.paths).sort(), ['/tax-profiles', '/vat-payers/by-code', '/vat-payers/{code}'])
  t.match(await call('/health'), { status: 200, body: { status: 'UP', synthetic: true } })
})
