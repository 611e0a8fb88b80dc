import { randomUUID, createHash } from 'node:crypto'
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { childOf, parseTraceparent, type Logger } from '@trembita/daemon'
import { Fault, formatRestFault, RelayedFault, toFault } from '@trembita/protocol/fault'
import { formatClientId, formatServiceId } from '@trembita/protocol/identifiers'
import type { ClientPeer } from '../clients/index.ts'
import { logFault } from '../exchange/index.ts'
import { closeIdle } from '../transport/index.ts'
import type { Downloads } from '../downloads/index.ts'
import type { Call, Dialect } from './call.ts'
import { relay, type ConsumerDeps } from './relay.ts'
import { targetOf } from './read-request.ts'
import { reply, replyFault } from './reply.ts'

/** X-Road's own limits are Jetty's 8 KB per header and 32 KB in all; a signed head may hold tokens, so a little more. */
const HEADER_BYTES_MAX = 64 * 1024
const IDLE_TIMEOUT_MS = 120_000

const GONE: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE'])

export interface ConsumerServerDeps extends ConsumerDeps {
  readonly log: Logger
  readonly downloads: Downloads
}

/** TLS of the listener for information systems: our internal certificate; any client certificate is taken and compared later. */
export interface InternalTls {
  readonly key: string
  readonly cert: string
}

/**
 * The listener for information systems (xroad-messages §1.1, trembita.md §1): `/r1/…` REST, `/restapi…` Trembita REST, the
 * downloads by GET, everything else SOAP. On `node:http`: raw headers and targets must pass as they came (ADR 0001).
 */
export function createConsumerServer (deps: ConsumerServerDeps, tls?: InternalTls): Server {
  const options = { maxHeaderSize: HEADER_BYTES_MAX, requestTimeout: 0, headersTimeout: 30_000, keepAliveTimeout: 75_000, insecureHTTPParser: false }
  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    handle(deps, request, response, tls !== undefined).catch((error: unknown) => {
      deps.log.error({ err: error }, 'a call could not be finished')
      response.destroy()
    })
  }
  const server = tls === undefined
    ? createHttpServer(options, handler)
    : createHttpsServer({ ...options, ...tls, minVersion: 'TLSv1.2', requestCert: true, rejectUnauthorized: false, dhparam: 'auto' }, handler)
  closeIdle(server, IDLE_TIMEOUT_MS)
  // Node would answer 417; the header is dropped like other hop-by-hop ones (xroad-messages §8.13).
  server.on('checkExpectation', handler)
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // Who went away in the middle needs no answer; a request that was begun tells of it itself.
    if (!socket.writable || GONE.has(error.code ?? '')) {
      socket.destroy()
      return
    }
    const fault = new Fault('BadRequest', 'the HTTP request is malformed or its head is too large', { origin: 'Client', cause: error })
    logFault(deps.log, fault, {})
    const { contentType, body } = formatRestFault(fault)
    socket.end(`HTTP/1.1 400 Bad Request\r\nX-Road-Error: ${fault.code}\r\nContent-Type: ${contentType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`)
  })
  return server
}

async function handle (deps: ConsumerServerDeps, request: IncomingMessage, response: ServerResponse, secure: boolean): Promise<void> {
  const target = targetOf(request.url ?? '')
  const peer = peerOf(request, secure)
  const dialect = dialectOf(target)
  try {
    if (request.method === 'GET' && dialect === 'soap' && await deps.downloads.serve(target, peer, request, response)) return
  } catch (thrown) {
    const fault = toFault(thrown, 'Server.ClientProxy')
    logFault(deps.log, fault, { path: target.split('?', 1)[0] })
    replyFault({ request, response, dialect }, fault)
    return
  }
  await exchange(deps, { request, response, dialect, peer, requestId: randomUUID(), trace: childOf(parseTraceparent(request.headers.traceparent as string | undefined, request.headers.tracestate as string | undefined)) })
}

function dialectOf (target: string): Dialect {
  if (target.startsWith('/r1/')) return 'xroad'
  return target === '/restapi' || target.startsWith('/restapi/') || target.startsWith('/restapi?') ? 'uxp' : 'soap'
}

function peerOf (request: IncomingMessage, secure: boolean): ClientPeer {
  if (!secure) return { secure, certificateHash: undefined }
  const { raw } = (request.socket as TLSSocket).getPeerCertificate() as { raw?: Buffer }
  return { secure, certificateHash: raw === undefined ? undefined : createHash('sha256').update(raw).digest('hex') }
}

async function exchange (deps: ConsumerServerDeps, call: Call): Promise<void> {
  const started = performance.now()
  const protocol = call.dialect === 'soap' ? 'soap' : 'rest'
  const seconds = (): number => (performance.now() - started) / 1000
  try {
    const relayed = await relay(deps, call)
    try {
      await reply(call, relayed)
    } finally {
      await relayed.release()
    }
    const { client, service } = relayed.request
    deps.metrics.finished('consumer', protocol, 'ok', seconds())
    deps.log.info({ exchangeId: call.requestId, client: formatClientId(client), service: formatServiceId(service), durationMs: Math.round(seconds() * 1000) }, 'request relayed')
  } catch (thrown) {
    const fault = toFault(thrown, 'Server.ClientProxy')
    deps.metrics.finished('consumer', protocol, fault instanceof RelayedFault ? 'Relayed' : fault.kind, seconds())
    logFault(deps.log, fault, { exchangeId: call.requestId })
    replyFault(call, fault)
  }
}
