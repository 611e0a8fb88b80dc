import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { parseXmlTree, type XmlTree } from '@trembita/protocol/xml'
import { Unreadable } from '../../src/agreements/cuts.ts'
import { elementRule } from '../../src/agreements/field-rules.ts'
import { boundXml } from '../../src/agreements/xml-bounds.ts'

function bound (text: string | Buffer, paths: readonly string[], kind: 'document' | 'soap' = 'document'): { inside: string | undefined, outside: readonly string[] } {
  const { inside, outside } = boundXml(Buffer.from(text as string), [elementRule(paths)], kind)
  return { inside: inside?.toString(), outside }
}

t.test('TR-9b: elements outside the agreement are cut out, and what is left keeps its bytes', async (t) => {
  const cases: [what: string, text: string, paths: string[], inside: string | undefined, outside?: string[]][] = [
    ['all inside', '<?xml version="1.0"?>\n<r><a>1.10</a></r>\n', ['/r/a'], '<?xml version="1.0"?>\n<r><a>1.10</a></r>\n', []],
    ['the whole', '<r x="1">t<!-- c --><?p i?><b/></r>', ['/r'], '<r x="1">t<!-- c --><?p i?><b/></r>', []],
    ['any root', '<r><a/></r>', ['/*'], '<r><a/></r>', []],
    ['another root', '<r><a/></r>', ['/s/a'], undefined, ['/r']],
    ['nothing permitted', '<r><a/></r>', [], undefined, ['/r']],
    ['an element', '<r> <a>1</a> <x><a>2</a></x> <b/> </r>', ['/r/a', '/r/b'], '<r> <a>1</a>  <b/> </r>', ['/r/x']],
    ['an empty element', '<r><x/><a/></r>', ['/r/a'], '<r><a/></r>', ['/r/x']],
    ['below an element', '<r><p><n>1</n><x>2</x></p><p><x>3</x></p></r>', ['/r/p/n'], '<r><p><n>1</n></p><p></p></r>', ['/r/p/x']],
    ['any step', '<r><p><n>1</n><x/></p><q><n>2</n></q></r>', ['/r/*/n'], '<r><p><n>1</n></p><q><n>2</n></q></r>', ['/r/p/x']],
    ['by namespace, whatever the prefix', '<a:r xmlns:a="urn:x" xmlns:b="urn:y"><a:n>1</a:n><b:n>2</b:n><n xmlns="urn:x">3</n><n>4</n></a:r>', ['/{urn:x}r/{urn:x}n'],
      '<a:r xmlns:a="urn:x" xmlns:b="urn:y"><a:n>1</a:n><n xmlns="urn:x">3</n></a:r>', ['/{urn:x}r/{urn:y}n', '/{urn:x}r/n']],
    ['text where elements were agreed', '<r>secret<a/>more</r>', ['/r/a'], '<r><a/></r>', ['/r/text()']],
    ['a secret in CDATA', '<r><![CDATA[<a/>]]><a/></r>', ['/r/a'], '<r><a/></r>', ['/r/text()']],
    ['a secret in a comment', '<r><!-- <a>--><a/></r>', ['/r/a'], '<r><a/></r>', ['/r/text()']],
    ['a secret in an instruction', '<r><?secret <a>?><a/></r>', ['/r/a'], '<r><a/></r>', ['/r/text()']],
    ['a secret before and behind the root', '<!-- x --><r><a/></r><!-- y --> <?z?>', ['/r/a'], '<r><a/></r>', ['/text()']],
    ['a secret in an element that is empty but for it', '<r><p><!-- x --></p></r>', ['/r/p/a'], '<r><p></p></r>', ['/r/p/text()']],
    ['a character reference', '<r>&#x41;<a/></r>', ['/r/a'], '<r><a/></r>', ['/r/text()']],
    ['an attribute', '<r x="1" y=\'2\' z = "a>b"><a q="3"/></r>', ['/r/a', '/r/@y'], '<r y=\'2\'><a q="3"/></r>', ['/r/@x', '/r/@z']],
    ['an attribute of an empty element', '<r><p x="1" n="2"/></r>', ['/r/p/@n'], '<r><p n="2"/></r>', ['/r/p/@x']],
    ['an attribute by namespace', '<r xmlns:a="urn:x" a:n="1" n="2"><p/></r>', ['/r/@{urn:x}n', '/r/p'], '<r xmlns:a="urn:x" a:n="1"><p/></r>', ['/r/@n']],
    ['an attribute whose value looks like others', '<r x="y=\'1\' a=" y="2"><a/></r>', ['/r/a', '/r/@y'], '<r y="2"><a/></r>', ['/r/@x']],
    ['an element that is permitted only for its attribute', '<r><p n="1">secret<b/></p></r>', ['/r/p/@n'], '<r><p n="1"></p></r>', ['/r/p/text()', '/r/p/b']],
    ['nil and type', '<r xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true" i:type="a:B" i:schemaLocation="u s"><a/></r>', ['/r/a'],
      '<r xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true" i:type="a:B"><a/></r>', ['/r/@{http://www.w3.org/2001/XMLSchema-instance}schemaLocation']],
    ['a secret in the type', '<r xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="7000 100119"><a/></r>', ['/r/a'],
      '<r xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><a/></r>', ['/r/@{http://www.w3.org/2001/XMLSchema-instance}type']],
    ['a byte order mark', '\ufeff<?xml version="1.0" encoding="utf-8"?><r><a/><x/></r>', ['/r/a'], '\ufeff<?xml version="1.0" encoding="utf-8"?><r><a/></r>', ['/r/x']],
    ['characters of all lengths', '<r><a>їЇ€😀</a><x>😀</x><a>б</a></r>', ['/r/a'], '<r><a>їЇ€😀</a><a>б</a></r>', ['/r/x']],
    ['names in another alphabet', '<р><а/><б/></р>', ['/р/а'], '<р><а/></р>', ['/р/б']],
    ['names that may be data', '<r><n7000100119/><a/></r>', ['/r/a'], '<r><a/></r>', ['/r/?']],
    ['the same element many times', '<r><x/><x/><x/></r>', ['/r/a'], '<r></r>', ['/r/x']]
  ]
  for (const [what, text, paths, inside, outside] of cases) t.same(bound(text, paths), { inside, outside: outside ?? [] }, what)
})

const envelope = (body: string, header = ''): string => '<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:p="urn:demo">' +
  `<e:Header><x:id>1</x:id>${header}</e:Header><e:Body>${body}</e:Body></e:Envelope>`

t.test('in an envelope the paths begin below Body, and what is not of the protocol in Header needs one too', async (t) => {
  const paths = ['/{urn:demo}r/{urn:demo}a', '/{urn:demo}trace']
  const soap = (body: string, header = '', ...more: string[]): ReturnType<typeof bound> => bound(envelope(body, header), [...paths, ...more], 'soap')
  t.same(soap('<p:r><p:a/></p:r>', '<p:trace/>'), { inside: envelope('<p:r><p:a/></p:r>', '<p:trace/>'), outside: [] })
  t.same(soap('<p:r><p:a/><p:x/></p:r>').inside, envelope('<p:r><p:a/></p:r>'))
  t.match(soap('<p:r/>', '<p:secret/>'), { inside: envelope('<p:r/>'), outside: [/Envelope\/.*Header\/\{urn:demo\}secret$/] })
  t.match(soap('<p:r/>', 'text').inside, envelope('<p:r/>'))
  t.equal(soap('<p:s/>').inside, undefined, 'no body is left')
  t.equal(soap('text').inside, undefined)
  const odd = envelope('<p:r/>').replace('</e:Body>', '</e:Body><p:more/>').replace('<e:Body>', '<e:Body p:secret="1" e:encodingStyle="urn:x">').replace('<e:Envelope', '<e:Envelope secret="1"')
  t.same(bound(odd, paths, 'soap').inside, envelope('<p:r/>').replace('<e:Body>', '<e:Body e:encodingStyle="urn:x">'))
})

t.test('what readers would read differently is not passed and not repaired', async (t) => {
  const broken: Record<string, string | Buffer> = {
    'a document type': '<!DOCTYPE r [<!ENTITY a "b">]><r><a>&a;</a></r>',
    'an entity': '<r><a>&nbsp;</a></r>',
    'not well-formed': '<r><a></r>',
    'an undeclared prefix': '<r><p:a/></r>',
    'two roots': '<r/><r/>',
    'no root': '<!-- x -->',
    nothing: '',
    'an attribute twice': '<r a="1" a="2"/>',
    'bytes that are not UTF-8': Buffer.from([0x3c, 0x72, 0x3e, 0xff, 0x3c, 0x2f, 0x72, 0x3e]),
    'UTF-16': Buffer.from('\ufeff<r><a/></r>', 'utf16le'),
    'another encoding in the declaration': '<?xml version="1.0" encoding="ibm037"?><r><a/></r>',
    'nested too deeply': '<r>'.repeat(129) + '</r>'.repeat(129),
    'too many attributes': `<r ${Array.from({ length: 300 }, (_, i) => `a${i}="1"`).join(' ')}/>`
  }
  for (const [what, text] of Object.entries(broken)) t.throws(() => bound(text, ['/r/a', '/*']), { name: 'Unreadable' }, what)
})

interface Node { readonly name: string, readonly attributes: readonly string[], readonly content: readonly (Node | string)[] }

const names = fc.constantFrom('r', 'a', 'b', 'p:a', 'p:b')
const texts = fc.oneof(fc.constantFrom(' ', '\n  ', 'text', '&amp;', '<!-- c -->', '<![CDATA[<a>]]>', '<?i?>', 'ї'), fc.constant(''))
const nodes = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.record({
    name: names,
    attributes: fc.uniqueArray(fc.constantFrom('m', 'n', 'p:m'), { maxLength: 3 }),
    content: fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(fc.oneof(texts, tie('node')), { maxLength: 5 }))
  })
})).node
const PREFIX = ' xmlns:p="urn:p"'
const write = ({ name, attributes, content }: Node, more = ''): string => `<${name}${more}${attributes.map((name) => ` ${name}="v"`).join('')}>${content.map((one) => typeof one === 'string' ? one : write(one)).join('')}</${name}>`
const clark = (name: string): string => name.startsWith('p:') ? `{urn:p}${name.slice(2)}` : name
const paths = fc.array(fc.tuple(fc.array(fc.oneof(names.map(clark), fc.constant('*')), { minLength: 1, maxLength: 4 }), fc.option(fc.constantFrom('@m', '@n', '@{urn:p}m')))
  .map(([steps, attribute]) => `/${[...steps, ...(attribute === null ? [] : [attribute])].join('/')}`), { maxLength: 5 })

/** What may stay of an element, found by building it anew. */
function filtered ({ name, attributes, content }: Node, paths: readonly (readonly string[])[], more = ''): string | undefined {
  const here = paths.filter(([first]) => first === '*' || first === clark(name)).map((steps) => steps.slice(1))
  if (here.length === 0) return undefined
  if (here.some((steps) => steps.length === 0)) return write({ name, attributes, content }, more)
  const kept = attributes.filter((name) => here.some(([only, ...rest]) => rest.length === 0 && only === `@${clark(name)}`))
  // White space stays where nothing but white space stands between two tags.
  const runs: string[] = ['']
  const inner: string[] = []
  for (const one of content) {
    if (typeof one === 'string') runs[runs.length - 1] += one
    else {
      inner.push(filtered(one, here.filter(([first]) => first?.startsWith('@') !== true)) ?? '')
      runs.push('')
    }
  }
  return `<${name}${more}${kept.map((name) => ` ${name}="v"`).join('')}>${runs.map((run, i) => (/^[ \n]*$/.test(run) ? run : '') + (inner[i] ?? '')).join('')}</${name}>`
}

t.test('TR-9b: whatever the answer and the agreement, nothing outside is left, and all inside stays byte for byte', async (t) => {
  fc.assert(fc.property(nodes, paths, (node, paths) => {
    const bytes = Buffer.from(write(node, PREFIX))
    const { inside, outside } = boundXml(bytes, [elementRule(paths)], 'document')
    const expected = filtered(node, paths.map((path) => path.slice(1).split('/')), PREFIX)
    assert.equal(inside?.toString(), expected)
    if (inside === undefined) return
    assert.equal(outside.length === 0, inside === bytes)
    assert.equal(boundXml(inside, [elementRule(paths)], 'document').inside, inside, 'held to the same agreement again it is inside')
    const tree: XmlTree = parseXmlTree(inside, { bytesMax: 1e6 })
    assert.equal(tree.name, node.name)
  }), { numRuns: 2000 })
  t.pass()
})

t.test('any bytes are bounded or refused, and nothing else happens', async (t) => {
  const mutated = fc.tuple(nodes, fc.array(fc.tuple(fc.nat(400), fc.constantFrom(...Buffer.from('<>/&"\'= ![]-?x\u0000\u00ff', 'latin1'))), { minLength: 1, maxLength: 4 })).map(([node, changes]) => {
    const bytes = Buffer.from(write(node, PREFIX))
    for (const [at, byte] of changes) bytes[at % bytes.length] = byte
    return bytes
  })
  fc.assert(fc.property(mutated, (bytes) => {
    try {
      const { inside } = boundXml(bytes, [elementRule(['/r/a'])], 'document')
      if (inside !== undefined) assert.deepEqual(boundXml(inside, [elementRule(['/r/a'])], 'document').outside, [])
    } catch (thrown) {
      assert.ok(thrown instanceof Unreadable)
    }
  }), { numRuns: 2000 })
  t.pass()
})
