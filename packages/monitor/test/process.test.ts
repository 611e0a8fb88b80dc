import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { stringify } from 'yaml'
import { freePorts } from '@trembita/testnet'
import { runTool } from '@trembita/testnet/verifiers'
import { readIndexKeysConfig, readMonitorConfig } from '../src/index.ts'
import { postJson } from './running-monitor.ts'
import { CLIENT, COMPONENT, NOW, sampleEvent } from './samples.ts'

const PROGRAM = join(import.meta.dirname, '../bin/trembita-monitor.ts')

async function writeFiles (root: string): Promise<{ monitor: string, keys: string, exchange: string }> {
  const port = await freePorts(4)
  await mkdir(root, { recursive: true })
  const file = async (name: string, content: string | Uint8Array): Promise<string> => {
    await writeFile(join(root, name), content)
    return name
  }
  const listen = (at: number) => ({ port: port + at })
  const monitor = {
    instance: 'SEVDEIR-DEMO',
    dataFolder: 'monitor',
    logLevel: 'warn',
    listen: { portal: listen(0), exchange: listen(1), admin: listen(2) },
    passphraseFile: await file('log-passphrase', 'of the log\n'),
    log: { origin: 'monitor.example.gov.ua/log', batchMs: 10 },
    components: [{ id: COMPONENT, client: CLIENT, name: { uk: 'Шлюз' } }],
    mayHide: ['90000050'],
    keyService: { url: `http://127.0.0.1:${port + 3}`, tokenFile: await file('token', 'a-token-of-the-portal\n') },
    portal: { keyFile: await file('portal.key', Buffer.alloc(32, 65)), synthetic: true }
  }
  const keys = { dataFolder: 'index-keys', listen: listen(3), passphraseFile: await file('keys-passphrase', 'of the keys\n'), portalTokenFile: 'token', components: [{ component: COMPONENT, client: CLIENT, domains: ['EDR'] }] }
  await file('monitor.yaml', stringify(monitor))
  await file('index-keys.yaml', stringify(keys))
  return { monitor: join(root, 'monitor.yaml'), keys: join(root, 'index-keys.yaml'), exchange: `http://127.0.0.1:${port + 1}` }
}

async function start (config: string, exchange: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [PROGRAM, '--config', config], { stdio: ['ignore', 'pipe', 'inherit'] })
  createInterface({ input: child.stdout }).on('line', () => {})
  for (;;) {
    if (child.exitCode !== null) throw new Error('the monitor ended')
    if (await fetch(`${exchange}/health`).then(({ ok }) => ok, () => false)) return child
    await new Promise((resolve) => { setTimeout(resolve, 50) })
  }
}

t.test('kill -9 of the monitor while reports come in: what was acknowledged is there once, and the gateway goes on where it was (TR-12.6)', async (t) => {
  t.setTimeout(120_000)
  const { monitor, exchange } = await writeFiles(t.testdir())
  const report = async (from: number, count = 20): Promise<{ status: number, body: { ackSeq?: number, expectedSeq?: number } }> => {
    const answer = await postJson(`${exchange}/report-access`, {
      component: COMPONENT, fromSeq: from, toSeq: from + count - 1, events: Array.from({ length: count }, (_, i) => sampleEvent(from + i)), configHash: 'h', sentAt: NOW.toISOString()
    }, { 'x-road-client': CLIENT })
    return { status: answer.status, body: await answer.json() as { ackSeq?: number } }
  }
  const beat = async (lastSeq: number): Promise<number> => {
    const answer = await postJson(`${exchange}/report-access/heartbeat`, { component: COMPONENT, lastSeq, spoolDepth: 0, configHash: 'h', ruleCounters: [] }, { 'x-road-client': CLIENT })
    return (await answer.json() as { ackSeq: number }).ackSeq
  }
  let acknowledged = 0
  for (let round = 0; round < 4; round++) {
    const child = await start(monitor, exchange)
    const there = await beat(1_000_000)
    t.ok(there >= acknowledged, `${acknowledged} were acknowledged, ${there} are there`)
    acknowledged = there
    setTimeout(() => { child.kill('SIGKILL') }, 150 + Math.random() * 200)
    try {
      for (;;) {
        const { status, body } = await report(acknowledged + 1)
        t.equal(status, 200)
        acknowledged = body.ackSeq!
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
    if (child.signalCode === null) await once(child, 'exit')
  }
  const child = await start(monitor, exchange)
  t.equal(await beat(1_000_000) >= acknowledged, true)
  t.ok(acknowledged > 100, `${acknowledged} events`)
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit') as [number]
  t.equal(code, 0, 'and ends in order when asked')
})

t.test('the program explains itself, and names every problem of a configuration at once', async (t) => {
  const help = await runTool(process.execPath, [PROGRAM, '--help'])
  for (const words of ['index-keys', 'index-keys destroy', 'api-key create', '--config']) t.match(help.text, words)
  const root = t.testdir({ 'bad.yaml': 'instance: 5\nlog: { quorum: 3, witnesses: [{ verifierKey: x, url: "http://127.0.0.1:1" }] }\ncolour: red\n' })
  const bad = await runTool(process.execPath, [PROGRAM, '--config', join(root, 'bad.yaml')])
  t.notOk(bad.ok)
  for (const problem of ['monitor.instance', 'monitor.passphraseFile: missing', 'monitor.log.origin: missing', 'monitor.log.witnesses.0.verifierKey: not a verifier key', 'monitor.log.quorum', 'monitor.portal.keyFile: missing', 'monitor.colour: no such setting']) t.match(bad.text, problem)
  const { monitor, keys } = await writeFiles(join(root, 'good'))
  t.match(readMonitorConfig(monitor, { TREMBITA_MONITOR_LOG_BATCH_MS: '70' }), { log: { batchMs: 70, quorum: 0 }, mayHide: ['90000050'] })
  t.match(readIndexKeysConfig(keys, {}), { keysPerHour: 2000 })
  const destroyed = await runTool(process.execPath, [PROGRAM, 'index-keys', 'destroy', '2026-01', '--config', keys])
  t.match(destroyed.text, 'the key of 2026-01 is destroyed')
  const key = await runTool(process.execPath, [PROGRAM, 'api-key', 'create', '--role', 'MONITOR_OVERSIGHT', '--config', monitor])
  t.match(key.text, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n$/)
})
