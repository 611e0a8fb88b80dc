import { createHash } from 'node:crypto'
import { copyFile, cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { verifyReceipt } from '@trembita/protocol/accessevent'
import { consistencyRanges, GrowingTree, hashOfRange, leafHash, parseEntries, parsePolicy, tilePath, tilesOf, entriesPath } from '@trembita/protocol/tlog'
import { eraseExpired } from '../../src/events/index.ts'
import { COMPONENT, sampleEvent } from '../samples.ts'
import { openLog, ORIGIN, witnessOf, type TestLog } from './log-fixture.ts'

async function report (log: TestLog, from: number, count: number) {
  const events = Array.from({ length: count }, (_, i) => sampleEvent(from + i))
  for (let at = 0; at < count; at += 500) {
    const part = events.slice(at, at + 500)
    await log.intake.report({ component: COMPONENT, fromSeq: from + at, toSeq: from + at + part.length - 1, events: part })
  }
  await log.ledger.flush()
  return events
}

t.test('events become leaves, tiles and a cosigned checkpoint, and each has a receipt that holds (IP-2.4a)', async (t) => {
  const root = t.testdir()
  let key = ''
  const witness = await witnessOf(root, () => [key])
  t.teardown(() => witness.close())
  let log = await openLog(root, { witness })
  key = log.ledger.verifierKey
  const first = await report(log, 1, 3)
  t.equal(log.ledger.head?.checkpoint.size, 3)
  t.same(log.ledger.head?.cosignatures.map(({ witness }) => witness.name), ['witness.example.org/w1'])
  const more = await report(log, 4, 700)
  await log.close()
  log = await openLog(root, { witness })
  const last = await report(log, 704, 10)
  t.equal(log.ledger.head?.checkpoint.size, 713, 'and goes on after a new start')
  for (const event of [first[0]!, first[2]!, more[255]!, more[699]!, last[9]!]) {
    const receipt = (await log.receipts.of(event.eventId))!
    const verified = verifyReceipt(receipt.proof, receipt.opening, parsePolicy(receipt.policy))
    const { visibility: _v, notifyClass: _n, retainUntil: _r, ...said } = event
    t.same(verified.event, said)
    t.equal(verified.leafIndex, event.source.seq - 1)
    t.equal(verified.cosignatures.length, 1)
  }
  t.equal(await log.receipts.of('0190a000-0000-7000-8000-000000000000'), undefined)

  const tree = new GrowingTree()
  for (let index = 0; index * 256 < 713; index++) for (const entry of parseEntries(await readFile(join(log.folder, entriesPath(index, Math.min(256, 713 - index * 256)))))) tree.append(leafHash(entry))
  t.ok(tree.root.equals(log.ledger.head!.checkpoint.root), 'whoever reads the tiles comes to the same root')
  for (const tile of tilesOf(713)) t.ok(await readFile(join(log.folder, tilePath(tile))))
  await t.rejects(readFile(join(log.folder, 'tile/0/000.p/3')), 'partial tiles give way to full ones')
  await log.close()
})

t.test('an unsettled event has no receipt, and a witness that is away holds up publication but no report', async (t) => {
  const root = t.testdir()
  let key = ''
  const witness = await witnessOf(root, () => [key])
  const log = await openLog(root, { witness })
  t.teardown(() => log.close())
  const [unwatched] = await report(log, 1, 1)
  t.equal(log.ledger.head, undefined)
  t.match(log.ledger.problem, /0 of 1 witnesses/)
  t.equal(await log.receipts.of(unwatched!.eventId), undefined)
  key = log.ledger.verifierKey
  await log.ledger.flush()
  t.equal(log.ledger.head!.checkpoint.size, 1)
  await witness.close()
  await report(log, 2, 2)
  t.equal(log.ledger.head!.checkpoint.size, 1, 'what was published stays')
  t.equal(Number((await log.store.get<{ n: number }>('SELECT COUNT(*) AS n FROM access_event'))!.n), 3)
})

t.test('the log refuses to run on tiles that shrank or were altered, a store older than what was published, another key', async (t) => {
  const root = t.testdir()
  const log = await openLog(join(root, 'good'))
  await report(log, 1, 300)
  await log.close()
  await copyFile(join(root, 'good', 'monitor.db'), join(root, 'older.db'))
  const again = await openLog(join(root, 'good'))
  await report(again, 301, 20)
  await again.close()

  let copies = 0
  const refuses = async (change: (folder: string) => Promise<void>, because: RegExp): Promise<void> => {
    const folder = join(root, `copy-${++copies}`)
    await cp(join(root, 'good'), folder, { recursive: true })
    await change(folder)
    await t.rejects(openLog(folder), { name: 'LedgerRefusal', message: because })
  }
  const flip = (path: string, at: number) => async (folder: string): Promise<void> => {
    const bytes = await readFile(join(folder, path))
    bytes[at]! ^= 1
    await writeFile(join(folder, path), bytes)
  }
  await refuses(flip('log/tile/0/000', 5000), /tile\/0\/000 is missing or altered/)
  await refuses(flip('log/tile/0/001.p/64', 40), /altered/)
  await refuses(flip('log/tile/1/000.p/1', 3), /altered/)
  await refuses(flip('log/tile/entries/000', 20), /altered/)
  await refuses((folder) => rm(join(folder, 'log/tile/entries/001.p'), { recursive: true }), /missing/)
  await refuses((folder) => rm(join(folder, 'log/tile/0/000')), /missing/)
  await refuses(flip('log/checkpoint', 60), /altered/)
  await refuses((folder) => copyFile(join(root, 'older.db'), join(folder, 'monitor.db')), /320 was published/)
  await refuses(async (folder) => {
    await rm(join(folder, 'log.key'))
  }, /another key/)
  const good = await openLog(join(root, 'good'))
  t.equal(good.ledger.head!.checkpoint.size, 320, 'and does run when nothing was touched')
  await good.close()
})

t.test('two writers of one log cannot make two histories', async (t) => {
  const root = t.testdir()
  const one = await openLog(root)
  await report(one, 1, 2)
  const other = await openLog(root)
  await one.intake.report({ component: COMPONENT, fromSeq: 3, toSeq: 3, events: [sampleEvent(3)] })
  await other.intake.report({ component: COMPONENT, fromSeq: 4, toSeq: 4, events: [sampleEvent(4)] })
  await one.ledger.flush()
  await t.resolves(other.ledger.flush(), 'leaves have one order, so both come to the same')
  const notes = await one.store.all<{ size: number }>('SELECT size FROM log_checkpoint ORDER BY size')
  t.same(notes.map(({ size }) => Number(size)), [2, 4])
  await one.close()
  await other.close()
})

t.test('a witness cosigns growth alone: 200, 400, 403, 404, 409, 422, and keeps what it has seen', async (t) => {
  const root = t.testdir()
  let keys: string[] = []
  let witness = await witnessOf(root, () => keys)
  const log = await openLog(root)
  t.teardown(() => log.close())
  await report(log, 1, 5)
  const five = log.ledger.head!.note
  await report(log, 6, 4)
  const nine = log.ledger.head!.note
  const proof = (await Promise.all(consistencyRanges(5, 9).map((range) => hashOfRange(range, log.ledger.tiles.reader(9))))).map((hash) => hash.toString('base64'))
  const ask = async (old: number, lines: readonly string[], note: string) => {
    const answer = await fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body: [`old ${old}`, ...lines, '', note].join('\n') })
    return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() }
  }
  t.equal((await ask(0, [], five)).status, 404, 'a log that is not watched')
  keys = [log.ledger.verifierKey]
  t.equal((await ask(0, ['no hash'], five)).status, 400)
  const signature = Buffer.from(/ (\S+)\n$/.exec(five)![1]!, 'base64')
  signature[20]! ^= 1
  t.equal((await ask(0, [], five.replace(/ \S+\n$/, ` ${signature.toString('base64')}\n`))).status, 403)
  t.match(await ask(0, [], five), { status: 200, body: /^— witness\.example\.org\/w1 / })
  t.match(await ask(0, [], nine), { status: 409, type: /^text\/x\.tlog\.size/, body: '5\n' })
  t.equal((await ask(10, [], nine)).status, 400)
  t.equal((await ask(5, proof.slice(1), nine)).status, 422)
  t.equal((await ask(5, [...proof].reverse(), nine)).status, 422)
  await witness.close()
  witness = await witnessOf(root, () => keys)
  t.teardown(() => witness.close())
  t.match(await ask(4, [], nine), { status: 409, body: '5\n' }, 'after a new start too')
  t.equal((await ask(5, proof, nine)).status, 200)
  t.equal((await ask(9, [], nine)).status, 200, 'the same again')
  t.equal((await ask(9, [], five)).status, 400, 'never back')
  t.match(await (await fetch(`${witness.url}/${createHash('sha256').update(ORIGIN).digest('hex')}/checkpoint`)).text(), /w1/)
})

t.test('an event whose time is over is erased with its salt; its leaf stays, the log goes on, and receipts of others hold (CD-8.12, CD-20)', async (t) => {
  const root = t.testdir()
  let log = await openLog(root)
  const [short, long] = [sampleEvent(1, { retainUntil: '2027-01-31' }), sampleEvent(2)]
  await log.intake.report({ component: COMPONENT, fromSeq: 1, toSeq: 2, events: [short, long] })
  await log.ledger.flush()
  t.equal(await eraseExpired(log.store, new Date('2027-01-31T23:00:00Z')), 0, 'its last day counts')
  t.equal(await eraseExpired(log.store, new Date('2027-02-01T01:00:00Z')), 1)
  for (const table of ['access_event', 'subject_entry', 'event_feed']) t.notMatch(JSON.stringify(await log.store.all(`SELECT * FROM ${table}`)), short.eventId, table)
  t.same((await log.store.all<{ ref: string | null }>('SELECT ref FROM log_entry ORDER BY leaf_index')).map(({ ref }) => ref), [null, long.eventId])
  t.equal(await log.receipts.of(short.eventId), undefined)
  await log.close()
  log = await openLog(root)
  t.match(await log.intake.report({ component: COMPONENT, fromSeq: 1, toSeq: 2, events: [short, long] }), { ackSeq: 2, rejected: [] }, 'what is reported again stays erased')
  await report(log, 3, 1)
  const receipt = (await log.receipts.of(long.eventId))!
  t.equal(verifyReceipt(receipt.proof, receipt.opening, parsePolicy(receipt.policy)).checkpoint.size, 3)
  t.equal(Number((await log.store.get<{ n: number }>('SELECT COUNT(*) AS n FROM access_event'))!.n), 2)
  await log.close()
})
