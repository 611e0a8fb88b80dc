import assert from 'node:assert/strict'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { Fault } from '../../src/fault/index.ts'
import { decodeXml, escapeAttribute, escapeText, parseXmlTree, readXml, readXmlText, XML_ATTRIBUTES_MAX, XML_DEPTH_MAX } from '../../src/xml/index.ts'
import { refuses as refusesCall } from '../faults.ts'

const LIMITS = { bytesMax: 1_000_000 }

function refuses (t: Test, document: string, because: string): void {
  refusesCall(t, () => readXml(Buffer.from(document), LIMITS, {}), 'InvalidXml', because)
}

t.test('reads names, namespaces, attributes, text and CDATA in document order', async (t) => {
  const events: unknown[] = []
  const text = '\ufeff<?xml version="1.0" encoding="UTF-8"?><a xmlns="u:a" xmlns:b="u:b"\r\n x="1>2" b:y="&#13;&lt;"> т <b:c/><![CDATA[<&]]>e&amp;f<!-- c --></a>'
  readXml(Buffer.from(text), LIMITS, {
    declaration: (encoding) => events.push(['declaration', encoding]),
    open: (e, start, end) => events.push(['open', e.prefix, e.local, e.ns, e.selfClosing, text.slice(start, end), e.attributes.map((a) => [a.name, a.ns, a.value])]),
    text: (value) => events.push(value),
    close: (e, start, end) => events.push(['close', e.name, text.slice(start, end)])
  })
  const xmlns = 'http://www.w3.org/2000/xmlns/'
  t.same(events, [
    ['declaration', 'UTF-8'],
    ['open', '', 'a', 'u:a', false, '<a xmlns="u:a" xmlns:b="u:b"\r\n x="1>2" b:y="&#13;&lt;">', [['xmlns', xmlns, 'u:a'], ['xmlns:b', xmlns, 'u:b'], ['x', '', '1>2'], ['b:y', 'u:b', '\r<']]],
    ' т ',
    ['open', 'b', 'c', 'u:b', true, '<b:c/>', []],
    ['close', 'b:c', '<b:c/>'],
    '<&',
    'e&f',
    ['close', 'a', '</a>']
  ])
})

t.test('refuses what is not one well-formed document', async (t) => {
  for (const document of [
    '', ' ', 'x', '<a>', '</a>', '<a/><b/>', '<a/>x', 'x<a/>', '<a b="1" b="2"/>', '<p:a/>', '<a p:b=""/>', '<a:b:c xmlns:a="x"/>', '<a>&x;</a>', '<a>&#0;</a>', '<a>&#x110000;</a>',
    '<a>\u0001</a>', '<a>\ufffe</a>', '<a><b></a></b>', '<a b=c/>', '<a b="<"/>', '<a>]]></a>', '<a', '<a><!-- -- --></a>', ' <?xml version="1.0"?><a/>',
    '<a xmlns:p="u" xmlns:q="u" p:x="1" q:x="2"/>', '<a xmlns:xml="u"/>', '<xmlns:a/>', '<a xmlns:p=""/>'
  ]) refuses(t, document, document)
})

t.test('TR-2: refuses document types, so that no entity is ever declared or fetched', async (t) => {
  refuses(t, '<!DOCTYPE a><a/>', 'empty')
  refuses(t, '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'internal entity')
  refuses(t, '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', 'external subset')
  refuses(t, '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>', 'bomb')
})

t.test('stops at the limits before it costs anything', async (t) => {
  const nested = (n: number): string => '<a>'.repeat(n) + '</a>'.repeat(n)
  t.doesNotThrow(() => readXml(Buffer.from(nested(XML_DEPTH_MAX)), LIMITS, {}))
  refuses(t, nested(XML_DEPTH_MAX + 1), 'one level too many')
  const begun = performance.now()
  refuses(t, '<a>'.repeat(200_000), 'a bomb of nested elements')
  t.ok(performance.now() - begun < 1000, 'at once')
  refuses(t, `<a ${Array.from({ length: XML_ATTRIBUTES_MAX + 1 }, (_, i) => `b${i}=""`).join(' ')}/>`, 'attributes')
  refusesCall(t, () => readXml(Buffer.from('<abc/>'), { bytesMax: 5 }, {}), 'InvalidXml')
  refusesCall(t, () => readXml(Buffer.from(nested(3)), { bytesMax: 100, depthMax: 2 }, {}), 'InvalidXml')
})

t.test('what a handler throws passes unchanged', async (t) => {
  const mine = new Error('mine')
  t.throws(() => readXml(Buffer.from('<a/>'), LIMITS, { open () { throw mine } }), mine)
})

t.test('decodes by the charset of the transport and refuses bytes that are not of it', async (t) => {
  const word = (charset: string | undefined, bytes: Uint8Array): string => parseXmlTree(bytes, { ...LIMITS, charset }).text()
  t.equal(word(undefined, Buffer.from('<a>Їжак</a>')), 'Їжак')
  t.equal(word('UTF8', Buffer.from('\ufeff<a>Їжак</a>')), 'Їжак', 'byte order mark is skipped')
  t.equal(word('windows-1251', Buffer.from('3c613eaf3c2f613e', 'hex')), 'Ї')
  t.equal(word('ISO-8859-1', Buffer.from('3c613ee93c2f613e', 'hex')), 'é')
  t.equal(word('utf-16le', Buffer.from('<a>Ї</a>', 'utf16le')), 'Ї')
  t.equal(word('UTF-16', Buffer.from('\ufeff<a>Ї</a>', 'utf16le')), 'Ї', 'by its mark')
  t.equal(word('UTF-16', Buffer.from('<a>Ї</a>', 'utf16le').swap16()), 'Ї', 'big-endian without a mark')
  refusesCall(t, () => decodeXml(Buffer.from([0x3c, 0xff, 0x3e])), 'InvalidXml')
  refusesCall(t, () => decodeXml(Buffer.from([0xc0, 0xbc])), 'InvalidXml', 'overlong')
  refusesCall(t, () => decodeXml(Buffer.from('<a/>'), 'ebcdic-ua'), 'InvalidXml')
})

t.test('a tree answers by local name, namespace and attribute', async (t) => {
  const tree = parseXmlTree(Buffer.from('<r xmlns:p="u:p" p:k="q" k="w"> <p:a>1</p:a><a>2<b>3</b></a><a/></r>'), LIMITS)
  t.equal(tree.child('a')?.text(), '1')
  t.equal(tree.child('a', '')?.text(), '23')
  t.same(tree.all('a').map((a) => a.ns), ['u:p', '', ''])
  t.equal(tree.attribute('k'), 'w')
  t.equal(tree.attribute('k', 'u:p'), 'q')
  t.equal(tree.attribute('z'), undefined)
  t.equal(tree.elements().length, 3)
})

t.test('escaped text comes back as it was, and characters that XML cannot hold become U+FFFD', async (t) => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, value) => {
    const tree = parseXmlTree(Buffer.from(`<a b="${escapeAttribute(value)}">${escapeText(text)}</a>`), LIMITS)
    const kept = (s: string): string => s.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    assert.equal(tree.text(), kept(text))
    assert.equal(tree.attribute('b'), kept(value))
  }))
  t.equal(escapeText('a<b>&"\r\n'), 'a&lt;b&gt;&amp;"&#xD;\n')
  t.equal(escapeAttribute('a<b>&"\t\r\n'), 'a&lt;b>&amp;&quot;&#x9;&#xD;&#xA;')
})

t.test('any bytes give a document or a fault, never anything else', async (t) => {
  const pieces = fc.constantFrom('<a>', '</a>', '<b ', 'c="d"', '/>', '&lt;', '&#x1F600;', '<![CDATA[', ']]>', '<!--', '-->', '<?x', '?>', 'x', 'ж', '"', '<!DOCTYPE', '\u0000', '>')
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.array(pieces, { maxLength: 20 }).map((all) => Buffer.from(`<a>${all.join('')}</a>`))), (bytes) => {
    try {
      readXml(bytes, LIMITS, {})
    } catch (thrown) {
      assert.ok(thrown instanceof Fault && thrown.kind === 'InvalidXml')
    }
  }), { numRuns: 2000 })
  t.doesNotThrow(() => readXmlText('<a/>', {}, {}))
})
