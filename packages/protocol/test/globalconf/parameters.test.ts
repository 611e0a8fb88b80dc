import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { runTool, scratch, skipWithout } from '@trembita/testnet/verifiers'
import {
  GLOBALCONF_VERSIONS, anchorFileName, anchorFingerprint, isSameAnchor, parseAnchor, parseFetchInterval, parseMonitoringParameters, parseNextUpdate,
  parsePrivateParameters, parseSharedParameters, writeAnchor, writePrivateParameters, writeSharedParameters, type Anchor, type GlobalConfVersion
} from '../../src/globalconf/index.ts'
import { parseXmlTree, type XmlTree } from '../../src/xml/index.ts'
import { FULL, PRIVATE, asRead, blob, sharedParameters } from './samples.ts'
import { CLIENT_ID_XSD, privateSchema, sharedSchema, validatorOf } from './schemas.ts'

const skip = await skipWithout('xmllint', '--version')
const malformed = { name: 'Fault', kind: 'MalformedGlobalConf' }
const versions = GLOBALCONF_VERSIONS
const isValidShared = new Map(versions.map((version) => [version, validatorOf(sharedSchema(version))]))
const isValidPrivate = new Map(versions.map((version) => [version, validatorOf(privateSchema(version))]))

function reads (parse: (bytes: Uint8Array, version: GlobalConfVersion) => unknown, bytes: Uint8Array, version: GlobalConfVersion): boolean {
  try {
    parse(bytes, version)
    return true
  } catch (thrown) {
    assert.equal((thrown as { kind?: string }).kind, 'MalformedGlobalConf', String(thrown))
    return false
  }
}

t.test('TR-4.3: shared parameters come back as they were written, in every version', async (t) => {
  for (const version of versions) {
    t.strictSame(parseSharedParameters(writeSharedParameters(version, FULL), version), asRead(FULL, version), `version ${version}`)
  }
})

t.test('any parameters survive writing and reading, and an independent validator accepts them', async () => {
  fc.assert(fc.property(sharedParameters, fc.constantFrom(...versions), (p, version) => {
    const bytes = writeSharedParameters(version, p)
    assert.deepStrictEqual(parseSharedParameters(bytes, version), asRead(p, version))
    assert.ok(isValidShared.get(version)!(bytes), bytes.toString())
  }), { numRuns: 60 })
})

t.test('private parameters and anchors come back as they were written and validate', async (t) => {
  for (const version of versions) {
    const bytes = writePrivateParameters(version, PRIVATE)
    t.strictSame(parsePrivateParameters(bytes, version), PRIVATE)
    t.ok(isValidPrivate.get(version)!(bytes), `version ${version}`)
  }
  const [anchor] = PRIVATE.trustedAnchors as [Anchor]
  t.strictSame(parseAnchor(writeAnchor(anchor)), anchor)
  t.ok(isValidPrivate.get(2)!(writeAnchor(anchor)), 'the anchor is declared in version 2\'s private schema')
})

t.test('trap 3: xmllint validates every version against the schema of exactly that version, and refuses it against the one before', { skip }, async (t) => {
  const files = scratch()
  t.teardown(() => files.remove())
  files.write('client-id.xsd', CLIENT_ID_XSD)
  for (const version of versions) {
    const shared = files.write(`shared-${version}.xml`, writeSharedParameters(version, FULL))
    const own = files.write(`private-${version}.xml`, writePrivateParameters(version, PRIVATE))
    const lint = (schema: string, document: string): ReturnType<typeof runTool> => runTool('xmllint', ['--noout', '--nonet', '--schema', schema, document])
    const result = await lint(files.write(`shared-${version}.xsd`, sharedSchema(version)), shared)
    t.ok(result.ok, result.text)
    const ownResult = await lint(files.write(`private-${version}.xsd`, privateSchema(version)), own)
    t.ok(ownResult.ok, ownResult.text)
    if (version > 2) t.notOk((await lint(files.path(`shared-${version - 1}.xsd`), shared)).ok, `version ${version} is not version ${version - 1}`)
  }
})

t.test('trap 2: version 2 carries SHA-1 of authentication certificates, later ones SHA-256', async (t) => {
  const lengths = versions.map((version) => parseSharedParameters(writeSharedParameters(version, FULL), version).servers[0]!.authCertHashes.map(({ length }) => length))
  t.same(lengths, [[20, 20], [32, 32], [32, 32], [32, 32], [32, 32]])
})

t.test('trap 3: a file is read by the rules of its own version only', async (t) => {
  for (const version of versions) {
    for (const other of versions) {
      const bytes = writeSharedParameters(version, FULL)
      t.equal(reads(parseSharedParameters, bytes, other), isValidShared.get(other)!(bytes), `written as ${version}, read as ${other}`)
    }
  }
})

/** Changes one place of a document. Structure only: values have rules of their own below. */
interface Node { name: string, attributes: [string, string][], children: (Node | string)[] }

function nodeOf (tree: XmlTree): Node {
  return { name: tree.name, attributes: tree.attributes.map(({ name, value }) => [name, value]), children: tree.children.map((child) => typeof child === 'string' ? child : nodeOf(child)) }
}

function print (node: Node | string): string {
  const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
  if (typeof node === 'string') return escape(node)
  return `<${node.name}${node.attributes.map(([name, value]) => ` ${name}="${escape(value)}"`).join('')}>${node.children.map(print).join('')}</${node.name}>`
}

function all (node: Node): Node[] {
  return [node, ...node.children.filter((child) => typeof child !== 'string').flatMap(all)]
}

const MUTATIONS: Readonly<Record<string, (parent: Node, at: number, elements: Node[]) => void>> = {
  remove: (parent, at) => { parent.children.splice(at, 1) },
  double: (parent, at) => { parent.children.splice(at, 0, parent.children[at]!) },
  swap: (parent, at, elements) => {
    const one = elements.indexOf(parent.children[at] as Node)
    const next = parent.children.indexOf(elements[one + 1] ?? elements[0]!)
    const kept = parent.children[at]!
    parent.children[at] = parent.children[next]!
    parent.children[next] = kept
  },
  rename: (parent, at) => { (parent.children[at] as Node).name = 'unheardOf' },
  qualify: (parent, at) => { (parent.children[at] as Node).name = `xroad:${(parent.children[at] as Node).name.replace(/^.*:/, '')}` },
  unqualify: (parent, at) => { (parent.children[at] as Node).name = (parent.children[at] as Node).name.replace(/^.*:/, '') },
  insertBefore: (parent, at) => { parent.children.splice(at, 0, { name: 'unheardOf', attributes: [], children: [] }) },
  insertAfter: (parent, at) => { parent.children.splice(at + 1, 0, { name: 'unheardOf', attributes: [], children: [] }) },
  attribute: (parent, at) => { (parent.children[at] as Node).attributes.push(['unheard', 'of']) },
  hint: (parent, at) => { (parent.children[at] as Node).attributes.push(['xmlns:xsi', 'http://www.w3.org/2001/XMLSchema-instance'], ['xsi:schemaLocation', 'a b']) },
  text: (parent, at) => { parent.children.splice(at, 0, 'text') },
  empty: (parent, at) => { (parent.children[at] as Node).children = [] }
}

/** What XSD leaves to the application or libxml2 does not look at: references lead somewhere, a subsystem has its code. */
function referencesHold (root: Node): boolean {
  const nodes = all(root)
  const ids = (names: readonly string[]): string[] => nodes.filter(({ name }) => names.includes(name)).flatMap(({ attributes }) => attributes.filter(([name]) => name === 'id').map(([, value]) => value))
  const values = (name: string): string[] => nodes.filter((node) => node.name === name).map(({ children }) => children.join(''))
  const provider = nodes.find(({ name }) => name === 'managementRequestServiceProviderId')
  if (provider !== undefined && !all(provider).some(({ name }) => name === 'id:subsystemCode')) return false
  const [members, clients] = [ids(['member']), ids(['member', 'subsystem'])]
  return new Set(clients).size === clients.length && values('owner').every((id) => members.includes(id)) && values('client').every((id) => clients.includes(id))
}

const NOT_EMPTY = new Set(['instanceIdentifier', 'address', 'code', 'memberCode', 'subsystemCode', 'serverCode', 'groupCode', 'id:xRoadInstance', 'id:memberClass', 'id:memberCode', 'id:subsystemCode'])

function mutated (bytes: Uint8Array, kind: string, seed: number): { bytes: Buffer, root: Node, skipped: boolean } {
  const root = nodeOf(parseXmlTree(bytes, { bytesMax: 1e6 }))
  const places = all(root).flatMap((parent) => parent.children.flatMap((child, at) => typeof child === 'string' ? [] : [{ parent, at, child }]))
  const { parent, at, child } = places[seed % places.length]!
  const skipped = (kind === 'empty' && NOT_EMPTY.has(child.name)) || (parent.name === 'client' || parent.name === 'owner')
  MUTATIONS[kind]!(parent, at, parent.children.filter((child) => typeof child !== 'string'))
  return { bytes: Buffer.from(print(root)), root, skipped }
}

t.test('trap 3: wherever an element is missing, doubled, moved, renamed or foreign, our reader decides as the schema does', async (t) => {
  const kinds = Object.keys(MUTATIONS)
  let [accepted, refused] = [0, 0]
  fc.assert(fc.property(fc.constantFrom(...versions), fc.constantFrom(...kinds), fc.nat(), fc.boolean(), (version, kind, seed, shared) => {
    const written = shared ? writeSharedParameters(version, FULL) : writePrivateParameters(version, PRIVATE)
    const { bytes, root, skipped } = mutated(written, kind, seed)
    if (skipped) return
    const expected = (shared ? isValidShared : isValidPrivate).get(version)!(bytes) && referencesHold(root)
    const found = shared ? reads(parseSharedParameters, bytes, version) : reads(parsePrivateParameters, bytes, version)
    assert.equal(found, expected, `version ${version} ${kind}: ${bytes}`)
    if (found) accepted++
    else refused++
  }), { numRuns: 2500 })
  t.ok(accepted > 50 && refused > 300, `${accepted} accepted, ${refused} refused`)
})

t.test('unknown elements stand only at the very end, and only from version 3', async (t) => {
  for (const version of versions) {
    for (const [write, parse] of [[() => writeSharedParameters(version, FULL), parseSharedParameters], [() => writePrivateParameters(version, PRIVATE), parsePrivateParameters]] as const) {
      const bytes = Buffer.from(write().toString().replace('</xroad:conf>', '<y:later xmlns:y="urn:y"><a b="c">text</a></y:later><more/></xroad:conf>'))
      t.equal(reads(parse, bytes, version), version >= 3, `version ${version}`)
    }
  }
})

t.test('centralService of X-Road 6 is passed over', async (t) => {
  const bytes = Buffer.from(writeSharedParameters(6, FULL).toString().replace('<globalSettings>', '<centralService><serviceCode>x</serviceCode></centralService><globalSettings>'))
  t.strictSame(parseSharedParameters(bytes, 6), asRead(FULL, 6))
})

t.test('what is not a configuration part gives a fault and nothing else', async (t) => {
  const good = writeSharedParameters(6, FULL).toString()
  const bad: Record<string, string> = {
    empty: '',
    'not XML': 'hello',
    'wrong root': '<conf xmlns="urn:x"/>',
    'root without namespace': good.replaceAll('xroad:conf', 'conf'),
    'a document type': good.replace('?>', '?><!DOCTYPE conf [<!ENTITY a "b">]>'),
    'entities that grow': `<!DOCTYPE a [<!ENTITY a "${'x'.repeat(1000)}"><!ENTITY b "&a;&a;">]><a>&b;</a>`,
    'too deep': '<a>'.repeat(200) + '</a>'.repeat(200),
    'no base64': good.replace(/<cert>[^<]*</, '<cert>%%%<'),
    'base64 cut short': good.replace(/<cert>[^<]*</, '<cert>QUJ<'),
    'a boolean that is none': good.replace('>false<', '>no<'),
    'a negative number of seconds': good.replace('>3600<', '>-1<'),
    'a number beyond what counts': good.replace('>3600<', '>99999999999999999999<'),
    'an owner that is a subsystem': good.replace('<owner>id0<', '<owner>id1<'),
    'an owner that is nothing': good.replace('<owner>id0<', '<owner>id9<'),
    'a client that is nothing': good.replace('<client>id1<', '<client>id9<'),
    'an id used twice': good.replace('id="id3"', 'id="id0"'),
    'an id that is no name': good.replace('id="id3"', 'id="3"'),
    'an unknown cost type': good.replace('>FREE<', '>CHEAP<'),
    'an unknown CSR format': good.replace('>DER<', '>der<'),
    'no object type': good.replace(' id:objectType="SUBSYSTEM"', ''),
    'an instance that would leave its folder': good.replace('<instanceIdentifier>ZZ<', '<instanceIdentifier>..<')
  }
  for (const [what, text] of Object.entries(bad)) t.throws(() => parseSharedParameters(Buffer.from(text), 6), malformed, what)
  t.throws(() => parseAnchor(Buffer.from(good)), malformed, 'parameters are no anchor')
  t.throws(() => writeSharedParameters(3, { ...FULL, sources: [] }), malformed, 'trap 10: a source is mandatory from version 3')
  t.doesNotThrow(() => writeSharedParameters(2, { ...FULL, sources: [] }))
  t.throws(() => writeSharedParameters(6, { ...FULL, members: [] }), malformed, 'a server of nobody')
})

t.test('any bytes give parameters or a fault', async () => {
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string().map((s) => Buffer.from(`<x:conf xmlns:x="http://x-road.eu/xsd/xroad.xsd">${s}</x:conf>`))), fc.constantFrom(...versions), (bytes, version) => {
    reads(parseSharedParameters, bytes, version)
    reads(parsePrivateParameters, bytes, version)
    reads(parseAnchor, bytes, version)
  }), { numRuns: 200 })
})

t.test('a group member whose type and codes contradict each other is nobody, and the file still counts', async (t) => {
  const text = writeSharedParameters(6, FULL).toString()
  const [, ...rest] = FULL.globalGroups[0]!.members
  t.same(parseSharedParameters(Buffer.from(text.replace('id:objectType="SUBSYSTEM"', 'id:objectType="MEMBER"')), 6).globalGroups[0]!.members, rest)
  const own = writePrivateParameters(6, PRIVATE).toString().replace('id:objectType="SUBSYSTEM"', 'id:objectType="MEMBER"')
  t.throws(() => parsePrivateParameters(Buffer.from(own), 6), malformed, 'nobody cannot give the management services')
})

t.test('an anchor has a fingerprint and a name for people, and is the same whenever it was made', async (t) => {
  const anchor: Anchor = { instance: 'ZZ', generatedAt: new Date('2026-02-06T13:41:26.789Z'), sources: [{ url: 'http://core.example/internalconf', certificates: [blob('a'), blob('b')] }] }
  t.equal(anchorFileName('ZZ', 'internal', anchor.generatedAt!), 'configuration_anchor_ZZ_internal_UTC_2026-02-06_13_41_26.xml')
  t.match(anchorFingerprint(writeAnchor(anchor)), /^([0-9A-F]{2}:){27}[0-9A-F]{2}$/)
  t.ok(isSameAnchor(anchor, { ...anchor, generatedAt: undefined }))
  t.notOk(isSameAnchor(anchor, { ...anchor, sources: [{ url: 'http://core.example/internalconf', certificates: [blob('b'), blob('a')] }] }), 'order counts')
  t.notOk(isSameAnchor(anchor, { ...anchor, instance: 'zz' }))
  const local = Buffer.from(writeAnchor(anchor).toString().replace('2026-02-06T13:41:26.789Z', '2026-02-06T15:41:26+02:00'))
  t.same(parseAnchor(local).generatedAt, new Date('2026-02-06T13:41:26Z'))
  t.throws(() => parseAnchor(Buffer.from(writeAnchor(anchor).toString().replace(/<verificationCert>.*<\/verificationCert>/g, ''))), malformed, 'at least one key')
})

t.test('optional parts have defaults and floors', async (t) => {
  const conf = (inner: string): Buffer => Buffer.from(`<x:conf xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:id="http://x-road.eu/xsd/identifiers">${inner}</x:conf>`)
  t.equal(parseFetchInterval(conf('<ocspFetchInterval>900</ocspFetchInterval>')), 900)
  t.equal(parseFetchInterval(conf('<ocspFetchInterval>1</ocspFetchInterval>')), 60)
  t.throws(() => parseFetchInterval(conf('<ocspFetchInterval>soon</ocspFetchInterval>')), malformed)
  t.equal(parseNextUpdate(conf('<verifyNextUpdate>false</verifyNextUpdate>')), false)
  t.throws(() => parseNextUpdate(conf('')), malformed)
  t.same(parseMonitoringParameters(conf('<monitoringClient/>')).client, undefined)
  const id = '<id:xRoadInstance>ZZ</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>1</id:memberCode>'
  t.same(parseMonitoringParameters(conf(`<monitoringClient><monitoringClientId id:objectType="MEMBER">${id}</monitoringClientId></monitoringClient>`)).client, { instance: 'ZZ', memberClass: 'GOV', memberCode: '1' })
})
