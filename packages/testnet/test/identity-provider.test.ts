import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import fastify from 'fastify'
import { chromium } from 'playwright-core'
import t, { type Test } from 'tap'
import { ManualClock, Secret } from '@trembita/daemon'
import { ACCOUNT_SCHEMA, createAccounts, guard, signInRoutes, type AccountEvent } from '@trembita/daemon/accounts'
import { openSqliteStore } from '@trembita/daemon/store'
import { startIdentityProvider, type IdentityProvider } from '../src/identity-provider/index.ts'

t.jobs = 1

interface Console {
  readonly url: string
  readonly issuer: string
  readonly provider: IdentityProvider
  readonly clock: ManualClock
  readonly events: AccountEvent[]
}

/** A guarded application that listens, and the provider it trusts. */
async function startConsole (t: Test, options: { secret?: string, wrongSecret?: string, failuresMax?: number } = {}): Promise<Console> {
  const clock = new ManualClock(new Date())
  const store = await openSqliteStore(join(t.testdir(), `${randomBytes(4).toString('hex')}.db`), [ACCOUNT_SCHEMA])
  const events: AccountEvent[] = []
  // Listens before anything is behind it: the provider and the accounts must know the address.
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const app = fastify({ serverFactory: (handle) => server.on('request', handle) })
  const provider = await startIdentityProvider({ clients: [{ id: 'console', name: 'Ядро', url, ...options.secret === undefined ? {} : { secret: options.secret } }] })
  const secret = options.wrongSecret ?? options.secret
  const accounts = createAccounts({
    store,
    clock,
    roles: ['XROAD_REGISTRATION_OFFICER', 'TREMBITA_HOLDER'],
    change: () => { throw new Error('no keys here') },
    publicUrl: new URL(url),
    cookieName: 'console',
    openId: { issuer: provider.issuer, clientId: 'console', clientSecret: secret === undefined ? undefined : new Secret(Buffer.from(secret)) },
    rateLimit: { perSecond: 1000, perMinute: 1000 },
    locks: { failuresMax: options.failuresMax ?? 10 },
    onEvent: (event) => { events.push(event) }
  })
  await app.register(guard, accounts)
  await app.register(signInRoutes, accounts)
  app.get('/', { config: { access: 'signed-in' } }, async ({ actor, browserSession }, reply) => reply
    .headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'; form-action 'self'" })
    .send(`<!DOCTYPE html><html lang="uk"><title>Ядро</title><h1>${actor.name}</h1>
      <form method="post" action="/sign-out"><input type="hidden" name="_csrf" value="${browserSession?.csrfToken ?? ''}"><button>Вийти</button></form>`))
  app.get('/favicon.ico', { config: { access: 'public' } }, async (_request, reply) => reply.code(204).send())
  app.get('/members', { config: { access: ['XROAD_REGISTRATION_OFFICER'] } }, async ({ actor, browserSession }) => ({ actor, csrf: browserSession?.csrfToken }))
  await app.ready()
  t.teardown(async () => {
    server.closeAllConnections()
    await app.close()
    server.close()
    await provider.close()
    await store.close()
  })
  return { url, issuer: provider.issuer, provider, clock, events }
}

/** What a browser does with cookies and redirects, by hand. Cookies do not look at the port, so one jar serves both sides. */
class Browser {
  readonly cookies = new Map<string, { value: string, path: string }>()

  async go (address: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address)
    const cookie = [...this.cookies].filter(([, { path }]) => url.pathname.startsWith(path)).map(([name, { value }]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { ...init, redirect: 'manual', headers: { accept: 'text/html', cookie, ...init.headers as Record<string, string> } })
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      const path = /;\s*path=([^;]*)/i.exec(line)?.[1] ?? '/'
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(name!)
      else this.cookies.set(name!, { value: value!, path })
    }
    return answer
  }

  /** Follows redirects until a page comes, or `stop` says that this address is far enough. */
  async follow (address: string | URL, stop: (url: URL) => boolean = () => false): Promise<{ url: URL, answer: Response | undefined }> {
    let url = new URL(address)
    for (let hops = 0; hops < 15; hops++) {
      if (stop(url)) return { url, answer: undefined }
      const answer = await this.go(url)
      const location = answer.headers.get('location')
      if (location === null) return { url, answer }
      await answer.body?.cancel()
      url = new URL(location, url)
    }
    throw new Error('too many redirects')
  }

  /** At the provider's list: picks a person and gives the address that leads on. */
  async pick (page: URL, choice: string): Promise<URL> {
    const answer = await this.go(page, { method: 'POST', body: new URLSearchParams(choice) })
    return new URL(answer.headers.get('location')!, page)
  }
}

t.test('somebody signs in by OpenID Connect, arrives where they wanted to go, and signs out at both sides', async (t) => {
  for (const secret of [undefined, 'a secret of the client']) {
    const { url, issuer, events } = await startConsole(t, secret === undefined ? {} : { secret })
    const browser = new Browser()
    const list = await browser.follow(`${url}/members?q=x`)
    t.equal(list.url.origin, issuer)
    t.match(await list.answer?.text(), /Олена Коваль[\s\S]*Ірина Шевченко/)
    const arrived = await browser.follow(await browser.pick(list.url, 'person=dev-registration'))
    t.equal(arrived.url.href, `${url}/members?q=x`)
    const page = await arrived.answer?.json() as { csrf: string }
    t.match(page, { actor: { kind: 'user', id: 'dev-registration', name: 'Олена Коваль', roles: ['XROAD_REGISTRATION_OFFICER'], origin: '127.0.0.1' } })
    t.match(events, [{ kind: 'signedIn', actor: { id: 'dev-registration' }, origin: '127.0.0.1' }])

    const out = await browser.go(`${url}/sign-out`, { method: 'POST', body: new URLSearchParams({ _csrf: page.csrf }) })
    t.equal(out.status, 200)
    const ask = await browser.follow(out.headers.get('refresh')!.slice('0; url='.length))
    t.equal(ask.url.origin, issuer)
    const [, action, xsrf] = /action="([^"]+)".*name="xsrf" value="([^"]+)"/.exec(await ask.answer!.text())!
    const confirmed = await browser.go(action!, { method: 'POST', body: new URLSearchParams({ xsrf: xsrf!, logout: 'yes' }) })
    t.equal(confirmed.headers.get('location'), `${url}/signed-out`)
    t.equal((await browser.go(`${url}/members`)).status, 303, 'the application asks for a sign-in again')
    t.equal((await browser.follow(`${url}/members`)).url.origin, issuer, 'and the provider asks who it is')
    t.equal(events.at(-1)?.kind, 'signedOut')
  }
})

t.test('the return of a sign-in is good once, in the browser that began it, and with its own state', async (t) => {
  const { url, issuer, events } = await startConsole(t)
  const isReturn = (address: URL): boolean => address.pathname === '/sign-in/callback'
  const browser = new Browser()
  const { url: back } = await browser.follow(await browser.pick((await browser.follow(`${url}/`)).url, 'person=dev-holder'), isReturn)
  const stranger = new Browser()
  t.equal((await stranger.go(back)).status, 400, 'not in a browser that began nothing')
  await stranger.follow(`${url}/sign-in`, (address) => address.origin === issuer)
  t.equal((await stranger.go(back)).status, 403, 'not in one that began another sign-in')
  t.equal(stranger.cookies.get('console-session'), undefined)

  const attempt = new Map(browser.cookies)
  t.equal((await browser.go(back)).status, 303)
  const session = browser.cookies.get('console-session')
  for (const [name, value] of attempt) browser.cookies.set(name, value)
  browser.cookies.delete('console-session')
  t.equal((await browser.go(back)).status, 400, 'and not a second time, with the same cookies')
  t.equal(browser.cookies.get('console-session'), undefined)
  browser.cookies.set('console-session', session!)
  t.equal((await browser.go(`${url}/`)).status, 200, 'the first one stays signed in')
  t.same(events.map(({ kind }) => kind), ['signInFailed', 'signInFailed', 'signedIn', 'signInFailed'])
  const late = new Browser()
  t.equal((await late.go(`${url}/sign-in/callback?code=x&state=y`)).status, 400)
})

t.test('a session cookie planted before the sign-in is not the one after it', async (t) => {
  const { url } = await startConsole(t)
  const [attacker, victim] = [new Browser(), new Browser()]
  const signIn = async (browser: Browser, person: string): Promise<void> => {
    const list = await browser.follow(`${url}/sign-in`)
    const chosen = list.answer?.headers.get('content-type')?.startsWith('text/html') === true && list.url.pathname.startsWith('/interaction/')
    if (chosen) await browser.follow(await browser.pick(list.url, `person=${person}`))
  }
  await signIn(attacker, 'dev-registration')
  const planted = attacker.cookies.get('console-session')!
  victim.cookies.set('console-session', planted)
  await signIn(victim, 'dev-holder')
  t.not(victim.cookies.get('console-session')?.value, planted.value)
  t.equal((await attacker.go(`${url}/`)).status, 303, 'and the planted one has ended')
  const made = new Browser()
  made.cookies.set('console-session', { value: 'A'.repeat(43), path: '/' })
  await signIn(made, 'dev-holder')
  t.not(made.cookies.get('console-session')?.value, 'A'.repeat(43), 'nor is one that was made up')
})

t.test('after the sign-in the browser stays on this site, whatever the link said', async (t) => {
  const { url } = await startConsole(t)
  const bad = ['//evil.example/', 'https://evil.example/', '/\\evil.example', '/\t/evil.example', '\\\\evil.example', 'javascript:alert(1)', '/..//evil.example', '/%2e%2e//evil.example', 'members', '', `/${'x'.repeat(3000)}`]
  for (const wanted of bad) {
    const browser = new Browser()
    const list = await browser.follow(`${url}/sign-in?return=${encodeURIComponent(wanted)}`)
    const end = await browser.follow(await browser.pick(list.url, 'person=dev-registration'))
    t.equal(end.url.href, `${url}/`, JSON.stringify(wanted.slice(0, 30)))
  }
  const browser = new Browser()
  const list = await browser.follow(`${url}/sign-in?return=/members&return=/other`)
  t.equal((await browser.follow(await browser.pick(list.url, 'person=dev-registration'))).url.pathname, '/', 'two wishes are none')
})

t.test('who has no role here is told so, and gets no session', async (t) => {
  const { url, events } = await startConsole(t)
  for (const person of ['dev-nobody', 'dev-auditor']) {
    const browser = new Browser()
    const end = await browser.follow(await browser.pick((await browser.follow(`${url}/`)).url, `person=${person}`))
    t.equal(end.answer?.status, 403)
    t.match(await end.answer?.text(), /не має жодної ролі/)
    t.equal(browser.cookies.get('console-session'), undefined)
  }
  t.match(events, [{ kind: 'signInFailed', reason: 'no role in this system', actor: { id: 'dev-nobody' } }, { actor: { id: 'dev-auditor' } }])
})

t.test('an origin that keeps failing to sign in is locked out for a while; who is signed in goes on', async (t) => {
  const { url, clock, events } = await startConsole(t, { failuresMax: 3 })
  const inside = new Browser()
  await inside.follow(await inside.pick((await inside.follow(`${url}/`)).url, 'person=dev-holder'))
  const browser = new Browser()
  for (let count = 0; count < 3; count++) {
    const end = await browser.follow(await browser.pick((await browser.follow(`${url}/sign-in`)).url, 'cancel=yes'))
    t.equal(end.answer?.status, 403)
    t.match(await end.answer?.text(), /Не вдалося увійти/)
  }
  t.same(events.map(({ kind }) => kind), ['signedIn', 'signInFailed', 'signInFailed', 'signInFailed', 'originLocked'])
  for (const path of ['/sign-in', '/sign-in/callback?code=x&state=y']) {
    const locked = await browser.go(`${url}${path}`)
    t.equal(locked.status, 429)
    t.equal(locked.headers.get('retry-after'), '900')
  }
  t.equal((await inside.go(`${url}/`)).status, 200)
  clock.advance(901)
  t.equal((await browser.go(`${url}/sign-in`)).status, 303)
})

t.test('an identity provider that is away, or does not know us, is said to be so, and counts against nobody', async (t) => {
  const { url, provider, events } = await startConsole(t)
  const isReturn = (address: URL): boolean => address.pathname === '/sign-in/callback'
  const browser = new Browser()
  const { url: back } = await browser.follow(await browser.pick((await browser.follow(`${url}/`)).url, 'person=dev-holder'), isReturn)
  await provider.close()
  t.equal((await browser.go(back)).status, 503)
  const stranger = await startConsole(t, { secret: 'right', wrongSecret: 'wrong' })
  const end = await browser.follow(await browser.pick((await browser.follow(`${stranger.url}/`)).url, 'person=dev-holder'))
  t.equal(end.answer?.status, 503)
  t.match(await end.answer?.text(), /Постачальник ідентифікації не відповідає/)
  t.same([...events, ...stranger.events], [])
})

const CHROMIUM = '/usr/bin/chromium'
const skip = existsSync(CHROMIUM) ? false : `${CHROMIUM} is not installed`

t.test('in a real browser: pick a person, arrive, sign out; the pages are accessible on a desktop and on a phone', { skip }, async (t) => {
  const { url, issuer } = await startConsole(t)
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  t.teardown(() => browser.close())
  for (const viewport of [{ width: 1280, height: 800 }, { width: 360, height: 740 }]) {
    const context = await browser.newContext({ viewport, locale: 'en-GB' })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()) })
    const check = async (name: string): Promise<void> => {
      await page.evaluate(axe)
      const { violations } = await page.evaluate('axe.run()') as { violations: { id: string, nodes: { html: string }[] }[] }
      t.same(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`), [], `${name} at ${viewport.width}`)
      const overflows = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
      t.equal(overflows, false, `${name} fits into ${viewport.width}`)
    }
    await page.goto(`${url}/`)
    t.equal(new URL(page.url()).origin, issuer)
    t.equal(await page.title(), 'Вхід (середовище розробки)')
    await check('list of people')
    await page.getByRole('link', { name: 'English' }).click()
    t.equal(await page.title(), 'Sign in (development)')
    await check('list of people in English')
    await page.getByRole('button', { name: 'Ірина Шевченко' }).click()
    await page.waitForURL(`${url}/`)
    t.equal(await page.getByRole('heading').textContent(), 'Ірина Шевченко')
    const cookies = await context.cookies(url)
    t.match(cookies.filter(({ name }) => name.startsWith('console')), [{ name: 'console-session', httpOnly: true, sameSite: 'Lax', path: '/', expires: -1 }])

    await page.getByRole('button', { name: 'Вийти' }).click()
    await page.waitForURL((address) => address.origin === issuer)
    await check('sign-out at the provider')
    await page.getByRole('button', { name: 'Так, вийти' }).click()
    await page.waitForURL(`${url}/signed-out`)
    await check('signed out')
    await page.goto(`${url}/`)
    t.equal(new URL(page.url()).origin, issuer, 'both sides ask again')
    t.same(complaints, [])
    await context.close()
  }
})
