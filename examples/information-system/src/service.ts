import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import AjvCompiler from '@fastify/ajv-compiler'
import fastify, { LogController, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Answer, Source } from './answer.ts'
import { ANNOTATIONS } from './openapi.ts'
import { Problem } from './problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the answer was, for the log: never what it said. */
    outcome: string | undefined
    /** Where the id of the exchange stands inside the message, not in a header. */
    exchangeId: string | undefined
  }
}

/** A running information system. */
export interface InformationSystem {
  readonly url: string
  close (): Promise<void>
}

export interface ListenOptions {
  /** 0 or nothing: any free one. */
  readonly port?: number | undefined
  /** Loopback unless said otherwise. */
  readonly host?: string | undefined
  readonly log?: boolean | undefined
}

const compilers = AjvCompiler()
const keywords = [...ANNOTATIONS]
/** Of bodies: nothing is changed to fit, and a field outside the description is refused, not left out. */
const bodyValidator = compilers({}, { customOptions: { removeAdditional: false, coerceTypes: false, keywords } })
/** Of addresses and headers, where everything is text. */
const validator = compilers({}, { customOptions: { removeAdditional: false, coerceTypes: 'array', keywords } })

/** A request of a register is a code and a few fields. */
const BODY_BYTES_MAX = 256 * 1024

/**
 * HTTP server of an information system: health, problems by RFC 9457, and a log of one line per request that names
 * the exchange, the route and the outcome, but neither the address asked nor anything else that could hold a person's code.
 */
export function createInformationSystem (name: string, options: ListenOptions = {}): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    // A service's address is asked with and without it.
    routerOptions: { ignoreTrailingSlash: true },
    logController: new LogController({ disableRequestLogging: true }),
    // Longer than a gateway keeps its idle connections, or a request meets a closing socket.
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    logger: options.log === true ? { level: 'info', base: { system: name } } : false,
    genReqId: requestIdOf
  })
  app.setValidatorCompiler((route) => (route.httpPart === 'body' ? bodyValidator : validator)(route))
  app.decorateRequest('outcome', undefined)
  app.decorateRequest('exchangeId', undefined)
  app.get('/health', async () => ({ status: 'UP', system: name, synthetic: true }))
  app.addHook('onResponse', async (request, reply) => {
    request.log.info({
      exchangeId: request.exchangeId ?? request.id,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      outcome: request.outcome,
      durationMs: Math.round(reply.elapsedTime * 10) / 10
    }, 'request answered')
  })
  app.setErrorHandler((error: FastifyError, request, reply) => sendProblem(asProblem(error, request), request, reply))
  app.setNotFoundHandler((request, reply) => sendProblem(new Problem('unknown-service', 'Такого сервісу немає', 'There is no such service'), request, reply))
  return app
}

export async function listen (app: FastifyInstance, options: ListenOptions = {}): Promise<InformationSystem> {
  const host = options.host ?? '127.0.0.1'
  await app.listen({ host, port: options.port ?? 0 })
  const { port } = app.server.address() as AddressInfo
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, close: () => app.close() }
}

/** Id of the exchange: what a gateway passes on, in X-Road's or in Trembita's header. */
export function requestIdOf (request: { headers: Record<string, string | string[] | undefined> }): string {
  const id = request.headers['x-road-id'] ?? request.headers['uxp-queryid'] ?? request.headers['uxp-transaction-id']
  return typeof id === 'string' && /^[\x21-\x7e]{1,256}$/.test(id) ? id : randomUUID()
}

/** Purpose of the processing, an identifier from the agreement (Trembita's header). */
export function purposeOf (request: FastifyRequest): string | null {
  const purpose = request.headers['uxp-purpose-ids'] ?? request.headers['purpose-id']
  return typeof purpose === 'string' && purpose !== '' && purpose !== '""' ? purpose : null
}

/** The answer as it goes out, with where it comes from. */
export function describeAnswer<T> (request: FastifyRequest, answer: Answer<T>, source: Source): Record<string, unknown> {
  request.outcome = answer.outcome
  return {
    requestId: request.id,
    outcome: answer.outcome,
    data: answer.data,
    missing: answer.missing,
    discrepancies: answer.discrepancies,
    source,
    agreement: null,
    purpose: purposeOf(request)
  }
}

function asProblem (error: FastifyError, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error
  if (error.statusCode !== undefined && error.statusCode < 500) {
    // The validator's words name the field; they never repeat its value.
    const where = error.validation === undefined ? error.code : `${error.validationContext ?? 'request'}${error.validation[0]?.instancePath ?? ''} ${error.validation[0]?.message ?? ''}`
    return new Problem('invalid-request', `Запит не відповідає опису: ${where}`, `The request does not follow the description: ${where}`)
  }
  request.log.error({ exchangeId: request.id, err: error }, 'request failed')
  return new Problem('source-unavailable', 'Реєстр не може відповісти зараз', 'The register cannot answer now')
}

function sendProblem (problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.outcome = problem.code
  const language = /^\s*en\b/i.test(request.headers['accept-language'] ?? '') ? 'en' : 'uk'
  return reply.code(problem.status).header('content-language', language).type('application/problem+json').send(problem.toBody(language))
}
