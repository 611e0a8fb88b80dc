import t from 'tap'
import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { once } from 'node:events'
import { readContainer, readZip } from '@trembita/protocol/asic'
import { signatureValueOf } from '@trembita/protocol/signature'
import { createTestPki, startTimestamper } from '@trembita/testnet/pki'
import type { GatewayMessageLog } from '../../src/messagelog/index.ts'
import { CLIENT, ManualClock, openLog, startAuthority, type Authority } from './fixture.ts'

// tap allows a file 30 s, which a busy machine may need for less.
t.setTimeout(120_000)
let authority: Authority
t.before(async () => { authority = await startAuthority() })
t.teardown(() => authority.close())

const opensslMissing = spawnSync('openssl', ['version']).status !== 0
if (opensslMissing && process.env.CI !== undefined) throw new Error('openssl is needed in CI')
const skip = opensslMissing ? 'openssl is not installed: time stamps are not checked from outside' : false

/** Asks openssl whether a token is over data and signed below the PKI's root. */
function opensslVerifies (folder: string, token: Uint8Array, data: Uint8Array): string {
  const file = (name: string, content: Uint8Array | string): string => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const pem = (der: Uint8Array): string => `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
  const { root, intermediate } = authority.pki
  return execFileSync('openssl', ['ts', '-verify', '-token_in', '-in', file('token.tst', token), '-data', file('data', data),
    '-CAfile', file('root.pem', pem(root.certificate.der)), '-untrusted', file('middle.pem', pem(intermediate.certificate.der))], { encoding: 'utf8', stdio: 'pipe' })
}

/** Waits until the log says so. */
async function until (log: GatewayMessageLog, is: (state: Awaited<ReturnType<GatewayMessageLog['health']>>) => boolean): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (is(await log.health())) return
    await new Promise((resolve) => { setTimeout(resolve, 10) })
  }
  throw new Error('waited too long')
}

t.test('TR-4.5: one record alone gets its stamp inside the signature, and openssl agrees', { skip }, async (t) => {
  const folder = t.testdir()
  await using log = await openLog(authority, join(folder, 'log'))
  const record = await authority.record()
  const id = await log.append(record)
  await log.stamp([id])
  const { bytes } = (await log.containers([id]))[0]!
  const container = await readContainer(bytes)
  const signature = Buffer.from(container.signature).toString()
  const token = Buffer.from(/<xades:EncapsulatedTimeStamp>([^<]+)</.exec(signature)![1]!, 'base64')
  t.match(signature, /<xades:UnsignedSignatureProperties><xades:SignatureTimeStamp>/, 'as first of the unsigned properties')
  t.match(opensslVerifies(folder, token, signatureValueOf(record.parts.signature)), 'Verification: OK')
  t.notOk(Buffer.from(bytes).includes('ts-hashchain'))
  t.match(await authority.verify(bytes), { verdict: 'verified', timestamp: { kind: 'single' } })
})

t.test('TR-4.5: several records share one stamp over the tree of their signatures, and openssl agrees', { skip }, async (t) => {
  const folder = t.testdir()
  await using log = await openLog(authority, join(folder, 'log'))
  const before = authority.tsa.requests
  const ids: number[] = []
  for (let i = 0; i < 5; i++) ids.push(await log.append(await authority.record({ bodies: i % 2 === 0 ? [] : [Buffer.from('body')] })))
  await log.stamp(ids)
  t.equal(authority.tsa.requests, before + 1)
  for (const { bytes } of await log.containers(ids)) {
    const entries = (await readZip(bytes, { entriesMax: 20, bytesMax: 1e7 })).entries
    const entry = (name: string): Uint8Array => entries.get(name)!
    t.match(opensslVerifies(folder, entry('META-INF/timestamp.tst'), entry('ts-hashchainresult.xml')), 'Verification: OK')
    t.match(await authority.verify(bytes), { verdict: 'verified', timestamp: { kind: 'batch' } })
  }
})

t.test('those who ask while a round runs share the next one, and nothing is stamped twice', async (t) => {
  await using log = await openLog(authority, t.testdir())
  const ids: number[] = []
  for (let i = 0; i < 6; i++) ids.push(await log.append(await authority.record()))
  const before = authority.tsa.requests
  const first = log.stamp([ids[0]!])
  await new Promise((resolve) => { setImmediate(resolve) })
  await Promise.all([first, ...ids.map((id) => log.stamp([id]))])
  t.equal(authority.tsa.requests, before + 2)
  await log.stamp([...ids, 999])
  t.equal(authority.tsa.requests, before + 2, 'what has a stamp, or does not exist, costs nothing')
  t.match(await log.health(), { status: 'pass', waitingForTimestamp: 0, lastTimestampAt: Date })
})

t.test('a record without stamp, or no record, is no container', async (t) => {
  await using log = await openLog(authority, t.testdir())
  const id = await log.append(await authority.record())
  await t.rejects(log.containers([id]), { name: 'Fault', kind: 'InternalError', message: 'record has no time stamp yet' })
  await t.rejects(log.containers([id + 1]), { name: 'Fault', kind: 'InternalError', message: 'record is not in the message log' })
})

t.test('rounds come by themselves; a full batch is followed by the next at once', async (t) => {
  const timestamping = authority.timestamping({ firstDelaySeconds: 0.05, intervalSeconds: () => 3600, batchMax: 3 })
  await using log = await openLog(authority, t.testdir(), { timestamping })
  const before = authority.tsa.requests
  await Promise.all(Array.from({ length: 8 }, async () => log.append(await authority.record())))
  await until(log, (state) => state.waitingForTimestamp === 0)
  t.equal(authority.tsa.requests, before + 3)
  const found = await log.search({})
  for (const { bytes } of await log.containers(found.map((record) => record.id))) t.equal((await authority.verify(bytes)).verdict, 'verified')
})

t.test('stamps at once when told so: appended means stamped', async (t) => {
  await using log = await openLog(authority, t.testdir(), { timestamping: authority.timestamping({ immediately: true }) })
  await Promise.all(Array.from({ length: 4 }, async () => log.append(await authority.record({ queryId: 'now' }))))
  t.same((await log.find({ queryId: 'now', party: CLIENT })).map((record) => record.status), Array(4).fill('time-stamped'))
  authority.tsa.order({ refused: true })
  await t.rejects(log.append(await authority.record()), { name: 'Fault', code: 'LoggingFailed.TimestamperFailed' })
  authority.tsa.order()
})

t.test('providers are tried in their order; what none of them gives is a fault', async (t) => {
  const other = await createTestPki({ organization: 'Other' })
  const untrusted = await startTimestamper(other)
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(async () => { await untrusted.close(); silent.close(); silent.closeAllConnections() })
  const providers = [
    { name: 'nobody', url: 'http://127.0.0.1:1/' },
    { name: 'silent', url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/` },
    { name: 'untrusted', url: untrusted.url }
  ]
  const good = { name: 'good', url: authority.tsa.url }
  let asked = [...providers, good]
  await using log = await openLog(authority, t.testdir(), { timestamping: authority.timestamping({ providers: () => asked, answerTimeoutMs: 200 }) })
  const id = await log.append(await authority.record())
  await log.stamp([id])
  t.equal((await authority.verify((await log.containers([id]))[0]!.bytes)).verdict, 'verified')
  asked = providers
  const second = await log.append(await authority.record())
  await t.rejects(log.stamp([second]), { name: 'Fault', kind: 'TimestamperFailed', cause: { errors: { length: 3 } } })
})

t.test('a stamp that is wrong in any way is not stored', async (t) => {
  await using log = await openLog(authority, t.testdir())
  const foreign = await (await createTestPki()).issueSign({ member: { memberClass: 'GOV', memberCode: '9' } })
  const id = await log.append(await authority.record())
  const other = await log.append(await authority.record())
  for (const faults of [{ wrongImprint: true }, { forged: true }, { refused: true }, { signer: foreign }, { garbage: true }, { httpStatus: 500 }]) {
    authority.tsa.order(faults)
    await t.rejects(log.stamp([id]), { name: 'Fault', kind: 'TimestamperFailed' }, `single, ${Object.keys(faults)[0]!}`)
    await t.rejects(log.stamp([id, other]), { name: 'Fault', kind: 'TimestamperFailed' }, `batch, ${Object.keys(faults)[0]!}`)
  }
  authority.tsa.order()
  t.equal((await log.health()).waitingForTimestamp, 2)
  await log.stamp([id, other])
  t.equal((await log.health()).waitingForTimestamp, 0)
})

t.test('without a time-stamping service no message is accepted', async (t) => {
  await using log = await openLog(authority, t.testdir(), { timestamping: authority.timestamping({ providers: () => [] }) })
  t.throws(() => { log.checkAccepting() }, { name: 'Fault', code: 'LoggingFailed.TimestamperFailed' })
  await t.rejects(log.append(await authority.record()), { code: 'LoggingFailed.TimestamperFailed' })
  t.match(await log.health(), { status: 'fail', message: 'no time-stamping service is configured' })
})

t.test('when stamping fails for longer than allowed messages are refused, until it works again', async (t) => {
  const clock = new ManualClock(new Date())
  const folder = t.testdir()
  const timestamping = authority.timestamping({ firstDelaySeconds: 0.02, retrySeconds: 0.05, intervalSeconds: () => 3600, failurePeriodSeconds: 100 })
  const log = await openLog(authority, folder, { clock, timestamping })
  authority.tsa.order({ httpStatus: 503 })
  const record = await authority.record({ at: clock.now() })
  await log.append(record)
  await log.append(record)
  await until(log, (state) => state.timestampFailingSince !== undefined)
  t.match(await log.health(), { status: 'warn', timestampFailingSince: clock.now() })
  t.doesNotThrow(() => { log.checkAccepting() }, 'not yet')
  clock.advance(101)
  t.throws(() => { log.checkAccepting() }, { code: 'LoggingFailed.TimestampingFailed' })
  await t.rejects(log.append(record), { code: 'LoggingFailed.TimestampingFailed' })
  t.match(await log.health(), { status: 'fail' })
  await log.close()

  const again = await openLog(authority, folder, { clock, timestamping })
  await until(again, (state) => state.status === 'fail')
  t.pass('a restart does not begin the allowed period anew')
  const before = authority.tsa.requests
  authority.tsa.order()
  await until(again, (state) => state.waitingForTimestamp === 0)
  t.ok(authority.tsa.requests >= before + 2, 'one record first, to learn whether the service is back, then the rest')
  t.doesNotThrow(() => { again.checkAccepting() })
  t.equal((await again.health()).status, 'pass')
  await again.close()
})
