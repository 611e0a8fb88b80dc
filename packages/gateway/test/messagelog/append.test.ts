import t from 'tap'
import { randomBytes } from 'node:crypto'
import { existsSync, globSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { createMetrics } from '@trembita/daemon'
import { readContainer } from '@trembita/protocol/asic'
import { contentSize, signatureIn, writeContent } from '../../src/messagelog/content.ts'
import { RecordStore } from '../../src/messagelog/store.ts'
import { markVerified } from '../../src/trust/index.ts'
import { CLIENT, openLog, SERVICE, startAuthority, type Authority } from './fixture.ts'

// tap allows a file 30 s, which a busy machine may need for less.
t.setTimeout(120_000)
let authority: Authority
t.before(async () => { authority = await startAuthority() })
t.teardown(() => authority.close())

const filesIn = (folder: string): string[] => globSync('**', { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
const attachmentOf = async (container: Uint8Array, n = 1): Promise<Uint8Array | undefined> => (await readContainer(container)).attachments.get(`attachment${n}`)

t.test('TR-4.7: what was appended is found by query id and local party, with its times and state', async (t) => {
  await using log = await openLog(authority, t.testdir())
  const at = new Date('2026-11-22T10:00:00.123Z')
  const id = await log.append(await authority.record({ queryId: 'той самий?', at }))
  await log.append(await authority.record({ queryId: 'той самий?', direction: 'response' }))
  await log.append(await authority.record({ queryId: 'той самий?', party: { ...CLIENT, subsystemCode: 'other' } }))
  const found = await log.find({ queryId: 'той самий?', party: CLIENT })
  t.same(found.map((record) => record.direction), ['request', 'response'], 'a query id is not unique: all records of it, oldest first')
  t.match(found[0], { id, at, party: CLIENT, client: CLIENT, service: SERVICE, side: 'consumer', protocol: 'rest', completeness: 'whole', status: 'waiting for time stamp' })
  t.equal((await log.find({ queryId: 'той самий?', party: CLIENT, direction: 'response' })).length, 1)
  const { subsystemCode: _, ...member } = CLIENT
  t.same(await log.find({ queryId: 'той самий?', party: member }), [], 'a member is not its subsystem')
  await log.stamp([id])
  t.match(await log.find({ queryId: 'той самий?', party: CLIENT, direction: 'request' }), [{ status: 'time-stamped', stampedAt: Date }])
})

t.test('search goes newest first, by any column, a page at a time', async (t) => {
  await using log = await openLog(authority, t.testdir())
  for (let i = 0; i < 5; i++) await log.append(await authority.record({ queryId: `q${i}`, at: new Date(Date.UTC(2026, 0, 1 + i)) }))
  await log.stamp([2])
  const ids = async (query: Parameters<typeof log.search>[0]): Promise<number[]> => (await log.search(query)).map((record) => record.id)
  t.same(await ids({ limit: 2 }), [5, 4])
  t.same(await ids({ limit: 2, before: 4 }), [3, 2])
  t.same(await ids({ status: 'time-stamped' }), [2])
  t.same(await ids({ status: 'waiting for time stamp', service: SERVICE, client: CLIENT, side: 'consumer' }), [5, 4, 3, 1])
  t.same(await ids({ from: new Date(Date.UTC(2026, 0, 2)), to: new Date(Date.UTC(2026, 0, 4)) }), [3, 2])
  t.same(await ids({ party: { ...CLIENT, memberCode: 'x' } }), [])
  t.same(await ids({ queryId: 'q3' }), [4])
})

t.test('many appends at once share transactions, and each is there', async (t) => {
  const metrics = createMetrics('trembita_gateway')
  await using log = await openLog(authority, t.testdir(), { metrics })
  const record = await authority.record({ queryId: 'many' })
  const total = 5000
  let left = total
  const ids = new Set<number>()
  await Promise.all(Array.from({ length: 50 }, async () => {
    while (left-- > 0) ids.add(await log.append(record))
  }))
  t.equal(ids.size, total)
  const transactions = Number(/trembita_gateway_messagelog_transactions (\d+)/.exec(await metrics.text())?.[1])
  t.ok(transactions < total / 4, `${transactions} transactions for ${total} records`)
  t.equal((await log.find({ queryId: 'many', party: CLIENT })).length, total)
  t.match(await metrics.text(), `messagelog_waiting_for_timestamp ${total}`)
})

t.test('an append of a usual message costs the main thread little', async (t) => {
  await using log = await openLog(authority, t.testdir())
  const sealed = await authority.record()
  const record = { ...sealed, message: randomBytes(2048), parts: markVerified({ signature: randomBytes(8192) }) }
  const run = async (total: number): Promise<number> => {
    const before = process.threadCpuUsage()
    let left = total
    await Promise.all(Array.from({ length: 50 }, async () => { while (left-- > 0) await log.append(record) }))
    const used = process.threadCpuUsage(before)
    return (used.user + used.system) / total
  }
  await run(1000)
  const microseconds = await run(3000)
  t.comment(`${microseconds.toFixed(1)} µs CPU an append`)
  t.ok(microseconds < 60)
})

t.test('bodies of every size and holding come back whole in a container that verifies', async (t) => {
  const folder = t.testdir()
  await using log = await openLog(authority, join(folder, 'log'))
  const sizes = [0, 1, 64 * 1024, 64 * 1024 + 1, 128 * 1024, 1_000_000]
  const ids: number[] = []
  for (const size of sizes) {
    const bytes = randomBytes(size)
    const path = join(folder, `spool-${size}`)
    writeFileSync(path, bytes)
    const spool = log.openBody()
    for (let at = 0; at < size; at += 50_000) await spool.write(bytes.subarray(at, at + 50_000))
    const spooled = await spool.end()
    for (const held of [{ kind: 'memory' as const, bytes }, { kind: 'file' as const, path, size }, spooled]) {
      const id = await log.append(await authority.record({ bodies: [bytes], held: [held] }))
      await log.releaseBody(held)
      ids.push(id)
      await log.stamp([id])
      const [container] = await log.containers([id])
      t.ok(Buffer.from((await attachmentOf(container!.bytes))!).equals(bytes), `${held.kind} of ${size}`)
      t.equal((await authority.verify(container!.bytes)).verdict, 'verified', `${held.kind} of ${size} verifies`)
    }
    t.ok(existsSync(path), 'the caller\'s file is left alone')
  }
  const again = await log.containers(ids)
  const once = await log.containers(ids)
  t.ok(again.every((container, i) => container.bytes.equals(once[i]!.bytes)), 'the same bytes each time')
})

t.test('containers are named as X-Road names them, whatever the query id holds', async (t) => {
  await using log = await openLog(authority, t.testdir())
  const ids = [await log.append(await authority.record({ queryId: '../a b/ї' })), await log.append(await authority.record({ queryId: 'x'.repeat(300) }))]
  await log.stamp(ids)
  const [first, second] = await log.containers(ids)
  t.equal(first?.name, '..%2Fa+b%2F%D1%97-request-1.asice')
  t.equal(second?.name, `${'x'.repeat(226)}-request-2.asice`)
})

t.test('TR-12.6: nothing of message, signature or body can be read in the files', async (t) => {
  const folder = t.testdir()
  const marker = 'MARKER-IN-THE-CLEAR'
  const small = Buffer.from(marker.repeat(3))
  const large = Buffer.from(marker.repeat(20_000))
  {
    await using log = await openLog(authority, folder)
    const spool = log.openBody()
    await spool.write(large)
    const held = [await spool.end()]
    await log.append(await authority.record({ marker, bodies: [small] }))
    await log.append(await authority.record({ marker, protocol: 'soap' }))
    await log.append(await authority.record({ bodies: [large] }))
    await log.append(await authority.record({ bodies: [large], held }))
    for (const file of filesIn(folder)) {
      const bytes = readFileSync(file)
      t.notOk(bytes.includes(marker) || bytes.includes('SignatureValue'), file)
    }
  }
  const files = filesIn(folder)
  t.equal(files.filter((file) => file.includes('/bodies/')).length, 2)
  for (const file of files) t.notOk(readFileSync(file).includes(marker), `${file} after closing`)
  t.equal(statSync(join(folder, 'messagelog.key')).mode & 0o777, 0o600)
})

t.test('a wrong PIN opens nothing, a right one everything, and a lost key is not replaced in silence', async (t) => {
  const folder = t.testdir()
  const first = await openLog(authority, folder)
  const id = await first.append(await authority.record({ queryId: 'kept' }))
  await first.close()
  await t.rejects(openLog(authority, folder, { pin: Buffer.from('4712') }), { name: 'Fault', kind: 'PinIncorrect' })
  const second = await openLog(authority, folder)
  await second.stamp([id])
  t.equal((await second.containers([id])).length, 1)
  await second.close()
  writeFileSync(join(folder, 'messagelog.key'), '{}')
  await t.rejects(openLog(authority, folder), { name: 'Fault', kind: 'KeyNotFound' })
  rmSync(join(folder, 'messagelog.key'))
  await t.rejects(openLog(authority, folder), { name: 'Fault', kind: 'KeyNotFound' })
})

t.test('a row or a body changed on disk is noticed, never served', async (t) => {
  const folder = t.testdir()
  const id = await (async () => {
    await using log = await openLog(authority, folder)
    const id = await log.append(await authority.record({ queryId: 'a', bodies: [randomBytes(200_000)] }))
    const plain = await log.append(await authority.record({ queryId: 'b' }))
    await log.stamp([id, plain])
    return id
  })()
  const tamper = (sql: string): void => {
    const db = new Sqlite(join(folder, 'messagelog.db'))
    db.exec(sql)
    db.close()
  }
  const served = async (record: number): Promise<boolean> => {
    await using log = await openLog(authority, folder)
    return await log.containers([record]).then(() => true, () => false)
  }
  t.ok(await served(id))
  tamper("UPDATE record SET client = 'TEST/GOV/00000003/other' WHERE id = 2")
  t.notOk(await served(2), 'a changed column')
  tamper("UPDATE record SET client = 'TEST/GOV/00000001/portal' WHERE id = 2")
  t.ok(await served(2))
  tamper('UPDATE content SET sealed = (SELECT sealed FROM content WHERE record = 1), salt = (SELECT salt FROM content WHERE record = 1) WHERE record = 2')
  t.notOk(await served(2), 'another record\'s content')
  const [file] = filesIn(join(folder, 'bodies'))
  const whole = readFileSync(file!)
  for (const [what, change] of [
    ['a flipped bit', () => { const bytes = Buffer.from(whole); bytes[100_000]! ^= 1; writeFileSync(file!, bytes) }],
    ['cut at the border of a chunk', () => { truncateSync(file!, 24 + 2 * (65536 + 16)) }],
    ['cut anywhere', () => { truncateSync(file!, 70_000) }],
    ['cut to its header', () => { truncateSync(file!, 24) }],
    ['empty', () => { truncateSync(file!, 0) }],
    ['longer', () => { writeFileSync(file!, Buffer.concat([whole, Buffer.alloc(40)])) }]
  ] as const) {
    writeFileSync(file!, whole)
    change()
    t.notOk(await served(id), what)
  }
  writeFileSync(file!, whole)
  t.ok(await served(id))
})

t.test('limits: a REST body over the limit fails the exchange, a SOAP attachment is left out', async (t) => {
  await using log = await openLog(authority, t.testdir(), { limits: { bodyBytesMax: 1000 } })
  const big = randomBytes(1001)
  await t.rejects(log.append(await authority.record({ bodies: [big] })), { name: 'Fault', code: 'LoggingFailed' })
  t.throws(() => log.checkBodySize(1001), { code: 'LoggingFailed' })
  t.doesNotThrow(() => log.checkBodySize(1000))
  const whole = await log.append(await authority.record({ bodies: [big.subarray(1)] }))
  const soap = await log.append(await authority.record({ queryId: 's', protocol: 'soap', bodies: [randomBytes(500), randomBytes(501)] }))
  t.match(await log.find({ queryId: 's', party: CLIENT }), [{ completeness: 'omitted' }])
  await log.stamp([whole, soap])
  const [container] = await log.containers([soap])
  t.equal((await readContainer(container!.bytes)).attachments.size, 0)
  t.match(await authority.verify(container!.bytes), { verdict: 'verified', files: [{ name: 'message.xml', status: 'covered' }, { status: 'absent' }, { status: 'absent' }] })
})

t.test('limits: with truncation allowed the start is kept, and the record says so', async (t) => {
  await using log = await openLog(authority, t.testdir(), { limits: { bodyBytesMax: 100_000, truncatedBodyAllowed: true } })
  const bytes = randomBytes(300_000)
  const spool = log.openBody()
  await spool.write(bytes)
  const sealed = await spool.end()
  t.doesNotThrow(() => log.checkBodySize(300_000))
  for (const held of [{ kind: 'memory' as const, bytes }, sealed]) {
    const id = await log.append(await authority.record({ queryId: 'cut', bodies: [bytes], held: [held] }))
    await log.stamp([id])
    const [container] = await log.containers([id])
    t.ok(Buffer.from((await attachmentOf(container!.bytes))!).equals(bytes.subarray(0, 100_000)))
    t.not((await authority.verify(container!.bytes)).verdict, 'verified', 'by design it does not verify')
  }
  t.match(await log.find({ queryId: 'cut', party: CLIENT }), [{ completeness: 'truncated' }, { completeness: 'truncated' }])
  const chunks: Uint8Array[] = []
  for await (const chunk of log.readBody(sealed)) chunks.push(chunk)
  t.ok(Buffer.concat(chunks).equals(bytes), 'the flow still reads the whole body after the log took its part')
  await log.releaseBody(sealed)
  await t.rejects(async () => { for await (const chunk of log.readBody(sealed)) chunks.push(chunk) }, 'until it lets it go')
})

t.test('limits: 0 keeps no bodies; body logging off keeps who called what, and nothing of what was said', async (t) => {
  const folder = t.testdir()
  {
    await using log = await openLog(authority, join(folder, 'zero'), { limits: { bodyBytesMax: 0 } })
    const id = await log.append(await authority.record({ bodies: [randomBytes(2_000_000)] }))
    await log.stamp([id])
    t.equal((await readContainer((await log.containers([id]))[0]!.bytes)).attachments.size, 0)
  }
  await using log = await openLog(authority, join(folder, 'off'), { limits: { bodyLogging: (party) => party.subsystemCode !== 'portal' } })
  t.doesNotThrow(() => log.checkBodySize(1e9, CLIENT))
  const ids = [
    await log.append(await authority.record({ marker: 'SECRET', bodies: [Buffer.from('SECRET')] })),
    await log.append(await authority.record({ marker: 'SECRET', protocol: 'soap' }))
  ]
  await log.stamp(ids)
  const [rest, soap] = (await Promise.all((await log.containers(ids)).map((container) => readContainer(container.bytes))))
    .map((container) => Buffer.from(container.message).toString())
  t.match(rest, /^POST\r\n\/r1\/TEST\/GOV\/00000002\/registry\/lookup\r\nX-Road-Client:TEST\/GOV\/00000001\/portal\r\nx-road-request-id:[^\r]+\r\nx-road-id:[^\r]+\r\n$/)
  t.match(soap, /<x:id>[^<]+<\/x:id>[^]*<e:Body><\/e:Body><\/e:Envelope>/)
  t.notMatch(soap, 'SECRET')
})

t.test('what a former run left half-written is removed, and numbers are never used twice', async (t) => {
  const folder = t.testdir()
  const first = await openLog(authority, folder)
  const id = await first.append(await authority.record({ bodies: [randomBytes(100_000)] }))
  const loose = first.openBody()
  await loose.write(randomBytes(100_000))
  await loose.end()
  await first.close()
  mkdirSync(join(folder, 'bodies', 'zz'))
  writeFileSync(join(folder, 'bodies', 'zz', 'stray'), 'x')
  t.equal(filesIn(join(folder, 'bodies')).length, 3)
  const second = await openLog(authority, folder)
  await second.close()
  t.equal(filesIn(join(folder, 'bodies')).length, 1)
  const third = await openLog(authority, folder)
  t.equal(await third.append(await authority.record()), id + 1)
  await third.stamp([id])
  t.equal((await authority.verify((await third.containers([id]))[0]!.bytes)).verdict, 'verified')
  await third.close()
  await t.rejects(third.append(await authority.record()), { code: 'LoggingFailed' }, 'a closed log takes nothing')
})

t.test('a full disk refuses the record, and what was written before is still served', async (t) => {
  const store = new RecordStore(join(t.testdir(), 'messagelog.db'), randomBytes(32))
  t.teardown(() => { store.close() })
  const signature = randomBytes(100)
  const content = { message: randomBytes(40_000), signature, bodies: [] }
  const bytes = Buffer.alloc(contentSize(content))
  writeContent(content, bytes, 0)
  const columns = {
    direction: 'request', side: 'consumer', queryId: 'q', requestId: 'r', party: 'p', client: 'c', service: 's', protocol: 'rest', created: 1, completeness: 'whole'
  } as const
  const record = { columns, bodyFiles: [], content: bytes }
  t.equal(store.append([record]), 1)
  // A limit on pages is what a full disk looks like to SQLite, without filling one.
  store.db.pragma(`max_page_count = ${(store.db.pragma('page_count', { simple: true }) as number) + 10}`)
  t.throws(() => store.append(Array.from({ length: 10 }, () => record)), { code: 'SQLITE_FULL' })
  t.same(store.row(2), undefined, 'nothing of the batch is there')
  t.equal(store.append([record]), 2, 'a smaller one still fits, under the next number')
  t.ok(Buffer.from(signatureIn(store.content(1)!.content)).equals(signature))
})

t.test('a second process that opens the same log is turned away', async (t) => {
  const folder = t.testdir()
  const log = await openLog(authority, folder)
  await t.rejects(openLog(authority, folder), { message: 'message log is in use by another process' })
  await log.append(await authority.record())
  await log.close()
  await (await openLog(authority, folder)).close()
})
