import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { ACCOUNT_SCHEMA, IDENTITY_SCHEMA, isAssured, type Identity } from '../../src/accounts/index.ts'
import { identityOf } from '../../src/accounts/identity.ts'
import { Sessions } from '../../src/accounts/sessions.ts'
import { IdentitySeal } from '../../src/accounts/identity.ts'
import { ManualClock } from '../../src/index.ts'
import { openSqliteStore } from '../../src/store/index.ts'

const IDENTITY: Identity = { subject: 'p-1', name: 'Ґонта Дем’ян Євгенович', rnokpp: '7000100119', assurance: 'high' }

t.test('a session holds who the person is, and its store holds neither name nor code (UP-13)', async (t) => {
  const file = join(t.testdir(), 'accounts.db')
  const store = await openSqliteStore(file, [ACCOUNT_SCHEMA, IDENTITY_SCHEMA])
  const clock = new ManualClock(new Date('2026-11-22T10:00:00Z'))
  const sessions = new Sessions({ store, clock, identitySeal: new IdentitySeal(randomBytes(32)) })
  const { cookie } = await sessions.start({ id: 'p-1', name: IDENTITY.name, roles: ['PERSON'], identity: IDENTITY }, '127.0.0.1')
  const found = await sessions.find(cookie)
  t.same(found?.person.identity, JSON.parse(JSON.stringify(IDENTITY)))
  t.equal(found?.person.name, IDENTITY.name)
  const bytes = ['', '-wal'].map((end) => readFileSync(file + end).toString('latin1')).join('')
  t.notMatch(bytes, /7000100119/)
  t.notOk(bytes.includes(Buffer.from('Ґонта').toString('latin1')))

  t.equal(await new Sessions({ store, clock, identitySeal: new IdentitySeal(randomBytes(32)) }).find(cookie), undefined, 'under another key the person signs in again')
  t.same(await store.all('SELECT id_hash FROM account_identity'), [], 'and what nobody can read is not kept')
  await store.close()
})

t.test('a sealed identity is good for its session alone', async (t) => {
  const seal = new IdentitySeal(randomBytes(32))
  const sealed = seal.seal(IDENTITY, 'one')
  t.match(seal.open(sealed, 'one'), { rnokpp: IDENTITY.rnokpp })
  t.equal(seal.open(sealed, 'another'), undefined)
  t.equal(seal.open('', 'one'), undefined)
  t.throws(() => new IdentitySeal(randomBytes(16)), { name: 'RangeError' })
})

t.test('claims become an identity; a level that is not known counts as the lowest', async (t) => {
  t.match(identityOf({ sub: 's', given_name: ' Ганна ', rnokpp: '7000400442', acr: 'substantial' }, 'Ганна'), { subject: 's', givenName: 'Ганна', rnokpp: '7000400442', assurance: 'substantial' })
  t.match(identityOf({ sub: 's', acr: 'loa9', rnokpp: 7 }, 'x'), { assurance: 'low', rnokpp: undefined })
  t.ok(isAssured('high', 'substantial'))
  t.notOk(isAssured('low', 'substantial'))
})
