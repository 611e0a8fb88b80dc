import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { matchesEndpoint, restPathForMatching } from '../../src/message/index.ts'

const whole = { method: '*', path: '**' }

t.test('TR-4.4: only the whole service covers a SOAP request', async (t) => {
  t.ok(matchesEndpoint(whole, undefined, undefined))
  for (const endpoint of [{ method: 'POST', path: '**' }, { method: '*', path: '*' }, { method: '*', path: '/' }]) t.notOk(matchesEndpoint(endpoint, undefined, undefined))
})

t.test('TR-4.4: an endpoint covers a REST request by method, ignoring case, and by the whole path', async (t) => {
  const yes: [string, string][] = [
    ['**', ''], ['**', '/a/b'], ['/a', '/a'], ['/a/*', '/a/b'], ['/a/*', '/a/'], ['/*/c', '/b/c'], ['/a/**', '/a/b/c'], ['/a/**', '/a/'], ['/**/c', '/a/b/c'], ['/a*c', '/abbc'], ['/a***', '/a/b'],
    ['/a\\*', '/a*'], ['/a\\\\b', '/a\\b'], ['/a.c', '/a.c'], ['/(a|b)[c]+?', '/(a|b)[c]+?'], ['*', ''], ['', ''], ['/Є/*', '/Є/ї'], ['/*-*', '/a-b-c'], ['/\\', '/\\']
  ]
  for (const [path, actual] of yes) t.ok(matchesEndpoint({ method: 'GET', path }, 'get', actual), `${path} covers ${actual}`)
  const no: [string, string][] = [
    ['/a', '/a/'], ['/a', '/A'], ['/a', ''], ['/a/*', '/a/b/c'], ['/a/*', '/a'], ['/a/**', '/a'], ['/a/**', '/b/a/'], ['/a.c', '/abc'], ['/a\\*', '/ab'], ['*', '/'], ['/*/c', '/a/b/c'], ['/a', '/ab'], ['/ab', '/a']
  ]
  for (const [path, actual] of no) t.notOk(matchesEndpoint({ method: 'GET', path }, 'GET', actual), `${path} does not cover ${actual}`)
  t.notOk(matchesEndpoint({ method: 'GET', path: '**' }, 'POST', '/a'))
  t.ok(matchesEndpoint(whole, 'TRACE', '/a'))
})

t.test('TR-4.4: rights look at the decoded path without dot segments, and leaving the service is denied', async (t) => {
  const paths: [string, string][] = [
    ['', ''], ['/', '/'], ['/a/b', '/a/b'], ['/a%2Fb', '/a/b'], ['/a%252Fb', '/a/b'], ['/%D0%84', '/Є'], ['/a%20b', '/a b'], ['/a/../b', '/b'], ['/a/%2e%2e/b', '/b'], ['/a/%252e%252E/b', '/b'],
    ['/a/..%2fb', '/b'], ['/a/./b/.', '/a/b/'], ['/a/..', '/'], ['/..a/b..', '/..a/b..'], ['/a%', '/a%'], ['/%zz', '/%zz'], ['/.a', '/.a'], ['/a//b', '/a//b'], ['/%2D', '/-'], ['/a%5Cb', '/a\\b']
  ]
  for (const [raw, path] of paths) t.equal(restPathForMatching(raw), path, raw)
  for (const raw of ['/..', '/../a', '/a/../../b', '/%2e%2e/a', '/%252e%252e', '/a/..%2f..%2fb', '/..%5c..%2f..', '/a/..%5Cb', '/a\\..']) {
    t.throws(() => restPathForMatching(raw), { name: 'Fault', kind: 'AccessDenied' }, raw)
  }
})

t.test('patterns take time by their length times the path, not more', async (t) => {
  const started = process.cpuUsage()
  t.notOk(matchesEndpoint({ method: '*', path: '**a'.repeat(60) + 'b' }, 'GET', '/' + 'a'.repeat(4000)))
  t.notOk(matchesEndpoint({ method: '*', path: '*a'.repeat(60) + 'b' }, 'GET', 'a'.repeat(4000)))
  t.ok(process.cpuUsage(started).user < 2e6)
})

t.test('globs agree with the regular expressions they stand for', async (t) => {
  const token = fc.constantFrom('a', 'b', '/', '*', '**', '.', '\\*')
  fc.assert(fc.property(fc.array(token, { maxLength: 8 }), fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '.'), maxLength: 10 }), (tokens, path) => {
    const pattern = tokens.join('')
    const source = pattern.replace(/\\\*|\*+|[.]/g, (part) => part === '\\*' ? '\\*' : part === '.' ? '\\.' : part === '*' ? '[^/]*' : '[^]*')
    assert.equal(matchesEndpoint({ method: '*', path: pattern }, 'GET', path), new RegExp(`^(?:${source})$`).test(path), `${pattern} ${path}`)
  }), { numRuns: 3000 })
  t.pass('held for every sample')
})
