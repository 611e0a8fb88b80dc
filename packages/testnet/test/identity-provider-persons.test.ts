import { createHash, randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import { DEVELOPMENT_CLIENTS, DEVELOPMENT_PERSONS, developmentPerson, startIdentityProvider } from '../src/identity-provider/index.ts'

/** Signs in as a native application on a port of its own would (RFC 8252), by hand; cookies in one jar. */
class Application {
  readonly #cookies = new Map<string, string>()
  readonly #issuer: string
  #verifier = ''
  #client = ''
  readonly #callback = `http://127.0.0.1:${10_000 + randomBytes(2).readUInt16BE() % 50_000}/sign-in/callback`

  constructor (issuer: string) {
    this.#issuer = issuer
  }

  /** @returns the page that asks who it is, or the claims when somebody is signed in already. */
  async begin (clientId: string, more: Record<string, string> = {}): Promise<{ page?: URL, text?: string, claims?: any }> {
    const verifier = randomBytes(32).toString('base64url')
    const address = new URL('/auth', this.#issuer)
    address.search = new URLSearchParams({
      client_id: clientId, response_type: 'code', redirect_uri: this.#callback, scope: 'openid profile ua.identity', state: 's', nonce: 'n', code_challenge_method: 'S256', code_challenge: createHash('sha256').update(verifier).digest('base64url'), ...more
    }).toString()
    this.#verifier = verifier
    this.#client = clientId
    return await this.follow(address)
  }

  async pick (page: URL, fields: Record<string, string>): Promise<{ page?: URL, text?: string, claims?: any, status: number }> {
    const answer = await this.#go(page, { method: 'POST', body: new URLSearchParams(fields) })
    const location = answer.headers.get('location')
    return location === null ? { status: answer.status, text: await answer.text() } : { status: answer.status, ...await this.follow(new URL(location, page)) }
  }

  async follow (address: URL): Promise<{ page?: URL, text?: string, claims?: any }> {
    let url = address
    for (let hops = 0; hops < 6; hops++) {
      if (url.href.startsWith(this.#callback)) return { claims: await this.#redeem(url.searchParams.get('code') ?? '') }
      const answer = await this.#go(url)
      const location = answer.headers.get('location')
      if (location === null) return { page: url, text: await answer.text() }
      url = new URL(location, url)
    }
    throw new Error('too many redirects')
  }

  async #redeem (code: string): Promise<any> {
    const body = new URLSearchParams({ grant_type: 'authorization_code', client_id: this.#client, code, redirect_uri: this.#callback, code_verifier: this.#verifier })
    const tokens = await (await fetch(`${this.#issuer}/token`, { method: 'POST', body })).json() as { id_token: string, access_token: string }
    const user = await (await fetch(`${this.#issuer}/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } })).json() as object
    return { ...JSON.parse(Buffer.from(tokens.id_token.split('.')[1]!, 'base64url').toString()), ...user }
  }

  async #go (url: URL, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { ...init, redirect: 'manual', headers: { cookie } })
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      this.#cookies.set(name!, value!)
    }
    return answer
  }
}

async function start (t: Test): Promise<Application> {
  const provider = await startIdentityProvider({ clients: DEVELOPMENT_CLIENTS })
  t.teardown(() => provider.close())
  return new Application(provider.issuer)
}

t.test('a person of the fixtures is identified under an opaque subject, on any loopback port (UP-7d, DO-3)', async (t) => {
  const application = await start(t)
  const { page, text } = await application.begin('diia-portal')
  t.notMatch(text, /7000100119/, 'nobody\'s number stands on the page')
  const { claims } = await application.pick(page!, { person: 'f01', acr: 'high' })
  t.match(claims, { sub: developmentPerson('f01').subject, rnokpp: '7000100119', given_name: "Дем'ян", family_name: 'Ґонта', middle_name: 'Євгенович', birthdate: '1985-03-12', acr: 'high' })
  t.notMatch(claims.sub, /f01|7000100119/)
  const { claims: same } = await application.begin('business-cabinet')
  t.equal(same.sub, claims.sub, 'the same at the next system, without a question')
})

t.test('who has no number, and who has no patronymic, is told without it (UP-7d)', async (t) => {
  for (const [id, absent, present] of [['f13', 'rnokpp', 'middle_name'], ['f10', 'middle_name', 'rnokpp']] as const) {
    const application = await start(t)
    const { page } = await application.begin('diia-portal')
    const { claims: told } = await application.pick(page!, { person: id })
    t.notOk(absent in told, `${id} has no ${absent}`)
    t.ok(present in told)
  }
})

t.test('a client that asks for a level of assurance gets no lower one, signed in or not', async (t) => {
  const application = await start(t)
  const { page } = await application.begin('diia-office')
  t.match((await application.pick(page!, { person: 'o01', acr: 'low' })).claims, { acr: 'low' }, 'nothing asked, the lowest chosen')
  const { page: again, text } = await application.begin('diia-portal', { acr_values: 'high' })
  t.ok(again, 'single sign-on does not do')
  t.notMatch(text, /value="(low|substantial)"/, 'lower ones are not offered')
  t.match(await application.pick(again!, { person: 'o01', acr: 'low' }), { status: 400 }, 'nor taken')
  const { page: third } = await application.begin('diia-portal', { acr_values: 'high' })
  t.match((await application.pick(third!, { person: 'o01' })).claims, { acr: 'high' })
  t.match((await application.begin('business-cabinet', { acr_values: 'substantial' })).claims, { acr: 'high' }, 'a higher one is good for less')
})

t.test('people stand in groups and can be searched for, in both languages', async (t) => {
  const application = await start(t)
  const { page, text } = await application.begin('diia-portal')
  t.match(text, /Підприємці[\s\S]*Громадяни[\s\S]*Посадовці[\s\S]*Оператори обміну/)
  const found = await application.follow(new URL(`${page!.pathname}?q=${encodeURIComponent('ґонта фоп')}&lang=uk`, page))
  t.match(found.text, /value="f01"/)
  t.notMatch(found.text, /value="f02"/)
  t.match((await application.follow(new URL(`${page!.pathname}?q=nobody-at-all&lang=en`, page))).text, /Nobody was found[\s\S]*Cancel/)
})

t.test('ids, subjects and numbers of the persons are their own', async (t) => {
  for (const values of [DEVELOPMENT_PERSONS.map(({ id }) => id), DEVELOPMENT_PERSONS.map(({ id, subject }) => subject ?? id), DEVELOPMENT_PERSONS.flatMap(({ identity }) => identity?.rnokpp ?? [])]) {
    t.equal(new Set(values).size, values.length)
  }
  t.throws(() => developmentPerson('f99'), { name: 'RangeError' })
})
