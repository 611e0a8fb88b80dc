import { localhost, PORTS } from '../plan/index.ts'

/** A page as it came, after all redirects. */
export interface SeenPage {
  readonly url: URL
  readonly status: number
  readonly html: string
}

const REDIRECTS_MAX = 15
const TIMEOUT_MS = 20_000

/**
 * Somebody at a browser, by script: cookies, redirects, and the forms of the pages as they stand, with whatever is hidden in them. What a person
 * would do with a mouse, without one; pages are tried in a real browser by their own tests.
 */
export class ScriptedPerson {
  /** Of the identity provider's list: `f01`. */
  readonly id: string
  /** Like a browser's: they do not look at the port. */
  readonly #cookies = new Map<string, { readonly value: string, readonly path: string }>()

  constructor (id: string) {
    this.id = id
  }

  /** Signs in to an application, by the way that its own link takes. @param app address of its pages. */
  async signIn (app: string, assurance = 'high'): Promise<SeenPage> {
    const choice = await this.open(`${app}/sign-in?return=/&lang=uk`)
    if (choice.url.origin !== localhost(PORTS.identityProvider)) return choice
    return await this.#post(choice.url, new URLSearchParams({ person: this.id, acr: assurance }))
  }

  /** @throws {Error} when it does not come. */
  async open (address: string | URL): Promise<SeenPage> {
    return await this.#follow(new URL(address))
  }

  /** Fills in the form of a page that posts to `action`, and sends it. @throws {Error} when the page has no such form. */
  async submit (page: SeenPage, action: string | RegExp, fields: Readonly<Record<string, string | readonly string[]>> = {}): Promise<SeenPage> {
    const form = formsOf(page.html).find((one) => typeof action === 'string' ? one.action === action : action.test(one.action))
    if (form === undefined) throw new Error(`${page.url.pathname} has no form that posts to ${String(action)} (HTTP ${page.status})`)
    const body = new URLSearchParams(form.filled.map(([name, value]) => [name, value]))
    for (const [name, value] of Object.entries(fields)) {
      body.delete(name)
      for (const one of [value].flat()) body.append(name, one)
    }
    return await this.#post(new URL(form.action, page.url), body)
  }

  /** Sends JSON as a page's own script would. */
  async sendJson (address: string, body: object, csrf: string): Promise<Response> {
    const url = new URL(address)
    return await this.#fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': csrf, origin: url.origin }, body: JSON.stringify(body) })
  }

  /** A file that a page gives. */
  async download (address: string | URL): Promise<Buffer> {
    const response = await this.#fetch(new URL(address), {})
    if (!response.ok) throw new Error(`${new URL(address).pathname}: HTTP ${response.status}`)
    return Buffer.from(await response.arrayBuffer())
  }

  async #post (url: URL, body: URLSearchParams): Promise<SeenPage> {
    return await this.#follow(url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', origin: url.origin }, body: body.toString() })
  }

  async #follow (first: URL, init: RequestInit = {}): Promise<SeenPage> {
    let url = first
    let response = await this.#fetch(url, init)
    for (let hops = 0; response.headers.has('location'); hops++) {
      if (hops === REDIRECTS_MAX) throw new Error(`${first.pathname}: too many redirects`)
      await response.body?.cancel()
      url = new URL(response.headers.get('location')!, url)
      response = await this.#fetch(url, {})
    }
    return { url, status: response.status, html: await response.text() }
  }

  async #fetch (url: URL, init: RequestInit): Promise<Response> {
    const cookie = [...this.#cookies].filter(([, { path }]) => url.pathname.startsWith(path)).map(([name, { value }]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      ...init, redirect: 'manual', headers: { accept: 'text/html,*/*', ...cookie === '' ? {} : { cookie }, ...init.headers as Record<string, string> | undefined }, signal: AbortSignal.timeout(TIMEOUT_MS)
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      const path = /;\s*path=([^;]*)/i.exec(line)?.[1] ?? '/'
      if (value === '' || /expires=Thu, 01 Jan 1970|max-age=0/i.test(line)) this.#cookies.delete(name)
      else this.#cookies.set(name, { value, path })
    }
    return response
  }
}

interface Form {
  readonly action: string
  /** What the page sends along unseen, and what it has filled in already. */
  readonly filled: readonly (readonly [name: string, value: string])[]
}

/** The forms of our own pages that post: what is written by our templates is read by patterns, without a browser. */
function formsOf (html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*\bmethod="post"[^>]*)>([\s\S]*?)<\/form>/g)].map(([, attributes = '', content = '']) => {
    const filled: (readonly [string, string])[] = []
    for (const [, input = ''] of content.matchAll(/<input\b([^>]*)>/g)) {
      const name = attributeOf(input, 'name')
      const type = attributeOf(input, 'type') ?? 'text'
      if (name === undefined || type === 'file' || /\sdisabled\b/.test(input) || (['checkbox', 'radio'].includes(type) && !/\schecked\b/.test(input))) continue
      filled.push([name, attributeOf(input, 'value') ?? (type === 'checkbox' ? 'on' : '')])
    }
    return { action: attributeOf(attributes, 'action') ?? '', filled }
  })
}

/** Value of an attribute as our templates write it. */
export function attributeOf (tag: string, name: string): string | undefined {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag)?.[1]
  return value?.replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&')
}

/** What a person reads: a page without its tags. */
export function textOfPage (html: string): string {
  return html.replace(/<(script|style|svg)\b[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]*>/g, ' ').replace(/&nbsp;/g, ' ').replace(/&amp;/g, '&').replace(/&#39;|&#x27;/g, "'").replace(/&quot;/g, '"').replace(/\s+/g, ' ').trim()
}
