import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface StandInGateway {
  readonly url: string
  readonly client: string
  /** What came through: service and status. */
  readonly passed: readonly string[]
  /** Bodies of questions, to be searched for what must not be in them. */
  readonly bodies: readonly string[]
  /** Services (`CLASS/MEMBER/SUBSYSTEM/SERVICE`) that do not answer. */
  readonly down: Set<string>
  /** Services whose answer is lost on its way, after it was given. */
  readonly lost: Set<string>
  /** Address of each service. */
  routes: Readonly<Record<string, string>>
  close (): Promise<void>
}

/**
 * The consumer side of a gateway in a few lines: addresses and headers of the REST protocol, faults as a gateway words them. Signing
 * and the rest are tested in gateway/, and here once through real ones.
 */
export async function startStandInGateway (routes: Readonly<Record<string, string>>): Promise<StandInGateway> {
  const passed: string[] = []
  const bodies: string[] = []
  const server = createServer(async (request, reply) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    bodies.push(body)
    const service = (request.url ?? '').split('/').slice(3).join('/')
    const id = String(request.headers['x-road-id'])
    const fault = (code: string): void => {
      passed.push(`${service} fault`)
      reply.writeHead(500, { 'x-road-error': code, 'content-type': 'application/json' }).end(JSON.stringify({ type: code, message: 'fault', detail: id }))
    }
    const address = gateway.routes[service]
    if (address === undefined) return fault('Server.ClientProxy.UnknownService')
    if (gateway.down.has(service)) return fault('Server.ServerProxy.ServiceFailed.NetworkError')
    try {
      const answer = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json', 'x-road-id': id, 'x-road-client': String(request.headers['x-road-client']) }, body })
      const text = await answer.text()
      if (gateway.lost.has(service)) return fault('Server.ServerProxy.ServiceFailed.NetworkError')
      passed.push(`${service} ${answer.status}`)
      reply.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' }).end(text)
    } catch {
      // Nobody listens there.
      fault('Server.ServerProxy.ServiceFailed.NetworkError')
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const gateway: StandInGateway = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    client: 'TEST/GOV/90000080/CENTRES',
    passed,
    bodies,
    down: new Set(),
    lost: new Set(),
    routes,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => { server.close(resolve) })
    }
  }
  return gateway
}
