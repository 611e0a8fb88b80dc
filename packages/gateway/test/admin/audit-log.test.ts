import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { scratch } from '@trembita/testnet/verifiers'
import t, { type Test } from 'tap'
import { AuditLog } from '../../src/admin/audit-log.ts'
import { readAuditEvent, readAuditLog, type AuditEntry } from '../../src/admin/read-audit-log.ts'

const all = (): boolean => true

async function logWith (t: Test, count: number, data = 'x'.repeat(300)): Promise<string> {
  const folder = scratch()
  t.teardown(() => { folder.remove() })
  const path = join(folder.dir, 'audit.log')
  await using log = await AuditLog.open(path)
  await Promise.all(Array.from({ length: count }, (_, index) => log.write({ event: `Event ${index}`, at: new Date(1_700_000_000_000 + index), ipaddress: '127.0.0.1', data: { note: `${data} і кирилиця` } })))
  return path
}

async function everything (path: string, limit: number, wanted: (event: AuditEntry['event']) => boolean = all): Promise<AuditEntry[]> {
  const found: AuditEntry[] = []
  for (let before: number | undefined; ;) {
    const page = await readAuditLog(path, { before, limit, wanted })
    found.push(...page.entries)
    if (page.next === undefined) return found
    before = page.next
  }
}

t.test('the file is read backwards, each event once, whatever the page and wherever a piece of the file ends', async (t) => {
  const path = await logWith(t, 1000)
  for (const limit of [1000, 7, 999]) {
    const found = await everything(path, limit)
    t.same(found.map(({ event }) => event.event), Array.from({ length: 1000 }, (_, index) => `Event ${999 - index}`), `pages of ${limit}`)
  }
  const [some] = await everything(path, 10, (event) => event.event === 'Event 500')
  t.match(await readAuditEvent(path, some!.id), { id: some!.id, event: { event: 'Event 500' } })
  const [first] = (await everything(path, 1000)).slice(-1)
  t.equal(first!.id, 0)
  t.match(await readAuditEvent(path, 0), { event: { event: 'Event 0' } })
  t.equal(await readAuditEvent(path, some!.id + 1), undefined, 'inside a line is no event')
  t.equal(await readAuditEvent(path, 10_000_000), undefined)
})

t.test('lines longer than a piece, an empty log, and a line that was not finished', async (t) => {
  const path = await logWith(t, 5, 'y'.repeat(200_000))
  t.equal((await everything(path, 2)).length, 5)
  const empty = await logWith(t, 0)
  t.same(await everything(empty, 5), [])
  await appendFile(path, '{"time":"cut')
  t.equal((await everything(path, 50)).length, 5)
})

t.test('what is rare is looked for over several pages', async (t) => {
  const path = await logWith(t, 30, 'z'.repeat(200_000))
  const page = await readAuditLog(path, { limit: 5, wanted: (event) => event.event === 'Event 0' })
  t.same(page.entries, [])
  t.ok(page.next! > 0)
  t.equal((await everything(path, 5, (event) => event.event === 'Event 0')).length, 1)
})
