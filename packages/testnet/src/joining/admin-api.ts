import { setTimeout as wait } from 'node:timers/promises'

/** What an administration API refused, in its own words. */
export class AdminApiError extends Error {
  override readonly name = 'AdminApiError'
  readonly status: number
  /** `not_found`, `ocsp_verification_failed`, … */
  readonly code: string

  constructor (call: string, status: number, body: string) {
    const error = errorOf(body)
    super(`${call}: HTTP ${status} ${error.message ?? body.slice(0, 500)}`)
    this.status = status
    this.code = error.code ?? ''
  }
}

function errorOf (body: string): { readonly code?: string, readonly message?: string } {
  try {
    return (JSON.parse(body) as { error?: { code?: string, message?: string } }).error ?? {}
  } catch {
    return {}
  }
}

/** A call that waits for another gateway takes its time. */
const TIMEOUT_MS = 60_000
const ATTEMPTS_MAX = 30

/** The administration API of a core or a gateway, as a script of an operator calls it. Answers are as the OpenAPI description says. */
export class AdminApi {
  /** Of the console: `http://127.0.0.1:4000`. */
  readonly url: string
  readonly #key: string

  constructor (url: string, key: string) {
    this.url = url
    this.#key = key
  }

  async get<T = any> (path: string): Promise<T> {
    return await this.#json<T>('GET', path)
  }

  /** @returns undefined for what does not exist. */
  async find<T = any> (path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path)
    } catch (error) {
      if (error instanceof AdminApiError && error.status === 404) return undefined
      throw error
    }
  }

  async post<T = any> (path: string, body?: object): Promise<T> {
    return await this.#json<T>('POST', path, body)
  }

  async put<T = any> (path: string, body?: object): Promise<T> {
    return await this.#json<T>('PUT', path, body)
  }

  async patch<T = any> (path: string, body: object): Promise<T> {
    return await this.#json<T>('PATCH', path, body)
  }

  async delete (path: string): Promise<void> {
    await this.#call('DELETE', path)
  }

  /** Sends a file as it is. */
  async upload<T = any> (path: string, bytes: Uint8Array): Promise<T> {
    return JSON.parse((await this.#call('POST', path, new Uint8Array(bytes))).toString('utf8')) as T
  }

  async download (path: string): Promise<Buffer> {
    return await this.#call('GET', path)
  }

  async #json<T> (method: string, path: string, body?: object): Promise<T> {
    const bytes = await this.#call(method, path, body === undefined ? undefined : JSON.stringify(body))
    return (bytes.length === 0 ? undefined : JSON.parse(bytes.toString('utf8'))) as T
  }

  async #call (method: string, path: string, body?: string | Uint8Array<ArrayBuffer>): Promise<Buffer> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.#send(method, path, body)
      const answer = Buffer.from(await response.arrayBuffer())
      if (response.ok) return answer
      // A script is quicker than the limit that is meant for people.
      if (response.status !== 429 || attempt === ATTEMPTS_MAX) throw new AdminApiError(`${method} ${path}`, response.status, answer.toString('utf8'))
      await wait(Number(response.headers.get('retry-after') ?? 1) * 1000)
    }
  }

  async #send (method: string, path: string, body: string | Uint8Array<ArrayBuffer> | undefined): Promise<Response> {
    return await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `X-Road-ApiKey token=${this.#key}`,
        ...body === undefined ? {} : { 'content-type': typeof body === 'string' ? 'application/json' : 'application/octet-stream' }
      },
      ...body === undefined ? {} : { body },
      signal: AbortSignal.timeout(TIMEOUT_MS)
    })
  }
}
