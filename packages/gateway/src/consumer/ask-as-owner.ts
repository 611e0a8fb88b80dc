import { randomUUID } from 'node:crypto'
import { childOf } from '@trembita/daemon'
import { Fault, toFault } from '@trembita/protocol/fault'
import { parseSoap, soapRequestHash, type HeaderList } from '@trembita/protocol/message'
import { Spool } from '../transport/index.ts'
import { exchange, type ConsumerDeps } from './relay.ts'
import { sha512 } from './read-request.ts'

const CONTENT_TYPE = 'text/xml; charset=UTF-8'
/** What is asked this way are descriptions and short confirmations; their attachments are held in memory. */
const ATTACHMENT_BYTES_MAX = 8 * 1024 * 1024

/** What travels beside the SOAP of a request. */
export interface OwnAttachments {
  /** Small ones: they stay in memory. */
  readonly parts: readonly { readonly contentType: string, readonly headers: HeaderList, readonly bytes: Uint8Array }[]
  /** `multipart/related` with the boundary in which the provider's information system gets them. */
  readonly contentType: string
}

export interface OwnAnswer {
  readonly soap: Buffer
  readonly attachments: readonly Buffer[]
}

/** Sends a SOAP request of this gateway's own through the exchange, sealed and logged like any other. */
export async function askAsOwner (deps: ConsumerDeps, bytes: Buffer, attached?: OwnAttachments): Promise<OwnAnswer> {
  try {
    deps.globalconf.current().checkValid(deps.clock.now())
    deps.messagelog.checkAccepting()
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
      attachments: (attached?.parts ?? []).map(({ contentType, headers, bytes }) =>
        ({ contentType, headers, digest: sha512(bytes), size: bytes.length, body: Spool.inMemory(Buffer.from(bytes)) })),
      requestHash: soapRequestHash(bytes),
      originalContentType: attached?.contentType ?? CONTENT_TYPE,
      soapAction: '""',
      message: { kind: 'soap', soap }
    }, childOf(undefined), deps.metrics.start('consumer'))
    try {
      const received: Buffer[] = []
      for (const { body, size } of answer.attachments) {
        if (size > ATTACHMENT_BYTES_MAX) throw new Fault('InvalidMessage', 'the attachment of the answer is too large')
        received.push(body.bytes ?? Buffer.concat(await Array.fromAsync(body.stream())))
      }
      return { soap: answer.head.bytes, attachments: received }
    } finally {
      await release()
    }
  } catch (thrown) {
    throw toFault(thrown, 'Server.ClientProxy')
  }
}
