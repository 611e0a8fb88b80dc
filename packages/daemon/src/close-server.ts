import type { Server } from 'node:http'
import type { Server as TlsServer } from 'node:https'

const SWEEP_MS = 20

/**
 * Closes an HTTP server: no new connections, what is under way is finished, then broken off when patience ends. Closing once is
 * not enough: a connection whose answer ends a moment later becomes idle and would be waited for until its keep-alive is over.
 *
 * @param close what stops the listening; the server's own `close` by default.
 */
export async function closeServer (server: Server | TlsServer, patienceMs: number, close: () => PromiseLike<unknown> = () => stopListening(server)): Promise<void> {
  const sweep = setInterval(() => { server.closeIdleConnections() }, SWEEP_MS)
  const patience = setTimeout(() => { server.closeAllConnections() }, patienceMs)
  try {
    await close()
  } finally {
    clearInterval(sweep)
    clearTimeout(patience)
  }
}

function stopListening (server: Server | TlsServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => { resolve() })
    server.closeIdleConnections()
  })
}
