import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'

/** A request that the information system got. */
export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

export type Answer = (received: Received, response: ServerResponse) => void | Promise<void>

/** An information system of a test: remembers what it was asked, answers as told. */
export interface TestService {
  readonly url: string
  readonly server: Server
  readonly received: Received[]
  /** How it answers from now on; default `echo`. */
  answer: Answer
  close (): Promise<void>
}

/** REST: what came, as JSON. SOAP: the request with `Response` after the name of its body element, attachments and all. */
export function echo (received: Received, response: ServerResponse): void {
  if (received.url.startsWith('/soap')) {
    response.writeHead(200, { 'content-type': received.headers['content-type'] })
    response.end(soapAnswerTo(received.body.toString('latin1')), 'latin1')
    return
  }
  const { method, url, headers, body } = received
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ method, url, headers, size: body.length, sha256: sha256(body) }))
}

/** An answer: the request itself, its body element renamed. */
export function soapAnswerTo (envelope: string): string {
  return envelope.replace(/<(\/?)(\w+):lookup\b/g, '<$1$2:lookupResponse')
}

export function sha256 (bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export async function startService (tls?: ServerOptions): Promise<TestService> {
  const received: Received[] = []
  const sockets = new Set<Socket>()
  async function handle (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const got = {
      method: request.method ?? '', url: request.url ?? '', headers: request.headers, rawHeaders: request.rawHeaders, body: Buffer.concat(chunks)
    }
    received.push(got)
    await service.answer(got, response)
  }
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    // A caller that goes away in the middle is no failure of the service.
    handle(request, response).catch(() => { response.destroy() })
  }
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => { sockets.delete(socket) })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const service: TestService = {
    url: `http${tls === undefined ? '' : 's'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    received,
    answer: echo,
    close: () => new Promise((resolve) => {
      server.close(() => { resolve() })
      for (const socket of sockets) socket.destroy()
    })
  }
  return service
}
