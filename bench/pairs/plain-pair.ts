import { join } from 'node:path'
import { startChild } from '../child.ts'
import type { Credentials } from './credentials.ts'
import type { Pair } from './pair.ts'

const PROXY = join(import.meta.dirname, 'plain-proxy.ts')

/** The first baseline: two fastify + undici processes with mutual TLS between them, and nothing else. */
export async function startPlainPair (serviceUrl: string, credentials: Credentials): Promise<Pair> {
  const env = (own: Credentials['client']): Record<string, string> => ({ BENCH_CA: credentials.ca, BENCH_KEY: own.key, BENCH_CERTIFICATE: own.certificate })
  const server = await startChild(PROXY, ['server', serviceUrl], env(credentials.server))
  const client = await startChild(PROXY, ['client', server.ready], env(credentials.client))
  return {
    name: 'plain',
    url: client.ready,
    headers: {},
    pids: [client.pid, server.pid],
    close: async () => { await Promise.all([client.close(), server.close()]) }
  }
}
