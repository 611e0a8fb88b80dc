import t from 'tap'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { join } from 'node:path'
import { readContainer } from '@trembita/protocol/asic'
import { attachmentName, MESSAGE, parseSignature, pieceOf, SIG_CHAIN, verifyHashChain } from '@trembita/protocol/signature'
import type { FoundRecord } from '../../src/messagelog/index.ts'
import { CLIENT, openLog, startAuthority } from './fixture.ts'

const CHILD = fileURLToPath(new URL('crash-child.ts', import.meta.url))

/** Starts a writer, kills it after a while, and returns what it was told is on disk. */
async function writeAndKill (folder: string, afterMs: number): Promise<Map<number, string>> {
  const child = spawn(process.execPath, [CHILD, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    if (text === '') setTimeout(() => child.kill('SIGKILL'), afterMs)
    text += chunk.toString()
  })
  await once(child, 'close')
  // The last line may be cut: then it was not told.
  return new Map(text.split('\n').slice(1, -1).map((line) => [Number(line.split(' ')[0]), line.split(' ')[1]!]))
}

t.test('after kill -9 at any moment every acknowledged record is whole, and nothing half-written is left', { timeout: 120_000 }, async (t) => {
  const folder = t.testdir()
  const authority = await startAuthority()
  t.teardown(() => authority.close())
  const told = new Map<number, string>()
  // More rounds where the machine is slow.
  for (let round = 0; round < 5 || (told.size < 20 && round < 20); round++) {
    for (const [id, queryId] of await writeAndKill(folder, 40 + Math.random() * 400)) told.set(id, queryId)
  }
  t.ok(told.size >= 20, `${told.size} records were acknowledged`)

  const log = await openLog(authority, folder)
  // Stamps of the children's own authorities are not ours to trust; the rest gets ours.
  const all: FoundRecord[] = []
  for (let page = await log.search({ limit: 1000 }); page.length > 0; page = await log.search({ limit: 1000, before: page.at(-1)!.id })) all.push(...page)
  t.ok(all.length >= told.size, `${all.length} records found`)
  await log.stamp(all.map((record) => record.id))
  for (const [id, queryId] of told) {
    const [found] = await log.find({ queryId, party: CLIENT })
    if (found?.id !== id || found.completeness !== 'whole') t.fail(`record ${id} is not found whole`)
  }
  for (const { id } of all) {
    const [built] = await log.containers([id])
    const container = await readContainer(built!.bytes)
    const pieces = [pieceOf(MESSAGE, container.message), ...[...container.attachments.values()].map((bytes, i) => pieceOf(attachmentName(i + 1), bytes))]
    parseSignature(container.signature)
    verifyHashChain({ result: container.hashChainResult!, chain: container.hashChain!, chainName: SIG_CHAIN, pieces })
  }
  await log.close()
  const db = new Sqlite(join(folder, 'messagelog.db'), { readonly: true })
  const owned = db.prepare('SELECT name FROM body').pluck().all() as string[]
  t.equal(db.pragma('integrity_check', { simple: true }), 'ok')
  db.close()
  t.same(globSync('*/*', { cwd: join(folder, 'bodies') }).sort(), owned.sort(), 'each body file belongs to a record, each record has its body')
  t.same(globSync('archive/.*', { cwd: folder }), [])
})
