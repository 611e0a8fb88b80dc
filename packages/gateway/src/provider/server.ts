import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { childOf, parseTraceparent, type Logger } from '@trembita/daemon'
import { Fault, formatSoapFault, RelayedFault, toFault } from '@trembita/protocol/fault'
import { formatClientId, formatServiceId } from '@trembita/protocol/identifiers'
import { endRefused, logFault, type ExchangeMessage } from '../exchange/index.ts'
import type { AuthIdentity } from '../signer/index.ts'
import { closeIdle, MESSAGE_PORT_TLS, peerChainOf, secureOptionsOf } from '../transport/index.ts'
import { serve, type ProviderDeps, type Served } from './serve.ts'
import type { PeerRequest } from './read-message.ts'

const HEADER_BYTES_MAX = 64 * 1024
/** Longer than any client keeps an idle connection: the one who opened it closes it, and no request meets a closing socket. */
const KEEP_ALIVE_MS = 75_000
const IDLE_TIMEOUT_MS = 300_000

/**
 * The message port (xroad-messages §2.1): mutual TLS with our authentication certificate. Who is on the other side is checked
 * with the OCSP responses that come inside the message; the handshake only asks that there is a certificate of some gateway.
 * Host and SNI are not looked at.
 */
export function createProviderServer (deps: ProviderDeps & { readonly log: Logger }): Server {
  const server = createServer({
    ...MESSAGE_PORT_TLS,
    maxHeaderSize: HEADER_BYTES_MAX,
    requestTimeout: 0,
    headersTimeout: 30_000,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestCert: true,
    rejectUnauthorized: false,
    dhparam: 'auto',
    sessionTimeout: 600
  }, (request, response) => {
    handle(deps, request, response).catch((error: unknown) => {
      deps.log.error({ err: error }, 'a request could not be finished')
      response.destroy()
    })
  })
  closeIdle(server, IDLE_TIMEOUT_MS)
  server.on('tlsClientError', (error) => { deps.log.debug({ err: error }, 'TLS handshake on the message port failed') })
  return server
}

/**
 * Shows the current authentication certificate from the next handshake on.
 *
 * @throws {Fault} `SslAuthenticationFailed` while this gateway has none that is usable.
 */
export function showIdentity (server: Server, identity: AuthIdentity): void {
  server.setSecureContext(secureOptionsOf(identity))
}

async function handle (deps: ProviderDeps & { readonly log: Logger }, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  const protocol = request.headers['x-road-message-type'] === 'REST' ? 'rest' : 'soap'
  const held: ExchangeMessage[] = []
  const idOf = (requestId: string): string => requestId.slice(0, 64) // a peer's word
  let exchangeId = idOf(String(request.headers['x-road-request-id'] ?? ''))
  try {
    const chain = peerChainOf(request.socket as TLSSocket)
    const { globalconf } = deps
    if (chain[0] === undefined || globalconf.current().serverByAuthCertificate(chain[0]) === undefined) {
      if (chain[0] !== undefined) globalconf.current().suspensions.checkCertificate(chain[0])
      throw new Fault('SslAuthenticationFailed', 'the TLS certificate belongs to no gateway of the configuration')
    }
    const { traceparent, tracestate } = request.headers as Record<string, string | undefined>
    const call = { request, response, chain, trace: childOf(parseTraceparent(traceparent, tracestate)) }
    const served = await serve(deps, call, (read: PeerRequest) => { exchangeId = idOf(read.requestId); held.push(read) }, (answer) => { held.push(answer) })
    await write(response, served)
    deps.metrics.finished('provider', protocol, 'ok', seconds())
    deps.log.info({ exchangeId, client: formatClientId(served.request.client), service: formatServiceId(served.request.service), durationMs: Math.round(seconds() * 1000) }, 'request served')
  } catch (thrown) {
    const fault = toFault(thrown, 'Server.ServerProxy')
    deps.metrics.finished('provider', protocol, fault instanceof RelayedFault ? 'Relayed' : fault.kind, seconds())
    logFault(deps.log, fault, { exchangeId })
    replyFault(request, response, fault)
  } finally {
    for (const message of held) for (const { body } of message.attachments) await body.discard()
  }
}

async function write (response: ServerResponse, { answer, encoded }: Served): Promise<void> {
  // Exactly these names in lower case: peers look them up case-sensitively (xroad-messages §2.4).
  const headers: Record<string, string | number> = { 'content-type': encoded.contentType, 'x-hash-algorithm': 'SHA-512' }
  if (answer.protocol === 'soap') headers['x-original-content-type'] = answer.originalContentType ?? 'text/xml; charset=UTF-8'
  const body = encoded.body()
  if (Buffer.isBuffer(body)) {
    headers['content-length'] = body.length
    response.writeHead(200, headers).end(body)
    return
  }
  response.writeHead(200, headers)
  await pipeline(Readable.from(body, { objectMode: false, highWaterMark: 256 * 1024 }), response)
}

/** A fault before the answer has begun is the whole reply: HTTP 200, a SOAP envelope, for REST too (xroad-messages §2.6). */
function replyFault (request: IncomingMessage, response: ServerResponse, fault: Fault): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const body = fault instanceof RelayedFault ? Buffer.from(fault.xml) : formatSoapFault(fault)
  response.writeHead(200, { 'content-type': 'text/xml;charset=utf-8', soapaction: '', 'content-length': body.length, ...(request.complete ? {} : { connection: 'close' }) })
  endRefused(request, response, body)
}
