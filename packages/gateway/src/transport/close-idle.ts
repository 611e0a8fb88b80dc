import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Ends connections on which nothing has moved for so long, but not one that waits for us: the service behind an exchange may
 * take as long as its own timeout allows, and its caller has nothing to say meanwhile.
 */
export function closeIdle (server: Server, idleMs: number): void {
  const waiting = new WeakMap<Socket, { readonly request: IncomingMessage, readonly response: ServerResponse }>()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => { waiting.set(request.socket, { request, response }) })
  server.setTimeout(idleMs, (socket: Socket) => {
    const current = waiting.get(socket)
    // Once an answer has begun, a caller who does not read on is idle like any other.
    if (current !== undefined && current.request.complete && !current.response.headersSent) return
    socket.destroy()
  })
}
