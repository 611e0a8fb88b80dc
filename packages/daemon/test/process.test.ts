import t from 'tap'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  childOf, Closer, createHealth, createLogger, createMetrics, createOpsApp, formatTraceparent, openDatabase, parseTraceparent, writeFileAtomic
} from '../src/index.ts'

const door = JSON.stringify(new URL('../src/index.ts', import.meta.url).href)

t.test('the log is JSON lines without secrets, however deep a careless call puts them', async (t) => {
  const lines: string[] = []
  const log = createLogger('gateway', 'info', { write: (line: string) => { lines.push(line) } })
  log.info({ pin: 'S3CRET', token: { pin: 'S3CRET' }, req: { headers: { authorization: 'S3CRET', 'x-road-userid': 'S3CRET' } }, exchangeId: 'e' }, 'request relayed')
  log.debug('not shown')
  t.equal(lines.length, 1)
  t.match(JSON.parse(lines[0]!), { name: 'gateway', level: 30, exchangeId: 'e', msg: 'request relayed', time: /Z$/ })
  t.notMatch(lines[0], 'S3CRET')
})

t.test('parts close in reverse, all of them, and failures are told', async (t) => {
  const closed: string[] = []
  const closer = new Closer()
  closer.use('first', { close: () => { closed.push('first') } })
  closer.defer('second', () => { throw new Error('stuck') })
  closer.use('third', { async [Symbol.asyncDispose] () { closed.push('third') } })
  await t.rejects(closer.close(), { message: 'could not close second', cause: { message: 'stuck' } })
  t.same(closed, ['third', 'first'])
  await t.rejects(closer.close(), 'a second close tells the same and closes nothing twice')
  t.equal(closed.length, 2)
})

t.test('a signal is waited for, then what was opened closes, then the process ends by itself', async (t) => {
  const script = join(t.testdir(), 'x.mts')
  writeFileSync(script, `import { Closer, untilSignal } from ${door}
await using closer = new Closer()
const timer = setInterval(() => {}, 1000)
closer.defer('timer', () => { clearInterval(timer); console.log('closed') })
const stop = untilSignal()
console.log('ready')
console.log(await stop)`)
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
    if (out === 'ready\n') child.kill('SIGTERM')
  })
  const [code] = await once(child, 'close') as [number]
  t.equal(code, 0)
  t.equal(out, 'ready\nSIGTERM\nclosed\n')
})

t.test('a database is brought up to date step by step', async (t) => {
  const path = join(t.testdir(), 'deep', 'a.db')
  const steps = ['CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT', 'ALTER TABLE a ADD COLUMN name TEXT']
  openDatabase(path, steps.slice(0, 1)).close()
  const db = openDatabase(path, steps)
  t.equal(db.pragma('user_version', { simple: true }), 2)
  t.equal(db.pragma('journal_mode', { simple: true }), 'wal')
  t.equal(db.pragma('synchronous', { simple: true }), 2)
  t.equal(db.pragma('foreign_keys', { simple: true }), 1)
  db.prepare('INSERT INTO a (id, name) VALUES (1, ?)').run('x')
  db.close()
  t.throws(() => openDatabase(path, steps.slice(0, 1)), /written by a later release/)
  t.throws(() => openDatabase(path, [...steps, 'CREATE TABLE b (id INTEGER PRIMARY KEY); nonsense']), /syntax/)
  const again = openDatabase(path, steps)
  t.same(again.prepare("SELECT name FROM sqlite_master WHERE name = 'b'").all(), [], 'a step that fails leaves nothing behind')
  again.close()
})

t.test('a file is replaced whole, with its mode, and leaves no temporary behind', async (t) => {
  const folder = t.testdir({ 'a.txt': 'old' })
  await writeFileAtomic(join(folder, 'a.txt'), 'new', { mode: 0o600 })
  t.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), 'new')
  t.equal(statSync(join(folder, 'a.txt')).mode & 0o777, 0o600)
  await t.rejects(writeFileAtomic(folder, 'over a folder'))
  t.same(readdirSync(folder), ['a.txt'])
})

t.test('health: worst check counts, errors show no text, a slow check fails in time, results are shared for a moment', async (t) => {
  let at = 0
  const health = createHealth({ now: () => at })
  let runs = 0
  let answer: 'pass' | 'warn' = 'pass'
  health.add('store', () => { runs++; return { status: answer, details: { waiting: 3 } } })
  t.equal((await health.report()).status, 'pass')
  answer = 'warn'
  await Promise.all([health.report(), health.report('ready')])
  t.equal(runs, 1)
  at += 1001
  t.same(await health.report(), { status: 'warn', checks: [{ name: 'store', status: 'warn', details: { waiting: 3 } }] })
  const remove = health.add('loop', () => { throw new Error('secret path') }, { kind: 'live' })
  t.same(await health.report('live'), { status: 'fail', checks: [{ name: 'loop', status: 'fail', message: 'check failed' }] })
  remove()
  health.add('slow', () => new Promise(() => {}), { timeoutMs: 5 })
  t.match(await health.report('ready'), { status: 'fail', checks: [{}, { name: 'slow', message: 'no answer within 5 ms' }] })
  t.throws(() => health.add('slow', () => undefined), /exists already/)
})

t.test('operations routes answer with checks and metrics of this process object only', async (t) => {
  const health = createHealth()
  let failing = false
  health.add('configuration', () => ({ status: failing ? 'fail' : 'pass' }))
  const metrics = createMetrics('trembita_gateway')
  metrics.counter({ name: 'exchanges_total', help: 'Exchanges.', labels: ['side'] }).inc({ side: 'consumer' })
  metrics.gauge({ name: 'waiting', help: 'Waiting.' }, (gauge) => { gauge.set(7) })
  createMetrics('trembita_gateway').counter({ name: 'exchanges_total', help: 'Exchanges.' })
  const app = createOpsApp({ health, metrics, info: { name: 'gateway', version: '0.1.0' } })
  t.teardown(() => app.close())
  t.match((await app.inject('/health')).json(), { status: 'pass', info: { version: '0.1.0' }, checks: [{ name: 'configuration' }] })
  t.equal((await app.inject('/health/ready')).statusCode, 200)
  const scraped = await app.inject('/metrics')
  t.match(scraped.headers['content-type'], /text\/plain; version=0\.0\.4/)
  t.match(scraped.body, /trembita_gateway_exchanges_total\{side="consumer"\} 1\n[^]*trembita_gateway_waiting 7\n/)
  failing = true
  await new Promise((resolve) => setTimeout(resolve, 1050))
  t.equal((await app.inject('/health/ready')).statusCode, 503)
  t.equal((await app.inject('/health/live')).statusCode, 200)
})

t.test('trace context: ours is a child of the caller\'s; anything malformed starts anew', async (t) => {
  const header = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const parent = parseTraceparent(header, 'vendor=1')!
  t.equal(formatTraceparent(parent), header)
  const child = childOf(parent)
  t.match(child, { traceId: parent.traceId, sampled: true, state: 'vendor=1' })
  t.not(child.spanId, parent.spanId)
  t.same(parseTraceparent(formatTraceparent(child)), { ...child, state: undefined })
  t.ok(parseTraceparent(`01${header.slice(2)}-more`), 'a later version may carry more')
  for (const bad of [undefined, '', header.toUpperCase(), `${header}-more`, `ff${header.slice(2)}`, `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`, `${header} `, 'x'.repeat(10000)]) {
    t.equal(parseTraceparent(bad), undefined, String(bad).slice(0, 60))
  }
  t.equal(parseTraceparent(header, 'x'.repeat(513))?.state, undefined)
  t.match(formatTraceparent(childOf(undefined)), /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
})

t.test('a second signal ends a process that is stuck in closing', async (t) => {
  const script = join(t.testdir(), 'x.mts')
  writeFileSync(script, `import { untilSignal } from ${door}
setInterval(() => {}, 1000)
setTimeout(() => process.kill(process.pid, 'SIGINT'), 10)
await untilSignal()
process.kill(process.pid, 'SIGINT')`)
  t.equal(spawnSync(process.execPath, [script]).status, 130)
})
