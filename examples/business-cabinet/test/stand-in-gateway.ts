import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What came through, without contents. */
export interface Passed {
  readonly id: string
  readonly service: string
  readonly status: number
}

export interface StandInGateway {
  readonly url: string
  readonly client: string
  readonly passed: readonly Passed[]
  /** Bodies of questions, to be searched for what must not be in them. */
  readonly bodies: readonly string[]
  /** Services (`CLASS/MEMBER/SUBSYSTEM/SERVICE`) whose register does not answer. */
  readonly down: Set<string>
  /** Services that this client has no right to. */
  readonly denied: Set<string>
  /** Changes an answer on its way. */
  tamper: ((service: string, text: string) => string) | undefined
  close (): Promise<void>
}

/**
 * The consumer side of a gateway in a few lines: addresses and headers of the REST protocol, faults as a gateway words them. Signing
 * and the rest are tested in gateway/, and here once through real ones.
 *
 * @param routes address of each service.
 */
export async function startStandInGateway (routes: Readonly<Record<string, string>>): Promise<StandInGateway> {
  const passed: Passed[] = []
  const bodies: string[] = []
  const server = createServer(async (request, reply) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    if (body !== '') bodies.push(body)
    if (request.url?.startsWith('/asic?') === true) return reply.writeHead(200, { 'content-type': 'application/zip' }).end('PK container')
    const parts = (request.url ?? '').split('/').slice(3)
    const service = parts.slice(0, 4).join('/')
    const rest = parts.slice(4).join('/')
    const id = String(request.headers['x-road-id'])
    const fault = (code: string): void => {
      passed.push({ id, service, status: 500 })
      reply.writeHead(500, { 'x-road-error': code, 'content-type': 'application/json' }).end(JSON.stringify({ type: code, message: 'fault', detail: id }))
    }
    const address = routes[service]
    if (address === undefined) return fault('Server.ClientProxy.UnknownService')
    if (gateway.denied.has(service)) return fault('Server.ServerProxy.AccessDenied')
    if (gateway.down.has(service)) return fault('Server.ServerProxy.ServiceFailed.NetworkError')
    try {
      const answer = await fetch(rest === '' ? address : `${address}/${rest}`, {
        method: request.method ?? 'GET',
        headers: { 'content-type': 'application/json', 'x-road-id': id, 'x-road-client': String(request.headers['x-road-client']) },
        ...body === '' ? {} : { body }
      })
      const text = await answer.text()
      passed.push({ id, service, status: answer.status })
      reply.writeHead(answer.status, { 'content-type': 'application/json' }).end(gateway.tamper?.(service, text) ?? text)
    } catch {
      // Nobody listens there.
      fault('Server.ServerProxy.ServiceFailed.NetworkError')
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const gateway: StandInGateway = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    client: 'TEST/GOV/90000050/CABINET',
    passed,
    bodies,
    down: new Set(),
    denied: new Set(),
    tamper: undefined,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => { server.close(resolve) })
    }
  }
  return gateway
}
