/** A person at a browser without one: cookies by host, redirects and forms by hand. */
export class PersonAtWeb {
  readonly #url: string
  readonly #cookies = new Map<string, Map<string, string>>()

  constructor (url: string) {
    this.#url = url
  }

  /** Signs in through the identity provider as one of its persons. */
  async signIn (person: string, assurance?: string): Promise<{ status: number, text: string }> {
    let page = await this.#follow(new URL('/sign-in', this.#url))
    if (!page.url.includes('/interaction/')) return page
    page = await this.#follow(new URL(page.url), new URLSearchParams({ person, ...assurance === undefined ? {} : { acr: assurance } }))
    return page
  }

  async get (path: string): Promise<{ status: number, url: string, text: string, bytes: Buffer }> {
    return await this.#follow(new URL(path, this.#url))
  }

  /** Sends the form of a page: its token is read from the page it stands on. */
  async post (from: string, path: string, fields: Record<string, string | string[]>, files: readonly { name: string, bytes: Uint8Array, field?: string }[] = []): Promise<{ status: number, url: string, text: string }> {
    const { text } = await this.get(from)
    const token = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? ''
    const pairs = Object.entries({ _csrf: token, ...fields }).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as [string, string]))
    if (files.length === 0) return await this.#follow(new URL(path, this.#url), new URLSearchParams(pairs))
    const form = new FormData()
    for (const [name, value] of pairs) form.append(name, value)
    for (const { name, bytes, field } of files) form.append(field ?? 'files', new Blob([new Uint8Array(bytes)]), name)
    return await this.#follow(new URL(path, this.#url), form)
  }

  async #follow (start: URL, body?: URLSearchParams | FormData): Promise<{ status: number, url: string, text: string, bytes: Buffer }> {
    let url = start
    let sent = body
    for (let hop = 0; hop < 12; hop++) {
      const jar = this.#cookies.get(url.host) ?? new Map<string, string>()
      this.#cookies.set(url.host, jar)
      const response = await fetch(url, {
        method: sent === undefined ? 'GET' : 'POST',
        redirect: 'manual',
        headers: { accept: 'text/html', cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '), ...sent === undefined ? {} : { origin: url.origin } },
        ...sent === undefined ? {} : { body: sent }
      })
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';')
        jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
      }
      const location = response.headers.get('location')
      if (location === null) {
        const bytes = Buffer.from(await response.arrayBuffer())
        return { status: response.status, url: url.href, text: bytes.toString('utf8'), bytes }
      }
      url = new URL(location, url)
      sent = undefined
    }
    throw new Error('too many redirects')
  }
}
