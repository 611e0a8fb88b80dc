import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { runTool, scratch, skipWithout } from '@trembita/testnet/verifiers'
import { acceptsXml, Fault, FAULT_KINDS, formatRestFault, formatSoapFault, inStage, parseSoapFault, RelayedFault, restStatusOf, toFault } from '../../src/fault/index.ts'

const ENV = 'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'

t.test('a code is origin, stages and kind, none of them twice in a row', async (t) => {
  t.equal(new Fault('AccessDenied', 'no').code, 'AccessDenied')
  t.equal(new Fault('AccessDenied', 'no', { origin: 'Server.ServerProxy' }).code, 'Server.ServerProxy.AccessDenied')
  t.equal(new Fault('CertValidation', 'x', { origin: 'Server.ServerProxy', stages: ['SignatureVerification', 'InvalidCertPath'] }).code,
    'Server.ServerProxy.SignatureVerification.InvalidCertPath.CertValidation')
  t.equal(new Fault('InvalidCertPath', 'x', { stages: ['SignatureVerification', 'InvalidCertPath'] }).code, 'SignatureVerification.InvalidCertPath')
  t.equal(new Set(FAULT_KINDS).size, FAULT_KINDS.length)
})

t.test('the flow stamps the origin once, and what is no fault keeps its text for the log', async (t) => {
  const own = toFault(inStage(new Fault('InvalidSoap', 'bad'), 'ServiceFailed'), 'Server.ServerProxy')
  t.equal(own.code, 'Server.ServerProxy.ServiceFailed.InvalidSoap')
  t.equal(toFault(own, 'Server.ClientProxy'), own)
  t.equal(inStage(own, 'LoggingFailed'), own)
  const bug = new TypeError('secret path /etc/x')
  const fault = toFault(bug, 'Server.ClientProxy')
  t.equal(fault.code, 'Server.ClientProxy.InternalError')
  t.equal(fault.message, 'internal error')
  t.equal(fault.cause, bug)
  t.equal(inStage(bug, 'ServiceFailed').code, 'ServiceFailed.InternalError')
  const detail = new Fault('IOError', 'x')
  t.equal(toFault(inStage(detail, 'ServiceFailed'), 'Client').detail, detail.detail, 'the id in the log stays the same')
})

t.test('TR-4.6: a SOAP fault has the shape of the protocol, one line, and is read back', async (t) => {
  const fault = new Fault('AccessDenied', 'Request <is> not & allowed', { origin: 'Server.ServerProxy', detail: '0f3b' })
  const xml = formatSoapFault(fault)
  t.equal(xml.toString(), '<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><SOAP-ENV:Fault>' +
    '<faultcode>Server.ServerProxy.AccessDenied</faultcode><faultstring>Request &lt;is&gt; not &amp; allowed</faultstring><faultactor></faultactor>' +
    '<detail><faultDetail xmlns="">0f3b</faultDetail></detail></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>')
  t.same(parseSoapFault(xml), { code: 'Server.ServerProxy.AccessDenied', string: 'Request <is> not & allowed', detail: '0f3b' })
})

t.test('a SOAP fault is well-formed to another parser', { skip: await skipWithout('xmllint', '--version') }, async (t) => {
  const files = scratch()
  t.teardown(() => files.remove())
  const file = files.write('fault.xml', formatSoapFault({ code: 'c&<', string: ']]>\r\u0001 Їжак', detail: '"' }))
  t.match(await runTool('xmllint', ['--noout', file]), { ok: true, text: '' })
})

t.test('faults of other makers are read: any prefix, nested detail, both spellings, SOAP 1.2', async (t) => {
  const read = (fault: string, ns = ENV): unknown => parseSoapFault(Buffer.from(`<s:Envelope ${ns}><s:Header><x/></s:Header><s:Body>${fault}</s:Body></s:Envelope>`))
  t.same(read('<s:Fault><faultcode> server.serverproxy.access_denied\n</faultcode><faultstring>no</faultstring><detail>plain</detail></s:Fault>'),
    { code: 'server.serverproxy.access_denied', string: 'no', detail: 'plain' })
  t.same(read('<s:Fault><q:faultcode xmlns:q="urn:q">soap:Server</q:faultcode><faultstring><![CDATA[a<b]]></faultstring><detail> <e>x</e> <faultDetail>uuid</faultDetail> </detail></s:Fault>'),
    { code: 'soap:Server', string: 'a<b', detail: 'uuid' })
  t.same(read('<s:Fault><faultcode>c</faultcode><detail><a><b>deep</b></a></detail></s:Fault>'), { code: 'c', string: '', detail: 'deep' })
  t.same(read('<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text xml:lang="en">why</s:Text></s:Reason><s:Detail><x>d</x></s:Detail></s:Fault>', 'xmlns:s="http://www.w3.org/2003/05/soap-envelope"'),
    { code: 's:Sender', string: 'why', detail: 'd' })
})

t.test('what only looks like a fault is none', async (t) => {
  const none = [
    `<s:Envelope ${ENV}><s:Body><Fault/></s:Body></s:Envelope>`,
    `<s:Envelope ${ENV}><s:Body><x><s:Fault/></x></s:Body></s:Envelope>`,
    `<s:Envelope ${ENV}><s:Header><s:Fault/></s:Header><s:Body><x/></s:Body></s:Envelope>`,
    `<x ${ENV}><s:Body><s:Fault/></s:Body></x>`,
    `<s:Envelope ${ENV}><Body><s:Fault/></Body></s:Envelope>`,
    '<faultcode>x</faultcode>'
  ]
  for (const xml of none) t.equal(parseSoapFault(Buffer.from(xml)), undefined, xml)
  for (const xml of ['', 'x', `<!DOCTYPE a><s:Envelope ${ENV}/>`, `<s:Envelope ${ENV}>`]) t.throws(() => parseSoapFault(Buffer.from(xml)), { name: 'Fault', kind: 'InvalidXml' }, xml)
})

t.test('TR-4.6: a REST fault is JSON, or XML when the caller lists it; 500 for servers of both spellings, else 400', async (t) => {
  const fault = new Fault('UnknownService', 'Unknown <service>', { origin: 'Server.ServerProxy', detail: 'd' })
  t.same(JSON.parse(formatRestFault(fault).body), { type: 'Server.ServerProxy.UnknownService', message: 'Unknown <service>', detail: 'd' })
  t.equal(formatRestFault(fault).contentType, 'application/json;charset=utf-8')
  t.equal(formatRestFault(fault, 'text/*').contentType, 'text/xml;charset=utf-8')
  t.match(formatRestFault(fault, 'application/json, application/xml;q=0.1').body, /<error><type>Server\.ServerProxy\.UnknownService<\/type><message>Unknown &lt;service&gt;<\/message><detail>d<\/detail><\/error>$/)
  for (const accept of [undefined, '', '*/*', 'application/*', 'application/json']) t.equal(acceptsXml(accept), undefined)
  t.equal(restStatusOf('Server.ServerProxy.AccessDenied'), 500)
  t.equal(restStatusOf('server.clientproxy.internal_error'), 500)
  t.equal(restStatusOf('Client.InvalidHttpMethod'), 400)
  t.equal(restStatusOf('soap:Server'), 400)
})

t.test('a relayed fault keeps its code, text, id and bytes', async (t) => {
  const xml = Buffer.from('<as received/>')
  const relayed = new RelayedFault({ code: 'soap:Server', string: 'broken', detail: 'id' }, xml)
  t.equal(relayed.code, 'soap:Server')
  t.equal(relayed.message, 'broken')
  t.equal(relayed.detail, 'id')
  t.equal(relayed.xml, xml)
  t.equal(toFault(inStage(relayed, 'ServiceFailed'), 'Server.ClientProxy'), relayed)
})

t.test('any text survives a SOAP fault, and any bytes give a fault, none, or InvalidXml', async (t) => {
  const text = fc.string({ unit: 'grapheme' }).filter((s) => !/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(s))
  fc.assert(fc.property(text, (string) => { assert.equal(parseSoapFault(formatSoapFault({ code: 'c', string, detail: 'd' }))!.string, string) }))
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    try { parseSoapFault(bytes) } catch (thrown) { assert.equal((thrown as Fault).kind, 'InvalidXml') }
  }))
  t.pass('held for every sample')
})
