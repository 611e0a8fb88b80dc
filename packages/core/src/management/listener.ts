import type { TLSSocket } from 'node:tls'
import type { Clock, Counter, Logger, Metrics } from '@trembita/daemon'
import { Fault, formatSoapFault, type SoapFault } from '@trembita/protocol/fault'
import type { ClientId } from '@trembita/protocol/identifiers'
import {
  MANAGEMENT_BYTES_MAX, readManagementMessage, writeManagementResponse, type ManagementContext, type ManagementMessage, type VerifiedRequest
} from '@trembita/protocol/management'
import type { TrustStore } from '@trembita/protocol/pki'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { Refusal } from '../refusal.ts'
import type { ManagementHandler, VerifiedManagementRequest } from './handler.ts'
import { RateLimit } from './rate-limit.ts'
import type { ServiceTls } from './service-tls.ts'

/** What the core's own published configuration says, for judging a request. */
export interface ManagementTrust {
  readonly trust: TrustStore
  readonly instance: string
  readonly provider: ClientId
  /** Whether that configuration has not expired. */
  readonly valid: boolean
}

export interface ManagementListenerDeps {
  readonly tls: ServiceTls
  /** Undefined while nothing has been published. */
  readonly trust: () => ManagementTrust | undefined | Promise<ManagementTrust | undefined>
  readonly handler: ManagementHandler
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  /** From one address; default 10, as X-Road has it. 0: no limit. */
  readonly requestsPerMinute?: number | undefined
}

/** DER of TLS client certificates, or undefined: anyone may call. */
export type AcceptedClients = () => readonly Buffer[] | undefined | Promise<readonly Buffer[] | undefined>

export interface ListenerKind {
  readonly name: VerifiedManagementRequest['receivedBy']
  readonly path: string
  readonly verify: (message: ManagementMessage, context: ManagementContext) => VerifiedRequest
  /** DER of the TLS certificates that may call; undefined: anyone may, the signatures decide. */
  readonly acceptedClients?: AcceptedClients | undefined
}

const SOAP_TYPE = 'text/xml; charset=UTF-8'
/** A gateway sends a few kilobytes at once: who is slower than this is none. */
const REQUEST_TIMEOUT_MS = 30_000
const REQUESTS_PER_MINUTE = 10

/**
 * A TLS listener for one kind of management request: reads, verifies, hands over, answers. Faults are HTTP 500 with a SOAP
 * fault whose detail is also in the log; 404, 405 and 429 are plain. Nothing reaches the handler that was not verified.
 */
export function createManagementListener (deps: ManagementListenerDeps, kind: ListenerKind): FastifyInstance {
  const { tls, clock, log, metrics } = deps
  const limit = deps.requestsPerMinute === 0 ? undefined : new RateLimit(deps.requestsPerMinute ?? REQUESTS_PER_MINUTE, clock)
  const results = resultsIn(metrics)
  const app = fastify({
    logger: false,
    bodyLimit: MANAGEMENT_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: REQUEST_TIMEOUT_MS * 2,
    https: { key: tls.key, cert: tls.cert, minVersion: 'TLSv1.2', requestCert: kind.acceptedClients !== undefined, rejectUnauthorized: false }
  })

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => { done(null, body) })
  app.addHook('onRequest', async (request, reply) => {
    const waitSeconds = limit?.take(request.ip)
    if (waitSeconds === undefined) return
    results.inc({ listener: kind.name, service: 'unknown', result: 'TooManyRequests' })
    log.warn({ origin: request.ip }, 'too many management requests from one address')
    await reply.code(429).header('retry-after', String(waitSeconds)).type('text/plain').send('Too many requests from this address\n')
  })
  app.setNotFoundHandler(async (_request, reply) => await reply.code(404).type('text/plain').send('Not found\n'))
  app.setErrorHandler(async (thrown, request, reply) => await refuse(request, reply, unreadable(thrown), 'unknown'))
  app.route({
    method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: kind.path,
    handler: async (_request, reply) => await reply.code(405).header('allow', 'POST').type('text/plain').send('Only POST is allowed\n')
  })
  app.post(kind.path, async (request, reply) => {
    let service = 'unknown'
    try {
      await checkClient(request)
      const verified = await verify(request)
      service = verified.request.service
      const id = await deps.handler.handle(verified)
      results.inc({ listener: kind.name, service, result: 'accepted' })
      return await reply.type(SOAP_TYPE).send(writeManagementResponse(verified, id))
    } catch (thrown) {
      return await refuse(request, reply, thrown, service)
    }
  })
  return app

  async function checkClient (request: FastifyRequest): Promise<void> {
    const accepted = await kind.acceptedClients?.()
    if (accepted === undefined) return
    const { raw } = (request.raw.socket as TLSSocket).getPeerCertificate() as { raw?: Buffer }
    if (raw === undefined || !accepted.some((certificate) => certificate.equals(raw))) {
      throw new Fault('SslAuthenticationFailed', 'the TLS client certificate is not one that may call the management services')
    }
  }

  async function verify (request: FastifyRequest): Promise<VerifiedManagementRequest> {
    const receivedAt = clock.now()
    const known = await deps.trust()
    if (known?.valid !== true) throw new Fault('OutdatedGlobalConf', 'the global configuration of the core is not valid now')
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const contentType = request.headers['content-type'] ?? ''
    const verified = kind.verify(readManagementMessage(contentType, body), { trust: known.trust, instance: known.instance, provider: known.provider, at: receivedAt })
    return { ...verified, receivedBy: kind.name, origin: request.ip, receivedAt, contentType, body }
  }

  async function refuse (request: FastifyRequest, reply: FastifyReply, thrown: unknown, service: string): Promise<FastifyReply> {
    const fault = faultOf(thrown)
    results.inc({ listener: kind.name, service, result: fault.code })
    const entry = { origin: request.ip, service, code: fault.code, detail: fault.detail }
    if (isOurs(thrown)) log.error({ ...entry, err: thrown }, 'management request failed')
    // a Refusal's text may name a member, a fault's never does
    else log.warn(thrown instanceof Fault ? { ...entry, reason: thrown.message } : entry, 'management request refused')
    return await reply.code(500).type(SOAP_TYPE).send(formatSoapFault(fault))
  }
}

const counters = new WeakMap<Metrics, Counter>()

/** Both listeners of one core count in one metric. */
function resultsIn (metrics: Metrics): Counter {
  let counter = counters.get(metrics)
  if (counter === undefined) {
    counter = metrics.counter({ name: 'management_requests_total', help: 'Management requests of gateways by what became of them', labels: ['listener', 'service', 'result'] })
    counters.set(metrics, counter)
  }
  return counter
}

/** What of the caller's could not even be read, in a fault's terms. */
function unreadable (thrown: unknown): unknown {
  const { statusCode, code } = thrown as { statusCode?: number, code?: string }
  if (statusCode === 413) return new Fault('InvalidMessage', `request larger than ${MANAGEMENT_BYTES_MAX} bytes`, { cause: thrown })
  if (statusCode === 415) return new Fault('InvalidContentType', 'expected content type multipart/related or text/xml', { cause: thrown })
  if (statusCode !== undefined && statusCode < 500) return new Fault('IOError', `the request could not be read (${code ?? statusCode})`, { cause: thrown })
  return thrown
}

function faultOf (thrown: unknown): SoapFault {
  const fault = thrown instanceof Fault ? thrown : new Fault('InternalError', 'internal error', { cause: thrown })
  if (thrown instanceof Refusal) return { code: thrown.code, string: thrown.message, detail: fault.detail }
  return { code: fault.code, string: fault.message, detail: fault.detail }
}

function isOurs (thrown: unknown): boolean {
  return !(thrown instanceof Refusal) && !(thrown instanceof Fault && thrown.kind !== 'InternalError')
}
