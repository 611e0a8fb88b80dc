import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type {} from '@trembita/daemon/accounts'
import type { FastifyPluginAsync } from 'fastify'
import { parseTilePath } from '@trembita/protocol/tlog'

export interface LogRoutesOptions {
  readonly folder: string
  /** Verifier key of the log, for who looks at it by hand. */
  readonly verifierKey: () => string
}

/** The public log: `checkpoint`, `tile/…`, and `vkey`. Nothing in it is about anybody. @see C2SP tlog-tiles */
export const logRoutes: FastifyPluginAsync<LogRoutesOptions> = async (app, { folder, verifierKey }) => {
  const config = { access: 'public', unlimited: true } as const
  const serve = async (path: string): Promise<Buffer | undefined> => await readFile(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
    return undefined
  })
  app.get('/checkpoint', { config }, async (_request, reply) => {
    const note = await serve('checkpoint')
    if (note === undefined) return await reply.code(404).type('text/plain; charset=utf-8').send('nothing is published yet\n')
    return await reply.type('text/plain; charset=utf-8').header('cache-control', 'max-age=2').header('access-control-allow-origin', '*').send(note)
  })
  app.get('/vkey', { config }, async (_request, reply) => await reply.type('text/plain; charset=utf-8').send(`${verifierKey()}\n`))
  app.get<{ Params: { '*': string } }>('/tile/*', { config }, async (request, reply) => {
    const path = `tile/${request.params['*']}`
    // Only what a tile may be called reaches the disk.
    const bytes = parseTilePath(path) === undefined ? undefined : await serve(path)
    if (bytes === undefined) return await reply.code(404).type('text/plain; charset=utf-8').send('there is no such tile\n')
    return await reply.type('application/octet-stream').header('cache-control', 'public, max-age=31536000, immutable').header('access-control-allow-origin', '*').send(bytes)
  })
}
