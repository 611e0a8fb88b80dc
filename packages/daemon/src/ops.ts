import type {} from './accounts/index.ts'
import fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyReply } from 'fastify'
import type { Health, HealthReport } from './health.ts'
import type { Metrics } from './metrics.ts'

export interface OpsOptions {
  readonly health: Health
  readonly metrics: Metrics
  /** Shown at `/health` beside the checks: program, version, own identifier. */
  readonly info: { readonly name: string, readonly version: string } & Readonly<Record<string, string>>
}

const check = {
  type: 'object',
  required: ['name', 'status'],
  properties: {
    name: { type: 'string' },
    status: { type: 'string', enum: ['pass', 'warn', 'fail'] },
    message: { type: 'string' },
    details: { type: 'object', additionalProperties: true }
  }
} as const
const report = {
  type: 'object',
  required: ['status', 'checks'],
  properties: {
    status: { type: 'string', enum: ['pass', 'warn', 'fail'] },
    info: { type: 'object', additionalProperties: { type: 'string' } },
    checks: { type: 'array', items: check }
  }
} as const
/** Fastify's own schema type knows nothing of the words OpenAPI adds. */
const described = (summary: string): { summary: string, tags: string[], response: { 200: typeof report, 503: typeof report } } =>
  ({ summary, tags: ['operations'], response: { 200: report, 503: report } })

/**
 * What operators and orchestrators ask a process: `/health` (everything, with `info`), `/health/live`, `/health/ready`
 * (200, or 503 when a check fails; a warning is still 200) and `/metrics`. Binds to nothing by itself; keep it off public addresses.
 */
export const opsRoutes: FastifyPluginAsync<OpsOptions> = async (app, { health, metrics, info }) => {
  const send = (reply: FastifyReply, found: HealthReport, extra: object = {}): FastifyReply =>
    reply.code(found.status === 'fail' ? 503 : 200).header('cache-control', 'no-store').send({ ...extra, ...found })

  app.get('/health', { schema: described('All checks'), config: { access: 'public' } },
    async (_request, reply) => send(reply, await health.report(), { info }))
  app.get('/health/live', { schema: described('Is a restart needed'), config: { access: 'public' } },
    async (_request, reply) => send(reply, await health.report('live')))
  app.get('/health/ready', { schema: described('May work be sent here'), config: { access: 'public' } },
    async (_request, reply) => send(reply, await health.report('ready')))
  app.get('/metrics', { config: { access: 'public' } },
    async (_request, reply) => reply.header('content-type', metrics.contentType).send(await metrics.text()))
}

/** The same as an app of its own, not yet listening. */
export function createOpsApp (options: OpsOptions): FastifyInstance {
  const app = fastify({ logger: false })
  app.register(opsRoutes, options)
  return app
}
