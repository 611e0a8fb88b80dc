import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { systemClock } from '@trembita/daemon'
import { GATEWAY_ROLES, makeApiKey } from '../../src/admin/index.ts'
import { Console } from '../admin/console.ts'
import { rest } from '../network/messages.ts'
import { echo } from '../network/service.ts'
import { MONITORING, startWatched } from './watched-network.ts'

t.setTimeout(90_000)
const OFFICER = 'TREMBITA_DATA_PROTECTION_OFFICER'
const { network, centre, service } = await startWatched(t, undefined, { monitoring: undefined })
const consumer = await network.embed('gwa')
const provider = await network.embed('gwb')
const data = join(network.planned('gwb').folder, 'data')
const consoleOf = async (...roles: string[]): Promise<Console> =>
  new Console(provider.addresses.console, await makeApiKey(data, { role: roles, label: 'test' }, systemClock))
const administrator = await consoleOf(...GATEWAY_ROLES.filter((role) => role !== OFFICER))
const officer = await consoleOf(OFFICER)

const DESCRIPTION = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'T', version: '1' },
  paths: { '/by-code': { post: { operationId: 'byCode', 'x-processing': { operation: 'retrieve' }, requestBody: { content: { 'application/json': { schema: { properties: { rnokpp: { type: 'string', 'x-personal-subject': { type: 'RNOKPP' }, 'x-personal-category': 'identity' } } } } } }, responses: { 200: { description: 'ok' } } } } }
})

t.test('where accesses are reported is set over the API, and what waited goes out at once (IP-2.3)', async (t) => {
  t.match(await administrator.get('/monitoring'), { status: 404, body: { error: { code: 'monitoring_not_set' } } })
  await rest(consumer.addresses.consumerHttp!, { path: '/persons/3000300007', headers: { 'X-Road-UserId': 'officer-77' } })
  t.equal(centre.events.length, 0)
  t.equal((await officer.put('/monitoring', MONITORING)).status, 403)
  t.match(await administrator.put('/monitoring', MONITORING), { status: 200, body: MONITORING })
  await centre.until((events) => events.length === 1)
  t.match(await administrator.get('/monitoring'), { status: 200, body: MONITORING })
})

t.test('the officer of data protection sees whose data were given, with a reason that is kept (CD-8.12)', async (t) => {
  const reason = encodeURIComponent('Скарга особи № 5')
  t.equal((await administrator.get(`/access-events?reason=${reason}`)).status, 403, 'nobody else')
  t.equal((await officer.get('/access-events')).status, 400, 'not without a reason')
  const asked = async () => (await officer.get(`/access-events?reason=${reason}&outcome=ok&service=TEST/GOV/2002/registry/people`)).body as { state: string }[]
  let body = await asked()
  // The centre has it a moment before its answer is kept here.
  for (let tries = 0; body[0]?.state === 'waiting' && tries < 200; tries++) body = await asked()
  t.match(body, [{ seq: 1, state: 'delivered', person: { type: 'RNOKPP', id: '3000300007' }, officer: 'officer-77', event: { operation: 'retrieve', purpose: { declarationId: 'not-stated' } } }])
  t.same((await officer.get(`/access-events?reason=${reason}&to=2020-01-01T00:00:00Z`)).body, [])
  const audit = await readFile(join(data, 'audit.log'), 'utf8')
  t.match(audit, /"event":"Read accesses to personal data".*Скарга особи № 5/)
  t.notMatch(audit, /3000300007/)
})

t.test('annotations of a description are rules as soon as it is read; settings go before them', async (t) => {
  service.answer = (received, response) => {
    if (received.url === '/openapi.json') response.writeHead(200, { 'content-type': 'application/json' }).end(DESCRIPTION)
    else echo(received, response)
  }
  const { body: added } = await administrator.done('POST', '/clients/TEST:GOV:2002:registry/service-descriptions', { type: 'OPENAPI3', url: `${service.url}/openapi.json`, rest_service_code: 'lookups' })
  const path = `/services/${added.services[0].id}`
  t.match((await administrator.get(`${path}/personal-data`)).body, { policy: 'strict', source: 'description', rules: [{ id: 'byCode', match: { method: 'POST', path: '/by-code' }, subjects: [{ select: 'json:/rnokpp', phase: 'request' }] }] })
  await administrator.done('PUT', `/service-descriptions/${added.id}/enable`)
  await administrator.done('POST', `${path}/service-clients`, { items: [{ id: 'TEST:GOV:1001:portal' }] })
  const call = async (): Promise<number> => (await fetch(`${consumer.addresses.consumerHttp}/r1/TEST/GOV/2002/registry/lookups/by-code`, { method: 'POST', headers: { 'X-Road-Client': 'TEST/GOV/1001/portal', 'content-type': 'application/json' }, body: '{"rnokpp":"3000300001"}' })).status
  t.equal(await call(), 200)
  await centre.until((events) => events.length === 2)
  t.match(centre.events[1], { source: { ruleId: 'byCode' }, data: { categories: ['identity'] }, holder: { registry: 'REG' } })

  const lenient = await administrator.put(`${path}/personal-data`, { policy: 'lenient', registry: { code: 'OTHER', name: { uk: 'Інший' } }, legalBasis: { citation: 'Закон' } })
  t.match(lenient, { status: 200, body: { policy: 'lenient', source: 'description', rules: [{ id: 'byCode' }] } })
  t.equal(await call(), 200)
  await centre.until((events) => events.length === 3)
  t.match(centre.events[2], { holder: { registry: 'OTHER' }, legalBasis: { citation: 'Закон' } })
  t.match(await administrator.put(`${path}/personal-data`, { rules: [{ id: 'a', subjects: [{ select: 'json:a', type: 'RNOKPP' }] }] }), { status: 400, body: { error: { code: 'validation_failure', validation_errors: { 'rules/0/subjects/0/select': [/pointer/] } } } })
  t.match(await administrator.put(`${path}/personal-data`, { policy: 'off' }), { status: 200, body: { policy: 'off' } })
  t.equal(await call(), 200)
  t.equal((await administrator.call('DELETE', `${path}/personal-data`)).status, 204)
  t.equal(await call(), 200)
  await centre.until((events) => events.length === 4)
  t.equal(centre.events.length, 4, 'what was off is not told of')
  t.same(centre.complaints, [])
})
