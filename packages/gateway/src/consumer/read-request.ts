import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Fault, formatSoapFault, RelayedFault, toFault, type SoapFault } from '@trembita/protocol/fault'
import type { ClientId, ServerId } from '@trembita/protocol/identifiers'
import {
  checkSoapAction, contentTypeOf, createRestRequest, fromUxp, parseSoap, restRequestHash, SOAP12_TYPES, soapRequestHash, type RestRequest, type SoapMessage
} from '@trembita/protocol/message'
import { decodeSoapMultipart, type DecodedAttachment } from '@trembita/protocol/proxymessage'
import { XML_BYTES_MAX } from '@trembita/protocol/xml'
import type { ExchangeMessage } from '../exchange/index.ts'
import type { Spool, SpooledBody } from '../transport/index.ts'
import type { Call } from './call.ts'
import { ReadDeadline } from './read-deadline.ts'

/** A request of an information system, whole: what will be sealed, and what its answer is checked against. */
export interface ClientRequest extends ExchangeMessage {
  readonly securityServer: ServerId | undefined
  /** base64; the answer must carry the same. */
  readonly requestHash: string
  readonly originalContentType: string
  readonly soapAction: string | undefined
  readonly message: { readonly kind: 'soap', readonly soap: SoapMessage } | { readonly kind: 'rest', readonly rest: RestRequest }
}

export interface ReadDeps {
  readonly spool: Spool
  readonly instance: string
  readonly soapReadTimeoutMs: number
  /** Called as soon as the head is known, before a body is taken in: a stranger shall not fill our disk. */
  readonly admit: (client: ClientId) => void
  /** Refuses a REST body that the message log would refuse, before more of it is taken in. */
  readonly checkBodySize: (bytes: number, client: ClientId) => void
}

/**
 * Reads what an information system sent.
 *
 * @throws {Fault} with origin `Client` for a malformed SOAP message; the rest without origin.
 */
export async function readRequest (call: Call, deps: ReadDeps): Promise<ClientRequest> {
  return call.dialect === 'soap' ? await readSoap(call, deps) : await readRest(call, deps)
}

async function readRest (call: Call, deps: ReadDeps): Promise<ClientRequest> {
  const { request, requestId } = call
  const input = {
    method: request.method ?? '', target: targetOf(request.url ?? ''), rawHeaders: request.rawHeaders, requestId, newId: () => `${deps.instance}-${crypto.randomUUID()}`
  }
  const { request: rest, bytes } = call.dialect === 'uxp' ? fromUxp({ ...input, instance: deps.instance }) : createRestRequest(input)
  deps.admit(rest.client)
  const checkSize = (bytes: number): void => { deps.checkBodySize(bytes, rest.client) }
  checkSize(Number(request.headers['content-length'] ?? 0))
  const body = await readBody(bytesOf(request), deps.spool.open(checkSize))
  const contentType = request.headers['content-type'] ?? ''
  return {
    protocol: 'rest',
    client: rest.client,
    service: rest.service,
    securityServer: rest.securityServer,
    queryId: rest.id,
    requestId,
    head: { bytes, digest: sha512(bytes), contentType: 'application/x-road-rest-request', headers: [] },
    attachments: body === undefined ? [] : [{ contentType, headers: [], ...body }],
    requestHash: restRequestHash(bytes, body?.digest),
    originalContentType: contentType,
    soapAction: undefined,
    message: { kind: 'rest', rest }
  }
}

/** Given up in the middle, the request stays readable: the rest of a refused body is read away (`endRefused`). */
function bytesOf (request: IncomingMessage): AsyncIterable<Buffer> {
  return request.iterator({ destroyOnReturn: false })
}

/** Absolute-form targets (a gateway used as HTTP proxy) are taken as their path (trembita.md §20.5). */
export function targetOf (url: string): string {
  return /^https?:\/\/[^/?#]*(.*)$/i.exec(url)?.[1] ?? url
}

/** Takes a body in; undefined when there is none at all, which is not the same as an empty one between gateways. */
async function readBody (source: AsyncIterable<Buffer>, sink: ReturnType<Spool['open']>): Promise<{ digest: Buffer, size: number, body: SpooledBody } | undefined> {
  const hash = createHash('sha512')
  let size = 0
  try {
    for await (const chunk of source) {
      size += chunk.length
      hash.update(chunk)
      await sink.write(chunk)
    }
    const body = await sink.end()
    if (size > 0) return { digest: hash.digest(), size, body }
    await body.discard()
    return undefined
  } catch (cause) {
    await sink.abort()
    throw cause instanceof Fault ? cause : new Fault('IOError', 'the request body could not be read', { cause })
  }
}

async function readSoap (call: Call, deps: ReadDeps): Promise<ClientRequest> {
  const deadline = new ReadDeadline(deps.soapReadTimeoutMs)
  try {
    return await parseSoapCall(call, deps, deadline)
  } catch (thrown) {
    // What is wrong with the client's own message is the client's; the rest keeps its origin open for the flow.
    throw thrown instanceof Fault && SOAP_CLIENT_KINDS.has(thrown.kind) ? toFault(thrown, 'Client') : thrown
  } finally {
    deadline.end()
  }
}

const SOAP_CLIENT_KINDS: ReadonlySet<string> = new Set([
  'InvalidSoap', 'InvalidXml', 'InvalidContentType', 'MissingSoap', 'MissingHeader', 'MissingBody', 'MissingHeaderField', 'DuplicateHeaderField',
  'InvalidBody', 'InconsistentHeaders', 'InvalidProtocolVersion', 'InvalidHttpMethod', 'InvalidSoapAction', 'MimeParsingFailed', 'InvalidMessage'
])

async function parseSoapCall (call: Call, deps: ReadDeps, deadline: ReadDeadline): Promise<ClientRequest> {
  const { request, requestId } = call
  if (request.method !== 'POST') throw new Fault('InvalidHttpMethod', `Must use POST request method instead of ${request.method ?? ''}`)
  const originalContentType = request.headers['content-type']
  if (originalContentType === undefined) throw new Fault('InvalidContentType', 'Could not get content type from request')
  const soapAction = request.headers.soapaction as string | undefined
  checkSoapAction(soapAction)
  const media = contentTypeOf(originalContentType)
  let soap: SoapMessage | undefined
  const readEnvelope = (bytes: Uint8Array, contentType: string): void => {
    deadline.end()
    soap = parseClientSoap(bytes, contentType)
    deps.admit(soap.client)
  }
  let head: ExchangeMessage['head']
  let attachments: DecodedAttachment<SpooledBody>[] = []
  if (media.type === 'multipart/related') {
    const decoded = await decodeSoapMultipart(deadline.over(bytesOf(request)), originalContentType, {
      openBody: () => deps.spool.open(), soap12: true, onSoap: ({ bytes, contentType }) => { readEnvelope(bytes, contentType) }
    })
    head = decoded.soap
    attachments = decoded.attachments
  } else if (SOAP12_TYPES.has(media.type)) {
    const bytes = await collect(deadline.over(bytesOf(request)), XML_BYTES_MAX)
    readEnvelope(bytes, originalContentType)
    head = { bytes, digest: sha512(bytes), contentType: originalContentType, headers: [] }
  } else {
    throw new Fault('InvalidContentType', `Invalid content type: ${media.type}`)
  }
  if (soap === undefined) throw new Fault('MissingSoap', 'Request does not contain SOAP message')
  return {
    protocol: 'soap',
    client: soap.client,
    service: soap.service,
    securityServer: soap.securityServer,
    queryId: soap.id,
    requestId,
    head,
    attachments,
    requestHash: soapRequestHash(head.bytes),
    originalContentType,
    soapAction,
    message: { kind: 'soap', soap }
  }
}

/** All that is wrong in an envelope is the client's, a blank identifier too (`Client.InternalError`, xroad-messages §0.3). */
function parseClientSoap (bytes: Uint8Array, contentType: string): SoapMessage {
  try {
    const parsed = parseSoap(bytes, { charset: contentTypeOf(contentType).parameters.get('charset'), soap12: true })
    if (parsed.kind === 'fault') throw clientFault(parsed.fault)
    return parsed.message
  } catch (thrown) {
    throw toFault(thrown, 'Client')
  }
}

/** A client that sends a fault as its request gets it back as its own. */
function clientFault (fault: SoapFault): RelayedFault {
  const own = { ...fault, code: `Client.${fault.code}` }
  return new RelayedFault(own, formatSoapFault(own))
}

/** Reads a body that must fit into memory. */
async function collect (source: AsyncIterable<Buffer>, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of source) {
      size += chunk.length
      if (size > bytesMax) throw new Fault('InvalidSoap', `SOAP envelope larger than ${bytesMax} bytes; send large data as attachments`)
      chunks.push(chunk)
    }
  } catch (cause) {
    throw cause instanceof Fault ? cause : new Fault('IOError', 'the request could not be read', { cause })
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}

export function sha512 (bytes: Uint8Array): Buffer {
  return createHash('sha512').update(bytes).digest()
}
