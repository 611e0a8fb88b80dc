import { X509Certificate } from 'node:crypto'

/** What the administration API answered. */
export interface Answer<T = any> {
  readonly status: number
  readonly body: T
  readonly bytes: Buffer
  readonly headers: Headers
}

/** Calls a gateway's administration API as a script would. */
export class Console {
  readonly url: string
  readonly #key: string | undefined

  constructor (url: string, key: string | undefined) {
    this.url = url
    this.#key = key
  }

  get (path: string): Promise<Answer> {
    return this.call('GET', path)
  }

  delete (path: string): Promise<Answer> {
    return this.call('DELETE', path)
  }

  /** A Buffer is sent as a file, anything else as JSON. */
  post (path: string, body?: unknown): Promise<Answer> {
    return this.call('POST', path, body)
  }

  put (path: string, body?: unknown): Promise<Answer> {
    return this.call('PUT', path, body)
  }

  patch (path: string, body?: unknown): Promise<Answer> {
    return this.call('PATCH', path, body)
  }

  async call (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const isFile = Buffer.isBuffer(body)
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...this.#key === undefined ? {} : { authorization: `X-Road-ApiKey token=${this.#key}` },
        ...body === undefined ? {} : { 'content-type': isFile ? 'application/octet-stream' : 'application/json' },
        ...headers
      },
      ...body === undefined ? {} : { body: isFile ? new Uint8Array(body) : typeof body === 'string' ? body : JSON.stringify(body) }
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    return { status: response.status, body: isJson ? JSON.parse(bytes.toString()) : undefined, bytes, headers: response.headers }
  }

  /** Calls and expects it done. */
  async done (method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.call(method, path, body)
    if (answer.status >= 300) throw new Error(`${method} ${path}: HTTP ${answer.status} ${answer.bytes.toString()}`)
    return answer
  }
}

/** Name of a certificate in the API's paths. */
export function hashOf (pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(':', '')
}
