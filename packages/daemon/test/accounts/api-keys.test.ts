import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { postgresPrograms, startPostgres } from '@trembita/testnet/postgres'
import { ACCOUNT_SCHEMA, ApiKeys, createApiKeyAtMachine } from '../../src/accounts/index.ts'
import { UsageError } from '../../src/index.ts'
import { openPostgresStore, type SqlStore } from '../../src/store/index.ts'
import { openOffice, OPERATOR, ROLES, START, type Office } from './fixture.ts'

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` })

t.test('a key opens what its roles allow, in both spellings of the header, and nothing else', async (t) => {
  const { ask, key, events } = await openOffice(t)
  const text = await key(['CLERK'])
  t.match(text, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
  for (const authorization of [`X-Road-ApiKey token=${text}`, `X-Road-ApiKey token="${text}"`, `Bearer ${text}`, `bearer ${text}`]) {
    const answer = await ask('GET', '/clerk', { authorization })
    t.equal(answer.statusCode, 200, authorization.slice(0, 15))
    t.match(answer.json(), { kind: 'apiKey', id: '1', name: 'API key 1', roles: ['CLERK'], origin: '127.0.0.1', owner: 'system:root' })
  }
  const refused = await ask('GET', '/api/v1/api-keys', bearer(text))
  t.equal(refused.statusCode, 403)
  t.same(refused.json(), { status: 403, error: { code: 'forbidden', message: 'none of your roles allows this' } })
  t.match(events, [{ kind: 'accessRefused', actor: { id: '1' }, route: 'GET /api/v1/api-keys' }])
  t.notMatch(JSON.stringify(events), text)
})

t.test('what is no key of ours is refused, and told to the audit log without the key', async (t) => {
  const { ask, key, events } = await openOffice(t)
  const text = await key(['CLERK'])
  for (const authorization of [`Bearer ${text}x`, `Bearer ${text.toUpperCase()}`, `Bearer ${'a'.repeat(5000)}`, 'Bearer', 'Bearer  ', `Basic ${text}`, text, `X-Road-ApiKey ${text}`, `Bearer ${text} ${text}`]) {
    const answer = await ask('GET', '/clerk', { authorization })
    t.equal(answer.statusCode, 401, authorization.slice(0, 20))
    t.same(answer.json().error.code, 'unauthorized')
    t.equal(answer.headers['www-authenticate'], 'Bearer')
  }
  t.match(events, [{ kind: 'apiKeyRefused', reason: 'unknown API key', route: 'GET /clerk', origin: '127.0.0.1' }])
  t.notMatch(JSON.stringify(events), new RegExp(text, 'i'))
})

async function lifeOfKeys (t: Test, { ask, key, records, store, clock }: Office): Promise<void> {
  const admin = bearer(await key(['ADMIN']))
  const made = await ask('POST', '/api/v1/api-keys', admin, ['CLERK', 'CLERK'])
  t.equal(made.statusCode, 200)
  t.equal(made.headers['cache-control'], 'no-store')
  const { id, key: text } = made.json()
  t.match(made.json(), { id: 2, roles: ['CLERK'], owner: 'system:root' }, 'made by a key of root, so of root')
  t.equal((await ask('GET', '/clerk', bearer(text))).statusCode, 200)

  const labelled = await ask('POST', '/api/v1/api-keys', admin, { roles: ['CLERK'], label: 'нічне вивантаження', expires_at: '2026-11-22T11:00:00Z' })
  t.match(labelled.json(), { id: 3, label: 'нічне вивантаження', expires_at: '2026-11-22T11:00:00.000Z' })
  t.equal((await ask('GET', '/clerk', bearer(labelled.json().key))).statusCode, 200)
  clock.advance(3600)
  t.equal((await ask('GET', '/clerk', bearer(labelled.json().key))).statusCode, 401, 'expired')

  const list = await ask('GET', '/api/v1/api-keys', admin)
  t.match(list.json(), [{ id: 1, roles: ['ADMIN'] }, { id: 2 }, { id: 3, label: 'нічне вивантаження' }])
  const kept = JSON.stringify(await store.all('SELECT * FROM account_api_key'))
  for (const secret of [text, labelled.json().key]) {
    t.notMatch(list.body, secret, 'shown once')
    t.notMatch(kept, secret, 'and not kept')
  }

  t.equal((await ask('PUT', `/api/v1/api-keys/${id}`, admin, ['ADMIN'])).statusCode, 200)
  t.equal((await ask('POST', '/clerk', bearer(text))).statusCode, 403, 'new roles count at once')
  t.equal((await ask('GET', `/api/v1/api-keys/${id}`, bearer(text))).statusCode, 200)
  t.equal((await ask('DELETE', `/api/v1/api-keys/${id}`, admin)).statusCode, 200)
  t.equal((await ask('GET', '/signed-in', bearer(text))).statusCode, 401, 'and so does the revocation')
  for (const method of ['GET', 'DELETE'] as const) t.match((await ask(method, `/api/v1/api-keys/${id}`, admin)).json(), { status: 404, error: { code: 'api_key_not_found' } })
  t.equal((await ask('PUT', `/api/v1/api-keys/${id}`, admin, ['ADMIN'])).statusCode, 404)

  t.match(records.slice(1), [
    { action: 'apiKey.add', actor: { kind: 'apiKey', id: '1' }, object: { kind: 'apiKey', id: '2' }, after: { roles: ['CLERK'] } },
    { action: 'apiKey.add' },
    { action: 'apiKey.change', before: { roles: ['CLERK'] }, after: { roles: ['ADMIN'] } },
    { action: 'apiKey.delete', before: { roles: ['ADMIN'] } }
  ])
  t.notMatch(JSON.stringify(records), text)
}

t.test('a key is made, shown once, listed, changed, expires and is revoked', async (t) => {
  await lifeOfKeys(t, await openOffice(t))
})

const skip = postgresPrograms() === undefined && process.env.CI === undefined && 'PostgreSQL is not installed: npm run setup:system'
t.test('keys, sessions and the guard behave alike in PostgreSQL', { skip }, async (t) => {
  await using postgres = await startPostgres(await mkdtemp(join(tmpdir(), 'trembita-postgres-')))
  const store: SqlStore = await openPostgresStore(postgres.url, [ACCOUNT_SCHEMA])
  t.teardown(() => store.close())
  const office = await openOffice(t, { store })
  await lifeOfKeys(t, office)
  const { cookie, csrf } = await office.signIn(['CLERK'])
  t.equal((await office.ask('POST', '/clerk', { cookie, 'x-csrf-token': csrf })).statusCode, 200)
  office.clock.advance(1801)
  t.equal((await office.ask('GET', '/clerk', { cookie })).statusCode, 401)
})

t.test('another node believes a revoked key for a few seconds at most', async (t) => {
  const { accounts, store, clock } = await openOffice(t)
  const other = new ApiKeys({ store, clock, roles: ROLES, change: () => { throw new Error('only reads') } })
  const made = await accounts.apiKeys.create(OPERATOR, { roles: ['CLERK'] })
  t.equal((await other.find(made.key)).kind, 'found', 'a new key is known at once')
  await accounts.apiKeys.revoke(OPERATOR, made.id)
  t.equal((await accounts.apiKeys.find(made.key)).kind, 'unknown')
  clock.advance(5)
  t.equal((await other.find(made.key)).kind, 'unknown')
})

t.test('roles that do not exist are refused, and those of the holder by anyone who lacks them', async (t) => {
  const { ask, key } = await openOffice(t)
  const [admin, holder] = [bearer(await key(['ADMIN'])), bearer(await key(['ADMIN', 'HOLDER']))]
  const refused = async (body: object, status: number, error: object): Promise<void> => {
    t.match((await ask('POST', '/api/v1/api-keys', admin, body)).json(), { status, error })
  }
  await refused(['KING'], 400, { code: 'invalid_role', validation_errors: { roles: ['unknown: KING'] } })
  await refused({ roles: ['CLERK'], expires_at: '2026-11-22T09:59:59Z' }, 400, { code: 'validation_failure', validation_errors: { expires_at: ['is in the past'] } })
  await refused(['HOLDER'], 403, { code: 'role_not_grantable' })
  await refused(['CLERK', 'HOLDER'], 403, { code: 'role_not_grantable' })
  for (const body of [[], {}, { roles: [] }, { roles: 'CLERK', more: 1 }, 'CLERK']) t.equal((await ask('POST', '/api/v1/api-keys', admin, body)).statusCode >= 400, true, JSON.stringify(body))
  t.equal((await ask('PUT', '/api/v1/api-keys/1', admin, ['ADMIN', 'HOLDER'])).statusCode, 403, 'nor by raising a key that exists')
  t.equal((await ask('POST', '/api/v1/api-keys', holder, ['HOLDER'])).statusCode, 200)
  t.equal((await ask('PUT', '/api/v1/api-keys/2', admin, ['HOLDER'])).statusCode, 200, 'a key that has the role may keep it')
})

t.test('an origin that shows unknown keys is locked out, with its good ones; an expired key does not count', async (t) => {
  const { ask, key, accounts, signIn, clock, events } = await openOffice(t, { locks: { failuresMax: 3, windowSeconds: 60, lockSeconds: 120 } })
  const text = await key(['CLERK'])
  const { cookie } = await signIn(['CLERK'])
  for (let count = 0; count < 3; count++) t.equal((await ask('GET', '/clerk', bearer(`guess-${count}`))).statusCode, 401)
  const locked = await ask('GET', '/clerk', bearer(text))
  t.match(locked.json(), { status: 429, error: { code: 'origin_locked' } })
  t.equal(locked.headers['retry-after'], '120')
  t.equal((await ask('GET', '/clerk', { cookie })).statusCode, 200, 'who is signed in goes on')
  t.same(events.map(({ kind }) => kind), ['apiKeyRefused', 'apiKeyRefused', 'apiKeyRefused', 'originLocked'])
  clock.advance(121)
  t.equal((await ask('GET', '/clerk', bearer(text))).statusCode, 200)

  const guess = async (): Promise<number> => (await ask('GET', '/clerk', bearer('guess'))).statusCode
  t.same([await guess(), await guess()], [401, 401])
  clock.advance(61)
  t.same([await guess(), await guess()], [401, 401], 'what was long ago is forgiven')
  const { key: old } = await accounts.apiKeys.create(OPERATOR, { roles: ['CLERK'], expiresAt: new Date(clock.now().getTime() + 1000) })
  clock.advance(61)
  for (let count = 0; count < 5; count++) t.equal((await ask('GET', '/clerk', bearer(old))).statusCode, 401)
  t.match(events.at(-1), { kind: 'apiKeyRefused', reason: 'API key 2 has expired' })
  t.equal((await ask('GET', '/clerk', bearer(text))).statusCode, 200)
})

t.test('the first key is made at the machine, for a person, until a day', async (t) => {
  const { accounts, records, ask } = await openOffice(t)
  const made = await createApiKeyAtMachine(accounts.apiKeys, { role: ['ADMIN', 'HOLDER'], label: 'перший', days: '30', person: 'iryna' }, START)
  t.match(made, { id: 1, roles: ['ADMIN', 'HOLDER'], label: 'перший', owner: 'user:iryna', expiresAt: new Date('2026-12-22T10:00:00Z') })
  t.match(records, [{ action: 'apiKey.add', actor: { kind: 'system', origin: 'system' } }])
  t.equal((await ask('GET', '/api/v1/api-keys', bearer(made.key))).statusCode, 200)
  for (const [options, text] of [[{}, /roles: name at least one/], [{ role: ['KING'] }, /unknown: KING/], [{ role: ['ADMIN'], days: '0' }, /--days/], [{ role: ['ADMIN'], days: 'x' }, /--days/]] as const) {
    await t.rejects(createApiKeyAtMachine(accounts.apiKeys, options as never, START), { name: UsageError.name, message: text })
  }
})
