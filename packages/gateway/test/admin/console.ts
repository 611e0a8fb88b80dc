import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'

/** What the administration API answered. */
export interface Answer<T = any> {
  readonly status: number
  readonly body: T
  readonly bytes: Buffer
  readonly headers: IncomingHttpHeaders
}

let calls = 0
/** Each call comes from an address of its own: the limit of requests is by address, and a test is quicker than any person. */
function nextAddress (): string {
  calls++
  return `127.77.${calls >> 8 & 255}.${calls & 255}`
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
    const sent = body === undefined ? undefined : isFile || typeof body === 'string' ? body : JSON.stringify(body)
    const request = httpRequest(`${this.url}/api/v1${path}`, {
      method,
      localAddress: nextAddress(),
      agent: false,
      headers: {
        ...this.#key === undefined ? {} : { authorization: `X-Road-ApiKey token=${this.#key}` },
        ...sent === undefined ? {} : { 'content-type': isFile ? 'application/octet-stream' : 'application/json', 'content-length': Buffer.byteLength(sent) },
        ...headers
      }
    })
    // What is announced in the headers and not given is never sent.
    if (headers['content-length'] === undefined) request.end(sent)
    else request.flushHeaders()
    const [response] = await once(request, 'response') as [IncomingMessage]
    const bytes = Buffer.concat(await Array.fromAsync(response))
    request.on('error', () => {}).destroy()
    const isJson = response.headers['content-type']?.includes('json') ?? false
    return { status: response.statusCode!, body: isJson ? JSON.parse(bytes.toString()) : undefined, bytes, headers: response.headers }
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
