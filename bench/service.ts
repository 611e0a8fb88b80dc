/**
 * The service behind every pair, a process of its own: `POST /bytes/N` reads the request and answers N bytes of JSON text.
 * As cheap as Node allows, so that what is measured is the pair.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const BYTES_MAX = 16 * 1024 * 1024
const bodies = new Map<number, Buffer>()

function bodyOf (bytes: number): Buffer {
  let body = bodies.get(bytes)
  if (body === undefined) {
    body = Buffer.alloc(bytes, 'Дані реєстру. ')
    body[0] = 0x22
    body[bytes - 1] = 0x22
    bodies.set(bytes, body)
  }
  return body
}

const server = createServer((request, reply) => {
  const bytes = Number(/\/bytes\/(\d+)/.exec(request.url ?? '')?.[1] ?? 2)
  request.resume()
  request.on('end', () => {
    if (bytes > BYTES_MAX) {
      reply.writeHead(400).end()
      return
    }
    const body = bodyOf(bytes)
    reply.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
  })
})
server.keepAliveTimeout = 75_000
server.maxRequestsPerSocket = 0
server.listen(0, '127.0.0.1', () => { console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) })
process.once('SIGTERM', () => { process.exit(0) })
