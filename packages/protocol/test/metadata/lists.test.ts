import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { runTool, scratch, skipWithout } from '@trembita/testnet/verifiers'
import type { Fault } from '../../src/fault/index.ts'
import { parseSoap } from '../../src/message/index.ts'
import {
  answerGetWsdl, answerMethodList, formatClientListJson, formatClientListXml, formatMethodListJson, formatMethodListXml, getWsdlContentType, parseClientListJson, parseClientListXml,
  parseGetWsdl, parseMethodListJson, parseMethodListXml, wantsJsonClientList, wsdlAttachmentHeaders, type ClientListEntry
} from '../../src/metadata/index.ts'
import { envelope, SERVICE } from '../message/envelope.ts'

const MEMBER = { instance: 'ZZ', memberClass: 'GOV', memberCode: '2002' }
const REGISTRY = { ...MEMBER, subsystemCode: 'registry' }
const CLIENTS: ClientListEntry[] = [
  { id: MEMBER, name: 'Registry Board' },
  { id: REGISTRY, name: 'Registry Board', subsystemName: 'Реєстр <населення> & "інше"' }
]

t.test('listClients names members and subsystems in XML and in JSON, and both are read back', async (t) => {
  t.equal(formatClientListXml(CLIENTS), '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' +
    '<xroad:clientList xmlns:xroad="http://x-road.eu/xsd/xroad.xsd" xmlns:id="http://x-road.eu/xsd/identifiers">' +
    '<xroad:member><xroad:id id:objectType="MEMBER"><id:xRoadInstance>ZZ</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>2002</id:memberCode></xroad:id><xroad:name>Registry Board</xroad:name></xroad:member>' +
    '<xroad:member><xroad:id id:objectType="SUBSYSTEM"><id:xRoadInstance>ZZ</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>2002</id:memberCode><id:subsystemCode>registry</id:subsystemCode></xroad:id>' +
    '<xroad:name>Registry Board</xroad:name><xroad:subsystemName>Реєстр &lt;населення&gt; &amp; "інше"</xroad:subsystemName></xroad:member></xroad:clientList>')
  t.same(JSON.parse(formatClientListJson(CLIENTS)), {
    member: [
      { id: { object_type: 'MEMBER', xroad_instance: 'ZZ', member_class: 'GOV', member_code: '2002' }, name: 'Registry Board' },
      { id: { object_type: 'SUBSYSTEM', xroad_instance: 'ZZ', member_class: 'GOV', member_code: '2002', subsystem_code: 'registry' }, name: 'Registry Board', subsystem_name: 'Реєстр <населення> & "інше"' }
    ]
  })
  t.same(parseClientListXml(Buffer.from(formatClientListXml(CLIENTS))), CLIENTS)
  t.same(parseClientListJson(Buffer.from('\ufeff' + formatClientListJson(CLIENTS))), CLIENTS)
  t.same(parseClientListXml(Buffer.from(formatClientListXml([]))), [])
  t.same(parseClientListJson(Buffer.from('{}')), [])
})

t.test('Accept chooses JSON only when it names it', async (t) => {
  for (const accept of ['application/json', 'text/html, Application/JSON;q=0.1']) t.ok(wantsJsonClientList(accept))
  for (const accept of [undefined, '', '*/*', 'application/*', 'text/xml', 'application/json-seq']) t.notOk(wantsJsonClientList(accept))
})

t.test('listMethods of SOAP answers in the envelope of the request and is read back', async (t) => {
  const services = [{ ...REGISTRY, serviceCode: 'lookup', serviceVersion: 'v2' }, { ...REGISTRY, serviceCode: 'a<b' }, { ...MEMBER, serviceCode: 'own' }]
  const request = envelope({ service: SERVICE.replace('lookup', 'listMethods').replace(/<i:serviceVersion>.*?<\/i:serviceVersion>/, ''), body: '<e:Body><x:listMethods/></e:Body>' })
  const answer = answerMethodList(request, 'listMethods', services)
  t.match(parseSoap(answer), { kind: 'message', message: { bodyElement: 'listMethodsResponse', isResponse: true, service: { serviceCode: 'listMethods' } } })
  t.same(parseMethodListXml(answer), services)
  t.same(parseMethodListXml(answerMethodList(request, 'allowedMethods', [])), [])
  t.match(formatMethodListXml('allowedMethods', services), /^<xroad:allowedMethodsResponse .*<xroad:service id:objectType="SERVICE"><id:xRoadInstance>ZZ<\/id:xRoadInstance>/)
})

t.test('listMethods of REST has endpoints without the base one and is read back', async (t) => {
  const methods = [
    { id: { ...REGISTRY, serviceCode: 'people' }, serviceType: 'OPENAPI' as const, endpoints: [{ method: 'GET', path: '/v1/find' }, { method: '*', path: '/v1/admin/**' }] },
    { id: { ...REGISTRY, serviceCode: 'plain' }, serviceType: 'REST' as const, endpoints: [] }
  ]
  t.equal(formatMethodListJson(methods.slice(0, 1)), '{"service":[{"member_class":"GOV","member_code":"2002","object_type":"SERVICE","service_code":"people","service_type":"OPENAPI","subsystem_code":"registry","xroad_instance":"ZZ",' +
    '"endpoint_list":[{"method":"GET","path":"/v1/find"},{"method":"*","path":"/v1/admin/**"}]}]}')
  t.same(parseMethodListJson(Buffer.from(formatMethodListJson(methods))), methods)
})

t.test('getWsdl names a service in its body, and its answer names it again', async (t) => {
  const request = (body: string): Buffer => envelope({ service: SERVICE.replace('lookup', 'getWsdl'), body: `<e:Body><x:getWsdl>${body}</x:getWsdl></e:Body>` })
  t.same(parseGetWsdl(request('<x:serviceCode> lookup </x:serviceCode><x:serviceVersion>v2</x:serviceVersion>')), { serviceCode: 'lookup', serviceVersion: 'v2' })
  t.same(parseGetWsdl(request('<x:serviceCode>lookup</x:serviceCode><x:serviceVersion/>')), { serviceCode: 'lookup' })
  for (const body of ['', '<x:serviceCode/>', '<serviceCode>lookup</serviceCode>']) t.throws(() => parseGetWsdl(request(body)), { name: 'Fault', kind: 'InvalidRequest' }, body)
  t.match(parseSoap(answerGetWsdl(request(''), { serviceCode: 'a&b', serviceVersion: 'v2' })), { message: { bodyElement: 'getWsdlResponse' } })
  t.equal(getWsdlContentType('xroadB'), 'multipart/related; type="text/xml"; charset=UTF-8; boundary=xroadB')
  t.same(wsdlAttachmentHeaders('uuid'), [['Content-Transfer-Encoding', 'binary'], ['Content-ID', '<wsdl=uuid@x-road.eu>']])
})

t.test('lists that are none are refused', async (t) => {
  const xml: [(bytes: Buffer) => unknown, string][] = [
    [parseClientListXml, '<a/>'], [parseClientListXml, '<!DOCTYPE a><clientList/>'], [parseClientListXml, '<clientList><member/></clientList>'], [parseClientListXml, '<clientList><member><id><xRoadInstance>Z</xRoadInstance></id></member></clientList>'],
    [parseMethodListXml, '<a/>'], [parseMethodListXml, '<e><Body/></e>'], [parseMethodListXml, '<e><Body><listMethodsResponse><service/></listMethodsResponse></Body></e>']
  ]
  for (const [parse, text] of xml) t.throws(() => parse(Buffer.from(text)), { name: 'Fault', kind: 'InvalidXml' }, text)
  for (const text of ['', '[]', 'null', '1', '{"member":{}}', '{"member":[1]}', '{"member":[{}]}', '{"member":[{"id":{"xroad_instance":1}}]}', '{"service":[{"xroad_instance":"Z"}]}', '{"service":1}', '\u0000']) {
    for (const parse of [parseClientListJson, parseMethodListJson]) {
      try { t.same(parse(Buffer.from(text)), [], text) } catch (thrown) { t.equal((thrown as Fault).kind, 'InvalidMessage', text) }
    }
  }
  t.throws(() => parseClientListJson(Buffer.from([0x22, 0xff, 0x22])), { name: 'Fault', kind: 'InvalidMessage' })
})

t.test('any names survive both forms', async (t) => {
  const plain = { noNullPrototype: true }
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((s) => s.isWellFormed() && !/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(s))
  fc.assert(fc.property(fc.array(fc.record({ id: fc.record({ instance: text, memberClass: text, memberCode: text, subsystemCode: text }, plain), name: text }, plain)), (clients) => {
    assert.deepEqual(parseClientListXml(Buffer.from(formatClientListXml(clients))), clients)
    assert.deepEqual(parseClientListJson(Buffer.from(formatClientListJson(clients))), clients)
  }), { numRuns: 50 })
  t.pass('held for every sample')
})

t.test('the XML lists are well-formed to another parser', { skip: await skipWithout('xmllint', '--version') }, async (t) => {
  const files = scratch()
  t.teardown(() => files.remove())
  for (const [name, xml] of [['clients.xml', formatClientListXml(CLIENTS)], ['methods.xml', formatMethodListXml('listMethods', [{ ...REGISTRY, serviceCode: 'a<b' }])]] as const) {
    t.match(await runTool('xmllint', ['--noout', files.write(name, xml)]), { ok: true, text: '' })
  }
})
