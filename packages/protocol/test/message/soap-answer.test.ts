import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { runTool, scratch, skipWithout } from '@trembita/testnet/verifiers'
import { checkSoapAnswer, parseSoap, prepareSoapAnswer, soapRequestHash, withBody, withRequestHash, type SoapMessage } from '../../src/message/index.ts'
import { CLIENT, envelope, envelopeText, SOAP, SOAP12, type EnvelopeParts } from './envelope.ts'

const RESPONSE = '<e:Body><q:lookupResponse xmlns:q="urn:q"><v>Їжак &amp; Co</v></q:lookupResponse></e:Body>'
const ELEMENT = '<x:requestHash algorithmId="http://www.w3.org/2001/04/xmlenc#sha512">HASH</x:requestHash>'

function messageOf (bytes: Uint8Array, options = {}): SoapMessage {
  const parsed = parseSoap(bytes, options)
  assert.equal(parsed.kind, 'message')
  return (parsed as { message: SoapMessage }).message
}

const request = messageOf(envelope())

t.test('TR-4.6: a response must answer the request in client, service, user, party, issue and id', async (t) => {
  checkSoapAnswer(request, messageOf(envelope({ body: RESPONSE, protocolVersion: '<x:protocolVersion>4.1</x:protocolVersion>' })))
  const differing: EnvelopeParts[] = [
    { client: CLIENT.replace('portal', 'other') },
    { client: CLIENT.replace('<i:subsystemCode>portal</i:subsystemCode>', '') },
    { service: '<x:service i:objectType="SERVICE"><i:xRoadInstance>ZZ</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>2002</i:memberCode><i:subsystemCode>registry</i:subsystemCode><i:serviceCode>lookup</i:serviceCode></x:service>' },
    { userId: '' },
    { userId: '<x:userId/>' },
    { id: '<x:id>6d0f8f2e </x:id>' },
    { extra: '<x:issue>1</x:issue>' },
    { extra: '<r:representedParty><r:partyCode>1</r:partyCode></r:representedParty>' }
  ]
  for (const parts of differing) {
    const answer = envelope({ ...parts, body: RESPONSE })
    t.throws(() => checkSoapAnswer(request, messageOf(answer)), { name: 'Fault', kind: 'InconsistentResponse' }, JSON.stringify(parts))
    t.throws(() => prepareSoapAnswer(answer, { request, requestHash: 'HASH', completeHeader: true }), { name: 'Fault', kind: 'InconsistentResponse' })
  }
})

t.test('the request hash is SHA-512 over the SOAP part as sent, as openssl computes it', { skip: await skipWithout('openssl') }, async (t) => {
  const files = scratch()
  t.teardown(() => files.remove())
  const bytes = envelope()
  const { text } = await runTool('openssl', ['dgst', '-sha512', '-hex', '-r', files.write('request.xml', bytes)])
  t.equal(soapRequestHash(bytes), Buffer.from(text.slice(0, 128), 'hex').toString('base64'))
})

t.test('trap 13: the hash stands right after the id, with its prefix and attributes and the first white space; all other bytes stay', async (t) => {
  const text = envelopeText({ body: RESPONSE })
  t.equal(withRequestHash(Buffer.from(text), 'HASH').toString(), text.replace('</x:id>', `</x:id>\n    ${ELEMENT}`))
  const tight = text.replaceAll(/\n */g, '')
  t.equal(withRequestHash(Buffer.from(tight), 'HASH').toString(), tight.replace('</x:id>', `</x:id>${ELEMENT}`))
  const own = text.replace('<x:id>6d0f8f2e</x:id>', '<q:id  xmlns:q="http://x-road.eu/xsd/xroad.xsd"\n a=\'>\' >6d0f8f2e</q:id >')
  t.equal(withRequestHash(Buffer.from(own), 'HASH').toString(), own.replace('</q:id >',
    '</q:id >\n    <q:requestHash  xmlns:q="http://x-road.eu/xsd/xroad.xsd"\n a=\'>\' algorithmId="http://www.w3.org/2001/04/xmlenc#sha512">HASH</q:requestHash>'))
  const closed = text.replace('<x:id>6d0f8f2e</x:id>', '<x:id />')
  t.equal(withRequestHash(Buffer.from(closed), 'HASH').toString(), closed.replace('<x:id />', `<x:id />\n    ${ELEMENT}`))
  const byDefault = text.replace('<x:id>6d0f8f2e</x:id>', '<id xmlns="http://x-road.eu/xsd/xroad.xsd">6d0f8f2e</id>')
  t.equal(messageOf(withRequestHash(Buffer.from(byDefault), 'HASH')).requestHash, 'HASH')
})

t.test('an old request hash is removed, wherever it stands', async (t) => {
  const old = '<x:requestHash algorithmId="gost">OLD<!-- > --></x:requestHash>'
  const text = envelopeText({ body: RESPONSE, userId: '<x:userId>ZZ30001010000</x:userId>' })
  const expected = text.replace('</x:id>', `</x:id>\n    ${ELEMENT}`)
  for (const place of ['<e:Header>', '</x:id>', '</x:protocolVersion>', '</x:client>']) {
    t.equal(withRequestHash(Buffer.from(text.replace(place, place + old)), 'HASH').toString(), expected, place)
  }
  const foreign = text.replace('</x:id>', '</x:id><requestHash xmlns="urn:other">OLD</requestHash>')
  t.match(withRequestHash(Buffer.from(foreign), 'HASH').toString(), /urn:other">OLD/, 'of another namespace it is not ours')
})

t.test('trembita §4: a service that sends no X-Road header gets it whole from the request', async (t) => {
  const full = messageOf(envelope({ userId: '<x:userId>Ї &lt;&amp;></x:userId>', extra: '<x:issue>7</x:issue><r:representedParty><r:partyClass>COM</r:partyClass><r:partyCode>77</r:partyCode></r:representedParty>' }))
  const bodies = (prefix: string): string[] => ['', `<${prefix}Header/>`, `<${prefix}Header />`, `<${prefix}Header></${prefix}Header>`, `<${prefix}Header> <own xmlns="urn:own">1</own></${prefix}Header>`]
  for (const [prefix, ns, soap12] of [['s:', SOAP, false], ['', SOAP, false], ['s:', SOAP12, true]] as const) {
    for (const header of bodies(prefix)) {
      const text = `\ufeff<?xml version="1.0"?><${prefix}Envelope xmlns${prefix === '' ? '' : ':s'}="${ns}">${header}<${prefix}Body><lookupResponse xmlns="urn:q">Є</lookupResponse></${prefix}Body></${prefix}Envelope>`
      const { kind, bytes } = prepareSoapAnswer(Buffer.from(text), { request: full, requestHash: 'HASH', completeHeader: true, soap12 })
      t.equal(kind, 'message')
      const read = messageOf(bytes, { soap12 })
      t.same(read, { ...full, requestHash: 'HASH', isResponse: true, bodyElement: 'lookupResponse' }, text)
      t.same(withRequestHash(Buffer.from(text), 'HASH', full, { soap12 }), bytes)
      t.ok(bytes.includes('<lookupResponse xmlns="urn:q">Є</lookupResponse>'))
      t.throws(() => prepareSoapAnswer(Buffer.from(text), { request: full, requestHash: 'HASH', completeHeader: false, soap12 }), { name: 'Fault', kind: header === '' ? 'MissingHeader' : 'MissingHeaderField' })
    }
  }
  const order = withRequestHash(Buffer.from(`<s:Envelope xmlns:s="${SOAP}"><s:Body><lookupResponse/></s:Body></s:Envelope>`), 'HASH', request).toString()
  t.same([...order.matchAll(/<xroad:(\w+)/g)].map(([, name]) => name), ['userId', 'client', 'service', 'protocolVersion', 'id', 'requestHash'])
})

t.test('an answer that cannot be completed or sent gets its fault, and a fault passes as it came', async (t) => {
  const input = { request, requestHash: 'HASH', completeHeader: true }
  const wrap = (body: string): Buffer => Buffer.from(`<s:Envelope xmlns:s="${SOAP}">${body}</s:Envelope>`)
  t.throws(() => prepareSoapAnswer(wrap(''), input), { name: 'Fault', kind: 'MissingHeader' })
  t.throws(() => prepareSoapAnswer(wrap('<s:Header/>'), input), { name: 'Fault', kind: 'MissingBody' })
  t.throws(() => prepareSoapAnswer(wrap('<s:Body/>'), input), { name: 'Fault', kind: 'InvalidBody' })
  t.throws(() => prepareSoapAnswer(wrap('<s:Body><other/></s:Body>'), input), { name: 'Fault', kind: 'InconsistentHeaders' })
  t.throws(() => prepareSoapAnswer(envelope({ client: '', body: RESPONSE }), input), { name: 'Fault', kind: 'MissingHeaderField' }, 'half a header is not completed')
  t.throws(() => withRequestHash(wrap('<s:Body><lookup/></s:Body>'), 'HASH'), { name: 'Fault', kind: 'MissingHeader' })
  t.throws(() => withRequestHash(wrap('<s:Header/><s:Body><lookup/></s:Body>'), 'HASH'), { name: 'Fault', kind: 'MissingHeaderField' })
  t.throws(() => withRequestHash(wrap('<s:Header/>'), 'HASH', request), { name: 'Fault', kind: 'MissingBody' })
  const fault = wrap('<s:Body><s:Fault><faultcode>soap:Server</faultcode></s:Fault></s:Body>')
  t.same(prepareSoapAnswer(fault, input), { kind: 'fault', fault: { code: 'soap:Server', string: '', detail: '' }, bytes: fault })
})

t.test('an answer in another charset becomes UTF-8 and says so', async (t) => {
  const text = envelopeText({ prologue: '<?xml version="1.0" encoding=\'utf-16\' standalone="yes"?>\n', body: RESPONSE })
  const out = withRequestHash(Buffer.from('\ufeff' + text, 'utf16le'), 'HASH', undefined, { charset: 'utf-16' })
  t.equal(out.toString(), text.replace('\'utf-16\'', '"UTF-8"').replace('</x:id>', `</x:id>\n    ${ELEMENT}`))
})

t.test('a metaservice answers in the envelope of the request', async (t) => {
  const text = envelopeText({ extra: '<x:issue>Є</x:issue>' })
  t.equal(withBody(Buffer.from(text), '<a/>').toString(), text.replace(/<e:Body>.*<\/e:Body>/, '<e:Body><a/></e:Body>'))
  t.equal(withBody(envelope({ body: '<e:Body />' }), '<a/>').toString(), envelopeText({ body: '<e:Body ><a/></e:Body>' }))
  t.throws(() => withBody(envelope({ body: '' }), '<a/>'), { name: 'Fault', kind: 'MissingBody' })
})

t.test('whatever stands in a message, the spliced one reads the same and carries the hash', async (t) => {
  const text = fc.string({ unit: fc.constantFrom('a', 'Ї', '🇺', '&amp;', '&#13;', ' ', '\n', '\r\n', '<!-- </x:id> -->', '<![CDATA[<x:id>]]>', '<?pi </e:Header> ?>', '"', '>') })
  const value = fc.base64String()
  fc.assert(fc.property(text, text, text, value, (id, userId, body, requestHash) => {
    const bytes = envelope({ id: `<x:id>${id}</x:id>`, userId: `<x:userId>${userId}</x:userId>`, body: `<e:Body><lookup>${body}</lookup></e:Body>` })
    const before = messageOf(bytes)
    const spliced = withRequestHash(bytes, requestHash)
    assert.deepEqual(messageOf(spliced), { ...before, requestHash })
    const again = withRequestHash(spliced, requestHash)
    assert.deepEqual(messageOf(again), { ...before, requestHash })
    assert.ok(again.includes(`<lookup>${body}</lookup>`))
  }))
  t.pass('held for every sample')
})
