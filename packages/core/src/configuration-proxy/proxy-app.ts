import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import type { Metrics } from '@trembita/daemon'
import { DIRECTORY_FILE, type Proxied } from './proxied-source.ts'

/** What readers download: `/<name>/conf?version=N`, the parts it names, and `/<name>/anchor`. A version that is not there is 404. */
export function createProxyApp (sources: ReadonlyMap<string, Proxied>, metrics: Metrics): FastifyInstance {
  const app = fastify({ logger: false, requestTimeout: 30_000, connectionTimeout: 60_000, bodyLimit: 1024 })
  const requests = metrics.counter({ name: 'configuration_proxy_requests_total', help: 'Requests for a configuration that was signed again', labels: ['source', 'kind', 'status'] })
  const notFound = (reply: FastifyReply): FastifyReply => reply.code(404).type('text/plain').send('Not found\n')
  const sendFile = async (reply: FastifyReply, source: Proxied, kind: 'conf' | 'part', stamp: string, version: number, fileName: string): Promise<FastifyReply> => {
    const file = await source.folder.openFile(stamp, version, fileName)
    requests.inc({ source: source.name, kind, status: file === undefined ? '404' : '200' })
    if (file === undefined) return notFound(reply)
    return reply.type(kind === 'part' ? 'application/xml' : 'application/octet-stream').header('content-length', file.size).send(file.stream)
  }

  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'cache-control': 'no-store, no-cache, must-revalidate', expires: 'Thu, 01 Jan 1970 00:00:00 GMT', 'x-content-type-options': 'nosniff' })
  })
  app.setNotFoundHandler((_request, reply) => notFound(reply))

  app.get<{ Params: { name: string } }>('/:name/conf', async (request, reply) => {
    const source = sources.get(request.params.name)
    const { version: text = '' } = request.query as { version?: unknown }
    if (source === undefined || typeof text !== 'string' || !/^\d?$/.test(text)) return notFound(reply)
    // Not 404: that would send clients down to the oldest version before they give up.
    if (source.stamp === undefined) return reply.code(503).header('retry-after', '5').type('text/plain').send('Nothing is published yet\n')
    return await sendFile(reply, source, 'conf', source.stamp, text === '' ? 2 : Number(text), DIRECTORY_FILE)
  })
  app.get<{ Params: { name: string, place: string, instance: string, file: string } }>('/:name/:place/:instance/:file', async (request, reply) => {
    const { name, place, instance, file } = request.params
    const source = sources.get(name)
    if (source === undefined || instance !== source.status.instance || file === DIRECTORY_FILE || !/^\d{24}$/.test(place)) return notFound(reply)
    return await sendFile(reply, source, 'part', place.slice(0, 23), Number(place[23]), file)
  })
  app.get<{ Params: { name: string } }>('/:name/anchor', async (request, reply) => {
    const source = sources.get(request.params.name)
    const instance = source?.status.instance
    if (source === undefined || instance === undefined) return notFound(reply)
    return reply.type('application/xml').header('content-disposition', `attachment; filename="configuration_anchor_${instance}_${source.name}.xml"`).send(await source.anchor(instance))
  })
  return app
}
