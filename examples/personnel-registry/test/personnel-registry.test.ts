import t from 'tap'
import { startPersonnelRegistry } from '../src/index.ts'

const registry = await startPersonnelRegistry()
t.teardown(() => registry.close())

async function get (path: string, headers: Record<string, string> = {}): Promise<{ status: number, body: any }> {
  const response = await fetch(registry.url + path, { headers })
  return { status: response.status, body: await response.json() }
}

async function post (path: string, body: object, headers: Record<string, string> = {}): Promise<{ status: number, body: any }> {
  const response = await fetch(registry.url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}

t.test('bodies, by code and by part of the name; one without an address is PARTIAL (DO-5.1a)', async (t) => {
  const all = (await get('/bodies')).body
  t.match(all, { outcome: 'PARTIAL', missing: [{ field: '/items/2/email', reason: 'NOT_RECORDED' }] })
  t.match((await get('/bodies?code=90000038')).body, { outcome: 'FOUND', data: { items: [{ code: '90000038', phone: /^\+38000/ }] } })
  t.equal((await get('/bodies?name=' + encodeURIComponent('ЕКСПОРТ'))).body.data.items[0].code, '90000050')
  t.match((await get('/bodies?code=91000112')).body, { outcome: 'NO_DATA', data: null, missing: [{ field: '', reason: 'NO_RECORD' }] })
})

t.test('the structure is a tree, and a unit without phone makes it PARTIAL (DO-5.1a)', async (t) => {
  const { body } = await get('/body-structure/90000038')
  t.equal(body.outcome, 'PARTIAL')
  t.same(body.missing, [{ field: '/units/0/units/0/units/0/phone', reason: 'NOT_RECORDED' }])
  const gap = body.data.units[0].units[0].units[0]
  t.equal(gap.name, 'Відділ методології')
  t.notOk('phone' in gap)
  t.equal((await get('/body-structure/90000050')).body.outcome, 'FOUND')
  t.equal((await get('/body-structure/91000112')).body.outcome, 'NO_DATA')
  t.equal((await get('/body-structure/1')).status, 400)
})

t.test('the staff list counts rates and vacancies (DO-5.1a)', async (t) => {
  const { body } = await get('/staff-list/90000050')
  const specialist = body.data.items.find(({ position }: { position: string }) => position === 'p-504')
  t.match(specialist, { category: 'В', rates: 4, filled: 1, vacant: true })
  t.equal((await get('/staff-list/91000112')).body.outcome, 'NO_DATA')
})

t.test('officials are found by parts of words, without their codes; no patronymic is no gap (DO-5.1b)', async (t) => {
  const found = (await post('/officials', { words: 'ґедз спеціал' })).body
  t.equal(found.data.total, 1)
  t.notMatch(JSON.stringify(found), /70023/)
  const without = (await post('/officials', { words: 'sampl' })).body
  t.equal(without.data.items[0].patronymic, null)
  t.same(without.missing, [{ field: '/items/0/phone', reason: 'NOT_RECORDED' }])
  t.equal((await post('/officials', { body: '90000038', words: 'цимбал' })).body.outcome, 'NO_DATA', 'a dismissed official is in nobody’s directory')
  t.equal((await post('/officials', { id: 'o-50-01' })).body.data.items[0].surname, 'Дорошенко')
})

t.test('the status of an official: every outcome (DO-2)', async (t) => {
  const ask = (rnokpp: string, body: string, more: object = {}): Promise<{ status: number, body: any }> => post('/official-status', { rnokpp, body, ...more })
  t.match((await ask('7010200220', '90000038')).body, { outcome: 'FOUND', data: { id: 'o-38-01', status: 'active' } })
  t.match((await ask('7002500524', '90000038')).body, { outcome: 'PARTIAL', missing: [{ field: '/phone' }] })
  t.match((await ask('7002900927', '90000050')).body, { data: { status: 'suspended' } })
  t.match((await ask('7002700720', '90000038')).body, { data: { status: 'dismissed' } })
  t.match((await ask('7010200220', '90000050')).body, { outcome: 'NO_DATA' })
  t.match((await ask('7003001014', '90000073')).body, { outcome: 'DISCREPANCY', data: null, discrepancies: [{ kind: 'DUPLICATE_RECORD' }] })
  t.match((await ask('7010200220', '90000038', { surname: 'Інший' })).body, { outcome: 'DISCREPANCY', data: null })
  t.match(await ask('7010200221', '90000038'), { status: 400, body: { code: 'invalid-identifier' } })
  t.equal((await post('/official-status', { rnokpp: '7010200220', body: '90000038' }, { 'x-road-client': 'ZZ/GOV/90000050/OFFICE' })).status, 400, 'a body asks about its own people')
  t.equal((await post('/official-status', { rnokpp: '7010200220', body: '90000038' }, { 'x-road-client': 'ZZ/GOV/90000038/OFFICE' })).status, 200)
})

t.test('a dismissal of the demonstration is made on this machine, never through a gateway', async (t) => {
  const change = { rnokpp: '7000900950', body: '90000050', status: 'dismissed' }
  t.equal((await post('/admin/statuses', change, { 'x-road-client': 'ZZ/GOV/90000050/OFFICE' })).status, 404)
  t.same((await post('/admin/statuses', change)).body, { changed: 1 })
  t.match((await post('/official-status', { rnokpp: '7000900950', body: '90000050' })).body, { data: { status: 'dismissed' } })
  t.match((await post('/official-status', { rnokpp: '7000900950', body: '90000038' })).body, { data: { status: 'active' } }, 'the other body keeps its official')
  t.equal((await post('/admin/statuses', { ...change, status: 'asleep' })).status, 400)
})

t.test('a stopped register says that it cannot answer, never that there is nothing (UP-12)', async (t) => {
  await post('/admin/outage', { down: true })
  t.match(await get('/bodies'), { status: 503, body: { code: 'source-unavailable', retryable: true } })
  t.equal((await post('/official-status', { rnokpp: '7010200220', body: '90000038' })).status, 503)
  await post('/admin/outage', { down: false })
  t.equal((await get('/bodies')).status, 200)
})

t.test('the description names its operations, whose data they are about and of which kind, and not the demonstration', async (t) => {
  const { body } = await get('/openapi.json')
  t.same(Object.keys(body.paths).sort(), ['/bodies', '/body-structure/{code}', '/official-status', '/officials', '/staff-list/{code}'])
  const status = body.paths['/official-status'].post
  t.same(status.requestBody.content['application/json'].schema.properties.rnokpp['x-personal-subject'], { type: 'RNOKPP', role: 'main' })
  t.equal(status['x-processing'].operation, 'consult')
  const data = status.responses[200].content['application/json'].schema.properties.data
  t.equal(data.properties.surname['x-personal-category'], 'name')
  t.equal(data['x-jsonld-type'], 'https://schema.org/Person')
})
