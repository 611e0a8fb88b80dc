import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { Fault } from '../../src/fault/index.ts'
import { parseSoap, type SoapMessage } from '../../src/message/index.ts'
import { CLIENT, envelope, envelopeText, SERVICE, SOAP12, type EnvelopeParts } from './envelope.ts'

function message (parts: EnvelopeParts = {}, options = {}): SoapMessage {
  const parsed = parseSoap(envelope(parts), options)
  if (parsed.kind !== 'message') throw new Error('a fault')
  return parsed.message
}

t.test('TR-2: a SOAP message gives its header fields and the name of its body element', async (t) => {
  t.same(message({
    extra: '<x:issue>case-17</x:issue><r:representedParty><r:partyClass>COM</r:partyClass><r:partyCode>77</r:partyCode></r:representedParty>' +
      '<x:securityServer i:objectType="SERVER"><i:xRoadInstance>ZZ</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>2002</i:memberCode><i:serverCode>gw-2</i:serverCode></x:securityServer>' +
      '<t:securityToken xmlns:t="http://x-road.eu/xsd/security-token.xsd" tokenType="urn:ietf:params:oauth:token-type:jwt">ey</t:securityToken><own xmlns="urn:own"><x:id>not ours</x:id></own>'
  }), {
    client: { instance: 'ZZ', memberClass: 'GOV', memberCode: '1001', subsystemCode: 'portal' },
    service: { instance: 'ZZ', memberClass: 'GOV', memberCode: '2002', subsystemCode: 'registry', serviceCode: 'lookup', serviceVersion: 'v2' },
    id: '6d0f8f2e',
    userId: 'ZZ30001010000',
    issue: 'case-17',
    protocolVersion: '4.0',
    securityServer: { instance: 'ZZ', memberClass: 'GOV', memberCode: '2002', serverCode: 'gw-2' },
    representedParty: { partyClass: 'COM', partyCode: '77' },
    requestHash: undefined,
    isResponse: false,
    bodyElement: 'lookup'
  })
})

t.test('what other stacks write is the same message: prefixes, default namespace, CDATA, comments, references, BOM, line ends', async (t) => {
  const expected = message()
  const odd = envelopeText({ id: '<x:id>6d<![CDATA[0f]]><!-- c -->8f&#x32;e</x:id>' }).replaceAll('x:', 'soapenv1:').replace('xmlns:x=', 'xmlns:soapenv1=').replaceAll('\n', '\r\n')
  t.same(parseSoap(Buffer.from('\ufeff' + odd)), { kind: 'message', message: expected })
  const byDefault = '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Header>' +
    '<client xmlns="http://x-road.eu/xsd/xroad.xsd" q:objectType="MEMBER" xmlns:q="http://x-road.eu/xsd/identifiers"><q:memberCode>1</q:memberCode><q:memberClass>GOV</q:memberClass><q:xRoadInstance>ZZ</q:xRoadInstance><q:unknown>x</q:unknown></client>' +
    '<protocolVersion xmlns="http://x-road.eu/xsd/xroad.xsd">4.1</protocolVersion><id xmlns="http://x-road.eu/xsd/xroad.xsd"/>' +
    '<service xmlns="http://x-road.eu/xsd/xroad.xsd" q:objectType="SERVICE" xmlns:q="http://x-road.eu/xsd/identifiers"><q:xRoadInstance>ZZ</q:xRoadInstance><q:memberClass>GOV</q:memberClass><q:memberCode>2</q:memberCode><q:serviceCode>f</q:serviceCode></service>' +
    '</Header><Body><fooResponse xmlns=""/></Body></Envelope>'
  t.match(parseSoap(Buffer.from(byDefault)), { message: { client: { memberCode: '1', subsystemCode: undefined }, service: { serviceCode: 'f', subsystemCode: undefined }, id: '', isResponse: true, bodyElement: 'fooResponse', protocolVersion: '4.1' } })
})

t.test('the charset of the transport decides', async (t) => {
  const text = envelopeText({ userId: '<x:userId>Їжак</x:userId>', prologue: '' })
  const cp1251 = Buffer.from([...text].map((c) => c === 'Ї' ? 0xaf : c >= 'А' && c <= 'я' ? c.charCodeAt(0) - 0x0410 + 0xc0 : c.charCodeAt(0)))
  for (const [bytes, charset] of [[Buffer.from(text), undefined], [Buffer.from(text), 'UTF-8'], [cp1251, 'windows-1251'], [Buffer.from('\ufeff' + text, 'utf16le'), 'UTF-16']] as const) {
    t.match(parseSoap(bytes, { charset }), { message: { userId: 'Їжак' } }, charset ?? 'none')
  }
  for (const [bytes, charset] of [[cp1251, undefined], [Buffer.from(text), 'no-such-charset'], [Buffer.from(text, 'utf16le').subarray(1), 'utf-16le']] as const) {
    t.throws(() => parseSoap(bytes, { charset }), { name: 'Fault', kind: 'InvalidSoap' }, charset ?? 'none')
  }
})

/** Rows of xroad-messages §6.2 that reading an envelope can raise, and what is beyond them. */
const refusals: [kind: string, why: string, parts: EnvelopeParts | string | Buffer][] = [
  ['InvalidSoap', 'nothing', ''],
  ['InvalidSoap', 'no XML', 'hello'],
  ['InvalidSoap', 'cut', envelopeText().slice(0, -5)],
  ['InvalidSoap', 'trailing bytes', envelopeText() + '<x/>'],
  ['InvalidSoap', 'another root', '<Envelope xmlns="urn:x"/>'],
  ['InvalidSoap', 'SOAP 1.2 where it is not let in', { ns: SOAP12 }],
  ['InvalidSoap', 'DOCTYPE', { prologue: '<!DOCTYPE e>' }],
  ['InvalidSoap', 'entity bomb', { prologue: '<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>', id: '<x:id>&b;</x:id>' }],
  ['InvalidSoap', 'external entity', { prologue: '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>', id: '<x:id>&a;</x:id>' }],
  ['InvalidSoap', 'undeclared entity', { id: '<x:id>&a;</x:id>' }],
  ['InvalidSoap', 'undeclared prefix', { id: '<zz:id>1</zz:id>' }],
  ['InvalidSoap', 'duplicate attribute', { id: '<x:id a="1" a="2">1</x:id>' }],
  ['InvalidSoap', 'same attribute by two prefixes', { id: '<x:id xmlns:j="http://x-road.eu/xsd/identifiers" i:a="1" j:a="2">1</x:id>' }],
  ['InvalidSoap', 'depth bomb', { body: `<e:Body><lookup>${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}</lookup></e:Body>` }],
  ['InvalidSoap', 'attribute bomb', { body: `<e:Body><lookup ${Array.from({ length: 2000 }, (_, i) => `a${i}=""`).join(' ')}/></e:Body>` }],
  ['InvalidSoap', 'control character', { id: '<x:id>&#1;</x:id>' }],
  ['InvalidSoap', 'NUL', { id: '<x:id>\u0000</x:id>' }],
  ['InvalidSoap', 'over 20 MiB', Buffer.alloc(20 * 1024 * 1024 + 1, 0x20)],
  ['InvalidSoap', 'header behind the body', '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><a/></e:Body><e:Header/></e:Envelope>'],
  ['InvalidSoap', 'two headers', { header: '<e:Header/><e:Header/>' }],
  ['InvalidSoap', 'two bodies', { body: '<e:Body><lookup/></e:Body><e:Body><lookup/></e:Body>' }],
  ['MissingHeader', 'no header', { header: '' }],
  ['MissingHeader', 'a header of another namespace', { header: '<Header/>' }],
  ['MissingBody', 'no body', { body: '' }],
  ['MissingHeaderField', 'empty header', { header: '<e:Header/>' }],
  ['MissingHeaderField', 'no client', { client: '' }],
  ['MissingHeaderField', 'no service', { service: '' }],
  ['MissingHeaderField', 'no id', { id: '' }],
  ['MissingHeaderField', 'id of another namespace', { id: '<id>1</id>' }],
  ['MissingHeaderField', 'no protocolVersion', { protocolVersion: '' }],
  ['MissingHeaderField', 'central service in place of service', { service: '<x:centralService i:objectType="CENTRALSERVICE"/>' }],
  ['DuplicateHeaderField', 'two ids', { extra: '<x:id>2</x:id>' }],
  ['DuplicateHeaderField', 'two clients', { extra: CLIENT }],
  ['DuplicateHeaderField', 'two services', { extra: SERVICE }],
  ['DuplicateHeaderField', 'two user ids', { extra: '<x:userId>b</x:userId>' }],
  ['DuplicateHeaderField', 'two request hashes', { extra: '<x:requestHash>a</x:requestHash><x:requestHash>b</x:requestHash>' }],
  ['DuplicateHeaderField', 'two member codes', { client: CLIENT.replace('</x:client>', '<i:memberCode>2</i:memberCode></x:client>') }],
  ['InvalidXml', 'no object type', { client: CLIENT.replace(' i:objectType="SUBSYSTEM"', '') }],
  ['InvalidXml', 'object type without namespace', { client: CLIENT.replace('i:objectType', 'objectType') }],
  ['InvalidXml', 'a server as client', { client: CLIENT.replace('SUBSYSTEM', 'SERVER') }],
  ['InvalidXml', 'a client as service', { service: SERVICE.replace('SERVICE', 'SUBSYSTEM') }],
  ['InvalidXml', 'an unknown object type', { service: SERVICE.replace('"SERVICE"', '"constructor"') }],
  ['InternalError', 'empty subsystem', { client: CLIENT.replace('portal', '') }],
  ['InternalError', 'blank member code', { client: CLIENT.replace('1001', '  ') }],
  ['InternalError', 'self-closed version', { service: SERVICE.replace('<i:serviceVersion>v2</i:serviceVersion>', '<i:serviceVersion/>') }],
  ['InternalError', 'no service code', { service: SERVICE.replace(/<i:serviceCode>.*?<\/i:serviceCode>/, '') }],
  ['InvalidProtocolVersion', 'version 5', { protocolVersion: '<x:protocolVersion>5.0</x:protocolVersion>' }],
  ['InvalidProtocolVersion', 'version 40', { protocolVersion: '<x:protocolVersion>40</x:protocolVersion>' }],
  ['InvalidProtocolVersion', 'junk', { protocolVersion: '<x:protocolVersion> 4.0</x:protocolVersion>' }],
  ['InvalidBody', 'empty body', { body: '<e:Body/>' }],
  ['InvalidBody', 'text only', { body: '<e:Body>lookup</e:Body>' }],
  ['InvalidBody', 'two children', { body: '<e:Body><lookup/><lookup/></e:Body>' }],
  ['InconsistentHeaders', 'another element', { body: '<e:Body><find/></e:Body>' }],
  ['InconsistentHeaders', 'other case', { body: '<e:Body><Lookup/></e:Body>' }]
]

t.test('TR-4.6: every malformed envelope gets its own fault', async (t) => {
  for (const [kind, why, parts] of refusals) {
    const bytes = typeof parts === 'string' ? Buffer.from(parts) : Buffer.isBuffer(parts) ? parts : envelope(parts)
    t.throws(() => parseSoap(bytes), { name: 'Fault', kind }, `${kind}: ${why}`)
  }
})

t.test('a hostile envelope is refused quickly', async (t) => {
  const started = process.cpuUsage()
  t.throws(() => parseSoap(Buffer.from('<a>'.repeat(200_000))), { name: 'Fault', kind: 'InvalidSoap' })
  t.throws(() => parseSoap(Buffer.from(`<a ${'x'.repeat(5_000_000)}`)), { name: 'Fault', kind: 'InvalidSoap' })
  t.throws(() => parseSoap(Buffer.from('<a>' + '&amp;'.repeat(1_000_000))), { name: 'Fault', kind: 'InvalidSoap' })
  t.ok(process.cpuUsage(started).user < 5e6)
})

t.test('the body element may go on after the service code, and a fault needs no header', async (t) => {
  t.equal(message({ body: '<e:Body> <!-- c --> <q:lookupResponse xmlns:q="urn:q"/> </e:Body>' }).isResponse, true)
  t.equal(message({ body: '<e:Body><lookupX/></e:Body>' }).bodyElement, 'lookupX')
  const fault = '<e:Body><e:Fault><faultcode>soap:Server</faultcode><faultstring>s</faultstring><detail><faultDetail>d</faultDetail></detail></e:Fault></e:Body>'
  t.same(parseSoap(envelope({ header: '', body: fault })), { kind: 'fault', fault: { code: 'soap:Server', string: 's', detail: 'd' } })
  t.same(parseSoap(envelope({ body: fault })).kind, 'fault')
})

t.test('SOAP 1.2 passes where it is let in, faults too', async (t) => {
  t.equal(message({ ns: SOAP12 }, { soap12: true }).bodyElement, 'lookup')
  t.equal(message({}, { soap12: true }).bodyElement, 'lookup')
  const fault = '<e:Body><e:Fault><e:Code><e:Value>e:Receiver</e:Value></e:Code><e:Reason><e:Text xml:lang="uk">чому</e:Text></e:Reason></e:Fault></e:Body>'
  t.same(parseSoap(envelope({ ns: SOAP12, header: '', body: fault }), { soap12: true }), { kind: 'fault', fault: { code: 'e:Receiver', string: 'чому', detail: '' } })
  t.throws(() => message({ ns: 'http://www.w3.org/2001/12/soap-envelope' }, { soap12: true }), { name: 'Fault', kind: 'InvalidSoap' })
})

t.test('any bytes, and any damage to an envelope, give a message or a fault of the protocol', async (t) => {
  const whole = envelope({ extra: '<x:issue>\u0456</x:issue>' })
  const read = (bytes: Uint8Array): void => {
    try { parseSoap(bytes) } catch (thrown) { assert.equal((thrown as Fault).name, 'Fault', String(thrown)) }
  }
  for (let length = 0; length < whole.length; length++) t.throws(() => parseSoap(whole.subarray(0, length)), { name: 'Fault', kind: 'InvalidSoap' })
  fc.assert(fc.property(fc.uint8Array(), read))
  fc.assert(fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
    const damaged = Buffer.from(whole)
    damaged[at] = byte
    read(damaged)
  }), { numRuns: 1000 })
  fc.assert(fc.property(fc.array(fc.constantFrom('<e:Header>', '</e:Header>', '<e:Body>', '</e:Body>', '<e:Body/>', '<x:id>', '</x:id>', CLIENT, SERVICE, '<a>', '</a>', 't', '<e:Fault>', '</e:Fault>')), (tokens) => {
    read(Buffer.from(`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:i="http://x-road.eu/xsd/identifiers">${tokens.join('')}</e:Envelope>`))
  }), { numRuns: 1000 })
})
