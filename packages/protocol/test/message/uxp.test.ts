import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { Fault } from '../../src/fault/index.ts'
import {
  createRestRequest, createRestResponse, formatUxpFault, fromUxp, lastHeader, parseRestRequest, parseRestResponse, purposeIdsOf, uxpAnswerHeaders, uxpServiceHeaders, type UxpRequestInput
} from '../../src/message/index.ts'

const BASE = ['Uxp-Client', 'SEVDEIR-TEST/GOV/99900016/CitizenCabinet', 'Uxp-Service', 'SEVDEIR-TEST/GOV/99900022/DemoRegistry/PersonSearch_v1']

function input (changes: Partial<UxpRequestInput> = {}): UxpRequestInput {
  return {
    method: 'GET', target: '/restapi/person/17', rawHeaders: BASE, instance: 'SEVDEIR-TEST', requestId: 'transaction-1', newId: () => 'SEVDEIR-TEST-new', ...changes
  }
}

t.test('TR-3: the sample of the Trembita dialect becomes an X-Road message whose signed head holds both header families', async (t) => {
  const { request, bytes, transactionId, warnings } = fromUxp(input({
    target: '/restapi/person/rnokpp/3287300427?queryId=6b0c2d0e&userId=clerk-17',
    rawHeaders: ['Host', 'gw.example.gov.ua', ...BASE, 'Uxp-Purpose-Ids', '7T2QX81LMD04VRA9KEZ5C', 'Uxp-Subject-Id', '3287300427', 'Accept', 'application/json', 'Connection', 'keep-alive']
  }))
  t.equal(bytes.toString(), 'GET\r\n' +
    '/r1/SEVDEIR-TEST/GOV/99900022/DemoRegistry/PersonSearch_v1/person/rnokpp/3287300427?queryId=6b0c2d0e&userId=clerk-17\r\n' +
    'Uxp-Subject-Id:3287300427\r\n' +
    'Accept:application/json\r\n' +
    'Uxp-Client:SEVDEIR-TEST/GOV/99900016/CitizenCabinet\r\n' +
    'Uxp-Service:SEVDEIR-TEST/GOV/99900022/DemoRegistry/PersonSearch_v1\r\n' +
    'Uxp-Purpose-Ids:7T2QX81LMD04VRA9KEZ5C\r\n' +
    'Uxp-Queryid:6b0c2d0e\r\n' +
    'Uxp-Userid:clerk-17\r\n' +
    'Uxp-Transaction-Id:transaction-1\r\n' +
    'X-Road-Client:SEVDEIR-TEST/GOV/99900016/CitizenCabinet\r\n' +
    'X-Road-UserId:clerk-17\r\n' +
    'x-road-id:6b0c2d0e\r\n' +
    'x-road-request-id:transaction-1\r\n')
  t.same(parseRestRequest(bytes), request)
  t.match(request, { id: '6b0c2d0e', userId: 'clerk-17', requestId: 'transaction-1', servicePath: '/person/rnokpp/3287300427' })
  t.equal(transactionId, 'transaction-1')
  t.same(warnings, [])
})

t.test('ids are taken where clients put them, and made when there are none', async (t) => {
  const read = (query: string, ...rawHeaders: string[]): unknown => {
    const { request } = fromUxp(input({ target: `/restapi${query}`, rawHeaders: [...BASE, ...rawHeaders] }))
    return [request.id, request.userId, request.issue]
  }
  t.same(read('', 'uxp-QUERYID', 'q1', 'Uxp-Id', 'q2', 'Uxp-UserId', 'u1', 'Uxp-Issue', 'i1'), ['q1', 'u1', 'i1'])
  t.same(read('?queryId=q3&userId=u3', 'Uxp-Id', 'q2'), ['q2', 'u3', undefined])
  t.same(read('?queryId=q%2F%D0%84&userId=a+b'), ['q/Є', 'a b', undefined])
  t.same(read('?queryId=&userId=', 'X-Road-Id', 'x', 'X-Road-UserId', 'y', 'X-Road-Issue', 'z'), ['x', 'y', 'z'])
  t.same(read(''), ['SEVDEIR-TEST-new', undefined, undefined])
  for (const target of ['/restapi?queryId=a%0d%0aX-Road-Client:evil', '/restapi?userId=%00']) t.throws(() => fromUxp(input({ target })), { name: 'Fault', kind: 'BadRequest' }, target)
})

t.test('a client cannot speak for another by X-Road headers beside its own', async (t) => {
  const forged = ['X-Road-Client', 'SEVDEIR-TEST/GOV/1/evil', 'x-road-request-id', 'evil', 'X-Road-Request-Hash', 'evil', 'Uxp-Transaction-Id', 'evil']
  const { bytes } = fromUxp(input({ rawHeaders: [...forged, ...BASE, ...forged] }))
  t.notOk(bytes.includes('evil'))
  t.match(parseRestRequest(bytes), { client: { subsystemCode: 'CitizenCabinet' } })
})

t.test('trap 2 of trembita §20: a slash behind Uxp-Service, an empty or quoted purpose, and Purpose-Id are tolerated with a warning', async (t) => {
  const slash = fromUxp(input({ rawHeaders: ['UXP-CLIENT', BASE[1]!, 'UXP-Service', BASE[3]! + '/'] }))
  t.match(slash, { request: { service: { serviceCode: 'PersonSearch_v1' } }, warnings: ['Uxp-Service ends in a slash'] })
  t.equal(lastHeader(slash.request.headers, 'uxp-service'), BASE[3])
  for (const empty of ['', '""', ' ']) {
    const { request, warnings } = fromUxp(input({ rawHeaders: [...BASE, 'Uxp-Purpose-Ids', empty] }))
    t.equal(lastHeader(request.headers, 'uxp-purpose-ids'), undefined, JSON.stringify(empty))
    t.equal(warnings.length, empty === '' ? 0 : 1)
  }
  const other = fromUxp(input({ rawHeaders: [...BASE, 'Uxp-Purpose-Ids', '""', 'Purpose-Id', 'P1, P2'] }))
  t.same(purposeIdsOf(other.request.headers), ['P1', 'P2'])
  t.ok(other.warnings.includes('Purpose-Id read in place of Uxp-Purpose-Ids'))
})

t.test('a version travels inside the service code, and Uxp-Service still says it apart', async (t) => {
  const { request } = fromUxp(input({ rawHeaders: [BASE[0]!, BASE[1]!, 'Uxp-Service', 'SEVDEIR-TEST/GOV/99900022/DemoRegistry/PersonSearch/v1'] }))
  t.match(request, { service: { serviceCode: 'PersonSearch.v1', serviceVersion: undefined } })
  t.match(request.target, '/PersonSearch.v1/person/17')
  t.equal(lastHeader(request.headers, 'Uxp-Service'.toLowerCase()), 'SEVDEIR-TEST/GOV/99900022/DemoRegistry/PersonSearch/v1')
})

t.test('the legacy path style names the client in the path and the service in the query', async (t) => {
  const service = 'xRoadInstance=SEVDEIR&memberClass=GOV&memberCode=99900022&subsystemCode=DemoRegistry&serviceCode=PersonSearch'
  const legacy = (path: string, query: string): ReturnType<typeof fromUxp> => fromUxp(input({ target: `/restapi${path}?${query}`, rawHeaders: ['Accept', '*/*'] }))
  const { request, warnings } = legacy('/GOV/99900016/CitizenCabinet/person/17', `${service}&serviceVersion=v1&queryId=123`)
  t.match(request, {
    client: { instance: 'SEVDEIR-TEST', memberClass: 'GOV', memberCode: '99900016', subsystemCode: 'CitizenCabinet' },
    service: { instance: 'SEVDEIR', memberCode: '99900022', serviceCode: 'PersonSearch.v1' },
    servicePath: '/person/17',
    id: '123'
  })
  t.equal(warnings.length, 1)
  t.match(legacy('/GOV/99900016/CitizenCabinet', `${service}&serviceVersion=`).request, { servicePath: '', service: { serviceCode: 'PersonSearch' } })
  for (const [path, query] of [
    ['/GOV/99900016', service], ['/GOV//CitizenCabinet/x', service], ['/GOV/99900016/CitizenCabinet/x', service.replace('memberCode', 'code')], ['/GOV/99900016/CitizenCabinet/x', ''], ['/GOV/%zz/CitizenCabinet/x', service]
  ] as const) t.throws(() => legacy(path, query), { name: 'Fault', kind: 'BadRequest' }, `${path}?${query}`)
})

t.test('trembita §8: bad identifiers are BadRequest, a foreign method is the client\'s fault', async (t) => {
  const bad: [string, Partial<UxpRequestInput>][] = [
    ['no headers', { rawHeaders: [] }],
    ['no service', { rawHeaders: BASE.slice(0, 2) }],
    ['an empty service', { rawHeaders: [...BASE.slice(0, 3), ''] }],
    ['an empty service code', { rawHeaders: [...BASE.slice(0, 3), 'SEVDEIR-TEST/GOV/99900022/DemoRegistry/'] }],
    ['seven parts', { rawHeaders: [...BASE.slice(0, 3), 'a/b/c/d/e/f/g'] }],
    ['a client of two parts', { rawHeaders: ['Uxp-Client', 'a/b', ...BASE.slice(2)] }],
    ['another path', { target: '/restapiX/person' }]
  ]
  for (const [why, changes] of bad) t.throws(() => fromUxp(input(changes)), { name: 'Fault', kind: 'BadRequest' }, why)
  for (const method of ['OPTIONS', 'TRACE', 'get', 'BREW']) {
    t.throws(() => fromUxp(input({ method })), { name: 'Fault', kind: 'InvalidHttpMethod', origin: 'Client' }, method)
  }
  for (const method of ['HEAD', 'GET', 'DELETE', 'POST', 'PUT', 'PATCH']) t.equal(fromUxp(input({ method })).request.method, method)
  t.equal(fromUxp(input({ target: '/restapi' })).request.servicePath, '')
  t.equal(fromUxp(input({ target: '/restapi/' })).request.servicePath, '/')
  t.match(fromUxp(input({ rawHeaders: ['Uxp-Client', 'SEVDEIR-TEST/GOV/99900016', ...BASE.slice(2)] })).request.client, { subsystemCode: undefined }, 'a member as client')
})

t.test('the caller gets Uxp-Transaction-Id back; a service called by an X-Road client gets the Uxp family', async (t) => {
  const { request } = createRestRequest({
    method: 'GET', target: '/r1/ZZ/GOV/2/s/c', rawHeaders: ['X-Road-Client', 'ZZ/GOV/1/p', 'X-Road-UserId', 'u', 'Uxp-Issue', 'own'], requestId: 'r', newId: () => 'n'
  })
  t.same(uxpServiceHeaders(request), [['Uxp-Client', 'ZZ/GOV/1/p'], ['Uxp-Service', 'ZZ/GOV/2/s/c'], ['Uxp-Queryid', 'n'], ['Uxp-Userid', 'u'], ['Uxp-Transaction-Id', 'r']])
  t.same(uxpServiceHeaders(fromUxp(input()).request), [], 'a Trembita client\'s request has them already')
  const { bytes } = createRestResponse({ status: 200, reason: 'OK', rawHeaders: [], request, requestHash: 'h' })
  t.same(uxpAnswerHeaders(parseRestResponse(bytes)), [['Uxp-Transaction-Id', 'r']])
})

t.test('trembita §8: a fault is plain text with header-safe Uxp-Fault headers', async (t) => {
  const fault = new Fault('AccessDenied', 'Відмовлено: 100%\r\nX: y', { origin: 'Server.ServerProxy', detail: 'uuid' })
  const { status, headers, body } = formatUxpFault(fault)
  t.equal(status, 500)
  t.equal(body, 'Відмовлено: 100%\r\nX: y')
  t.equal(headers['content-type'], 'text/plain; charset=utf-8')
  t.equal(headers['Uxp-FaultCode'], 'Server.ServerProxy.AccessDenied')
  t.equal(headers['Uxp-FaultDetail'], 'uuid')
  t.equal(headers['Uxp-FaultString'], '%D0%92%D1%96%D0%B4%D0%BC%D0%BE%D0%B2%D0%BB%D0%B5%D0%BD%D0%BE: 100%25%0D%0AX: y')
  t.equal(decodeURIComponent(headers['Uxp-FaultString']!), body)
  t.equal(formatUxpFault(new Fault('InvalidHttpMethod', 'x', { origin: 'Client' })).status, 400)
  t.ok(formatUxpFault(new Fault('InternalError', 'ї'.repeat(5000))).headers['Uxp-FaultString']!.length <= 2000)
})

t.test('any request line and headers give a message or a fault', async (t) => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.array(fc.tuple(fc.constantFrom('Uxp-Client', 'Uxp-Service', 'Uxp-Purpose-Ids', 'Uxp-Queryid', 'X-Road-Security-Server', 'Purpose-Id'), fc.string())), (tail, headers) => {
    try {
      const { request, bytes } = fromUxp(input({ target: `/restapi${tail}`, rawHeaders: [...BASE, ...headers.flat()] }))
      assert.equal(bytes.toString().split('\r\n').length, request.headers.length + 3)
    } catch (thrown) {
      assert.equal((thrown as Error).name, 'Fault', String(thrown))
    }
  }), { numRuns: 500 })
  t.pass('held for every sample')
})
