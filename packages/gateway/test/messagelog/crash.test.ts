import t from 'tap'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { join } from 'node:path'
import type { FoundRecord } from '../../src/messagelog/index.ts'
import type { ChildInput } from './crash-child.ts'
import { CLIENT, openLog, startAuthority } from './fixture.ts'

// Several processes start one after another, on a machine that may have other things to do.
t.setTimeout(120_000)
const CHILD = fileURLToPath(new URL('crash-child.ts', import.meta.url))

/** Starts a writer, kills it after a while, and returns what it was told is on disk. */
async function writeAndKill (input: ChildInput, afterMs: number): Promise<Map<number, string>> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(input)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    if (text === '') setTimeout(() => child.kill('SIGKILL'), afterMs)
    text += chunk.toString()
  })
  await once(child, 'close')
  // The last line may be cut: then it was not told.
  return new Map(text.split('\n').slice(1, -1).map((line) => [Number(line.split(' ')[0]), line.split(' ')[1]!]))
}

t.test('after kill -9 at any moment every acknowledged record is whole, and nothing half-written is left', async (t) => {
  // Not tap's own folder, whose name is the same in every run: two test runs at once would look like a loss.
  const folder = mkdtempSync(join(tmpdir(), 'messagelog-crash-'))
  t.teardown(() => { rmSync(folder, { recursive: true, force: true }) })
  const authority = await startAuthority()
  t.teardown(() => authority.close())
  const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64')
  const input: ChildInput = {
    folder,
    tsaUrl: authority.tsa.url,
    tsaCertificate: base64(authority.pki.tsa.certificate.der),
    certificate: base64(authority.key.certificate.der),
    ocspResponse: base64(authority.key.ocspResponses[0]!),
    privateKey: authority.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  }
  const told = new Map<number, string>()
  // More rounds where the machine is slow.
  for (let round = 0; round < 5 || (told.size < 20 && round < 20); round++) {
    for (const [id, queryId] of await writeAndKill(input, 40 + Math.random() * 400)) told.set(id, queryId)
  }
  t.ok(told.size >= 20, `${told.size} records were acknowledged`)

  const log = await openLog(authority, folder)
  const all: FoundRecord[] = []
  for (let page = await log.search({ limit: 1000 }); page.length > 0; page = await log.search({ limit: 1000, before: page.at(-1)!.id })) all.push(...page)
  t.ok(all.length >= told.size, `${all.length} records found`)
  await log.stamp(all.map((record) => record.id))
  const lost: number[] = []
  for (const [id, queryId] of told) {
    const [found] = await log.find({ queryId, party: CLIENT })
    if (found?.id !== id || found.completeness !== 'whole') lost.push(id)
  }
  t.same(lost, [], 'each acknowledged record is found whole')
  const bad: string[] = []
  for (const { id } of all) {
    const [built] = await log.containers([id])
    const report = await authority.verify(built!.bytes)
    if (report.verdict !== 'verified') bad.push(`${id}: ${report.reason?.message ?? ''}`)
  }
  t.same(bad, [], 'each record there is, told or not, is whole and verifies')
  await log.close()
  const db = new Sqlite(join(folder, 'messagelog.db'), { readonly: true })
  const owned = db.prepare('SELECT name FROM body').pluck().all() as string[]
  t.equal(db.pragma('integrity_check', { simple: true }), 'ok')
  db.close()
  t.same(globSync('*/*', { cwd: join(folder, 'bodies') }).sort(), owned.sort(), 'each body file belongs to a record, each record has its body')
  t.same(globSync('archive/.*', { cwd: folder }), [])
})
