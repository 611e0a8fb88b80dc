import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import type { Metrics } from '@trembita/daemon'
import { isGlobalConfVersion } from '@trembita/protocol/globalconf'
import { Refusal } from '../refusal.ts'
import type { AnchorFile } from './anchors.ts'
import type { Downloads } from './downloads.ts'
import type { PublicFolder } from './public-folder.ts'
import { SOURCE_KINDS, type SourceKind } from './signing-keys.ts'

export interface ConfigurationAppDeps {
  readonly folder: PublicFolder
  readonly currentStamp: () => string | undefined
  readonly anchor: (kind: SourceKind) => Promise<AnchorFile>
  readonly downloads: Pick<Downloads, 'note'>
  readonly metrics: Metrics
}

/**
 * What the gateways of the instance, and of others, download over plain HTTP: trust comes from the signature. A version
 * that is not there is 404, since clients find the newest by asking downwards; no version asked is version 2 (xroad-trust §2.9).
 */
export function createConfigurationApp ({ folder, currentStamp, anchor, downloads, metrics }: ConfigurationAppDeps): FastifyInstance {
  const app = fastify({ logger: false, requestTimeout: 30_000, connectionTimeout: 60_000, bodyLimit: 1024 })
  const requests = metrics.counter({ name: 'configuration_requests_total', help: 'Requests for the signed configuration', labels: ['kind', 'version', 'status'] })
  const sendCurrent = async (reply: FastifyReply, kind: SourceKind, version: number): Promise<FastifyReply> => {
    const stamp = currentStamp()
    // Not 404: that would send clients down to the oldest version before they give up.
    if (stamp === undefined) return reply.code(503).header('retry-after', '5').type('text/plain').send('Nothing is published yet\n')
    return await sendFile(reply, kind, stamp, version, `${kind}conf`)
  }
  const sendFile = async (reply: FastifyReply, kind: string, stamp: string, version: number, name: string): Promise<FastifyReply> => {
    const file = await folder.openFile(stamp, version, name)
    requests.inc({ kind, version: String(version), status: file === undefined ? '404' : '200' })
    if (file === undefined) return notFound(reply)
    return reply.type(kind === 'part' ? 'application/xml' : 'application/octet-stream').header('content-length', file.size).send(file.stream)
  }

  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'cache-control': 'no-store, no-cache, must-revalidate', expires: 'Thu, 01 Jan 1970 00:00:00 GMT', 'x-content-type-options': 'nosniff' })
  })
  app.setErrorHandler((thrown, _request, reply) => {
    // There is no anchor before the core has a name.
    if (thrown instanceof Refusal) return reply.code(503).header('retry-after', '5').type('text/plain').send(`${thrown.message}\n`)
    throw thrown
  })
  app.setNotFoundHandler((_request, reply) => notFound(reply))
  for (const kind of SOURCE_KINDS) {
    app.get(`/${kind}conf`, async (request, reply) => {
      const version = versionOf((request.query as Record<string, unknown>).version)
      if (version === undefined) return notFound(reply)
      downloads.note(request.ip, kind, version)
      return await sendCurrent(reply, kind, version)
    })
  }
  app.get('/V:version/:stamp/:file', async (request, reply) => {
    const { version, stamp, file } = request.params as { version: string, stamp: string, file: string }
    const number = versionOf(version)
    return number === undefined || /conf$/.test(file) ? notFound(reply) : await sendFile(reply, 'part', stamp, number, file)
  })
  app.get('/anchor', async (request, reply) => {
    const kind = (request.query as Record<string, unknown>).kind ?? 'internal'
    return kind === 'internal' || kind === 'external' ? sendAnchor(reply, await anchor(kind)) : notFound(reply)
  })
  return app
}

/** Absent or empty means 2; anything but a version that exists is undefined. */
function versionOf (text: unknown): number | undefined {
  if (text === undefined || text === '') return 2
  const version = typeof text === 'string' && /^\d$/.test(text) ? Number(text) : 0
  return isGlobalConfVersion(version) ? version : undefined
}

function notFound (reply: FastifyReply): FastifyReply {
  return reply.code(404).type('text/plain').send('Not found\n')
}

/** Sends an anchor as a file to be saved. */
export function sendAnchor (reply: FastifyReply, { bytes, fileName }: AnchorFile): FastifyReply {
  return reply.type('application/xml').header('content-disposition', `attachment; filename="${fileName}"`).send(bytes)
}
