import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { startChild } from '../child.ts'
import type { CaptureRow } from '../capture/bench-capture.ts'
import type { CoreRow } from '../core/measure-core.ts'
import { load } from '../load.ts'
import { measure, median, medianRatio, type Sample } from '../measure.ts'
import { makeCredentials } from '../pairs/credentials.ts'
import { startNginxPair } from '../pairs/nginx-pair.ts'
import { startPlainPair } from '../pairs/plain-pair.ts'
import { parseStat, processUse } from '../process-use.ts'
import { addRows, formatTable, type Measured } from '../report.ts'
import { ResponseReader } from '../response-reader.ts'

t.setTimeout(300_000) // pairs of processes and a core, one after another, on a machine that others use

t.test('the reader of answers counts them however they are cut', async (t) => {
  const answers = [
    ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 200, 5],
    ['HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n', 204, 0],
    ['HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;x=y\r\nabc\r\n0\r\nTrailer: x\r\n\r\n', 500, 8]
  ] as const
  for (const size of [1, 2, 7, 1000]) {
    const reader = new ResponseReader()
    for (const [text, status, bytes] of answers) {
      let isWhole = false
      for (let i = 0; i < text.length; i += size) {
        t.notOk(isWhole, 'not whole before its end')
        isWhole = reader.read(Buffer.from(text.slice(i, i + size)))
      }
      t.ok(isWhole)
      t.same([reader.status, reader.bodyBytes], [status, bytes])
    }
  }
  t.throws(() => new ResponseReader().read(Buffer.from('HTTP/1.1 200 OK\r\n\r\n')))
})

t.test('the load generator counts refusals and broken connections apart from exchanges', async (t) => {
  let turn = 0
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => {
      turn++
      if (turn % 10 === 0) socket.destroy()
      else socket.write(`HTTP/1.1 ${turn % 5 === 0 ? '500' : '200'} X\r\ncontent-length: 2\r\n\r\nok`)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const options = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`, headers: { a: 'b' }, bodyBytes: 100, connections: 2, seconds: 0.2, exchangesMin: 50, secondsMax: 5 }
  const result = await load(options)
  t.ok(result.exchanges >= 50)
  t.ok(result.failures > 0)
  t.ok(result.refusals['500']! > 0)
  t.ok(result.p99Ms >= result.p50Ms && result.p50Ms > 0)
})

t.test('processor time and memory of a process and its children are read', { skip: process.platform === 'linux' ? false : 'needs /proc' }, async (t) => {
  const stat = parseStat(`42 (a ) b) S 7 ${Array.from({ length: 48 }, (_, i) => i + 5).join(' ')}`)
  t.same(stat, { parent: 7, cpuMs: (14 + 15) * 10, rssBytes: 24 * 4096 })
  const use = processUse([process.pid])
  t.ok(use.cpuMs > 0 && use.rssBytes > 10 * 2 ** 20)
})

t.test('ratios are of turns side by side', async (t) => {
  const turn = (exchangesPerSecond: number): Sample => ({ exchangesPerSecond, p50Ms: 1, p99Ms: 2, cpuMsPerExchange: 0.5, rssMb: 100, shares: { sign: 1 } })
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1]), 2.5)
  t.equal(medianRatio([turn(10), turn(30), turn(20)], [turn(100), turn(100), turn(100)]), 0.2)
  t.equal(medianRatio([turn(10)], undefined), null)
  const measured: Measured = { rows: [], baselines: [], shares: [] }
  addRows(measured, { bytes: 1024, connections: 50, rounds: 1, secondsPerRound: 1 }, 'RSA-2048', new Map([['ours', [turn(20)]], ['plain', [turn(100)]]]))
  t.same(measured.rows, [{ bytes: 1024, connections: 50, key: 'RSA-2048', exchangesPerSecond: 20, ratioToPlainPair: 0.2, ratioToNginxPair: null, p50Ms: 1, p99Ms: 2, cpuMsPerExchange: 0.5, rssMb: 100 }])
  t.match(formatTable(measured), /1 KB +50 {2}ours RSA-2048 +20\.0 +0\.200[\s\S]*sign 100 %/)
})

t.test('the baselines carry every size through mutual TLS', { timeout: 60_000 }, async (t) => {
  const service = await startChild(join(import.meta.dirname, '../service.ts'), [])
  t.teardown(() => service.close())
  const credentials = await makeCredentials()
  t.teardown(() => { credentials.remove() })
  const pairs = [await startPlainPair(service.ready, credentials), await startNginxPair(service.ready, credentials)].filter((pair) => pair !== undefined)
  t.teardown(async () => { await Promise.all(pairs.map((pair) => pair.close())) })
  for (const pair of pairs) {
    for (const bytes of [2, 1024, 10 * 2 ** 20]) {
      const answer = await fetch(`${pair.url}/bytes/${bytes}`, { method: 'POST', body: 'x'.repeat(Math.min(bytes, 100_000)) })
      t.equal(answer.status, 200)
      t.equal((await answer.bytes()).length, bytes, `${pair.name}: ${bytes}`)
    }
  }
  const samples = await measure(pairs, { bytes: 1024, connections: 4, rounds: 1, secondsPerRound: 0.3 })
  for (const [pair, [sample]] of samples) t.ok(sample!.exchangesPerSecond > 10 && sample!.cpuMsPerExchange > 0 && sample!.rssMb > 1, pair)
})

t.test('npm run bench writes its figures', { timeout: 90_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-test-'))
  t.teardown(() => { rmSync(folder, { recursive: true }) })
  const out = join(folder, 'latest.json')
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../main.ts'), '--quick', '--rounds', '1', '--seconds', '0.2', '--out', out])
  const { rows, baselines } = JSON.parse(readFileSync(out, 'utf8')) as Measured
  for (const row of rows) {
    t.same(Object.keys(row), ['bytes', 'connections', 'key', 'exchangesPerSecond', 'ratioToPlainPair', 'ratioToNginxPair', 'p50Ms', 'p99Ms', 'cpuMsPerExchange', 'rssMb'])
  }
  t.same(baselines.filter(({ pair }) => pair === 'plain').map(({ connections }) => connections), [1, 10, 50])
  t.match(stdout, 'plain')
})

t.test('npm run bench -- capture writes what capture adds', { timeout: 120_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-test-'))
  t.teardown(() => { rmSync(folder, { recursive: true }) })
  const out = join(folder, 'latest-capture.json')
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../main.ts'), 'capture', '--quick', '--rounds', '1', '--seconds', '0.2', '--out', out])
  const { rows } = JSON.parse(readFileSync(out, 'utf8')) as { rows: readonly CaptureRow[] }
  t.match(rows, [{ bytes: 1024, connections: 10, off: { p50Ms: Number, p99Ms: Number }, on: { p50Ms: Number, p99Ms: Number }, addedP99Ms: Number }])
  t.match(stdout, /bytes +connections[^]*1024 +10/)
})

t.test('npm run bench -- core writes what a core of each size takes', { timeout: 120_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-test-'))
  t.teardown(() => { rmSync(folder, { recursive: true }) })
  const out = join(folder, 'latest-core.json')
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../main.ts'), 'core', '--quick', '--out', out])
  const { rows } = JSON.parse(readFileSync(out, 'utf8')) as { rows: readonly CoreRow[] }
  t.match(rows, [{ members: 100, gateways: 50, subsystems: 500, generationSeconds: Number, peakMb: Number, idle: { p50Ms: Number }, pages: { p95Ms: Number } }])
  t.match(stdout, /members +gateways[^]*100 +50 +500/)
})
