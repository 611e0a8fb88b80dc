import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface StandInGateway {
  readonly url: string
  /** Exchanges so far: client, service and id. */
  readonly seen: readonly { readonly client: string, readonly service: string, readonly id: string }[]
  /** While down nobody answers. */
  down: boolean
  /** Services that cannot be reached. */
  refuses: ((service: string) => boolean) | undefined
  /** Called when a service has answered, before the asker hears of it. */
  answered: ((service: string) => Promise<void>) | undefined
  close (): Promise<void>
}

/** The consumer port of a gateway, without any gateway behind it: hands a call to the service's address with the headers that a gateway sets. */
export async function startStandInGateway (addressOf: (service: string) => string | undefined): Promise<StandInGateway> {
  const seen: { client: string, service: string, id: string }[] = []
  const gateway: StandInGateway & { url: string } = { url: '', seen, down: false, refuses: undefined, answered: undefined, close: async () => { await new Promise((resolve) => { server.close(resolve); server.closeAllConnections() }) } }
  const server = createServer((request, response) => {
    const handle = async (): Promise<void> => {
      if (request.url?.startsWith('/asic?') === true) {
        response.writeHead(200, { 'content-type': 'application/zip' }).end('PK')
        return
      }
      const [, service = '', rest = ''] = /^\/r1\/((?:[^/?]+\/){4}[^/?]+)(.*)$/.exec(request.url ?? '') ?? []
      const address = addressOf(service)
      const client = String(request.headers['x-road-client'])
      const id = String(request.headers['x-road-id'])
      const chunks: Buffer[] = []
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
      if (gateway.down || address === undefined || gateway.refuses?.(service) === true) {
        response.writeHead(500, { 'content-type': 'application/json', 'x-road-error': 'Server.ClientProxy.NetworkError' }).end('{"type":"Server.ClientProxy.NetworkError","message":"down"}')
        return
      }
      seen.push({ client, service, id })
      const answer = await fetch(address + rest, {
        method: request.method ?? 'GET',
        headers: { 'x-road-client': client, 'x-road-id': id, 'x-road-service': service, accept: 'application/json', ...chunks.length === 0 ? {} : { 'content-type': 'application/json' } },
        ...chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }
      })
      const bytes = Buffer.from(await answer.arrayBuffer())
      await gateway.answered?.(service)
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' }).end(bytes)
    }
    handle().catch(() => { response.writeHead(500, { 'x-road-error': 'Server.ClientProxy.NetworkError' }).end('{"message":"no answer"}') })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  gateway.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return gateway
}
