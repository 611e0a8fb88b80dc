import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startEdrRegistry } from '@trembita/example-edr-registry'
import t from 'tap'
import { askEdrByRest, askEdrBySoap, askEdrByUxp, type Exchanged, type Gateway, type RequestOptions } from '../src/index.ts'

/** Speaks to an information system as a gateway does, straight to the register: signing and the rest are tested in gateway/. */
const registry = await startEdrRegistry()
const seen: { method: string, url: string, headers: IncomingHttpHeaders, body: string }[] = []
const server = createServer(async (request, reply) => {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const { method = '', url = '', headers } = request
  seen.push({ method, url, headers, body })
  const pass = async (target: string, init: RequestInit): Promise<void> => {
    const answer = await fetch(target, init)
    reply.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(await answer.text())
  }
  if (headers['x-road-client'] === 'ZZ/GOV/1/REFUSED') {
    reply.writeHead(500, { 'x-road-error': 'Server.ServerProxy.AccessDenied', 'content-type': 'application/json;charset=utf-8' }).end('{"type":"Server.ServerProxy.AccessDenied","message":"Request is not allowed","detail":"d-1"}')
  } else if (headers['uxp-client'] === 'ZZ/GOV/1/REFUSED') {
    reply.writeHead(500, { 'uxp-faultcode': 'Server.ServerProxy.AccessDenied', 'uxp-faultdetail': 'd-2' }).end('Request is not allowed')
  } else if (body.includes('REFUSED')) {
    reply.writeHead(200, { 'content-type': 'text/xml' }).end('<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>Server.ServerProxy.AccessDenied</faultcode><faultstring>Request is not allowed</faultstring><faultactor></faultactor><detail><faultDetail xmlns="">d-3</faultDetail></detail></e:Fault></e:Body></e:Envelope>')
  } else if (method === 'POST') {
    await pass(registry.url + '/soap', { method, headers: { 'content-type': 'text/xml' }, body })
  } else {
    await pass(registry.url + url.replace(/^\/r1(\/[^/]+){5}/, '/subjects').replace(/^\/restapi/, '/subjects'), {})
  }
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const gateway = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, client: 'ZZ/GOV/90000050/CABINET' }
const refused = { ...gateway, client: 'ZZ/GOV/1/REFUSED' }
const ways: readonly ((gateway: Gateway, code: string, options?: RequestOptions) => Promise<Exchanged<unknown>>)[] = [askEdrByRest, askEdrByUxp, askEdrBySoap]
t.teardown(async () => {
  server.close()
  await registry.close()
})

t.test('the same question by three ways has the same answer', async (t) => {
  const options = { userId: 'clerk-17', purpose: 'PURPOSE7', id: 'q-1' }
  const rest = await askEdrByRest(gateway, '91000033', options)
  t.match(seen.at(-1), { method: 'GET', url: '/r1/ZZ/GOV/90000038/EDR/subjectByCode/91000033', headers: { 'x-road-client': gateway.client, 'x-road-id': 'q-1', 'x-road-userid': 'clerk-17', 'uxp-purpose-ids': 'PURPOSE7' } })
  const uxp = await askEdrByUxp(gateway, '91000033', options)
  t.match(seen.at(-1), { method: 'GET', url: '/restapi/91000033?queryId=q-1&userId=clerk-17', headers: { 'uxp-client': gateway.client, 'uxp-service': 'ZZ/GOV/90000038/EDR/subjectByCode' } })
  const soap = await askEdrBySoap(gateway, '91000033', options)
  t.match(seen.at(-1), { method: 'POST', body: /<x:userId>clerk-17<\/x:userId><x:id>q-1<\/x:id>/ })
  t.equal(rest.answer.outcome, 'FOUND')
  t.same(uxp.answer, rest.answer)
  t.equal(soap.answer.outcome, 'FOUND')
  t.equal(soap.answer.data?.local, 'Subject')
})

t.test('absence and gaps are answers by every way', async (t) => {
  for (const ask of ways) {
    t.equal((await ask(gateway, '91000112')).answer.outcome, 'NO_DATA')
    t.same((await ask(gateway, '91000046')).answer.missing, [{ field: '/activityKinds/primary', reason: 'NOT_RECORDED' }])
  }
})

t.test('a refusal says whether the gateway or the register refused', async (t) => {
  for (const ask of ways) {
    await t.rejects(ask(refused, '91000033', { id: 'q-2' }), { name: 'Refusal', by: 'gateway', code: 'Server.ServerProxy.AccessDenied', message: 'Request is not allowed', detail: /^d-\d$/ })
    await t.rejects(ask(gateway, '91000018'), { name: 'Refusal', by: 'register', code: 'invalid-identifier' })
  }
})

t.test('the command prints the answer, and its exit code tells a refusal', async (t) => {
  const run = (...args: string[]): Promise<{ stdout: string }> => promisify(execFile)(process.execPath, [join(import.meta.dirname, '../src/main.ts'), ...args])
  t.match((await run('--help')).stdout, '--gateway URL')
  for (const by of ['rest', 'uxp', 'soap']) {
    t.match(JSON.parse((await run('--gateway', gateway.url, '--client', gateway.client, '--code', '91000046', '--by', by)).stdout), { outcome: 'PARTIAL' })
  }
  await t.rejects(run('--gateway', gateway.url, '--client', refused.client, '--code', '91000033'), { code: 1, stderr: /refused by the gateway: Server\.ServerProxy\.AccessDenied/ })
  await t.rejects(run('--by', 'pigeon', '--code', '1'), { code: 2 })
})
