import { generateKeyPairSync } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { ManualClock, Secret } from '@trembita/daemon'
import { normaliseSubjectId, openSubjectKey, subjectIndex } from '@trembita/protocol/accessevent'
import { EpochKeys, KeyServiceClient, KeyServiceUnavailable } from '../src/index-keys/index.ts'
import { PORTAL_TOKEN, postJson, runMonitor } from './running-monitor.ts'
import { CLIENT, COMPONENT, NOW, PERSON } from './samples.ts'

const passphrase = new Secret(Buffer.from('a passphrase'))

t.test('keys come back after a new start, differ by register and month, and open by their passphrase alone', async (t) => {
  const folder = t.testdir()
  const clock = new ManualClock(NOW)
  const keys = await EpochKeys.open(folder, passphrase, clock)
  const [one, same] = await Promise.all([keys.keyOf('EDR', '2026-11'), keys.keyOf('EDR', '2026-11')])
  t.ok(one!.equals(same!), 'asked at the same time')
  t.notOk(one!.equals((await keys.keyOf('DRFO', '2026-11'))!))
  t.notOk(one!.equals((await keys.keyOf('EDR', '2026-12'))!))
  t.ok(one!.equals((await (await EpochKeys.open(folder, passphrase, clock)).keyOf('EDR', '2026-11'))!))
  await t.rejects(EpochKeys.open(folder, new Secret(Buffer.from('another')), clock), /passphrase/)
  for (const epoch of ['2026-07', '2027-01', '1999-01', '../../x', '2026-13']) t.equal(await keys.keyOf('EDR', epoch), undefined, epoch)
  const bytes = await readFile(join(folder, 'epochs', '2026-11.key'))
  bytes[20]! ^= 1
  await writeFile(join(folder, 'epochs', '2026-11.key'), bytes)
  await t.rejects(keys.keyOf('EDR', '2026-11'), RangeError)
  await rm(join(folder, 'root.key'))
  await t.rejects(EpochKeys.open(folder, passphrase, clock), /missing/)
})

t.test('a destroyed month is gone for a running process too, for good, and nothing of its secret is left', async (t) => {
  const folder = t.testdir()
  const clock = new ManualClock(NOW)
  const keys = await EpochKeys.open(folder, passphrase, clock)
  await keys.keyOf('EDR', '2026-10')
  await keys.keyOf('EDR', '2026-11')
  const sealed = await readFile(join(folder, 'epochs', '2026-10.key'))
  await (await EpochKeys.open(folder, passphrase, clock)).destroy('2026-10')
  await t.rejects(keys.keyOf('EDR', '2026-10'), { name: 'EpochDestroyed' })
  await t.rejects((await EpochKeys.open(folder, passphrase, clock)).keyOf('DRFO', '2026-10'), { name: 'EpochDestroyed' })
  t.same(await keys.epochs(), ['2026-11'])
  for (const file of await readdir(join(folder, 'epochs'))) t.notOk((await readFile(join(folder, 'epochs', file))).includes(sealed))
  await keys.destroy('2026-09')
  await t.rejects(keys.keyOf('EDR', '2026-09'), { name: 'EpochDestroyed' }, 'also where there was none')
})

t.test('the service gives a component keys of its own registers, and the portal indexes, and remembers nobody (UP-13)', async (t) => {
  const root = t.testdir()
  await using running = await runMonitor(root)
  const { url } = running.keys
  const { privateKey, publicKey } = generateKeyPairSync('x25519')
  const question = { component: COMPONENT, publicKey: publicKey.export({ format: 'jwk' }).x, domains: ['EDR', 'DRFO'], epochs: ['2026-11', '2026-12', '2020-01'] }
  const client = { 'x-road-client': CLIENT }
  t.equal((await postJson(`${url}/subject-keys`, question, { 'x-road-client': 'SEVDEIR-DEMO/GOV/90000044/PDAMS_LC_04' })).status, 403)
  t.equal((await postJson(`${url}/subject-keys`, { ...question, component: 'PDAMS_LC_04' }, client)).status, 403)
  t.equal((await postJson(`${url}/subject-keys`, { ...question, domains: ['EDR', 'HRM'] }, client)).status, 403, 'another\'s register')
  t.equal((await postJson(`${url}/subject-keys`, { ...question, publicKey: 'A'.repeat(43) }, client)).status, 400, 'a key that hides nothing')
  const answer = await postJson(`${url}/subject-keys`, question, client)
  const { keys } = await answer.json() as { keys: { domain: string, epoch: string, keyVersion: number, sealed: string }[] }
  t.same(keys.map(({ domain, epoch }) => `${domain} ${epoch}`), ['EDR 2026-11', 'DRFO 2026-11', 'EDR 2026-12', 'DRFO 2026-12'])
  const expected = subjectIndex(openSubjectKey(keys[0]!.sealed, privateKey), normaliseSubjectId('RNOKPP', PERSON))

  const portal = { authorization: `Bearer ${PORTAL_TOKEN}` }
  const person = { idType: 'RNOKPP', id: PERSON, epochs: ['2026-11', '2020-01'] }
  t.equal((await postJson(`${url}/indexes`, person)).status, 401)
  t.equal((await postJson(`${url}/indexes`, person, { authorization: 'Bearer guess' })).status, 401)
  t.equal((await postJson(`${url}/indexes`, { ...person, id: '12' }, portal)).status, 400)
  const found = await (await postJson(`${url}/indexes`, person, portal)).json() as { indexes: { domain: string, epoch: string, index: string }[], renewal: string }
  t.same(found.indexes.map(({ domain, epoch }) => `${domain} ${epoch}`), ['DRFO 2026-11', 'EDR 2026-11'])
  t.equal(found.indexes[1]!.index, expected, 'both sides come to the same index')
  t.notOk(Buffer.from(found.renewal, 'base64url').includes(PERSON))
  const renewed = await (await postJson(`${url}/indexes/renew`, { renewal: found.renewal, epochs: ['2026-11'], domains: ['EDR'] }, portal)).json() as typeof found
  t.same(renewed.indexes, [found.indexes[1]])
  t.equal((await postJson(`${url}/indexes/renew`, { renewal: found.renewal.slice(0, -2), epochs: ['2026-11'] }, portal)).status, 400)

  for (let i = 0; i < 12; i++) await postJson(`${url}/subject-keys`, question, client)
  t.equal((await postJson(`${url}/subject-keys`, question, client)).status, 429, 'more than a component needs')
  t.equal(running.keys.enumerationAlarms(), 0)
  for (let i = 0; i < 25; i++) await postJson(`${url}/indexes`, { ...person, id: String(7000100200 + i) }, portal)
  t.equal(running.keys.enumerationAlarms(), 1, 'walking through numbers is noticed')
  t.notMatch(running.logged(), /70001\d{5}/)
})

t.test('who cannot reach the key service is told so, and never "nothing found"', async (t) => {
  const held = async () => ({ registries: ['EDR'], epochs: ['2026-11'] })
  const client = new KeyServiceClient('http://127.0.0.1:9', new Secret(Buffer.from('x')), held)
  await t.rejects(client.of([{ idType: 'RNOKPP', id: PERSON }]), KeyServiceUnavailable)
})
