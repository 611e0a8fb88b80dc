import fastify from 'fastify'
import t from 'tap'
import { guard } from '../../src/accounts/index.ts'
import { OriginLocks } from '../../src/accounts/origin-locks.ts'
import { sameSecret } from '../../src/accounts/secrets.ts'
import { ManualClock } from '../../src/index.ts'
import { openOffice, START } from './fixture.ts'

const PAGE = { accept: 'text/html,*/*' }

t.test('a route that names nobody, or a role that does not exist, does not start', async (t) => {
  const { accounts } = await openOffice(t)
  for (const [config, message] of [[undefined, 'route GET /secret names nobody who may call it'], [{}, 'names nobody'], [{ access: ['KLERK'] }, 'names roles that do not exist: KLERK']] as const) {
    const app = fastify()
    await app.register(guard, accounts)
    await t.rejects(async () => {
      await app.register(async (area) => { area.get('/secret', config === undefined ? {} : { config }, async () => 'secret') })
      await app.ready()
    }, { message: new RegExp(message) })
  }
  const early = fastify()
  early.get('/early', async () => 'registered before the guard')
  await early.register(guard, accounts)
  t.equal((await early.inject('/early')).statusCode, 401)
  t.equal((await early.inject({ url: '/early', headers: { authorization: `Bearer ${(await accounts.apiKeys.create({ kind: 'system', id: 'x', name: 'x', roles: [], origin: 'system' }, { roles: ['ADMIN'] })).key}` } })).statusCode, 403, 'nobody may call it')
})

t.test('everybody reaches what is public, and nobody else is let in without a sign', async (t) => {
  const { ask, signIn } = await openOffice(t)
  t.same((await ask('GET', '/public')).json(), { name: null })
  const { cookie } = await signIn(['CLERK'])
  t.same((await ask('GET', '/public', { cookie })).json(), { name: 'Олена Коваль' })
  t.equal((await ask('GET', '/public', { authorization: 'Bearer nonsense' })).statusCode, 200)
  t.equal((await ask('GET', '/careless')).statusCode, 401, 'a public route that asks who it is')
  for (const path of ['/signed-in', '/clerk', '/api/v1/user', '/api/v1/sessions', '/api/v1/api-keys']) {
    t.match((await ask('GET', path)).json(), { status: 401, error: { code: 'unauthorized' } }, path)
    t.equal((await ask('HEAD', path)).statusCode, 401, path)
  }
  t.equal((await ask('GET', '/nowhere')).statusCode, 404)
  t.equal((await ask('POST', '/nowhere', { cookie })).statusCode, 404)
})

t.test('a person in a browser is led to the sign-in and back, or told why not', async (t) => {
  const { ask, signIn } = await openOffice(t, { openId: { issuer: 'http://127.0.0.1:1', clientId: 'office' } })
  const led = await ask('GET', '/clerk?q=%D1%97', PAGE)
  t.equal(led.statusCode, 303)
  t.equal(led.headers.location, '/sign-in?return=%2Fclerk%3Fq%3D%25D1%2597')
  t.equal(led.headers['cache-control'], 'no-store')
  const posted = await ask('POST', '/clerk', PAGE, {})
  t.equal(posted.statusCode, 401, 'a form is not sent elsewhere')
  t.match(posted.body, /Сеанс завершено[\s\S]*href="\/sign-in"/)
  const swapped = await ask('GET', '/clerk', { ...PAGE, 'hx-request': 'true' })
  t.same([swapped.statusCode, swapped.headers['hx-redirect']], [401, '/sign-in'])
  const { cookie } = await signIn(['HOLDER'])
  const forbidden = await ask('GET', '/clerk', { ...PAGE, cookie })
  t.equal(forbidden.statusCode, 403)
  t.match(forbidden.headers['content-type'], /html/)
  t.equal((await ask('GET', '/clerk', { ...PAGE, authorization: 'Bearer x' })).headers['content-type'], 'application/json; charset=utf-8', 'who shows a key gets JSON')
})

t.test('without a provider nobody is led anywhere', async (t) => {
  const { ask } = await openOffice(t)
  t.equal((await ask('GET', '/clerk', PAGE)).statusCode, 401)
  t.equal((await ask('GET', '/sign-in')).statusCode, 404)
})

t.test('what changes something demands the token of the very session, by header or by form', async (t) => {
  const { ask, signIn, events } = await openOffice(t)
  const { cookie, csrf } = await signIn(['CLERK'])
  const other = await signIn(['CLERK'], 'maria')
  const form = { cookie, 'content-type': 'application/x-www-form-urlencoded' }
  t.same((await ask('POST', '/clerk', { cookie, 'x-csrf-token': csrf }, { a: 1 })).json(), { body: { a: 1 } })
  t.same((await ask('POST', '/clerk', form, `a=1&_csrf=${csrf}`)).json(), { body: { a: '1' } }, 'and the handler does not see it')
  const refused = [
    await ask('POST', '/clerk', { cookie }, { a: 1 }), await ask('POST', '/clerk', { cookie }), await ask('POST', '/clerk', form, 'a=1'), await ask('POST', '/clerk', form, '_csrf='),
    await ask('POST', '/clerk', form, `_csrf=${other.csrf}`), await ask('POST', '/clerk', { cookie, 'x-csrf-token': csrf.slice(1) }), await ask('POST', `/clerk?_csrf=${csrf}`, { cookie }),
    await ask('POST', '/clerk', { cookie, 'x-csrf-token': '' }), await ask('POST', '/clerk', { cookie }, { _csrf: [csrf] })
  ]
  for (const answer of refused) t.match(answer.json(), { status: 403, error: { code: 'csrf_token_invalid' } })
  t.same(events.map(({ kind }) => kind), refused.map(() => 'requestForged'))
  t.equal((await ask('GET', '/clerk', { cookie })).statusCode, 200, 'reading needs none')
})

t.test('a request that the browser says comes from another site is refused, whatever token it has', async (t) => {
  const { ask, signIn } = await openOffice(t)
  const { cookie, csrf } = await signIn(['CLERK'])
  const post = async (headers: Record<string, string>): Promise<number> => (await ask('POST', '/clerk', { cookie, 'x-csrf-token': csrf, ...headers })).statusCode
  for (const site of ['cross-site', 'same-site', 'none', 'nonsense']) t.equal(await post({ 'sec-fetch-site': site, origin: 'http://office.test' }), 403, site)
  for (const origin of ['http://evil.test', 'null', 'http://office.test.evil.test', 'https://office.test', 'http://office.test:8080']) t.equal(await post({ origin }), 403, origin)
  for (const headers of [{}, { origin: 'http://office.test' }, { 'sec-fetch-site': 'same-origin' }, { origin: 'http://127.0.0.1:4000', host: '127.0.0.1:4000' }]) t.equal(await post(headers), 200, JSON.stringify(headers))
})

t.test('a session ends when unused, when old, when signed out, and when an administrator ends it', async (t) => {
  const { ask, signIn, clock, accounts, events } = await openOffice(t)
  const status = async (cookie: string): Promise<number> => (await ask('GET', '/signed-in', { cookie })).statusCode
  const idle = await signIn(['CLERK'])
  clock.advance(1799)
  t.equal(await status(idle.cookie), 200)
  clock.advance(1799)
  t.equal(await status(idle.cookie), 200, 'each use counts')
  clock.advance(1801)
  t.equal(await status(idle.cookie), 401)

  const busy = await signIn(['CLERK'])
  for (let minutes = 0; minutes < 12 * 60; minutes += 20) {
    t.equal(await status(busy.cookie), 200)
    clock.advance(20 * 60)
  }
  t.equal(await status(busy.cookie), 401, 'not longer than twelve hours')

  const [admin, clerk] = [await signIn(['ADMIN'], 'natalia'), await signIn(['CLERK'])]
  const list = (await ask('GET', '/api/v1/sessions', { cookie: admin.cookie })).json() as { id: string, username: string, current: boolean }[]
  t.match(list.map(({ username, current }) => [username, current]).sort(), [['natalia', true], ['olena', false]])
  t.notMatch(JSON.stringify(list), clerk.cookie.split('=')[1], 'the list does not tell the cookie')
  t.equal((await ask('GET', '/api/v1/sessions', { cookie: clerk.cookie })).statusCode, 403)
  const { id } = list.find(({ username }) => username === 'olena')!
  t.equal((await ask('DELETE', `/api/v1/sessions/${id}`, { cookie: admin.cookie })).statusCode, 403, 'not without a token')
  t.equal((await ask('DELETE', `/api/v1/sessions/${id}`, { cookie: admin.cookie, 'x-csrf-token': admin.csrf })).statusCode, 200)
  t.equal(await status(clerk.cookie), 401)
  t.equal((await ask('DELETE', `/api/v1/sessions/${id}`, { cookie: admin.cookie, 'x-csrf-token': admin.csrf })).statusCode, 404)
  t.match(events.at(-1), { kind: 'sessionEnded', actor: { id: 'natalia' }, reason: 'session of Олена Коваль' })
  t.equal((await accounts.sessions.list()).length, 1)
})

t.test('the store does not hold what a session could be taken over with', async (t) => {
  const { signIn, store } = await openOffice(t)
  const { cookie, csrf } = await signIn(['CLERK'])
  const kept = JSON.stringify(await store.all('SELECT * FROM account_session'))
  t.match(kept, 'olena')
  for (const secret of [cookie.split('=')[1]!, csrf]) t.notMatch(kept, secret)
})

t.test('made-up cookies open nothing', async (t) => {
  const { ask, signIn } = await openOffice(t)
  const { cookie } = await signIn(['CLERK'])
  for (const made of [`${cookie}x`, cookie.slice(0, -1), 'office-session=', `office-session=${'x'.repeat(4000)}`, cookie.replace('office', '__Host-office')]) {
    t.equal((await ask('GET', '/signed-in', { cookie: made })).statusCode, 401, made.slice(0, 30))
  }
})

t.test('behind https the cookie is one that only this host can set, and that never travels in the clear', async (t) => {
  const { accounts } = await openOffice(t, { publicUrl: new URL('https://office.test') })
  const app = fastify()
  await app.register(guard, accounts)
  app.get('/', { config: { access: 'public' } }, async (_request, reply) => {
    accounts.sessionCookie.write(reply, 'value')
    return 'set'
  })
  t.equal((await app.inject('/')).headers['set-cookie'], '__Host-office-session=value; Path=/; HttpOnly; Secure; SameSite=Lax')
})

t.test('one origin has so many requests a second, and a minute', async (t) => {
  const bySecond = await openOffice(t, { rateLimit: { perSecond: 1, perMinute: 1000 } })
  let refused = await bySecond.ask('GET', '/public')
  t.equal(refused.statusCode, 200)
  // On a busy machine the second may be over before the next request.
  for (let count = 0; count < 100 && refused.statusCode === 200; count++) refused = await bySecond.ask('GET', '/public')
  t.match(refused.json(), { status: 429, error: { code: 'too_many_requests' } })
  t.equal(refused.headers['retry-after'], '1')
  const byMinute = await openOffice(t, { rateLimit: { perSecond: 1000, perMinute: 5 } })
  const statuses: number[] = []
  for (let count = 0; count < 7; count++) statuses.push((await byMinute.ask('GET', '/public', PAGE)).statusCode)
  t.same(statuses, [200, 200, 200, 200, 200, 429, 429])
})

t.test('the process may ask itself as somebody, once for each token, past the limits and with their roles', async (t) => {
  const { app, accounts, ask } = await openOffice(t, { rateLimit: { perSecond: 1, perMinute: 1 } })
  const clerk = { kind: 'user', id: 'olena', name: 'Олена', roles: ['CLERK'], origin: '10.0.0.7' } as const
  for (let count = 0; count < 3; count++) {
    const answer = await accounts.internal.inject(app, clerk, { method: 'POST', url: '/clerk', payload: { a: 1 } })
    t.same([answer.statusCode, answer.json()], [200, { body: { a: 1 } }])
  }
  t.same((await accounts.internal.inject(app, clerk, { url: '/signed-in' })).json(), clerk)
  t.equal((await accounts.internal.inject(app, clerk, { url: '/api/v1/sessions' })).statusCode, 403)
  let seen = ''
  const spy = fastify()
  spy.get('/', async (request) => { seen = String(request.headers['x-trembita-internal']) })
  await accounts.internal.inject(spy, clerk, { url: '/' })
  t.equal((await ask('GET', '/signed-in', { 'x-trembita-internal': seen })).statusCode, 401, 'a token is worth nothing afterwards')
})

t.test('secrets are compared whole, whatever their lengths', async (t) => {
  t.equal(sameSecret('abc', 'abc'), true)
  for (const other of ['abd', 'ab', 'abcd', '', 'ABC', 'abc ']) t.equal(sameSecret('abc', other), false, other)
})

t.test('an origin is one subscriber: all of an IPv6 /64, one IPv4 address', async (t) => {
  const locks = new OriginLocks(new ManualClock(START), { failuresMax: 2 })
  t.same(['2001:db8:0:1::5', '2001:db8:0:1:ffff::9'].map((origin) => locks.failed(origin)), [false, true])
  t.equal(locks.lockedSeconds('2001:db8:0:1::77'), 900)
  t.equal(locks.lockedSeconds('2001:db8:0:2::5'), 0)
  t.same(['192.0.2.1', '192.0.2.2', '::ffff:192.0.2.1'].map((origin) => locks.failed(origin)), [false, false, true])
})
