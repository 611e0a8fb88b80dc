import { Readable } from 'node:stream'
import type { FastifyPluginAsync } from 'fastify'
import { actorOfRequest, ADMINISTRATOR, EDITOR, OWNER } from '../accounts.ts'
import { maySeeAll } from '../entry/index.ts'
import type { Parts } from '../parts.ts'
import { Refusal } from '../refusal.ts'
import { findRun, runsOf, sealedReport, toJUnit, type RunReport } from '../verification/index.ts'

const tags = ['verification']
const access = [ADMINISTRATOR, OWNER, EDITOR]
/** A stream is ended after so long; whoever still watches asks again. */
const STREAM_MS_MAX = 15 * 60_000
const STREAM_EVERY_MS = 500

/** Runs: start, watch, cancel, and the report as JSON, JUnit XML or sealed. */
export function verificationRoutes ({ store, applications, verifications }: Parts): FastifyPluginAsync {
  return async (app) => {
    const find = async (request: Parameters<typeof actorOfRequest>[0], id: string): Promise<RunReport> => {
      const report = await findRun(store, id)
      if (report === undefined || !maySeeAll(actorOfRequest(request)!, (await applications.find(report.versionId)).one.organisationId)) {
        throw new Refusal('notFound', 'run_not_found', { uk: 'Такої перевірки немає.', en: 'There is no such run.' })
      }
      return report
    }

    app.post<{ Params: { id: string } }>('/versions/:id/verifications', { schema: { summary: 'Begin a verification through the gateway', tags }, config: { access } }, async (request, reply) => {
      const id = await verifications.start(actorOfRequest(request)!, request.params.id)
      return await reply.code(202).send({ id })
    })

    app.get<{ Params: { id: string } }>('/versions/:id/verifications', { schema: { summary: 'Runs of a version, newest first', tags }, config: { access } }, async (request) => {
      if (!maySeeAll(actorOfRequest(request)!, (await applications.find(request.params.id)).one.organisationId)) throw new Refusal('notFound', 'version_not_found', { uk: 'Такої версії немає.', en: 'There is no such version.' })
      return { items: (await runsOf(store, request.params.id)).map(({ checks: _checks, ...rest }) => rest) }
    })

    app.get<{ Params: { id: string } }>('/verifications/:id', { schema: { summary: 'A run with its checks', tags }, config: { access } }, async (request) => await find(request, request.params.id))

    app.get<{ Params: { id: string } }>('/verifications/:id/junit', { schema: { summary: 'The same as JUnit XML', tags, produces: ['application/xml'] }, config: { access } },
      async (request, reply) => await reply.type('application/xml; charset=utf-8').send(toJUnit(await find(request, request.params.id))))

    app.get<{ Params: { id: string } }>('/verifications/:id/sealed', { schema: { summary: 'The report in a sealed container', tags, produces: ['application/vnd.etsi.asic-e+zip'] }, config: { access } }, async (request, reply) => {
      const { id } = await find(request, request.params.id)
      const bytes = await sealedReport(store, id)
      if (bytes === undefined) throw new Refusal('notFound', 'not_sealed', { uk: 'Звіт не має печатки.', en: 'The report has no seal.' })
      return await reply.type('application/vnd.etsi.asic-e+zip').send(bytes)
    })

    app.post<{ Params: { id: string } }>('/verifications/:id/cancel', { schema: { summary: 'Stop a run after the step that it is in', tags }, config: { access } }, async (request) => {
      await verifications.cancel(actorOfRequest(request)!, request.params.id)
      return await find(request, request.params.id)
    })

    app.get<{ Params: { id: string } }>('/verifications/:id/events', { schema: { summary: 'Progress as server-sent events', tags, produces: ['text/event-stream'] }, config: { access } }, async (request, reply) => {
      await find(request, request.params.id)
      async function * events (): AsyncGenerator<string> {
        const until = Date.now() + STREAM_MS_MAX
        for (let before = ''; Date.now() < until;) {
          const { state, steps } = await find(request, request.params.id)
          const data = JSON.stringify({ state, ...steps })
          if (data !== before) yield `event: progress\ndata: ${data}\n\n`
          before = data
          if (state !== 'running') return
          await new Promise((resolve) => { setTimeout(resolve, STREAM_EVERY_MS) })
        }
      }
      return await reply.type('text/event-stream').header('cache-control', 'no-store').send(Readable.from(events()))
    })
  }
}
