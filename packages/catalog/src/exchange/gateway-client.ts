import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { Agent, request, type Dispatcher } from 'undici'
import { Fault } from '@trembita/protocol/fault'
import { encodeClientId, encodeServiceId, formatClientId, memberOf, type ClientId, type ServiceId } from '@trembita/protocol/identifiers'
import { parseClientListJson, parseMethodListJson, parseMethodListXml, type ClientListEntry, type RestMethod } from '@trembita/protocol/metadata'
import { decodeSoapMultipart } from '@trembita/protocol/proxymessage'
import { ExchangeError } from './exchange-error.ts'
import { formatSoapRequest, readEnvelope, readSoapFault } from './soap-envelope.ts'

/** Where the catalog's own gateway takes calls of information systems, and who the catalog is there. */
export interface GatewaySettings {
  /** `http://127.0.0.1:4601`, or `https://` with a certificate of this information system. */
  readonly url: string
  readonly client: ClientId
  /** Of one call; default 15000. */
  readonly timeoutMs?: number | undefined
  /** PEM, for HTTPS. */
  readonly tls?: { readonly ca?: Buffer | undefined, readonly certificate?: Buffer | undefined, readonly key?: Buffer | undefined } | undefined
}

export interface RestCall {
  readonly service: ServiceId
  readonly method: string
  /** Below the service, with its query: `/subjects/1?x=y`. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: Uint8Array | undefined
}

/** An answer of a service: it came through sealed, whatever its status. */
export interface ExchangeAnswer {
  readonly messageId: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly durationMs: number
}

/** What comes over a gateway is somebody else's: answers of a catalog's samples are small. */
const BODY_BYTES_MAX = 12 * 1024 * 1024
const TIMEOUT_MS = 15_000

/** Calls services of others through the catalog's own gateway, as any information system does. */
export class GatewayClient {
  readonly client: ClientId
  readonly #url: string
  readonly #timeoutMs: number
  readonly #agent: Agent

  constructor ({ url, client, timeoutMs = TIMEOUT_MS, tls }: GatewaySettings) {
    this.client = client
    this.#url = url
    this.#timeoutMs = timeoutMs
    this.#agent = new Agent({ connect: { timeout: timeoutMs, ...tls?.ca === undefined ? {} : { ca: tls.ca }, ...tls?.certificate === undefined ? {} : { cert: tls.certificate }, ...tls?.key === undefined ? {} : { key: tls.key } } })
  }

  /** Everybody in the instance. @throws {ExchangeError} */
  async listClients (): Promise<ClientListEntry[]> {
    const { body } = await this.#send('/listClients', { method: 'GET', headers: { accept: 'application/json' } })
    return parseClientListJson(body)
  }

  /** @throws {ExchangeError} of a gateway; whatever the service answers is an answer. */
  async rest ({ service, method, path, headers, body }: RestCall, messageId: string = randomUUID()): Promise<ExchangeAnswer> {
    const base = `/r1/${encodeServiceId(service)}`
    if (!staysBelow(this.#url, base, path)) throw new ExchangeError('own.request', 'the path leads out of the service', '')
    const answer = await this.#send(base + path, {
      method, headers: { ...sampleHeaders(headers), 'x-road-client': encodeClientId(this.client), 'x-road-id': messageId }, ...body === undefined ? {} : { body }
    })
    const fault = answer.headers['x-road-error']
    if (fault !== undefined) throw faultOf(fault, answer.body, messageId)
    return { messageId, ...answer }
  }

  /** @param body element of the request, with its namespaces. @throws {ExchangeError} of a gateway, or for what is not one element. */
  async soap (service: ServiceId, body: string, messageId: string = randomUUID()): Promise<ExchangeAnswer> {
    if (!isOneElement(body)) throw new ExchangeError('own.request', 'the body of the request is not one element', '')
    const answer = await this.#send('/', {
      method: 'POST',
      headers: { 'content-type': 'text/xml; charset=UTF-8', soapaction: '""' },
      body: formatSoapRequest(this.client, service, body, messageId)
    })
    const fault = readSoapFault(answer.body)
    if (fault !== undefined && isGatewayFault(fault.code)) throw new ExchangeError(fault.code, fault.message, messageId)
    return { messageId, ...answer }
  }

  /** REST services of a subsystem. @param allowed those that the catalog may call. */
  async restMethods (provider: ClientId, allowed = false): Promise<RestMethod[]> {
    const { body } = await this.rest({ service: { ...provider, serviceCode: allowed ? 'allowedMethods' : 'listMethods' }, method: 'GET', path: '' })
    return parseMethodListJson(body)
  }

  /** SOAP services of a subsystem. */
  async soapMethods (provider: ClientId, allowed = false): Promise<ServiceId[]> {
    const method = allowed ? 'allowedMethods' : 'listMethods'
    const { body } = await this.soap({ ...provider, serviceCode: method }, `<x:${method} xmlns:x="http://x-road.eu/xsd/xroad.xsd"/>`)
    return parseMethodListXml(body)
  }

  /** The OpenAPI description of a REST service. */
  async openApi (service: ServiceId): Promise<Buffer> {
    const { serviceCode, serviceVersion: _version, ...provider } = service
    const answer = await this.rest({ service: { ...provider, serviceCode: 'getOpenAPI' }, method: 'GET', path: `?serviceCode=${encodeURIComponent(serviceCode)}` })
    if (answer.status !== 200) throw new ExchangeError(`http.${answer.status}`, `getOpenAPI answered ${answer.status}`, answer.messageId)
    return answer.body
  }

  /** The WSDL that describes a SOAP service. */
  async wsdl (service: ServiceId): Promise<Buffer> {
    const { serviceCode, serviceVersion, ...provider } = service
    const version = serviceVersion === undefined ? '' : `<x:serviceVersion>${escape(serviceVersion)}</x:serviceVersion>`
    const answer = await this.soap({ ...provider, serviceCode: 'getWsdl' },
      `<x:getWsdl xmlns:x="http://x-road.eu/xsd/xroad.xsd"><x:serviceCode>${escape(serviceCode)}</x:serviceCode>${version}</x:getWsdl>`)
    const decoded = await decodeSoapMultipart<Buffer>(Readable.from([answer.body]), answer.headers['content-type'], { openBody: memorySink })
    const [wsdl] = decoded.attachments
    if (wsdl === undefined) throw new ExchangeError('wsdl.missing', 'getWsdl answered without a WSDL', answer.messageId)
    return wsdl.body
  }

  /** The signed container of an answer, stamped. @throws {ExchangeError} when the gateway has none. */
  async container (messageId: string, direction: 'request' | 'response' = 'response'): Promise<Buffer> {
    const { instance, memberClass, memberCode } = memberOf(this.client)
    const query = new URLSearchParams({ queryId: messageId, xRoadInstance: instance, memberClass, memberCode, subsystemCode: this.client.subsystemCode ?? '', [`${direction}Only`]: '', unique: '' })
    const { status, body } = await this.#send(`/signature?${query.toString()}`, { method: 'GET' })
    if (status !== 200) throw new ExchangeError(`http.${status}`, `the gateway has no container of ${messageId} for ${formatClientId(this.client)}`, messageId)
    return body
  }

  async close (): Promise<void> {
    await this.#agent.close()
  }

  async #send (path: string, options: { readonly method: string, readonly headers?: Record<string, string>, readonly body?: Uint8Array | string }): Promise<Omit<ExchangeAnswer, 'messageId'>> {
    const started = performance.now()
    try {
      const answer = await request(new URL(path, this.#url), {
        ...options as { method: Dispatcher.HttpMethod, headers?: Record<string, string>, body?: string },
        dispatcher: this.#agent,
        headersTimeout: this.#timeoutMs,
        bodyTimeout: this.#timeoutMs,
        signal: AbortSignal.timeout(2 * this.#timeoutMs)
      })
      const body = await readBody(answer.body as AsyncIterable<Buffer>)
      const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value ?? '']))
      return { status: answer.statusCode, headers, body, durationMs: Math.round(performance.now() - started) }
    } catch (cause) {
      if (cause instanceof ExchangeError) throw cause
      const timedOut = cause instanceof Error && (/timeout/i.test(cause.name) || /Timeout/.test(cause.message) || (cause as NodeJS.ErrnoException).code?.includes('TIMEOUT') === true)
      throw new ExchangeError(timedOut ? 'own.timeout' : 'own.unreachable', timedOut ? 'the catalog\'s gateway did not answer in time' : 'the catalog\'s gateway cannot be reached', '', { cause })
    }
  }
}

/**
 * Descriptions and samples are somebody's: a path of theirs must not lead to the services of others, nor to what our gateway answers
 * about its clients. Read as the URL that is sent.
 */
function staysBelow (gateway: string, base: string, path: string): boolean {
  const [asked, below] = [new URL(base + path, gateway), new URL(base, gateway)]
  const rest = asked.pathname.slice(below.pathname.length)
  return asked.origin === below.origin && asked.pathname.startsWith(below.pathname) && (rest === '' || rest.startsWith('/')) && !/%2e%2e|%2f\.\.|\.\.%2f|%5c/i.test(rest)
}

/** Who asks and whom is ours to say; how the request travels, HTTP's. */
const OWN_HEADERS = new Set([
  'x-road-client', 'x-road-id', 'x-road-service', 'x-road-security-server', 'uxp-client', 'uxp-service', 'uxp-messageid', 'host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect', 'te', 'trailer', 'keep-alive'
])

function sampleHeaders (headers: RestCall['headers'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const).filter(([name]) => !OWN_HEADERS.has(name)))
}

/** Anything else would end the body of the envelope and begin another. */
function isOneElement (xml: string): boolean {
  try {
    readEnvelope(Buffer.from(xml))
    return !/^\s*<\?xml/.test(xml)
  } catch (thrown) {
    if (thrown instanceof Fault) return false
    throw thrown
  }
}

async function readBody (body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > BODY_BYTES_MAX) throw new ExchangeError('answer.tooLarge', `an answer of more than ${BODY_BYTES_MAX} bytes`, '')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function memorySink (): { write: (chunk: Uint8Array) => void, end: () => Buffer, abort: () => void } {
  const chunks: Buffer[] = []
  return { write: (chunk) => { chunks.push(Buffer.from(chunk)) }, end: () => Buffer.concat(chunks), abort: () => {} }
}

function isGatewayFault (code: string): boolean {
  return /^(?:Server\.(?:ClientProxy|ServerProxy)|Client)\.|^(?:server|client)\.[a-z]/.test(code)
}

function faultOf (code: string, body: Buffer, messageId: string): ExchangeError {
  try {
    const { message } = JSON.parse(body.toString('utf8')) as { message?: unknown }
    return new ExchangeError(code, typeof message === 'string' ? message : code, messageId)
  } catch {
    return new ExchangeError(code, code, messageId)
  }
}

function escape (text: string): string {
  return text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character]!)
}
