import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { boundaryIn, headerOf, readMultipart, typeOf } from '@trembita/testnet/foreign-peer'

/** What an information system got. */
export interface Received {
  readonly method: string
  readonly url: string
  /** `[name, value, …]` as on the wire. */
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export type Handler = (received: Received, response: ServerResponse) => void

/**
 * A real information system: `/soap…` answers SOAP with the request's header and what it was asked, attachments and all;
 * anything else answers by REST with what it got. Other answers on order.
 */
export class InformationSystem implements AsyncDisposable {
  readonly requests: Received[] = []
  readonly #server: Server
  #handler: Handler = rightAnswer

  private constructor (tls?: { key: string, cert: string }) {
    const listener = (request: IncomingMessage, response: ServerResponse): void => { void this.#handle(request, response) }
    this.#server = tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener)
  }

  static async start (tls?: { key: string, cert: string }): Promise<InformationSystem> {
    const system = new InformationSystem(tls)
    await new Promise<void>((resolve) => { system.#server.listen(0, '127.0.0.1', resolve) })
    return system
  }

  get url (): string {
    return `http${'setSecureContext' in this.#server ? 's' : ''}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get last (): Received {
    return this.requests.at(-1)!
  }

  /** Answers so from now on; without a handler rightly again. */
  order (handler: Handler = rightAnswer): void {
    this.#handler = handler
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve)
      this.#server.closeAllConnections()
    })
  }

  async #handle (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return // The caller went away; the test sees it there.
    }
    const received = { method: request.method ?? '', url: request.url ?? '', rawHeaders: request.rawHeaders, headers: request.headers, body: Buffer.concat(chunks) }
    this.requests.push(received)
    this.#handler(received, response)
  }
}

function rightAnswer (received: Received, response: ServerResponse): void {
  if (received.url.startsWith('/soap')) return soapAnswer(received, response)
  if (received.method === 'DELETE') {
    response.writeHead(204).end()
    return
  }
  response.writeHead(200, ['Content-Type', 'application/json', 'X-Service', 'a', 'X-Service', 'b'])
  response.end(received.method === 'HEAD' ? undefined : JSON.stringify({ method: received.method, url: received.url, bytes: received.body.length }))
}

/** `lookup` becomes `lookupResponse`, in the body only. */
export function asResponse (envelope: string): string {
  const at = envelope.search(/<[\w-]+:Body>/)
  return envelope.slice(0, at) + envelope.slice(at).replace(/(<\/?[\w-]+:)lookup\b/g, '$1lookupResponse')
}

function soapAnswer ({ headers, body }: Received, response: ServerResponse): void {
  const contentType = headers['content-type'] ?? ''
  if (typeOf(contentType) !== 'multipart/related') {
    response.writeHead(200, { 'Content-Type': 'text/xml; charset=utf-8' }).end(asResponse(body.toString()))
    return
  }
  const boundary = boundaryIn(contentType)
  const [soap, ...attachments] = readMultipart(body, boundary)
  const answered = Buffer.from(asResponse(soap!.body.toString())).toString('latin1')
  const back = [`--MIME_back\r\nContent-Type: ${headerOf(soap!.headers, 'content-type')}\r\nContent-ID: <answer>\r\n\r\n${answered}\r\n`,
    ...attachments.map((one, index) => `--MIME_back\r\nContent-Type: ${headerOf(one.headers, 'content-type')}\r\nContent-ID: <back-${index}>\r\n\r\n${one.body.toString('latin1')}\r\n`), '--MIME_back--\r\n']
  response.writeHead(200, { 'Content-Type': 'multipart/related; type="text/xml"; boundary="MIME_back"' }).end(Buffer.from(back.join(''), 'latin1'))
}
