import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { MultipartParser, parsePartHeaders } from '../../src/proxymessage/index.ts'

interface Part { headers: [string, string][], body: string }

/** Parts as read from chunks of a size; bodies as ISO-8859-1. */
function read (text: string, size: number, boundary = 'B', headerMax?: number): Part[] {
  const bytes = Buffer.from(text, 'latin1')
  const parser = new MultipartParser(boundary, headerMax)
  const parts: Part[] = []
  let open = false
  let ended = false
  for (let at = 0; at < bytes.length; at += size) {
    for (const event of parser.push(bytes.subarray(at, at + size))) {
      assert.equal(ended, false)
      if (event.kind === 'part') {
        assert.equal(open, false)
        open = true
        parts.push({ headers: event.headers.map(([name, value]) => [name, value]), body: '' })
      } else if (event.kind === 'data') {
        assert.ok(open && event.bytes.length > 0)
        parts.at(-1)!.body += event.bytes.toString('latin1')
      } else if (event.kind === 'part-end') {
        open = false
      } else {
        ended = true
      }
    }
  }
  parser.end()
  assert.equal(open, false)
  assert.equal(ended && parser.ended, true)
  return parts
}

const SIZES = [1, 2, 3, 5, 7, 16, 1000]

function same (t: Test, text: string, expected: Part[], why: string): void {
  for (const size of SIZES) t.same(read(text, size), expected, `${why}, in chunks of ${size}`)
}

t.test('parts are found in any chunks, with preamble, epilogue, blanks behind boundaries, folded and repeated headers', async (t) => {
  same(t, '--B\r\na: 1\r\n\r\nbody\r\n--B--\r\n', [{ headers: [['a', '1']], body: 'body' }], 'plain')
  same(t, 'preamble --B\r\n--Bx\r\n--B \t \r\n\r\none\r\n--B\r\nA:x\r\n\r\ntwo\r\n--B--epilogue\r\n--B\r\n', [{ headers: [], body: 'one' }, { headers: [['A', 'x']], body: 'two' }], 'margins')
  same(t, '\r\n--B\r\nc: first\r\nname: a\r\n\tb\r\n  c\r\nC: last \r\n\r\n\r\n--B--', [{ headers: [['name', 'a b c'], ['C', 'last']], body: '' }], 'folded, repeated, empty body, no last line end')
  same(t, '--B\r\na: 1\r\n\r\n--B\r\n\r\n--B--', [{ headers: [['a', '1']], body: '' }, { headers: [], body: '' }], 'no body at all')
  same(t, '--B--', [], 'no part')
})

t.test('what only begins like a boundary is data', async (t) => {
  for (const body of ['\r\n', '\r\n\r\n', '\r', '\n--B\r\n', '--Bx', '\r\n--', '\r\n--b\r\n', '\r\n--Bx', '\r\n--B-', '\r\n--B-x', '\r\n--B x', '\r\n--B\r', '\r\n--B\n', '\r\r\n--B\t!', '\r\n--B\r\r\n', '\r\n--B' + ' '.repeat(100) + '\r\n', '--Bx\r\n--By', '--B-']) {
    same(t, `--B\r\na: 1\r\n\r\n${body}\r\n--B--\r\n`, [{ headers: [['a', '1']], body }], JSON.stringify(body))
  }
  const bomb = '\r\n--' + '\r\n-'.repeat(200) + '\r\n--B-'.repeat(50)
  same(t, `--B\r\n\r\n${bomb}\r\n--B--`, [{ headers: [], body: bomb }], 'many beginnings')
})

t.test('TR-4.6: a multipart cut at any byte, or without its boundary, is MimeParsingFailed', async (t) => {
  const whole = '--B\r\na: 1\r\n\r\nbody\r\n--B\r\n\r\n\r\n--B--'
  for (let length = 0; length < whole.length; length++) {
    for (const size of [1, 1000]) t.throws(() => read(whole.slice(0, length), size), { name: 'Fault', kind: 'MimeParsingFailed' }, `${length} bytes`)
  }
  for (const text of ['', '--C\r\n\r\nx\r\n--C--', '\n--B\n\nx\n--B--\n']) t.throws(() => read(text, 1000), { name: 'Fault', kind: 'MimeParsingFailed' }, JSON.stringify(text))
})

t.test('hostile headers and margins are bounded', async (t) => {
  const failed = { name: 'Fault', kind: 'MimeParsingFailed' }
  for (const headers of ['no colon', ': empty name', 'na me: x', 'a: b\u0000c', 'a: \u007f', ' folded: first', 'a: 1\r\n\u0001b: 2', Array.from({ length: 65 }, (_, i) => `h${i}: x`).join('\r\n')]) {
    for (const size of [1, 1000]) t.throws(() => read(`--B\r\n${headers}\r\n\r\nx\r\n--B--`, size), failed, JSON.stringify(headers.slice(0, 20)))
  }
  for (const size of [1, 1000]) {
    t.throws(() => read(`--B\r\na: ${'x'.repeat(200)}\r\n\r\n\r\n--B--`, size, 'B', 100), failed, 'one long header')
    t.throws(() => read(`--B\r\na: ${'x'.repeat(200)}`, size, 'B', 100), failed, 'a header without end')
  }
  t.throws(() => read('x'.repeat(70_000), 1000), failed, 'an endless preamble')
  t.throws(() => read('--Bx\r\n'.repeat(20_000), 1000), failed, 'an endless preamble of near boundaries')
  t.throws(() => read('--B--' + 'x'.repeat(70_000), 1000), failed, 'an endless epilogue')
  t.same(parsePartHeaders('Content-ID: <a@b>\r\nX: caf\u00e9'), [['Content-ID', '<a@b>'], ['X', 'café']])
})

t.test('any bodies without the boundary come back whole, whatever the chunks', async (t) => {
  const body = fc.array(fc.constantFrom('\r\n', '\r', '\n', '--', '-', 'B', 'xtop', ' ', 'a', '\u00ff', '\r\n--xto', '\r\n--xtopB'), { maxLength: 12 }).map((parts) => parts.join(''))
    .filter((text) => !/(?:^|\r\n)--xtopBx(?:--|[ \t]*\r\n|[ \t]*$)/.test(text))
  fc.assert(fc.property(fc.array(body, { maxLength: 4 }), fc.integer({ min: 1, max: 9 }), (bodies, size) => {
    const text = bodies.map((part) => `--xtopBx\r\na: 1\r\n\r\n${part}\r\n`).join('') + '--xtopBx--\r\n'
    assert.deepEqual(read(text, size, 'xtopBx').map((part) => part.body), bodies)
  }), { numRuns: 1000 })
  fc.assert(fc.property(fc.array(fc.constantFrom('\r\n', '--', 'B', '\r\n--B', '\r\n--B--', 'a: 1', ':', '\r\n\r\n', ' ', 'x'), { maxLength: 20 }), (tokens) => {
    const results = SIZES.map((size) => { try { return read(tokens.join(''), size) } catch (thrown) { return (thrown as { kind: string }).kind } })
    for (const result of results) assert.deepEqual(result, results[0], 'the outcome does not depend on the chunks')
  }), { numRuns: 2000 })
  t.pass('held for every sample')
})

t.test('a body passes at the speed of memory, without a copy', async (t) => {
  const parser = new MultipartParser('xtopAbCdEfGhIjKlMnOpQrStUvWxYzAbCd')
  parser.push(Buffer.from('--xtopAbCdEfGhIjKlMnOpQrStUvWxYzAbCd\r\n\r\n'))
  const chunk = randomBytes(64 * 1024)
  // Each chunk ends in what may be a boundary, the worst case.
  chunk.write('\r\n--xtopAb', chunk.length - 10, 'latin1')
  const before = process.memoryUsage().arrayBuffers
  const started = process.cpuUsage()
  let size = 0
  for (let i = 0; i < 4096; i++) for (const event of parser.push(chunk)) if (event.kind === 'data') size += event.bytes.length
  const seconds = process.cpuUsage(started).user / 1e6
  t.equal(size + 10, 4096 * chunk.length)
  t.ok(process.memoryUsage().arrayBuffers - before < 1024 * 1024)
  t.ok(256 / seconds > 100, `${Math.round(256 / seconds)} MB/s of CPU time; a loop over bytes would be under 100`)
})
