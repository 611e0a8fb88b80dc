import { Fault, inStage, RelayedFault } from '@trembita/protocol/fault'
import { contentTypeOf, parseRestResponse, parseSoap, type RestResponse, type SoapMessage } from '@trembita/protocol/message'
import { decodeProxyMessage, type DecodedProxyMessage } from '@trembita/protocol/proxymessage'
import type { SignatureParts } from '@trembita/protocol/signature'
import { decodingFault, type ExchangeMessage } from '../exchange/index.ts'
import { readAway, type CheckSize, type HttpAnswer, type Spool, type SpooledBody } from '../transport/index.ts'
import type { ClientRequest } from './read-request.ts'

/** What the provider's gateway answered, decoded, not yet verified. */
export interface PeerReply extends ExchangeMessage {
  readonly parts: SignatureParts | undefined
  readonly originalContentType: string | undefined
  readonly message: { readonly kind: 'soap', readonly soap: SoapMessage } | { readonly kind: 'rest', readonly rest: RestResponse }
}

/**
 * Reads the answer of a provider's gateway (xroad-messages §2.4, §2.5). The HTTP status does not tell a fault from success.
 * A REST body is refused as soon as it is larger than the message log takes.
 *
 * @throws {RelayedFault} the provider side's fault, as it came.
 * @throws {Fault} `HttpError`, `InvalidContentType`, `LoggingFailed`; decoding problems in stage `ServiceFailed`; `MissingSoap`, `MissingRest`.
 */
export async function readAnswer (answer: HttpAnswer, request: ClientRequest, spool: Spool, checkBodySize: CheckSize): Promise<PeerReply> {
  if (answer.status !== 200 && answer.status !== 500) {
    await readAway(answer.body)
    throw new Fault('HttpError', `the provider's gateway answered HTTP ${answer.status}`)
  }
  const decoded = await decode(answer, spool, request.protocol === 'rest' ? checkBodySize : undefined)
  try {
    if (decoded.fault !== undefined) throw new RelayedFault(decoded.fault.fault, decoded.fault.bytes)
    return toReply(decoded, answer, request)
  } catch (thrown) {
    for (const { body } of decoded.attachments) await body.discard()
    throw thrown
  }
}

async function decode (answer: HttpAnswer, spool: Spool, checkSize: CheckSize | undefined): Promise<DecodedProxyMessage<SpooledBody>> {
  try {
    return await decodeProxyMessage(answer.body, answer.headers['content-type'], { side: 'response', openBody: () => spool.open(checkSize), soap12: true })
  } catch (thrown) {
    throw decodingFault(thrown)
  }
}

function toReply (decoded: DecodedProxyMessage<SpooledBody>, answer: HttpAnswer, request: ClientRequest): PeerReply {
  const { head } = decoded
  const kind = request.message.kind
  if (head === undefined || head.kind !== kind) {
    throw kind === 'soap' ? new Fault('MissingSoap', 'Response does not have SOAP message') : new Fault('MissingRest', 'Response does not have REST message')
  }
  const common = {
    protocol: kind,
    client: request.client,
    service: request.service,
    queryId: request.queryId,
    requestId: request.requestId,
    attachments: decoded.attachments,
    parts: decoded.parts,
    originalContentType: answer.headers['x-original-content-type']
  }
  try {
    if (head.kind === 'rest') {
      return {
        ...common,
        head: { bytes: head.bytes, digest: head.digest, contentType: 'application/x-road-rest-response', headers: [] },
        message: { kind: 'rest', rest: parseRestResponse(head.bytes) }
      }
    }
    const parsed = parseSoap(head.bytes, { charset: contentTypeOf(head.contentType).parameters.get('charset'), soap12: true })
    if (parsed.kind === 'fault') throw new RelayedFault(parsed.fault, head.bytes)
    return { ...common, head, message: { kind: 'soap', soap: parsed.message } }
  } catch (thrown) {
    throw inStage(thrown, 'ServiceFailed')
  }
}
