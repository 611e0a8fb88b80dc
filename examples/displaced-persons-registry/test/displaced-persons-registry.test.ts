import t from 'tap'
import { startDisplacedPersonsRegistry } from '../src/index.ts'

const registry = await startDisplacedPersonsRegistry()
t.teardown(() => registry.close())

async function ask (body: object): Promise<{ status: number, body: any }> {
  const response = await fetch(`${registry.url}/certificates`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}

t.test('a certificate is told with its state; a cancelled one as such (UP-8.5)', async (t) => {
  t.match(await ask({ rnokpp: '7000800822', familyName: 'Яворська', givenName: 'Ксенія', patronymicName: 'Олегівна' }), {
    status: 200, body: { outcome: 'FOUND', data: { number: '4601-5000000017', status: 'active', actualAddress: { katottg: /^UA/ } }, source: { register: /переміщених/ } }
  })
  t.match((await ask({ rnokpp: '7000400442', familyName: 'мельник', givenName: 'Ганна' })).body, { outcome: 'FOUND', data: { status: 'cancelled', statusDate: '2024-09-30' } })
})

t.test('what is missing, absent or contradicts is an answer of its own (UP-12) (TR-2.5)', async (t) => {
  const partial = (await ask({ rnokpp: '7001001060', familyName: 'Прип’ять', givenName: 'Олена' })).body
  t.match(partial, { outcome: 'PARTIAL', missing: [{ field: '/actualAddress', reason: 'NOT_RECORDED' }] })
  t.notOk('actualAddress' in partial.data)
  t.match((await ask({ rnokpp: '7000100119', familyName: 'Ґонта', givenName: 'Дем’ян' })).body, { outcome: 'NO_DATA', data: null })
  const other = (await ask({ rnokpp: '7000800822', familyName: 'Інша', givenName: 'Ксенія' })).body
  t.match(other, { outcome: 'DISCREPANCY', data: null, discrepancies: [{ field: '/familyName', kind: 'ASSERTED_MISMATCH' }] })
  t.notMatch(JSON.stringify(other), /Яворська|4601/)
})

t.test('impossible numbers and requests outside the description are refused, without repeating them', async (t) => {
  const wrong = await ask({ rnokpp: '9000100013', familyName: 'А', givenName: 'Б' })
  t.match(wrong, { status: 400, body: { code: 'invalid-identifier' } })
  t.notMatch(JSON.stringify(wrong.body), /9000100013/)
  t.match(await ask({ rnokpp: '7000800822' }), { status: 400, body: { code: 'invalid-request' } })
  t.match(await ask({ rnokpp: '7000800822', familyName: 'Я', givenName: 'К', extra: 1 }), { status: 400 })
})

t.test('the description of the service says whose data it is about (TR-2.2)', async (t) => {
  const body = await (await fetch(`${registry.url}/openapi/idpCertificate.json`)).json() as any
  t.same(body.servers, [{ url: `${registry.url}/certificates` }])
  t.match(body.paths['/'].post.requestBody.content['application/json'].schema.properties.rnokpp, { 'x-personal-subject': { type: 'RNOKPP' } })
})
