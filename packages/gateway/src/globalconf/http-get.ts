import { Agent, request, type Dispatcher } from 'undici'

export interface HttpOptions {
  readonly connectTimeoutMs: number
  /** Longest silence while waiting for the head or for the next bytes. */
  readonly readTimeoutMs: number
  /** Whole download, against a source that sends a byte now and then. */
  readonly totalTimeoutMs: number
  /** Certificate and host name of `https:` sources. Trust comes from the signature, so a failure only moves on to the next location. */
  readonly tlsVerify: boolean
}

/** Small connection pool for configuration sources. Follows no redirect: an anchor says where configuration is, nobody else. */
export class HttpGetter {
  readonly #agent: Agent
  readonly #totalTimeoutMs: number

  constructor (options: HttpOptions) {
    this.#totalTimeoutMs = options.totalTimeoutMs
    this.#agent = new Agent({
      connect: { timeout: options.connectTimeoutMs, rejectUnauthorized: options.tlsVerify },
      headersTimeout: options.readTimeoutMs,
      bodyTimeout: options.readTimeoutMs,
      keepAliveTimeout: 5000,
      connections: 4
    })
  }

  /** @throws for anything below HTTP, and for a body above `bytesMax`, which is then not read on. */
  async get (url: string, bytesMax: number): Promise<{ status: number, body: Buffer }> {
    const controller = new AbortController()
    const timer = setTimeout(() => { controller.abort(new Error(`no complete answer within ${this.#totalTimeoutMs} ms`)) }, this.#totalTimeoutMs)
    try {
      const response = await request(url, { dispatcher: this.#agent, signal: controller.signal, headers: { 'cache-control': 'no-cache' } })
      if (response.statusCode !== 200) {
        await discard(response.body)
        return { status: response.statusCode, body: Buffer.alloc(0) }
      }
      return { status: 200, body: await readBody(response.body, bytesMax) }
    } finally {
      clearTimeout(timer)
    }
  }

  async close (): Promise<void> {
    await this.#agent.destroy()
  }
}

async function readBody (body: Dispatcher.ResponseData['body'], bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += (chunk as Buffer).length
    if (size > bytesMax) throw new Error(`answer exceeds ${bytesMax} bytes`)
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

/** An error page is read a little, to keep the connection, and no further. */
async function discard (body: Dispatcher.ResponseData['body']): Promise<void> {
  await body.dump({ limit: 64 * 1024 })
}
