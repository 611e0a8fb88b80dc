import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { deriveKey, loadOrCreateKey, readKeyFile, Seal } from '../src/index.ts'

t.test('a sealed text opens under its key in its row alone', async (t) => {
  const key = randomBytes(32)
  const seal = new Seal(key)
  const sealed = seal.seal('Ґонта', 'row-1')
  t.equal(seal.open(sealed, 'row-1'), 'Ґонта')
  t.not(seal.seal('Ґонта', 'row-1'), sealed, 'equal texts look different')
  t.throws(() => seal.open(sealed, 'row-2'), { name: 'RangeError', message: 'not sealed by this key for this row' })
  t.throws(() => new Seal(randomBytes(32)).open(sealed, 'row-1'), { name: 'RangeError' })
  const bytes = Buffer.from(sealed, 'base64')
  for (const at of [0, 12, bytes.length - 1]) {
    const changed = Buffer.from(bytes)
    changed[at]! ^= 1
    t.throws(() => seal.open(changed.toString('base64'), 'row-1'), { name: 'RangeError' }, `a bit of byte ${at}`)
  }
  t.throws(() => seal.open('AAAA', 'row-1'), { message: 'sealed text is too short' })
  t.throws(() => new Seal(randomBytes(16)), { name: 'RangeError' })
})

t.test('keys of purposes differ; a key file is made once, for its owner alone', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-seal-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const path = join(folder, 'master.key')
  const key = await loadOrCreateKey(path)
  t.same(await loadOrCreateKey(path), key)
  t.equal((await stat(path)).mode & 0o777, 0o600)
  t.notSame(deriveKey(key, 'a'), deriveKey(key, 'b'))
  // RFC 5869 with SHA-256, no salt: the first 32 bytes of test case 3, whose info is empty.
  t.equal(Buffer.from(deriveKey(Buffer.alloc(22, 0x0b), '')).toString('hex'), '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d')
  await writeFile(path, 'short')
  t.throws(() => readKeyFile(path), { name: 'RangeError', message: `${path}: expected 32 bytes` })
})
