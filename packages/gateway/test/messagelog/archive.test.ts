import t from 'tap'
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { LINKING_INFO, readZip, verifyArchive } from '@trembita/protocol/asic'
import { CLIENT, ManualClock, openLog, startAuthority, type Authority } from './fixture.ts'

// tap allows a file 30 s, which a busy machine may need for less.
t.setTimeout(120_000)
let authority: Authority
t.before(async () => { authority = await startAuthority() })
t.teardown(() => authority.close())

const unzipMissing = spawnSync('unzip', ['-v']).status !== 0
if (unzipMissing && process.env.CI !== undefined) throw new Error('unzip is needed in CI')

async function openArchive (path: string): Promise<{ info: Uint8Array, containers: Map<string, Uint8Array> }> {
  const entries = new Map((await readZip(readFileSync(path), { entriesMax: 1000, bytesMax: 1e8 })).entries)
  const info = entries.get(LINKING_INFO)!
  entries.delete(LINKING_INFO)
  return { info, containers: entries }
}

t.test('TR-12.6: archives link to one another, hold what was in the log, and unzip', async (t) => {
  const folder = t.testdir()
  const clock = new ManualClock(new Date())
  await using log = await openLog(authority, folder, { clock, archive: {} })
  const ids: number[] = []
  for (let i = 0; i < 3; i++) ids.push(await log.append(await authority.record({ queryId: `q${i}`, bodies: [randomBytes(100_000)] })))
  const unstamped = await log.append(await authority.record({ queryId: 'later' }))
  await log.stamp(ids)
  const containers = await log.containers(ids)
  await log.archiveNow()
  const [first] = readdirSync(join(folder, 'archive'))
  t.match(first, /^mlog-\d{14}-\d{14}-[0-9a-f]{16}\.zip$/)
  if (unzipMissing) t.comment('unzip is not installed: archives are not tested from outside')
  else t.match(execFileSync('unzip', ['-t', join(folder, 'archive', first!)], { encoding: 'utf8' }), 'No errors detected')
  const archive = await openArchive(join(folder, 'archive', first!))
  t.same([...archive.containers.keys()], containers.map((container) => container.name))
  for (const { name, bytes } of containers) t.ok(Buffer.from(archive.containers.get(name)!).equals(bytes))
  // The digest chain as the facts say it, computed apart from our own reader.
  const sha512 = (data: string | Uint8Array): string => createHash('sha512').update(data).digest('hex')
  const last = containers.reduce((digest, container) => sha512(digest + sha512(container.bytes)), '')
  t.match(Buffer.from(archive.info).toString(), new RegExp(`^- - SHA-512\\n[^]*${last} ${containers[2]!.name.replaceAll('.', '\\.')}\\n$`))
  t.match(await log.find({ queryId: 'q0', party: CLIENT }), [{ status: 'archived', archive: first }])
  t.match(await log.find({ queryId: 'later', party: CLIENT }), [{ status: 'waiting for time stamp' }])

  await log.archiveNow()
  t.equal(readdirSync(join(folder, 'archive')).length, 1, 'nothing new, no archive')
  await log.stamp([unstamped])
  await log.archiveNow()
  const second = readdirSync(join(folder, 'archive')).find((name) => name !== first)!
  const linked = await openArchive(join(folder, 'archive', second))
  t.equal(verifyArchive(linked.info, linked.containers, last).info.previous?.fileName, first)
  t.throws(() => verifyArchive(linked.info, linked.containers, sha512('other')), { name: 'Fault', kind: 'InvalidHashChain' })
  t.ok((await log.containers(ids)).every((container, i) => container.bytes.equals(containers[i]!.bytes)), 'still served from the log')
})

t.test('records go when they have been archived long enough, bodies with them, and the chain goes on', async (t) => {
  const folder = t.testdir()
  const clock = new ManualClock(new Date())
  const log = await openLog(authority, folder, { clock, archive: { keepRecordsDays: 2 } })
  const old = await log.append(await authority.record({ queryId: 'old', bodies: [randomBytes(100_000)] }))
  await log.stamp([old])
  await log.archiveNow()
  clock.advance(1.9 * 86400)
  await log.archiveNow()
  t.equal((await log.find({ queryId: 'old', party: CLIENT })).length, 1)
  clock.advance(0.2 * 86400)
  await log.archiveNow()
  t.same(await log.find({ queryId: 'old', party: CLIENT }), [])
  await t.rejects(log.containers([old]), { name: 'Fault', kind: 'InternalError' })
  t.same(globSync('bodies/*/*', { cwd: folder }), [])
  await log.close()
  await using again = await openLog(authority, folder, { clock, archive: { keepRecordsDays: 2 } })
  const next = await again.append(await authority.record())
  t.equal(next, old + 1, 'numbers of removed records do not come back')
  await again.stamp([next])
  await again.archiveNow()
  const names = readdirSync(join(folder, 'archive')).sort()
  t.equal(names.length, 2)
  const infos = await Promise.all(names.map(async (name) => Buffer.from((await openArchive(join(folder, 'archive', name))).info).toString()))
  t.equal(infos.filter((info) => info.startsWith('- -')).length, 1, 'only the first begins a chain')
})

t.test('archives rotate by size and part by member or subsystem, each group with a chain of its own', async (t) => {
  const other = { ...CLIENT, subsystemCode: 'a:b' }
  for (const [grouping, groups] of [['none', 1], ['member', 1], ['subsystem', 2]] as const) {
    const folder = join(t.testdirName, grouping)
    const name = t.testdir()
    await using log = await openLog(authority, join(name, grouping), { archive: { grouping, fileBytesMax: 1 } })
    for (const party of [CLIENT, other, CLIENT]) await log.append(await authority.record({ party }))
    await log.stamp([1, 2, 3])
    await log.archiveNow()
    const files = readdirSync(join(folder, 'archive'))
    t.equal(files.length, 3, 'over the size with each record')
    const starts = await Promise.all(files.map(async (file) => Buffer.from((await openArchive(join(folder, 'archive', file))).info).toString().startsWith('- -')))
    t.equal(starts.filter(Boolean).length, groups, grouping)
    if (grouping === 'subsystem') t.ok(files.some((file) => file.startsWith('mlog-TEST_GOV_00000001_a_b-')), files.join(' '))
  }
})

t.test('a crash between writing an archive and noting it leaves no half-linked file', async (t) => {
  const folder = t.testdir()
  await (await openLog(authority, folder, { archive: {} })).close()
  const db = new Sqlite(join(folder, 'messagelog.db'))
  db.exec("INSERT INTO archive (grouping, file, state, last_digest, created) VALUES ('', 'mlog-x.zip', 'writing', 'ab', 1)")
  db.close()
  writeFileSync(join(folder, 'archive', 'mlog-x.zip'), 'half')
  await using log = await openLog(authority, folder, { archive: {} })
  t.notOk(existsSync(join(folder, 'archive', 'mlog-x.zip')))
  const id = await log.append(await authority.record())
  await log.stamp([id])
  await log.archiveNow()
  const [file] = readdirSync(join(folder, 'archive'))
  t.match(Buffer.from((await openArchive(join(folder, 'archive', file!))).info).toString(), /^- - SHA-512\n/)
})
