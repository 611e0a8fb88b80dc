import fastify, { type FastifyError, type FastifyInstance, type FastifyPluginAsync, type FastifyRequest } from 'fastify'
import type { Logger } from '@trembita/daemon'
import { formatClientId, parseClientId } from '@trembita/protocol/identifiers'

const BODY_BYTES_MAX = 64 * 1024
const HEADER_CHARACTERS_MAX = 500

/** A question of the exchange that is not answered; its text repeats nothing of the question. */
export class ExchangeProblem extends Error {
  override readonly name = 'ExchangeProblem'
  readonly statusCode: number

  constructor (statusCode: number, message: string) {
    super(message)
    this.statusCode = statusCode
  }
}

/** Who asks: `X-Road-Client`, which our gateway has verified. @throws {ExchangeProblem} 400 */
export function callerOf (request: FastifyRequest): string {
  const header = request.headers['x-road-client']
  if (typeof header !== 'string' || header.length > HEADER_CHARACTERS_MAX) throw new ExchangeProblem(400, 'header X-Road-Client is missing')
  try {
    return formatClientId(parseClientId(header))
  } catch {
    throw new ExchangeProblem(400, 'header X-Road-Client is no client')
  }
}

/** Who pressed the button: `X-Road-UserId`. */
export function userOf (request: FastifyRequest): string | undefined {
  const header = request.headers['x-road-userid']
  return typeof header === 'string' && header.length <= HEADER_CHARACTERS_MAX ? header : undefined
}

/** What the gateway reaches as services. Reachable by it alone: it trusts the headers that the gateway sets. */
export async function createExchangeApp (log: Logger, parts: readonly FastifyPluginAsync[]): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: 30_000,
    routerOptions: { ignoreTrailingSlash: true },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } }
  })
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500) return reply.code(status).type('application/problem+json').send({ title: error.validation === undefined ? error.message : `${error.validationContext ?? 'request'} is not as described`, status })
    log.error({ err: error, route: request.routeOptions.url }, 'a question of the exchange failed')
    return reply.code(status).type('application/problem+json').send({ title: 'internal error', status })
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('application/problem+json').send({ title: 'there is no such service', status: 404 }))
  app.get('/health', async () => ({ status: 'pass' }))
  for (const part of parts) await app.register(part)
  return app
}
