import { readFileSync } from 'node:fs'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { runTool, scratch, skipWithout } from '@trembita/testnet/verifiers'
import type { Fault } from '../../src/fault/index.ts'
import { clientWsdl, readWsdl, rewriteWsdlAddress } from '../../src/metadata/index.ts'
import { parseXmlTree, type XmlTree } from '../../src/xml/index.ts'

/** Written for these tests: three bindings, two SOAP versions, two schemas, messages that only one operation needs. */
const REGISTRY = readFileSync(new URL('vectors/registry.wsdl', import.meta.url))
const WSDL = 'http://schemas.xmlsoap.org/wsdl/'
const LOCATION = 'http://gw.example.gov.ua:80/'

const rewritten = (input: Partial<Parameters<typeof clientWsdl>[1]> = {}, source: Uint8Array = REGISTRY): Buffer => clientWsdl(source, { serviceCode: 'Find', location: LOCATION, ...input })
const tree = (bytes: Uint8Array): XmlTree => parseXmlTree(bytes, { bytesMax: 1e7 })
const names = (parent: XmlTree | undefined, local: string): (string | undefined)[] => (parent?.all(local) ?? []).map((child) => child.attribute('name'))

t.test('a WSDL gives the operations of its SOAP ports, each once, with version, address and action', async (t) => {
  t.same(readWsdl(REGISTRY), {
    targetNamespace: 'urn:registry',
    operations: [
      { serviceCode: 'Find', serviceVersion: 'v1', location: 'http://inner:8080/soap?x=1&y=2', soapAction: 'urn:find', title: 'Пошук особи' },
      { serviceCode: 'Store', serviceVersion: undefined, location: 'http://inner:8080/soap?x=1&y=2', soapAction: '', title: undefined },
      { serviceCode: 'Ping', serviceVersion: undefined, location: 'http://inner:8080/ping', soapAction: undefined, title: undefined }
    ]
  })
})

t.test('getWsdl hides every address and leaves all other bytes alone', async (t) => {
  const expected = REGISTRY.toString().replace("'http://inner:8080/soap?x=1&amp;y=2'", '"http://example.org/xroad-endpoint"').replaceAll('"http://inner:8080/soap12"', '"http://example.org/xroad-endpoint"')
    .replaceAll('"http://inner:8080/ping"', '"http://example.org/xroad-endpoint"')
  t.equal(rewriteWsdlAddress(REGISTRY).toString(), expected)
  t.match(expected, 'a comment about <soap11:address location="x"/>')
  t.match(expected, 'http://inner:8080/get', 'an HTTP binding is no SOAP address')
  t.match(rewriteWsdlAddress(REGISTRY, 'http://a/?b="&c').toString(), 'location="http://a/?b=&quot;&amp;c"')
})

t.test('trembita §5: /wsdl keeps one operation, what it needs, and the address of this gateway', async (t) => {
  const root = tree(rewritten())
  t.same(names(root, 'message'), ['FindIn', 'FindOut', 'FindFault', 'requestheader'])
  t.same(root.all('portType').map((portType) => names(portType, 'operation')), [['Find']])
  t.same(root.all('binding', WSDL).map((binding) => names(binding, 'operation')), [['Find'], ['Find']])
  t.same(root.all('service').flatMap((service) => service.all('port')).map((port) => port.elements()[0]?.attribute('location')), [LOCATION, LOCATION])
  t.match(rewritten().toString(), 'a comment about')
  t.match(readWsdl(rewritten()), { operations: [{ serviceCode: 'Find', serviceVersion: 'v1', location: LOCATION, soapAction: 'urn:find' }] })
})

t.test('trembita §5: the two schemas come behind the provider\'s own, identifiers first, with the prefixes that clients rely on', async (t) => {
  const root = tree(rewritten())
  t.same(root.child('types')?.all('schema').map((schema) => schema.attribute('targetNamespace')), ['urn:registry:types', 'urn:registry', 'http://x-road.eu/xsd/identifiers', 'http://x-road.eu/xsd/xroad.xsd'])
  t.equal(root.attributes.find(({ name }) => name === 'xmlns:xroad')?.value, 'http://x-road.eu/xsd/xroad.xsd')
  const [identifiers, xroad] = root.child('types')!.all('schema').slice(2) as [XmlTree, XmlTree]
  t.equal(xroad.attributes.find(({ name }) => name === 'xmlns:id')?.value, 'http://x-road.eu/xsd/identifiers')
  t.same(names(xroad, 'element'), ['version', 'client', 'service', 'userId', 'protocolVersion', 'id', 'title', 'notes'])
  t.equal(xroad.all('element').find((element) => element.attribute('name') === 'protocolVersion')?.attribute('fixed'), '4.0')
  t.same(names(identifiers, 'complexType'), ['XRoadIdentifierType', 'XRoadClientIdentifierType', 'XRoadServiceIdentifierType'])
  t.same(names(identifiers, 'simpleType'), ['XRoadObjectType'])
})

t.test('trembita §5: all five header parts stand in input and output of every binding', async (t) => {
  const root = tree(rewritten())
  const parts = ['protocolVersion', 'id', 'userId', 'service', 'client']
  t.same(root.all('message').at(-1)?.all('part').map((part) => [part.attribute('name'), part.attribute('element')]), parts.map((part) => [part, `xroad:${part}`]))
  for (const binding of root.all('binding', WSDL)) {
    const ns = binding.elements()[0]!.ns
    for (const direction of ['input', 'output']) {
      const headers = binding.child('operation', WSDL)?.child(direction)?.all('header', ns) ?? []
      t.same(headers.map((header) => [header.attribute('message'), header.attribute('part'), header.attribute('use')]), parts.map((part) => ['tns:requestheader', part, 'literal']), `${ns} ${direction}`)
    }
  }
})

t.test('the version chooses among operations of one name; one that the WSDL does not speak of is no obstacle', async (t) => {
  t.equal(readWsdl(rewritten({ serviceVersion: 'v1' })).operations.length, 1)
  t.equal(readWsdl(rewritten({ serviceCode: 'Store', serviceVersion: 'v7' })).operations[0]?.serviceCode, 'Store')
  for (const input of [{ serviceVersion: 'v2' }, { serviceCode: 'find' }, { serviceCode: 'Get' }, { serviceCode: '' }]) t.throws(() => rewritten(input), { name: 'Fault', kind: 'UnknownService' }, JSON.stringify(input))
})

t.test('sources of every shape: no types, no prefixes, empty tags, names already taken, a header described already', async (t) => {
  const bare = `<w:definitions xmlns:w="${WSDL}" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" targetNamespace="urn:a"><w:documentation>d</w:documentation><w:message name="requestheader"/>` +
    '<w:portType name="P"><w:operation name="Op"><w:input message="requestheader"/><w:output message="x:requestheader" xmlns:x="urn:a"/></w:operation></w:portType>' +
    '<w:binding name="B" type="P"><s:binding/><w:operation name="Op"><w:input/><w:output><s:body use="literal"></s:body></w:output></w:operation></w:binding>' +
    '<w:service name="S"><w:port name="O" binding="B"><s:address/></w:port></w:service></w:definitions>'
  const out = rewritten({ serviceCode: 'Op' }, Buffer.from(bare)).toString()
  t.match(out, 'targetNamespace="urn:a" xmlns:xroad="http://x-road.eu/xsd/xroad.xsd" xmlns:tns="urn:a"><w:documentation>d</w:documentation><w:types><xs:schema')
  t.match(out, '<w:message name="requestheader"/><w:message name="requestheader1"><w:part')
  t.match(out, /<w:input><s:header message="tns:requestheader1" part="protocolVersion" use="literal"\/>(<s:header [^>]*>){4}<\/w:input><w:output><s:body use="literal"><\/s:body>(<s:header [^>]*>){5}<\/w:output>/)
  t.match(out, `<s:address location="${LOCATION}"/>`)
  tree(Buffer.from(out))

  const own = bare.replace('<w:message name="requestheader"/>', '<w:types/><w:message name="requestheader"><w:part name="id" element="r:id" xmlns:r="http://x-road.eu/xsd/xroad.xsd"/></w:message>')
    .replace('<w:input/>', '<w:input><s:body use="literal"/><s:header message="requestheader" part="id" use="literal"/></w:input>')
  t.equal(rewritten({ serviceCode: 'Op' }, Buffer.from(own)).toString(), own.replace('<s:address/>', `<s:address location="${LOCATION}"/>`), 'nothing is added')

  const imported = bare.replace('<w:message', '<w:types><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:import namespace="http://x-road.eu/xsd/xroad.xsd" schemaLocation="http://x-road.eu/xsd/xroad.xsd"/></xs:schema></w:types><w:message')
  t.equal(rewritten({ serviceCode: 'Op' }, Buffer.from(imported)).toString().match(/targetNamespace="http:\/\/x-road.eu\/xsd\/xroad.xsd"/g), null, 'a schema that is imported is not written twice')

  const taken = bare.replace('xmlns:s=', 'xmlns:xroad="urn:other" xmlns:tns="urn:other" xmlns:s=')
  t.match(rewritten({ serviceCode: 'Op' }, Buffer.from(taken)).toString(), /xmlns:xroad1="http:\/\/x-road.eu\/xsd\/xroad.xsd" xmlns:tns1="urn:a".*element="xroad1:id".*message="tns1:requestheader1"/s)
})

t.test('relative schema locations are resolved against the place the WSDL came from, others stay', async (t) => {
  const source = Buffer.from(REGISTRY.toString().replace('<s:import namespace="urn:registry:types"/>', '<s:import namespace="urn:registry:types" schemaLocation="types.xsd?a=1&amp;b=2"/><s:include schemaLocation="http://elsewhere/x.xsd"/>'))
  t.match(rewritten({}, source).toString(), 'schemaLocation="types.xsd?a=1&amp;b=2"/><s:include schemaLocation="http://elsewhere/x.xsd"/>')
  t.match(rewritten({ baseUrl: 'http://provider/ws/service?wsdl' }, source).toString(), 'schemaLocation="http://provider/ws/types.xsd?a=1&amp;b=2"/><s:include schemaLocation="http://elsewhere/x.xsd"/>')
})

t.test('the charset that a WSDL declares is heeded, and what is given out is UTF-8 and says so', async (t) => {
  const text = REGISTRY.toString().replace('encoding="UTF-8"', 'encoding="windows-1251"')
  const cp1251 = Buffer.from([...text].map((c) => c >= 'А' && c <= 'я' ? c.charCodeAt(0) - 0x0410 + 0xc0 : c.charCodeAt(0)))
  for (const source of [cp1251, Buffer.from('\ufeff' + text.replace('windows-1251', 'UTF-16'), 'utf16le'), Buffer.from('\ufeff' + REGISTRY.toString())]) {
    t.equal(readWsdl(source).operations[0]?.title, 'Пошук особи')
    t.equal(rewriteWsdlAddress(source, 'x').toString(), rewriteWsdlAddress(REGISTRY, 'x').toString())
  }
})

t.test('hostile descriptions are refused', async (t) => {
  const bad = ['', 'x', '<a/>', '<definitions/>', `<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions xmlns="${WSDL}">&x;</definitions>`, REGISTRY.toString().slice(0, -3), '<a>'.repeat(200), REGISTRY.toString().replace('UTF-8', 'nonsense')]
  for (const text of bad) {
    t.throws(() => readWsdl(Buffer.from(text)), { name: 'Fault', kind: 'InvalidXml' }, text.slice(0, 40))
    t.throws(() => rewritten({}, Buffer.from(text)), { name: 'Fault', kind: 'InvalidXml' }, text.slice(0, 40))
  }
  t.throws(() => rewriteWsdlAddress(Buffer.alloc(10 * 1024 * 1024 + 1, 0x20)), { name: 'Fault', kind: 'InvalidXml' })
  const text = REGISTRY.toString()
  const tokens = text.match(/<[^>]*>|[^<]+/g)!
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(tokens.length - 1), fc.nat(tokens.length - 1)), { maxLength: 3 }), (swaps) => {
    const changed = [...tokens]
    for (const [a, b] of swaps) [changed[a], changed[b]] = [changed[b]!, changed[a]!]
    const source = Buffer.from(changed.join(''))
    for (const run of [() => readWsdl(source), () => tree(rewritten({}, source)), () => tree(rewriteWsdlAddress(source))]) {
      try { run() } catch (thrown) { assert.equal((thrown as Fault).name, 'Fault', String(thrown)) }
    }
  }), { numRuns: 300 })
})

t.test('the rewritten WSDL is well-formed, and its schemas compile, to another tool', { skip: await skipWithout('xmllint', '--version') }, async (t) => {
  const files = scratch()
  t.teardown(() => files.remove())
  t.match(await runTool('xmllint', ['--noout', files.write('client.wsdl', rewritten())]), { ok: true, text: '' })
  const [identifiers, xroad] = rewritten().toString().match(/<xs:schema .*?<\/xs:schema>/gs)!.slice(-2) as [string, string]
  files.write('identifiers.xsd', identifiers)
  const schema = files.write('xroad.xsd', xroad.replace('identifiers"/>', 'identifiers" schemaLocation="identifiers.xsd"/>'))
  const id = '<x:client xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:i="http://x-road.eu/xsd/identifiers" i:objectType="SUBSYSTEM"><i:xRoadInstance>Z</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>1</i:memberCode><i:subsystemCode>s</i:subsystemCode></x:client>'
  t.match(await runTool('xmllint', ['--noout', '--schema', schema, files.write('client.xml', id)]), { ok: true })
  t.match(await runTool('xmllint', ['--noout', '--schema', schema, files.write('bad.xml', id.replace('SUBSYSTEM', 'x'))]), { ok: false })
})
