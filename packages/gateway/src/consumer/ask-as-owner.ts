import { randomUUID } from 'node:crypto'
import { childOf } from '@trembita/daemon'
import { Fault, toFault } from '@trembita/protocol/fault'
import { parseSoap, soapRequestHash } from '@trembita/protocol/message'
import { exchange, type ConsumerDeps } from './relay.ts'
import { sha512 } from './read-request.ts'

const CONTENT_TYPE = 'text/xml; charset=UTF-8'
/** What is asked this way are descriptions; their attachments are held in memory. */
const ATTACHMENT_BYTES_MAX = 8 * 1024 * 1024

/** Sends a SOAP request of this gateway's own through the exchange, sealed and logged like any other. */
export async function askAsOwner (deps: ConsumerDeps, bytes: Buffer): Promise<{ readonly soap: Buffer, readonly attachments: readonly Buffer[] }> {
  try {
    const parsed = parseSoap(bytes)
    if (parsed.kind === 'fault') throw new Fault('InternalError', 'a request must not be a fault')
    const { message: soap } = parsed
    const { answer, release } = await exchange(deps, {
      protocol: 'soap',
      client: soap.client,
      service: soap.service,
      securityServer: soap.securityServer,
      queryId: soap.id,
      requestId: randomUUID(),
      head: { bytes, digest: sha512(bytes), contentType: CONTENT_TYPE, headers: [] },
      attachments: [],
      requestHash: soapRequestHash(bytes),
      originalContentType: CONTENT_TYPE,
      soapAction: '""',
      message: { kind: 'soap', soap }
    }, childOf(undefined), deps.metrics.start('consumer'))
    try {
      const attachments: Buffer[] = []
      for (const { body, size } of answer.attachments) {
        if (size > ATTACHMENT_BYTES_MAX) throw new Fault('InvalidMessage', 'the attachment of the answer is too large')
        attachments.push(body.bytes ?? Buffer.concat(await Array.fromAsync(body.stream())))
      }
      return { soap: answer.head.bytes, attachments }
    } finally {
      await release()
    }
  } catch (thrown) {
    throw toFault(thrown, 'Server.ClientProxy')
  }
}
