import assert from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import { runTool, scratch, skipWithout } from '@trembita/testnet/verifiers'
import { Fault, RelayedFault } from '../../src/fault/index.ts'
import { isServerAddress, MANAGEMENT_BYTES_MAX, parseManagementFault, parseManagementRequest, parseManagementResponse, writeManagementRequest, writeManagementResponse, type ManagementRequest } from '../../src/management/index.ts'
import { refuses } from '../faults.ts'
import { authCertRegFields, CLIENT, CLIENT_XML, identifier, letter, member, OWNER, PROVIDER, REQUESTS, SERVER, SERVER_XML } from './compose.ts'

const AUTH = Buffer.from('3003020101', 'hex')
const HEADER = { sender: OWNER, provider: PROVIDER, id: 'e6d9a5d6-1111-4222-8333-444455556666' }
const subsystem = { ...CLIENT, subsystemCode: 'portal' }

const ALL: readonly ManagementRequest[] = [
  { service: 'authCertReg', server: SERVER, address: 'ss1.example.org', authCertificate: AUTH, dryRun: undefined },
  { service: 'clientReg', server: SERVER, client: subsystem, subsystemName: 'Портал послуг' },
  { service: 'ownerChange', server: SERVER, client: CLIENT },
  { service: 'clientDeletion', server: SERVER, client: subsystem },
  { service: 'authCertDeletion', server: SERVER, authCertificate: AUTH },
  { service: 'addressChange', server: SERVER, address: '192.0.2.7' },
  { service: 'clientDisable', server: SERVER, client: subsystem },
  { service: 'clientEnable', server: SERVER, client: subsystem },
  { service: 'clientRename', server: SERVER, client: subsystem, subsystemName: 'New name' },
  { service: 'maintenanceModeEnable', server: SERVER, message: 'until 18:00' },
  { service: 'maintenanceModeDisable', server: SERVER }
]

/** The same requests as another implementation writes them. */
const foreign = (service: string): Buffer => letter({
  service, fields: REQUESTS[service]?.fields ?? (service === 'authCertReg' ? authCertRegFields(AUTH) : `${SERVER_XML}<xroad:authCert>${AUTH.toString('base64')}</xroad:authCert>`)
})
const requestOf = (fields: string, service = 'clientReg'): ManagementRequest => parseManagementRequest(letter({ service, fields })).request

t.test('all eleven requests of another implementation are understood', async (t) => {
  for (const request of ALL) {
    const parsed = parseManagementRequest(foreign(request.service))
    t.same(parsed.request, request, request.service)
    t.same(parsed.header.client, OWNER)
    t.same(parsed.header.service, { ...PROVIDER, serviceCode: request.service })
  }
})

t.test('what we write is what we read, and well-formed', { skip: await skipWithout('xmllint', '--version') }, async (t) => {
  const folder = scratch()
  t.teardown(() => folder.remove())
  for (const request of ALL) {
    const soap = writeManagementRequest(request, HEADER)
    const parsed = parseManagementRequest(soap)
    t.same(parsed.request, request)
    t.equal(parsed.header.id, HEADER.id)
    const { ok, text } = await runTool('xmllint', ['--noout', folder.write(`${request.service}.xml`, soap), folder.write('answer.xml', writeManagementResponse(parsed, 7))])
    t.ok(ok, text)
  }
})

t.test('the elements stand in the order of the schema, qualified, objectType too', async (t) => {
  const soap = writeManagementRequest(ALL[0]!, HEADER).toString()
  t.match(soap, /<xroad:client id:objectType="MEMBER"><id:xRoadInstance>TEST<.*<xroad:service id:objectType="SERVICE">.*<id:serviceCode>authCertReg<.*<xroad:id>.*<xroad:protocolVersion>4\.0</)
  t.match(soap, /<xroad:authCertReg><xroad:server id:objectType="SERVER">.*<id:serverCode>ss1<\/id:serverCode><\/xroad:server><xroad:address>.*<\/xroad:address><xroad:authCert>MAMCAQE=<\/xroad:authCert><\/xroad:authCertReg>/)
  t.match(writeManagementRequest({ ...ALL[0]!, dryRun: true } as ManagementRequest, HEADER).toString(), /<\/xroad:authCert><xroad:dryRun>true<\/xroad:dryRun><\/xroad:authCertReg>/)
  t.match(writeManagementRequest(ALL[1]!, HEADER).toString(), /<xroad:client id:objectType="SUBSYSTEM">.*<id:subsystemCode>portal<.*<xroad:subsystemName>Портал послуг</)
})

t.test('any identifier and text survives being written and read', async () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((value) => !/[\p{Cc}\ud800-\udfff\ufffe\uffff]/u.test(value) && value.trim() !== '')
  const id = fc.record({ instance: text, memberClass: text, memberCode: text })
  const requests = fc.record({ service: fc.constant('clientRename' as const), server: id.chain((owner) => text.map((serverCode) => ({ ...owner, serverCode }))), client: id.chain((owner) => text.map((subsystemCode) => ({ ...owner, subsystemCode }))), subsystemName: text })
  fc.assert(fc.property(requests, fc.nat(), (request, requestId) => {
    const soap = writeManagementRequest(request, HEADER)
    const parsed = parseManagementRequest(soap)
    assert.deepEqual(parsed.request, request)
    assert.equal(parseManagementResponse(writeManagementResponse(parsed, requestId), parsed.header), requestId)
  }), { numRuns: 60 })
})

t.test('a service code counts without regard to case, and the body must be its', async (t) => {
  t.equal(parseManagementRequest(letter({ service: 'CLIENTDELETION', fields: SERVER_XML + CLIENT_XML })).request.service, 'clientDeletion')
  refuses(t, () => parseManagementRequest(letter({ service: 'clientDelete', fields: SERVER_XML + CLIENT_XML })), 'InvalidRequest', 'no such service')
  refuses(t, () => parseManagementRequest(letter({ service: 'clientReg', body: 'clientRegResponse', fields: SERVER_XML + CLIENT_XML })), 'InvalidRequest', 'an answer')
  refuses(t, () => parseManagementRequest(letter({ service: 'clientReg', body: 'clientDeletion', fields: SERVER_XML + CLIENT_XML })), 'InconsistentHeaders')
  const foreign = letter({ service: 'clientReg', fields: SERVER_XML + CLIENT_XML }).toString().replace(/<xroad:clientReg>/, '<clientReg xmlns="urn:other">').replace('</xroad:clientReg>', '</clientReg>')
  refuses(t, () => parseManagementRequest(Buffer.from(foreign)), 'InvalidRequest', 'body of another namespace')
})

t.test('other prefixes, comments, white space and other spellings of values are the same request', async (t) => {
  const soap = Buffer.from('\ufeff' + letter({ service: 'authCertReg', fields: authCertRegFields(AUTH, '<xroad:dryRun> 1\n</xroad:dryRun>') }).toString()
    .replaceAll('xroad:', 'x:').replaceAll(':xroad=', ':x=').replaceAll('id:', 'i:').replaceAll(':id=', ':i=').replaceAll('><x:', '>\n  <!-- here --><x:').replace('MAMC', 'MA\nMC'))
  t.same(parseManagementRequest(soap).request, { ...ALL[0], dryRun: true })
  t.same(requestOf(`${SERVER_XML}${CLIENT_XML}<xroad:subsystemName>  </xroad:subsystemName>`), { service: 'clientReg', server: SERVER, client: subsystem, subsystemName: undefined })
})

t.test('what is missing, unknown, doubled or out of place refuses the whole request', async (t) => {
  const name = '<xroad:subsystemName>x</xroad:subsystemName>'
  const cases: readonly (readonly [string, string, string?])[] = [
    ['', 'server'], [SERVER_XML, 'client'], [`${SERVER_XML}${CLIENT_XML}${name}${name}`, 'more than one'], [`${SERVER_XML}${CLIENT_XML}<xroad:dryRun>true</xroad:dryRun>`, 'unexpected element dryRun'],
    [`${SERVER_XML}${CLIENT_XML}<other/>`, 'another namespace'], [`${SERVER_XML}${CLIENT_XML}loose`, 'text between'], [`${SERVER_XML}${CLIENT_XML}<xroad:subsystemName><xroad:b/></xroad:subsystemName>`, 'found elements'],
    [`${SERVER_XML}${CLIENT_XML}<xroad:subsystemName>${'x'.repeat(256)}</xroad:subsystemName>`, 'longer than 255'],
    [SERVER_XML, 'address', 'addressChange'], [`${SERVER_XML}<xroad:authCert>***</xroad:authCert>`, 'base64', 'authCertDeletion'], [`${SERVER_XML}<xroad:authCert>YQ</xroad:authCert>`, 'base64', 'authCertDeletion'],
    [authCertRegFields(AUTH, '<xroad:dryRun>yes</xroad:dryRun>'), 'boolean', 'authCertReg'], [SERVER_XML + CLIENT_XML, 'subsystemName', 'clientRename']
  ]
  for (const [fields, because, service] of cases) t.throws(() => requestOf(fields, service), { name: 'Fault', kind: 'InvalidRequest', message: new RegExp(because) }, because)
})

t.test('an identifier fits its object type, or is none', async (t) => {
  const client = (type: string, parts: Record<string, string>): string => SERVER_XML + identifier('client', type, parts)
  const cases: readonly (readonly [string, string, string?])[] = [
    [client('MEMBER', { ...member(CLIENT), subsystemCode: 'x' }), 'no subsystem code'], [client('SUBSYSTEM', member(CLIENT)), 'subsystemCode is missing'],
    [client('SERVER', { ...member(CLIENT), serverCode: 'x' }), 'neither MEMBER nor SUBSYSTEM'], [client('MEMBER', { ...member(CLIENT), memberCode: '' }), 'memberCode is missing'],
    [client('MEMBER', { ...member(CLIENT), serviceCode: 'x' }), 'unexpected part'], [SERVER_XML + CLIENT_XML.replace(' id:objectType="SUBSYSTEM"', ' objectType="SUBSYSTEM"'), 'neither'],
    [SERVER_XML + CLIENT_XML.replace('<id:memberCode>', '<id:memberClass>A</id:memberClass><id:memberCode>'), 'more than one'],
    [SERVER_XML.replace('SERVER', 'MEMBER') + CLIENT_XML, 'not SERVER'], [client('SUBSYSTEM', { ...member(CLIENT), subsystemCode: 'x' }), 'a member', 'ownerChange'], [client('MEMBER', member(CLIENT)), 'only a subsystem', 'clientRename']
  ]
  for (const [fields, because, service] of cases) {
    const rest = service === 'clientRename' ? `${fields}<xroad:subsystemName>x</xroad:subsystemName>` : fields
    t.throws(() => requestOf(rest, service), { name: 'Fault', kind: 'InvalidClientIdentifier', message: new RegExp(because) }, because)
  }
  const blank = letter({ service: 'clientReg', fields: SERVER_XML + CLIENT_XML, client: identifier('client', 'MEMBER', { ...member(OWNER), memberCode: ' ' }) })
  refuses(t, () => parseManagementRequest(blank), 'InvalidClientIdentifier', 'in the header too')
})

t.test('hostile XML is refused before it costs anything', async (t) => {
  const text = foreign('clientReg').toString()
  refuses(t, () => parseManagementRequest(Buffer.from(text.replace('?>', '?><!DOCTYPE x [<!ENTITY a "b">]>'))), 'InvalidSoap')
  refuses(t, () => parseManagementRequest(Buffer.from(text + ' '.repeat(MANAGEMENT_BYTES_MAX))), 'InvalidRequest')
  refuses(t, () => parseManagementRequest(letter({ service: 'clientReg', fields: '<xroad:a>'.repeat(100) + '</xroad:a>'.repeat(100) })), 'InvalidXml', 'deep')
  refuses(t, () => parseManagementRequest(Buffer.from(text.slice(0, -20))), 'InvalidSoap')
  refuses(t, () => parseManagementRequest(Buffer.from(text.replaceAll('schemas.xmlsoap.org/soap/envelope/', 'www.w3.org/2003/05/soap-envelope'))), 'InvalidSoap', 'SOAP 1.2')
  refuses(t, () => parseManagementRequest(Buffer.from(text.replace(/<xroad:clientReg>.*<\/xroad:clientReg>/s, '<SOAP-ENV:Fault><faultcode>a</faultcode></SOAP-ENV:Fault>'))), 'InvalidRequest', 'a fault')
})

t.test('any bytes are a request or a fault', async () => {
  const good = foreign('authCertReg')
  const damaged = fc.tuple(fc.nat(good.length - 1), fc.uint8Array({ maxLength: 12 }), fc.nat(12)).map(([at, bytes, cut]) => Buffer.concat([good.subarray(0, at), bytes, good.subarray(at + cut)]))
  fc.assert(fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 300 })), (bytes) => {
    try {
      parseManagementRequest(bytes)
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
    }
  }), { numRuns: 400 })
})

t.test('an answer echoes header and body, and names the request', async (t) => {
  const soap = letter({ service: 'clientReg', fields: SERVER_XML + CLIENT_XML })
  const parsed = parseManagementRequest(soap)
  const answer = writeManagementResponse(parsed, 42)
  t.equal(answer.toString(), soap.toString().replace('<xroad:clientReg>', '<xroad:clientRegResponse>').replace('</xroad:clientReg>', '<xroad:requestId xmlns:xroad="http://x-road.eu/xsd/xroad.xsd">42</xroad:requestId></xroad:clientRegResponse>'))
  t.equal(parseManagementResponse(answer, parsed.header), 42)
  t.equal(parseManagementResponse(Buffer.from(answer.toString().replace('>42<', '> 0 <')), parsed.header), 0, 'a dry run')
})

t.test('a request in another charset is answered in UTF-8', async (t) => {
  const text = foreign('clientReg').toString().replace('UTF-8', 'UTF-16LE')
  const parsed = parseManagementRequest(Buffer.from(`\ufeff${text}`, 'utf16le'), 'utf-16le')
  t.same(parsed.request, ALL[1])
  const answer = writeManagementResponse(parsed, 3)
  t.match(answer.toString(), /^<\?xml version="1.0" encoding="UTF-8"\?>/)
  t.equal(parseManagementResponse(answer, parsed.header), 3)
})

t.test('an answer to something else is none', async (t) => {
  const { header, ...parsed } = parseManagementRequest(foreign('clientReg'))
  const answer = writeManagementResponse({ header, ...parsed }, 42).toString()
  const read = (text: string): number => parseManagementResponse(Buffer.from(text), header)
  refuses(t, () => read(answer.replace(header.id, 'another')), 'InconsistentResponse')
  refuses(t, () => read(answer.replaceAll('clientReg', 'clientEnable')), 'InconsistentResponse')
  refuses(t, () => read(answer.replace('clientRegResponse', 'clientReg').replace('clientRegResponse', 'clientReg')), 'InconsistentResponse')
  refuses(t, () => read(answer.replace(/<xroad:requestId.*<\/xroad:requestId>/, '')), 'InvalidMessage')
  refuses(t, () => read(answer.replace('>42<', '>-1<')), 'InvalidMessage')
})

t.test('the core\'s refusal comes through as it is, in the spelling of 7.8 too', async (t) => {
  const { header } = parseManagementRequest(foreign('clientReg'))
  for (const code of ['InvalidRequest', 'invalid_request', 'server.serverproxy.access_denied']) {
    const xml = Buffer.from('<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>' +
      `<faultcode>${code}</faultcode><faultstring>No.</faultstring><faultactor/><detail><faultDetail>1234</faultDetail></detail></s:Fault></s:Body></s:Envelope>`)
    let thrown: unknown
    try { parseManagementResponse(xml, header) } catch (caught) { thrown = caught }
    t.match(thrown, { code, message: 'No.', detail: '1234' })
    t.ok(thrown instanceof RelayedFault)
    t.equal(parseManagementFault(xml)?.code, code)
  }
  t.equal(parseManagementFault(Buffer.from('<html>Bad gateway</html>')), undefined)
  t.equal(parseManagementFault(Buffer.from('Bad gateway')), undefined)
})

t.test('an address is an IP address or a domain name, ours also with a port', async (t) => {
  for (const good of ['192.0.2.7', '2001:db8::1', '::1', 'localhost', 'ss1.example.org', 'ss1.example.org.', 'шлюз.укр', 'xn--80aimveh.xn--j1amh', 'a_b.example', 'ss1.example.org:5500', '127.0.0.1:45000', '[::1]:5500']) t.ok(isServerAddress(good), good)
  const bad = ['', ' ', 'a b', 'a..b', '-a.b', 'a-.b', '1.2.3', '256.1.1.1', '1.2.3.4.5', '0x7f.1', 'http://a.b', 'a/b', 'user@host', '%31.example', '[::1]', ':5500', 'a:0', 'a:65535', 'a:70000', '::1:x', 'a:1:2',
    `${'a'.repeat(64)}.b`, `${'a.'.repeat(127)}b.cd`, 'a\nb', 'a\u0000b', 'x.1a']
  for (const one of bad) t.notOk(isServerAddress(one), JSON.stringify(one))
})
