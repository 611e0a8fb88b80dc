import type { IncomingMessage, ServerResponse } from 'node:http'

/** How long the rest of a refused body is read away. */
const LINGER_MS = 2000

/**
 * Ends a response that refuses. Who is still sending reads the answer only when done with that, and a connection closed under
 * it would take the answer along: so the answer goes out whole, what still comes is read away for a moment, and then the
 * connection ends (RFC 9112 §9.6). The head must have been written, with `connection: close` unless the request is complete.
 */
export function endRefused (request: IncomingMessage, response: ServerResponse, body: Buffer | string): void {
  if (request.complete || request.destroyed) {
    response.end(body)
    return
  }
  response.write(body)
  const end = (): void => {
    clearTimeout(timer)
    response.end()
  }
  const timer = setTimeout(end, LINGER_MS)
  request.once('end', end).once('close', end).resume()
}
