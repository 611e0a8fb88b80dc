import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { AddressInfo } from 'node:net'

/** A trust service that listens. */
export interface TrustService<Faults> {
  readonly url: string
  /** Misbehave so from now on; without `faults`, behave again. */
  order (faults?: Faults & HttpFaults): void
  /** How many requests were answered. */
  readonly requests: number
  close (): Promise<void>
}

/** How HTTP itself can go wrong. */
export interface HttpFaults {
  readonly delayMs?: number | undefined
  /** This status with a line of text. */
  readonly httpStatus?: number | undefined
  /** 200 with bytes that are no answer. */
  readonly garbage?: boolean | undefined
}

export interface ListenOptions {
  /** Default 0: any free one. */
  readonly port?: number | undefined
  /** Default 127.0.0.1. */
  readonly host?: string | undefined
}

/** Requests to a trust service are small; a certificate's worth is plenty. */
const REQUEST_BYTES_MAX = 64 * 1024

/** Serves one kind of DER request by HTTP: POST, and GET where `ofTarget` knows how (RFC 6960 appendix A.1). */
export async function startTrustService<Faults extends object> (options: ListenOptions & {
  readonly requestType: string
  readonly responseType: string
  readonly ofTarget?: ((target: string) => Buffer | undefined) | undefined
  readonly answer: (request: Buffer, faults: Faults) => Buffer
}): Promise<TrustService<Faults>> {
  let faults = {} as Faults & HttpFaults
  let requests = 0
  const closing = new AbortController()

  async function handle (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await readRequest(request)
    requests++
    const ordered = faults
    if (ordered.delayMs !== undefined) await wait(ordered.delayMs, undefined, { signal: closing.signal })
    if (ordered.httpStatus !== undefined) return refuse(response, ordered.httpStatus, 'ordered to fail')
    if (typeof bytes === 'number') return refuse(response, bytes, 'not a request of this service')
    const body = ordered.garbage === true ? Buffer.from('<html>not what you asked for</html>') : options.answer(bytes, ordered)
    response.writeHead(200, { 'content-type': options.responseType, 'content-length': body.length, 'cache-control': 'no-store' }).end(body)
  }

  /** The request's DER, or the HTTP status that refuses it. */
  async function readRequest (request: IncomingMessage): Promise<Buffer | number> {
    if (request.method === 'GET' && options.ofTarget !== undefined) return options.ofTarget(request.url ?? '/') ?? 400
    if (request.method !== 'POST') return 405
    if (request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== options.requestType) return 415
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > REQUEST_BYTES_MAX) return 413
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => {
      if (response.headersSent) response.destroy()
      else refuse(response, 500, 'failed')
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve)
  })
  const { address, port, family } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    order (ordered) { faults = ordered ?? {} as Faults },
    get requests () { return requests },
    async close () {
      closing.abort()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    }
  }
}

function refuse (response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${text}\n`)
}
