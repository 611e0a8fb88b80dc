import { randomUUID } from 'node:crypto'
import { childOf } from '@trembita/daemon'
import { Fault, toFault } from '@trembita/protocol/fault'
import { encodeClientId, encodeServiceId, type ClientId, type ServiceId } from '@trembita/protocol/identifiers'
import { createRestRequest, restRequestHash, type HeaderList } from '@trembita/protocol/message'
import { Spool } from '../transport/index.ts'
import { exchange, type ConsumerDeps } from './relay.ts'
import { sha512 } from './read-request.ts'

/** What this gateway asks itself this way answers shortly. */
const ANSWER_BYTES_MAX = 1024 * 1024

export interface OwnRestAnswer {
  readonly status: number
  readonly body: Buffer
  /** By `Retry-After`, where it is given as a number. */
  readonly retryAfterSeconds: number | undefined
}

/**
 * Posts JSON to a REST service as a client of this gateway, through the exchange, sealed and logged like any other.
 *
 * @throws {Fault} with its origin.
 */
export async function askService (deps: ConsumerDeps, client: ClientId, service: ServiceId, path: string, body: Buffer): Promise<OwnRestAnswer> {
  try {
    deps.globalconf.current().checkValid(deps.clock.now())
    deps.messagelog.checkAccepting()
    const requestId = randomUUID()
    const { request: rest, bytes } = createRestRequest({
      method: 'POST',
      target: `/r1/${encodeServiceId(service)}${path}`,
      rawHeaders: ['X-Road-Client', encodeClientId(client), 'content-type', 'application/json', 'accept', 'application/json'],
      requestId,
      newId: () => `${client.instance}-${randomUUID()}`
    })
    const digest = sha512(body)
    const { answer, release } = await exchange(deps, {
      protocol: 'rest',
      client,
      service,
      securityServer: undefined,
      queryId: rest.id,
      requestId,
      head: { bytes, digest: sha512(bytes), contentType: 'application/x-road-rest-request', headers: [] },
      attachments: [{ contentType: 'application/json', headers: [], digest, size: body.length, body: Spool.inMemory(body) }],
      requestHash: restRequestHash(bytes, digest),
      originalContentType: 'application/json',
      soapAction: undefined,
      message: { kind: 'rest', rest }
    }, childOf(undefined), deps.metrics.start('consumer'))
    try {
      if (answer.message.kind !== 'rest') throw new Fault('InvalidMessage', 'a REST service answered SOAP')
      const received = answer.attachments[0]
      if (received !== undefined && received.size > ANSWER_BYTES_MAX) throw new Fault('InvalidMessage', 'the answer is too large')
      return {
        status: answer.message.rest.status,
        body: received === undefined ? Buffer.alloc(0) : received.body.bytes ?? Buffer.concat(await Array.fromAsync(received.body.stream())),
        retryAfterSeconds: retryAfterOf(answer.message.rest.headers)
      }
    } finally {
      await release()
    }
  } catch (thrown) {
    throw toFault(thrown, 'Server.ClientProxy')
  }
}

function retryAfterOf (headers: HeaderList): number | undefined {
  const value = headers.find(([name]) => name.toLowerCase() === 'retry-after')?.[1]
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) : undefined
}
