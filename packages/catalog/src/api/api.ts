import type { FastifyError, FastifyPluginAsync } from 'fastify'
import type { Logger } from '@trembita/daemon'
import { ADMINISTRATOR } from '../accounts.ts'
import type { Parts } from '../parts.ts'
import { Refusal } from '../refusal.ts'
import { applicationRoutes } from './applications.ts'
import { entryRoutes } from './entries.ts'
import { searchRoutes } from '../search/index.ts'
import { verificationRoutes } from './verifications.ts'

/** The API of the catalog, below `/catalog/api/v1`. Reading is for everybody; what a reader may not see is not there. */
export function catalogApi (parts: Parts, log: Logger): FastifyPluginAsync {
  return async (app) => {
    app.setErrorHandler<FastifyError>(async (error, request, reply) => {
      if (error instanceof Refusal) {
        const fields = Object.fromEntries(Object.entries(error.fields).map(([name, words]) => [name, [words.en]]))
        return await reply.code(error.statusCode).send({ status: error.statusCode, error: { code: error.code, message: error.message, ...Object.keys(fields).length === 0 ? {} : { validation_errors: fields } } })
      }
      const status = error.statusCode ?? 500
      if (status >= 500) log.error({ err: error, route: request.routeOptions.url }, 'request failed')
      return await reply.code(status).send({ status, error: { code: status < 500 ? 'bad_request' : 'internal_error', message: status < 500 ? error.message : 'internal error' } })
    })
    await app.register(entryRoutes(parts))
    await app.register(applicationRoutes(parts))
    await app.register(verificationRoutes(parts))
    await app.register(searchRoutes(parts))

    app.post('/harvest', { schema: { summary: 'Harvest now', tags: ['harvest'] }, config: { access: [ADMINISTRATOR] } }, async () => {
      const summary = await parts.harvest.run()
      await parts.resources.takeStatus()
      return summary
    })
    app.post('/probes', { schema: { summary: 'Probe published services now', tags: ['health'] }, config: { access: [ADMINISTRATOR] } }, async () => {
      await parts.probes.run()
      return { done: true }
    })
  }
}
