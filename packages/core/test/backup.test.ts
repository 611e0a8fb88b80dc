import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { createLogger, ManualClock, Secret } from '@trembita/daemon'
import { parseAnchor, parseDirectory } from '@trembita/protocol/globalconf'
import { postgresPrograms, startPostgres } from '@trembita/testnet/postgres'
import { openssl, scratch, skipWithout } from '@trembita/testnet/verifiers'
import { SYSTEM } from '../src/audit/index.ts'
import { Backups, readBackup } from '../src/backup/index.ts'
import { SigningKeys } from '../src/globalconf/index.ts'
import { startCore, type Core } from '../src/index.ts'
import { configOf, coreIn, seedOf, silent } from './seeding.ts'

t.setTimeout(280_000)
const BIN = join(import.meta.dirname, '../bin/trembita-core.ts')
const clock = new ManualClock(new Date('2026-02-06T13:41:26.123Z'))
const passphrase = new Secret(Buffer.from('correct horse'))

const anyPort = { host: '127.0.0.1', port: 0 }
const LISTEN = { admin: anyPort, configuration: anyPort, registration: anyPort }

async function run (...args: readonly string[]): Promise<{ code: number, out: string, err: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [BIN, ...args], { timeout: 30_000 })
    return { code: 0, out: stdout, err: stderr }
  } catch (thrown) {
    const { code, stdout, stderr } = thrown as { code: number, stdout: string, stderr: string }
    return { code, out: stdout, err: stderr }
  }
}

/** Part of a published configuration, as gateways get it. */
async function published (core: Core, part: string): Promise<string> {
  const directory = parseDirectory(Buffer.from(await (await fetch(`${core.addresses.configuration}/internalconf?version=6`)).arrayBuffer()))
  const { location } = directory.parts.find(({ contentIdentifier }) => contentIdentifier === part)!
  return await (await fetch(`${core.addresses.configuration}${location}`)).text()
}

async function backupsOf (core: Core, folder: string): Promise<Backups> {
  const keys = new SigningKeys(core.store, core.changes, passphrase, 'core')
  await keys.refresh()
  return new Backups({
    store: core.store,
    changes: core.changes,
    dataFolder: folder,
    passphrase,
    signer: () => keys.signer('internal'),
    ownCertificates: async () => (await keys.nodes(core.store)).flatMap(({ internalCertificates }) => internalCertificates),
    onRestored: async () => {},
    program: '0.0.0',
    clock,
    log: createLogger('core', 'silent')
  })
}

t.test('TR-7.1: a backup put back on an empty machine brings the same environment up, keys included', async (t) => {
  const [folder, elsewhere] = [t.testdir({ first: {}, second: {} }), join(t.testdirName, 'second')]
  const first = await coreIn(join(folder, 'first'), { seed: seedOf(), listen: LISTEN }, clock)
  const anchor = (await first.anchor('internal')).bytes
  const shared = await published(first, 'SHARED-PARAMETERS')
  const tls = readFileSync(join(folder, 'first/management-tls.crt'))
  await first.close()
  const settings = (name: string): string => {
    const path = join(folder, `${name}.yaml`)
    writeFileSync(join(folder, 'passphrase'), 'correct horse')
    writeFileSync(path, `dataFolder: ${name}\npassphraseFile: passphrase\nlisten: { admin: { port: 0 }, configuration: { port: 0 } }\n`)
    return path
  }
  const file = join(folder, 'environment.backup')
  t.match(await run('backup', 'create', file, '--config', settings('first')), { code: 0, out: /environment ZZ, made .* with signing keys/ })
  t.notMatch(readFileSync(file).toString('latin1'), /Міністерство|1001/, 'nothing of it can be read without the passphrase')

  writeFileSync(join(folder, 'anchor.xml'), anchor)
  const unknown = await run('backup', 'restore', file, '--config', settings('second'))
  t.match(unknown, { code: 2, err: /--anchor FILE, or confirm the signer by --signer [0-9a-f]{64}/ })
  t.match(await run('backup', 'restore', file, '--config', settings('second'), '--anchor', join(folder, 'anchor.xml')), { code: 0, out: /environment ZZ/ })
  t.match(await run('backup', 'restore', file, '--config', settings('second'), '--anchor', join(folder, 'anchor.xml')), { code: 2, err: /--replace/ })
  await using second = await coreIn(elsewhere, {}, clock)
  t.match(await run('backup', 'restore', file, '--config', settings('second'), '--anchor', join(folder, 'anchor.xml'), '--replace'), { code: 1, err: /in use by another process: stop it first/ }, 'not under a running core')
  t.same((await second.anchor('internal')).bytes, anchor, 'the same keys, hence the same anchor: gateways notice nothing')
  t.equal(await published(second, 'SHARED-PARAMETERS'), shared)
  t.same(readFileSync(join(elsewhere, 'management-tls.crt')), tls, 'the same certificate of the registration service')
  t.match(await second.store.get('SELECT action FROM audit_event ORDER BY id DESC LIMIT 1'), { action: /backup\.restore|configuration-node/ })
})

t.test('a backup without keys leaves the keys that are there, and none go with it', async (t) => {
  const folder = t.testdir()
  await using core = await coreIn(folder, { seed: seedOf() }, clock)
  const backups = await backupsOf(core, folder)
  const kept = await backups.create(SYSTEM, false)
  const content = await readBackup(await backups.read(kept.name)).open(passphrase)
  t.notMatch(content.toString(), /BEGIN ENCRYPTED PRIVATE KEY/)
  const before = (await core.anchor('internal')).bytes
  await core.seed(seedOf({ parameters: { ocspFreshnessSeconds: 61 } }))
  await backups.restore(SYSTEM, kept.name)
  t.same((await core.anchor('internal')).bytes, before)
  await core.publish()
  t.match(await published(core, 'SHARED-PARAMETERS'), /<ocspFreshnessSeconds>3600</, 'what came after the backup is gone, in what is published too')
})

t.test('what was done since a backup stays in the audit log when it is put back', async (t) => {
  const folder = t.testdir()
  await using core = await coreIn(folder, { seed: seedOf() }, clock)
  const backups = await backupsOf(core, folder)
  const { name } = await backups.create(SYSTEM, true)
  await core.changes.change({ ...SYSTEM, id: 'mallory' }, (tx) => tx.record({ action: 'member.delete', object: { kind: 'member', id: 'ZZ/GOV/1001' } }))
  const before = await core.store.all<{ id: number, hash: Buffer }>('SELECT id, hash FROM audit_event ORDER BY id')
  await backups.restore(SYSTEM, name)
  const events = await core.store.all<{ id: number, hash: Buffer, previous_hash: Buffer, action: string }>('SELECT id, hash, previous_hash, action FROM audit_event ORDER BY id')
  t.same(events.slice(0, before.length).map(({ id, hash }) => ({ id, hash })), before)
  t.equal(events[before.length]?.action, 'backup.restore')
  t.same(events[before.length]?.previous_hash, before.at(-1)?.hash)
  t.ok(await core.store.get('SELECT id FROM member LIMIT 1'), 'the rest is of the backup')
})

t.test('backups are listed by their beginnings, however large they are', async (t) => {
  const folder = t.testdir()
  await using core = await coreIn(folder, { seed: seedOf() }, clock)
  const backups = await backupsOf(core, folder)
  const kept = await backups.create(SYSTEM, true)
  const file = await backups.read(kept.name)
  const header = Buffer.from(file.subarray(0, file.indexOf('\n', 30) + 1).toString('utf8').replace(/"contentBytes":\d+/, '"contentBytes":1000000000'))
  const large = join(folder, 'backups/large.backup')
  writeFileSync(large, header)
  // Longer than what Node reads into memory at once; the disk holds its beginning alone.
  await truncate(large, 3 * 2 ** 30)
  writeFileSync(join(folder, 'backups/cut.backup'), file.subarray(0, file.length - 1000))
  t.same((await backups.list()).map(({ name }) => name).sort(), [kept.name, 'large.backup'].sort())
  t.same((await backups.list()).find(({ name }) => name === kept.name), kept)
})

t.test('what was changed, cut, signed by others or encrypted otherwise is refused, and nothing changes', async (t) => {
  const folder = t.testdir({ a: {}, b: {} })
  await using core = await coreIn(join(folder, 'a'), { seed: seedOf() }, clock)
  await using other = await coreIn(join(folder, 'b'), { seed: seedOf() }, clock)
  const backups = await backupsOf(core, join(folder, 'a'))
  const { name } = await backups.create(SYSTEM, true)
  const file = await backups.read(name)
  const revision = await core.store.get('SELECT value FROM revision')
  for (const at of [3, 30, file.indexOf('\n', 30) + 5, file.length - 5]) {
    const broken = Buffer.from(file)
    broken[at]! ^= 1
    await t.rejects(backups.upload(SYSTEM, broken), { code: 'backup_invalid' }, `byte ${at}`)
  }
  for (const length of [0, 10, 200, file.length - 300]) await t.rejects(backups.upload(SYSTEM, file.subarray(0, length)), { code: 'backup_invalid' }, `${length} bytes`)
  await t.rejects((await backupsOf(other, join(folder, 'b'))).upload(SYSTEM, file), { code: 'backup_foreign' })
  await t.rejects(readBackup(file).open(new Secret(Buffer.from('wrong'))), { code: 'backup_passphrase_wrong' })
  for (const odd of ['../registry.db', 'x', '.backup', 'none.backup']) await t.rejects(backups.read(odd), { code: 'backup_not_found' })
  t.same(await core.store.get('SELECT value FROM revision'), revision)
})

t.test('openssl verifies who signed a backup', { skip: await skipWithout('openssl') }, async (t) => {
  const folder = t.testdir()
  await using core = await coreIn(folder, { seed: seedOf(), keyType: 'rsa' }, clock)
  const backups = await backupsOf(core, folder)
  const file = await backups.read((await backups.create(SYSTEM, true)).name)
  const { header } = readBackup(file)
  const end = file.indexOf('\n', file.indexOf('\n') + 1) + 1 + header.contentBytes
  const files = scratch()
  t.teardown(() => files.remove())
  const certificate = parseAnchor((await core.anchor('internal')).bytes).sources[0]!.certificates[0]!
  const der = files.write('certificate.der', certificate)
  const { text } = await openssl('x509', '-inform', 'DER', '-in', der, '-pubkey', '-noout')
  const result = await openssl('dgst', '-sha512', '-verify', files.write('key.pem', Buffer.from(text)), '-signature', files.write('signature', file.subarray(end)), files.write('signed', file.subarray(0, end)))
  t.ok(result.ok, result.text)
})

t.test('what was saved from SQLite comes up in PostgreSQL, and goes on counting from there', { skip: postgresPrograms() === undefined && process.env.CI === undefined && 'PostgreSQL is not installed: npm run setup:system' }, async (t) => {
  await using postgres = await startPostgres(await mkdtemp(join(tmpdir(), 'trembita-backup-')))
  const folder = t.testdir({ a: {}, b: {} })
  const core = await coreIn(join(folder, 'a'), { seed: seedOf() }, clock)
  const backups = await backupsOf(core, join(folder, 'a'))
  const { name } = await backups.create(SYSTEM, true)
  const file = await backups.read(name)
  const shared = await published(core, 'SHARED-PARAMETERS')
  await core.close()
  const config = join(folder, 'core.yaml')
  writeFileSync(join(folder, 'passphrase'), 'correct horse')
  writeFileSync(join(folder, 'url'), postgres.url)
  writeFileSync(join(folder, 'environment.backup'), file)
  writeFileSync(config, 'dataFolder: b\npassphraseFile: passphrase\ndatabaseUrlFile: url\nlisten: { admin: { port: 0 }, configuration: { port: 0 } }\n')
  t.match(await run('backup', 'show', join(folder, 'environment.backup')), { code: 0, out: /environment ZZ/ })
  const signer = /signed by (\w+)/.exec((await run('backup', 'show', join(folder, 'environment.backup'))).out)![1]!
  t.match(await run('backup', 'restore', join(folder, 'environment.backup'), '--config', config, '--signer', signer), { code: 0 })
  await using moved = await startCore({ ...configOf(join(folder, 'b')), database: new Secret(Buffer.from(postgres.url)) }, silent, clock)
  t.equal(await published(moved, 'SHARED-PARAMETERS'), shared)
  const [last] = await moved.store.all<{ id: number }>('SELECT max(id) AS id FROM member')
  await moved.seed(seedOf({ members: [...seedOf().members, { id: { instance: 'ZZ', memberClass: 'GOV', memberCode: '77' }, name: 'Later', subsystems: [] }] }))
  t.ok((await moved.store.get<{ id: number }>('SELECT max(id) AS id FROM member'))!.id > last!.id)
})
