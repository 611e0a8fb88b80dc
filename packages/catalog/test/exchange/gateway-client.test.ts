import { createServer, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { GatewayClient } from '../../src/exchange/index.ts'

const service = { instance: 'TEST', memberClass: 'GOV', memberCode: '2002', subsystemCode: 'registry', serviceCode: 'people' }
const client = { instance: 'TEST', memberClass: 'GOV', memberCode: '1001', subsystemCode: 'CATALOG' }

async function recorded (t: Test): Promise<{ readonly gateway: GatewayClient, readonly seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = []
  const server = createServer((request, response) => {
    seen.push(request)
    response.end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const gateway = new GatewayClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, client })
  t.teardown(async () => {
    await gateway.close()
    server.close()
  })
  return { gateway, seen }
}

t.test('a path of somebody\'s description leads to no other service, and to nothing that our gateway tells of its clients', async (t) => {
  const { gateway, seen } = await recorded(t)
  for (const path of ['/../../../../9009/SECRET/all', '/a/../../other', '/%2e%2e/other', '/.%2E/.%2e/x', '/..%2fother', '\\..\\other', '/../../../../../../signature?queryId=1', 's']) {
    await t.rejects(gateway.rest({ service, method: 'GET', path }), { code: 'own.request' }, path)
  }
  t.same(seen, [])
  for (const path of ['', '/', '/subjects/1?x=/../y', '/a/./b', '/a..b/..c']) await gateway.rest({ service, method: 'GET', path })
  t.equal(seen.length, 5)
  t.ok(seen.every(({ url }) => url!.startsWith('/r1/TEST/GOV/2002/registry/people')))
})

t.test('a sample says neither who asks nor how the request travels', async (t) => {
  const { gateway, seen } = await recorded(t)
  await gateway.rest({ service, method: 'GET', path: '', headers: { 'X-Road-Client': 'TEST/GOV/1001/MANAGEMENT', 'Uxp-Client': 'TEST/GOV/1001/MANAGEMENT', 'X-ROAD-ID': '1', Host: 'x', 'Transfer-Encoding': 'chunked', 'X-Road-UserId': 'u', Accept: 'text/csv' } })
  t.same(seen[0]!.headersDistinct['x-road-client'], ['TEST/GOV/1001/CATALOG'])
  t.same([seen[0]!.headers['uxp-client'], seen[0]!.headers['x-road-userid'], seen[0]!.headers.accept], [undefined, 'u', 'text/csv'])
})

t.test('the body of a sample is one element, so that it ends no envelope', async (t) => {
  const { gateway, seen } = await recorded(t)
  for (const xml of ['', '<a/><b/>', '<a/></s:Body><s:Header/><s:Body>', 'text', '<?xml version="1.0"?><a/>', '<!DOCTYPE a><a/>', '<!--']) await t.rejects(gateway.soap(service, xml), { code: 'own.request' }, xml)
  t.same(seen, [])
  await gateway.soap(service, '<a xmlns="urn:x"><b/></a>')
  t.equal(seen.length, 1)
})
