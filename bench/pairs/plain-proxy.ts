/**
 * One side of the plain pair: what an experienced developer writes in an hour with fastify and undici. Takes HTTP and sends
 * mutual TLS (`client`), or takes mutual TLS and sends HTTP (`server`). Bodies pass as streams.
 *
 *     node bench/pairs/plain-proxy.ts client|server TARGET
 */
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { Pool } from 'undici'

const [side, target] = process.argv.slice(2)
const tls = {
  ca: readFileSync(process.env.BENCH_CA!),
  key: readFileSync(process.env.BENCH_KEY!),
  cert: readFileSync(process.env.BENCH_CERTIFICATE!),
  minVersion: 'TLSv1.3' as const
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'host', 'expect'])

const pool = new Pool(target!, { connections: 64, pipelining: 1, keepAliveTimeout: 60_000, allowH2: false, ...(side === 'client' ? { connect: { ...tls, servername: 'localhost' } } : {}) })

const options = { bodyLimit: 1 << 30, keepAliveTimeout: 75_000, forceCloseConnections: true }
const app = (side === 'client' ? fastify(options) : fastify({ ...options, https: { ...tls, requestCert: true, rejectUnauthorized: true } })) as FastifyInstance

app.removeAllContentTypeParsers()
app.addContentTypeParser('*', (_request, payload, done) => { done(null, payload) })
app.all('/*', async (request, reply) => {
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(request.headers)) if (value !== undefined && !HOP_BY_HOP.has(name)) headers[name] = value
  const answer = await pool.request({ path: request.url, method: request.method as 'POST', headers, body: (request.body as IncomingMessage | undefined) ?? null })
  reply.code(answer.statusCode)
  for (const [name, value] of Object.entries(answer.headers)) if (value !== undefined && !HOP_BY_HOP.has(name)) reply.header(name, value)
  return await reply.send(answer.body)
})

await app.listen({ host: '127.0.0.1', port: 0 })
console.log(`${side === 'client' ? 'http' : 'https'}://127.0.0.1:${(app.server.address() as AddressInfo).port}`)
process.once('SIGTERM', () => { process.exit(0) })
