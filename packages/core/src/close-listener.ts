import type { FastifyInstance } from 'fastify'

const SWEEP_MS = 20
/** A download that takes longer than this while we stop is broken off; the client has other sources and tries again. */
const PATIENCE_MS = 10_000

/**
 * Closes a listener: no new connections, answers under way are finished. Closing once is not enough: a connection whose
 * answer ends a moment later becomes idle and would be waited for until its keep-alive is over.
 */
export async function closeListener (app: FastifyInstance): Promise<void> {
  const sweep = setInterval(() => { app.server.closeIdleConnections() }, SWEEP_MS)
  const patience = setTimeout(() => { app.server.closeAllConnections() }, PATIENCE_MS)
  try {
    await app.close()
  } finally {
    clearInterval(sweep)
    clearTimeout(patience)
  }
}
