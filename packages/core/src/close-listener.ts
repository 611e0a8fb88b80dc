import { closeServer } from '@trembita/daemon'
import type { FastifyInstance } from 'fastify'

/** A download that takes longer than this while we stop is broken off; the client has other sources and tries again. */
const PATIENCE_MS = 10_000

/** Closes a listener, letting answers under way finish. */
export async function closeListener (app: FastifyInstance): Promise<void> {
  await closeServer(app.server, PATIENCE_MS, () => app.close())
}
