import { Fault } from '@trembita/protocol/fault'
import { describeClient, describeServer, isSameServer, memberOf, providerOf, type ServerId, type ServiceId } from '@trembita/protocol/identifiers'
import { checkSoapAction, contentTypeOf, parseRestRequest, parseSoap, restRequestHash, soapRequestHash } from '@trembita/protocol/message'
import { decodeProxyMessage, type DecodedHead } from '@trembita/protocol/proxymessage'
import type { SignatureParts } from '@trembita/protocol/signature'
import { decodingFault, type ReceivedRequest } from '../exchange/index.ts'
import type { GlobalConf } from '../globalconf/index.ts'
import type { MessageLog } from '../messagelog/index.ts'
import type { ServerConf } from '../serverconf/index.ts'
import type { Signer } from '../signer/index.ts'
import type { CheckSize, Spool } from '../transport/index.ts'
import type { Trust } from '../trust/index.ts'
import type { PeerCall } from './call.ts'

/** A request of another gateway, whole, its sender's gateway authenticated, its seal not yet verified. */
export interface PeerRequest extends ReceivedRequest {
  readonly parts: SignatureParts | undefined
}

export interface ReadMessageDeps {
  readonly spool: Spool
  /** Who this gateway is; changes when its owner does. */
  readonly server: () => ServerId
  readonly globalconf: Pick<GlobalConf, 'current'>
  readonly serverconf: ServerConf
  readonly signer: Signer
  readonly trust: Trust
  readonly messagelog: Pick<MessageLog, 'checkBodySize'>
}

type Parsed = PeerRequest['message']

/**
 * Reads a message of another gateway and, as soon as its head is there, checks who sent it and whether it can be served here
 * (xroad-messages §7.2 steps 1–7).
 *
 * @throws {Fault} in stage `ServiceFailed` for what is found while decoding; `MissingSoap`, `MissingRest`, `LoggingFailed` without.
 */
export async function readMessage (call: PeerCall, deps: ReadMessageDeps): Promise<PeerRequest> {
  const { headers } = call.request
  if (call.request.method !== 'POST') throw new Fault('InvalidHttpMethod', `Must use POST request method instead of ${call.request.method ?? ''}`)
  const kind = headers['x-road-message-type'] === 'REST' ? 'rest' : 'soap'
  const soapAction = headers['x-original-soapaction'] as string | undefined
  if (kind === 'soap') checkSoapAction(soapAction)
  if (headers['x-hash-algorithm'] === undefined) throw new Fault('InternalError', 'Could not get hash algorithm from message')
  if (String(headers['x-hash-algorithm']).toUpperCase() !== 'SHA-512') throw new Fault('InternalError', 'x-hash-algorithm: only SHA-512 is used between gateways')
  const requestId = String(headers['x-road-request-id'] ?? '')
  let parsed: Parsed | undefined
  const decoded = await decodeProxyMessage(call.request.iterator({ destroyOnReturn: false }), headers['content-type'], {
    side: 'request',
    soap12: true,
    openBody: () => deps.spool.open(parsed?.kind === 'rest' ? sizeCheck(parsed.rest.service, deps) : undefined),
    onHead: ({ head, ocspResponses }) => {
      parsed = parseHead(head, kind)
      admit(parsed, ocspResponses, call, deps)
    }
  }).catch((thrown: unknown) => { throw decodingFault(thrown) })
  const { head } = decoded
  if (head === undefined || parsed === undefined) {
    throw kind === 'soap' ? new Fault('MissingSoap', 'Request does not have SOAP message') : new Fault('MissingRest', 'Request does not have REST message')
  }
  const common = {
    attachments: decoded.attachments,
    parts: decoded.parts,
    originalContentType: String(headers['x-original-content-type'] ?? ''),
    soapAction,
    message: parsed
  }
  if (parsed.kind === 'rest') {
    const { rest } = parsed
    return {
      ...common,
      protocol: 'rest',
      client: rest.client,
      service: rest.service,
      queryId: rest.id,
      requestId: rest.requestId,
      head: { bytes: head.bytes, digest: head.digest, contentType: 'application/x-road-rest-request', headers: [] },
      requestHash: restRequestHash(head.bytes, decoded.attachments[0]?.digest)
    }
  }
  const { soap } = parsed
  return {
    ...common,
    protocol: 'soap',
    client: soap.client,
    service: soap.service,
    queryId: soap.id,
    requestId,
    head: head.kind === 'soap' ? head : { bytes: head.bytes, digest: head.digest, contentType: 'text/xml', headers: [] },
    requestHash: soapRequestHash(head.bytes)
  }
}

/** Refuses a REST body as soon as it is larger than the message log takes. SOAP attachments over the limit are left out of the record instead. */
function sizeCheck (service: ServiceId, { messagelog }: ReadMessageDeps): CheckSize {
  const provider = providerOf(service)
  return (bytes) => { messagelog.checkBodySize(bytes, provider) }
}

function parseHead (head: DecodedHead, kind: 'soap' | 'rest'): Parsed {
  if (head.kind !== kind) throw new Fault('InvalidContentType', `expected a ${kind.toUpperCase()} message part`)
  if (head.kind === 'rest') return { kind: 'rest', rest: parseRestRequest(head.bytes) }
  const parsed = parseSoap(head.bytes, { charset: contentTypeOf(head.contentType).parameters.get('charset'), soap12: true })
  if (parsed.kind === 'fault') throw new Fault('InvalidMessage', 'a request must not be a fault')
  return { kind: 'soap', soap: parsed.message }
}

/** Who refuses here reads no body: a stranger cannot fill the disk. */
function admit (parsed: Parsed, ocspResponses: readonly Buffer[], call: PeerCall, deps: ReadMessageDeps): void {
  const { client, service, securityServer } = parsed.kind === 'soap' ? parsed.soap : parsed.rest
  if (parsed.kind === 'soap' && securityServer !== undefined && !isSameServer(securityServer, deps.server())) {
    throw new Fault('InvalidSecurityServer', `Invalid security server identifier '${describeServer(securityServer)}' expected '${describeServer(deps.server())}'`)
  }
  const provider = providerOf(service)
  const { suspensions } = deps.globalconf.current()
  suspensions.checkServer(deps.server())
  for (const side of [client, provider]) suspensions.checkClient(side)
  if (deps.serverconf.current().client(provider)?.status !== 'registered') throw new Fault('UnknownMember', `Client '${describeClient(provider)}' not found`)
  deps.signer.checkMember(memberOf(provider))
  deps.trust.verifyPeer(call.chain, ocspResponses, client)
}
