import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { escapePointerToken } from '@trembita/protocol/agreement'
import { Unreadable } from '../../src/agreements/cuts.ts'
import { memberRule } from '../../src/agreements/field-rules.ts'
import { boundJson } from '../../src/agreements/json-bounds.ts'

function bound (text: string, ...pointers: string[]): { inside: string | undefined, outside: readonly string[] } {
  const { inside, outside } = boundJson(Buffer.from(text), [memberRule(pointers)])
  return { inside: inside?.toString(), outside }
}

t.test('TR-9b: members outside the agreement are cut out, and what is left keeps its bytes', async (t) => {
  const cases: [what: string, text: string, pointers: string[], inside: string | undefined, outside?: string[]][] = [
    ['all inside', '{"a": 1.10, "b": [1, 2]}', ['/a', '/b'], '{"a": 1.10, "b": [1, 2]}', []],
    ['the whole document', '"text"', [''], '"text"', []],
    ['the first member', '{ "x" : 1 , "a" : 2 }', ['/a'], '{ "a" : 2 }', ['/x']],
    ['the last member', '{ "a" : 1 , "x" : 2 }', ['/a'], '{ "a" : 1 }', ['/x']],
    ['one in the middle', '{"a":1,"x":{"a":[1,{"b":2}]},"b":2}', ['/a', '/b'], '{"a":1,"b":2}', ['/x']],
    ['two in a row', '{"a":1, "x":2, "y":3, "b":4}', ['/a', '/b'], '{"a":1, "b":4}', ['/x', '/y']],
    ['all members', '{"x":1,"y":2}', ['/a'], '{}', ['/x', '/y']],
    ['below a member', '{"p":{"name":"a","tax":1},"q":null}', ['/p/name'], '{"p":{"name":"a"}}', ['/p/tax', '/q']],
    ['a permitted member with all it holds', '{"p":{"name":"a","tax":[1]}}', ['/p'], '{"p":{"name":"a","tax":[1]}}', []],
    ['elements of a list', '{"l":[{"a":1,"x":2},{"x":3},{"a":4}]}', ['/l/*/a'], '{"l":[{"a":1},{},{"a":4}]}', ['/l/*/x']],
    ['values in a list of objects', '[1, {"a":2}, "x", null, [], {"a":3}]', ['/*/a'], '[{"a":2}, null, [], {"a":3}]', ['/*']],
    ['one element of a list', '[1,2,3]', ['/1'], '[2]', ['/*']],
    ['any member', '{"90000015":{"n":1,"x":2},"y":{"n":3}}', ['/*/n'], '{"90000015":{"n":1},"y":{"n":3}}', ['/*/x']],
    ['a value where an object was agreed', '{"p":"secret","a":1}', ['/p/name', '/a'], '{"a":1}', ['/p']],
    ['nothing where an object was agreed', '{"data":null,"items":[],"more":{}}', ['/data/name', '/items/*/x', '/more/y'], '{"data":null,"items":[],"more":{}}', []],
    ['an empty answer', '{}', ['/a'], '{}', []],
    ['null', 'null', ['/a'], 'null', []],
    ['a value alone', '"secret"', ['/a'], undefined, ['']],
    ['nothing permitted at all', '{"a":1}', [], '{}', ['/a']],
    ['names with slash and tilde', '{"a/b":1,"~":2,"a":{"b":3}}', ['/a~1b', '/~0'], '{"a/b":1,"~":2}', ['/a']],
    ['an escaped name is the name it stands for', '{"\\u0061":1,"\\u0078":2}', ['/a'], '{"\\u0061":1}', ['/x']],
    ['a name that differs in case', '{"A":1,"a":2}', ['/a'], '{"a":2}', ['/A']],
    ['a name composed otherwise', '{"\u0439":1,"\u0438\u0306":2}', ['/\u0439'], '{"\u0439":1}', ['/?']],
    ['an empty name', '{"":1,"x":2}', ['/'], '{"":1}', ['/x']],
    ['names of what every object inherits', '{"__proto__":1,"constructor":2,"a":3}', ['/a'], '{"a":3}', ['/__proto__', '/constructor']],
    ['numbers to the last digit', '{"a":12345678901234567890.12345678901234567890e-400,"x":1}', ['/a'], '{"a":12345678901234567890.12345678901234567890e-400}', ['/x']],
    ['white space of all kinds', '\t{\r\n "a" :\t1\n,\n"x":2 }\r\n ', ['/a'], '\t{\r\n "a" :\t1 }\r\n ', ['/x']]
  ]
  for (const [what, text, pointers, inside, outside] of cases) t.same(bound(text, ...pointers), { inside, outside: outside ?? [] }, what)
})

t.test('the bytes of an answer that is wholly inside are not copied', async (t) => {
  const bytes = Buffer.from('{"a":1}')
  t.equal(boundJson(bytes, [memberRule(['/a'])]).inside, bytes)
})

t.test('several agreements side by side permit what one of them does', async (t) => {
  const { inside } = boundJson(Buffer.from('{"a":{"b":1,"c":2,"d":3},"e":4}'), [memberRule(['/a/b']), memberRule(['/a/c', '/e'])])
  t.equal(inside?.toString(), '{"a":{"b":1,"c":2},"e":4}')
})

t.test('places in the log hold no name that may be data', async (t) => {
  t.same(bound('{"list":{"7000100119":{"x":1},"Іваненко Іван":2,"ok":3}}', '/list/a').outside, ['/list/?', '/list/ok'])
  t.same(bound(`{${Array.from({ length: 80 }, (_, i) => `"m${'abcdefghij'[Math.floor(i / 10)]!}${'abcdefghij'[i % 10]!}":1`).join(',')}}`, '/a').outside.at(-1), 'and 30 more')
})

t.test('what readers would read differently is not passed and not repaired', async (t) => {
  const broken: Record<string, string | Buffer> = {
    'a member twice': '{"a":1,"a":2}',
    'a member twice, once escaped': '{"a":1,"\\u0061":2}',
    'a member twice in what is permitted whole': '{"a":{"b":1,"b":2}}',
    'a member twice in what is outside': '{"a":1,"x":{"b":1,"b":2}}',
    'a byte order mark': '\ufeff{"a":1}',
    'bytes that are not UTF-8': Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]),
    'an overlong sequence': Buffer.from([0x22, 0xc0, 0xaf, 0x22]),
    'UTF-16': Buffer.from('{"a":1}', 'utf16le'),
    'nested too deeply': '['.repeat(129) + ']'.repeat(129),
    'nested without end': '['.repeat(1_000_000),
    'two values': '{"a":1}{"a":2}',
    'something behind': '{"a":1}x',
    nothing: '',
    'white space only': ' \n',
    'a comma at the end': '{"a":1,}',
    'a comma at the end of a list': '[1,]',
    'a comma at the beginning': '[,1]',
    'no comma': '[1 2]',
    'a comment': '{"a":1/* x */}',
    'single quotes': "{'a':1}",
    'a name without quotes': '{a:1}',
    'no colon': '{"a" 1}',
    'no value': '{"a":}',
    'an object that does not end': '{"a":1',
    'a list that does not end': '[1',
    'a string that does not end': '{"a":"b}',
    'a string that ends in an escape': '"a\\',
    'a control character': '{"a":"\u0001"}',
    'a line break in a string': '{"a":"\n"}',
    'an unknown escape': '{"a":"\\x41"}',
    'half an escape': '{"a":"\\u00"}',
    NaN: 'NaN',
    Infinity: '-Infinity',
    'a leading zero': '01',
    'a plus': '+1',
    'a point without digits': '1.',
    'digits before which there are none': '.5',
    'an exponent without digits': '1e',
    'a minus alone': '-',
    'a hexadecimal number': '0x10',
    'a word in capitals': 'TRUE',
    'half a word': 'nul',
    'white space of Unicode': '\u00a0{}',
    'a form feed': '\f{}'
  }
  for (const [what, text] of Object.entries(broken)) t.throws(() => boundJson(Buffer.from(text as string), [memberRule(['/a', '/*'])]), { name: 'Unreadable' }, what)
})

// Numbers as texts, so that a look at the bytes shows whether one changed.
const numbers = fc.oneof(fc.constantFrom('0', '-0', '1.10', '1E400', '123456789012345678901234567890', '1.0e-5'), fc.integer().map(String))
const space = fc.constantFrom('', ' ', '\n', '\t ', '\r\n')
// No backslash in a name: once V8 13.6 has seen an object with the member "\\\\", its JSON.parse takes "\\u0062" in its place for
// that member too, and JSON.parse is what our outcome is compared with.
const names = fc.oneof({ weight: 5, arbitrary: fc.constantFrom('a', 'b', 'c', 'd') }, { weight: 1, arbitrary: fc.string({ maxLength: 4 }).filter((name) => !name.includes('\\')) })
const nameTexts = fc.tuple(names, fc.boolean()).map(([name, escaped]) => ({
  name: name.toWellFormed(), text: escaped ? `"${[...name.toWellFormed()].map((c) => [...Array(c.length).keys()].map((i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')).join('')}"` : JSON.stringify(name.toWellFormed())
}))
const documents = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true },
    numbers,
    fc.string({ maxLength: 6 }).map((text) => JSON.stringify(text.toWellFormed())),
    fc.constantFrom('null', 'true', 'false'),
    fc.tuple(space, fc.array(fc.tuple(tie('value'), space), { maxLength: 4 })).map(([first, items]) => `[${first}${items.map(([value, after]) => value + after).join(',')}]`),
    fc.tuple(space, fc.uniqueArray(fc.tuple(nameTexts, space, tie('value'), space), { maxLength: 5, selector: ([{ name }]) => name }))
      .map(([first, items]) => `{${first}${items.map(([{ text }, gap, value, after]) => `${text}${gap}:${gap}${value}${after}`).join(',')}}`))
})).value
const pointers = fc.array(fc.array(fc.oneof(names, fc.constantFrom('*', '0', '1')), { maxLength: 4 }).map((tokens) => tokens.map((token) => `/${escapePointerToken(token)}`).join('')), { maxLength: 5 })

function permits (pointers: readonly string[], path: readonly string[], whole: boolean): boolean {
  return pointers.some((pointer) => {
    const tokens = pointer === '' ? [] : pointer.slice(1).split('/').map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    if (whole) return tokens.length <= path.length && tokens.every((token, i) => token === '*' || token === path[i])
    return tokens.length > path.length && path.every((name, i) => tokens[i] === '*' || tokens[i] === name)
  })
}

/** What an answer may hold, found by building it anew. */
function filtered (value: unknown, pointers: readonly string[], path: readonly string[] = []): unknown {
  if (permits(pointers, path, true)) return value
  if (!(permits(pointers, path, false) || path.length === 0)) return undefined
  if (value === null) return null
  if (typeof value !== 'object') return undefined
  if (Array.isArray(value)) return value.map((item, i) => filtered(item, pointers, [...path, String(i)])).filter((item) => item !== undefined)
  const kept = Object.entries(value).map(([name, below]) => [name, filtered(below, pointers, [...path, name])] as const).filter(([, below]) => below !== undefined)
  return Object.fromEntries(kept)
}

t.test('TR-9b: whatever the answer and the agreement, nothing outside is left, and all inside stays byte for byte', async (t) => {
  fc.assert(fc.property(documents, space, pointers, (text, around, pointers) => {
    const bytes = Buffer.from(around + text + around)
    const { inside, outside } = boundJson(bytes, [memberRule(pointers)])
    const expected = filtered(JSON.parse(text), pointers)
    if (expected === undefined) {
      assert.equal(inside, undefined)
      return
    }
    assert.ok(inside)
    assert.deepEqual(JSON.parse(inside.toString()), expected)
    assert.equal(outside.length === 0, inside === bytes)
    // No byte was made: what is left is a subsequence of what there was, and its numbers are spelled as they were.
    let at = 0
    for (const byte of inside) {
      at = bytes.indexOf(byte, at) + 1
      assert.ok(at > 0)
    }
    for (const [number] of inside.toString().replace(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(/-?\d[\d.eE+-]*/g)) assert.ok(text.includes(number))
  }), { numRuns: 2000 })
  t.pass()
})

t.test('any bytes are bounded or refused, and nothing else happens', async (t) => {
  const mutated = fc.tuple(documents, fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 })).map(([text, changes]) => {
    const bytes = Buffer.from(text)
    for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
    return bytes
  })
  fc.assert(fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))), (bytes) => {
    let read: unknown
    try {
      read = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    } catch {
      assert.throws(() => boundJson(bytes, [memberRule(['/a'])]), Unreadable, 'what JSON.parse refuses is refused')
      return
    }
    try {
      const { inside } = boundJson(bytes, [memberRule(['/a'])])
      if (inside !== undefined) assert.deepEqual(JSON.parse(inside.toString()), filtered(read, ['/a']))
    } catch (thrown) {
      assert.ok(thrown instanceof Unreadable)
      assert.match(thrown.message, /member stands twice/)
    }
  }), { numRuns: 2000 })
  t.pass()
})
