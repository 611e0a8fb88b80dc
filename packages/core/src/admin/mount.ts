import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** Somebody else's pages, served by the same listener below a path of their own: with its own sign-in, its own errors, its own limits. */
export interface Mount {
  /** `/catalog`, without a slash at the end. */
  readonly prefix: string
  /** Answers a request whose path is the prefix or lies below it. */
  handle (request: IncomingMessage, response: ServerResponse): void
}

/** Hands requests below each prefix on before anything of this application looks at them. */
export function addMounts (app: FastifyInstance, mounts: readonly Mount[]): void {
  if (mounts.length === 0) return
  app.addHook('onRequest', async (request, reply) => {
    const [path = ''] = (request.raw.url ?? '').split('?', 1)
    const mount = mounts.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))
    if (mount === undefined) return
    reply.hijack()
    mount.handle(request.raw, reply.raw)
  })
}
