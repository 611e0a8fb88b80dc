import { createHash } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import { connect as connectTls } from 'node:tls'
import { connect as connectTcp } from 'node:net'
import type { TraceContext } from '@trembita/daemon'
import { Fault, inStage, RelayedFault } from '@trembita/protocol/fault'
import { describeService } from '@trembita/protocol/identifiers'
import {
  contentTypeOf, prepareSoapAnswer, SOAP12_TYPES, toRawHeaders, type HeaderList, type RestRequest, type SoapMessage
} from '@trembita/protocol/message'
import { decodeSoapMultipart, SoapMultipartEncoder, type DecodedAttachment, type DecodedSoapMultipart } from '@trembita/protocol/proxymessage'
import { Pool } from 'undici'
import { restAnswer, soapAnswer, type ReceivedRequest, type ServiceAnswer } from '../exchange/index.ts'
import type { MessageLog } from '../messagelog/index.ts'
import type { ClientConf, ServiceConf } from '../serverconf/index.ts'
import { readAway, send, type HttpAnswer, type Spool, type SpooledBody } from '../transport/index.ts'
import { restServiceHeaders, soapServiceHeaders } from './service-headers.ts'

export interface ServiceCallerOptions {
  readonly spool: Spool
  readonly messagelog: Pick<MessageLog, 'checkBodySize'>
  /** Shown to services that ask for a client certificate: our internal TLS certificate. */
  readonly internalTls: { readonly key: string, readonly cert: string } | undefined
  readonly connectionsMax: number
}

const DESCRIPTION_BYTES_MAX = 10 * 1024 * 1024
/** Methods whose body is passed on to a REST service, as X-Road does; other bodies are sealed and logged only. */
const METHODS_WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/** Calls the information systems behind this gateway. */
export class ServiceCaller {
  readonly #options: ServiceCallerOptions
  readonly #pools = new Map<string, Pool>()

  constructor (options: ServiceCallerOptions) {
    this.#options = options
  }

  /** @throws {RelayedFault} the service's own SOAP fault. @throws {Fault} what went wrong on the way, in the stages of xroad-messages §6.2. */
  async call (service: ServiceConf, provider: ClientConf, request: ReceivedRequest, trace: TraceContext): Promise<ServiceAnswer> {
    const url = urlOf(service, request)
    return request.message.kind === 'rest'
      ? await this.#callRest(service, provider, request, request.message.rest, url, trace)
      : await this.#callSoap(service, provider, request, request.message.soap, url, trace)
  }

  /** Fetches the description of a service, with the service's TLS settings. @throws {Fault} `InternalError`, as peers answer. */
  async fetchDescription (service: ServiceConf, provider: ClientConf): Promise<{ bytes: Buffer, contentType: string | undefined }> {
    const url = new URL(service.descriptionUrl)
    const chunks: Buffer[] = []
    try {
      const answer = await send(this.#pool(url, service, provider), {
        method: 'GET', path: url.pathname + url.search, headers: { accept: '*/*' }, body: null, timeoutMs: service.timeoutSeconds * 1000
      })
      let size = 0
      for await (const chunk of answer.body) {
        size += chunk.length
        if (size > DESCRIPTION_BYTES_MAX) throw new Fault('InternalError', 'the description of the service is too large')
        chunks.push(chunk)
      }
      if (answer.status !== 200) throw new Fault('InternalError', `the description of the service could not be fetched: HTTP ${answer.status}`)
      return { bytes: Buffer.concat(chunks), contentType: answer.headers['content-type'] }
    } catch (cause) {
      throw cause instanceof Fault ? cause : new Fault('InternalError', 'the description of the service could not be fetched', { cause })
    }
  }

  async close (): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()))
  }

  async #callRest (service: ServiceConf, provider: ClientConf, request: ReceivedRequest, rest: RestRequest, url: URL, trace: TraceContext): Promise<ServiceAnswer> {
    const body = METHODS_WITH_BODY.has(rest.method) ? request.attachments[0]?.body : undefined
    const headers = toRawHeaders(service.agreement === 'none' ? restServiceHeaders(rest, trace) : unencoded(restServiceHeaders(rest, trace)))
    if (body !== undefined) headers.push('content-length', String(body.size))
    const base = url.pathname.endsWith('/') && rest.servicePath.startsWith('/') ? url.pathname.slice(0, -1) : url.pathname
    const path = base + rest.servicePath + (rest.query === undefined ? '' : `?${rest.query}`)
    const answer = await send(this.#pool(url, service, provider), {
      method: rest.method, path, headers, body: body === undefined ? null : body.bytes ?? body.stream(), timeoutMs: service.timeoutSeconds * 1000
    }).catch((thrown: unknown) => { throw serviceFault(thrown) })
    const received = await this.#readBody(answer, provider)
    const hasBody = rest.method !== 'HEAD' && answer.status !== 204 && answer.status !== 304
    if (!hasBody) await received.body.discard()
    return restAnswer(request, rest, request.requestHash, answer, hasBody ? { contentType: answer.headers['content-type'] ?? '', headers: [], ...received } : undefined)
  }

  /** Breaks off as soon as the body is larger than the message log takes. */
  async #readBody (answer: HttpAnswer, provider: ClientConf): Promise<{ digest: Buffer, size: number, body: SpooledBody }> {
    const sink = this.#options.spool.open((bytes) => { this.#options.messagelog.checkBodySize(bytes, provider.id) })
    const hash = createHash('sha512')
    let size = 0
    try {
      for await (const chunk of answer.body) {
        size += chunk.length
        hash.update(chunk)
        await sink.write(chunk)
      }
      return { digest: hash.digest(), size, body: await sink.end() }
    } catch (cause) {
      await sink.abort()
      throw cause instanceof Fault ? cause : new Fault('IOError', 'the answer of the service broke off', { cause })
    }
  }

  async #callSoap (service: ServiceConf, provider: ClientConf, request: ReceivedRequest, soap: SoapMessage, url: URL, trace: TraceContext): Promise<ServiceAnswer> {
    try {
      const { contentType, body } = soapBody(request)
      const headers: HeaderList = [
        ['content-type', contentType], ['soapaction', request.soapAction ?? '""'], ['accept-encoding', ''], ...soapServiceHeaders(request.requestId, trace)
      ]
      const answer = await send(this.#pool(url, service, provider), {
        method: 'POST', path: url.pathname + url.search, headers: toRawHeaders(headers), body, timeoutMs: service.timeoutSeconds * 1000
      }).catch((thrown: unknown) => { throw serviceFault(thrown) })
      if (answer.status !== 200 && answer.status !== 500) {
        await readAway(answer.body)
        // The standard's phrase: what the service wrote there could be anything.
        throw new Fault('HttpError', `Server responded with error ${answer.status}: ${STATUS_CODES[answer.status] ?? ''}`)
      }
      return await this.#readSoapAnswer(service, request, soap, answer)
    } catch (thrown) {
      throw inStage(thrown, 'ServiceFailed')
    }
  }

  async #readSoapAnswer (service: ServiceConf, request: ReceivedRequest, soap: SoapMessage, answer: HttpAnswer): Promise<ServiceAnswer> {
    const contentType = answer.headers['content-type']
    const decoded: DecodedSoapMultipart<SpooledBody> = await decodeSoapMultipart(answer.body, contentType, { openBody: () => this.#options.spool.open(), soap12: true })
    try {
      if (decoded.soap.bytes.length === 0) throw new Fault('InvalidMessage', 'No response message received from service')
      const prepared = prepareSoapAnswer(decoded.soap.bytes, {
        request: soap, requestHash: request.requestHash, completeHeader: service.completeHeader, soap12: true, charset: contentTypeOf(decoded.soap.contentType).parameters.get('charset')
      })
      if (prepared.kind === 'fault') throw new RelayedFault(prepared.fault, prepared.bytes)
      const isMultipart = contentTypeOf(contentType).type === 'multipart/related'
      const partType = isMultipart ? utf8(decoded.soap.contentType) : 'text/xml; charset=UTF-8'
      return soapAnswer(request, partType, prepared.bytes, decoded.attachments, isMultipart ? contentType : partType, isMultipart ? decoded.soap.headers : [])
    } catch (thrown) {
      for (const { body } of decoded.attachments) await body.discard()
      throw thrown
    }
  }

  /** One pool per origin, time to connect, and set of certificates it must show. */
  #pool (url: URL, service: ServiceConf, provider: ClientConf): Pool {
    const pinned = url.protocol === 'https:' && service.verifyTls
    const key = `${url.origin} ${service.timeoutSeconds} ${pinned ? [...provider.certificateHashes].join(',') : ''}`
    let pool = this.#pools.get(key)
    if (pool === undefined) {
      pool = new Pool(url.origin, {
        connections: this.#options.connectionsMax,
        pipelining: 1,
        allowH2: false,
        keepAliveTimeout: 4000,
        connect: (_options, callback) => {
          this.#connect(url, service.timeoutSeconds * 1000, pinned ? provider.certificateHashes : undefined).then((socket) => { callback(null, socket) }, (error: Error) => { callback(error, null) })
        }
      })
      this.#pools.set(key, pool)
    }
    return pool
  }

  async #connect (url: URL, timeoutMs: number, pinned: ReadonlySet<string> | undefined): Promise<ReturnType<typeof connectTcp>> {
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
    return await new Promise((resolve, reject) => {
      const socket = url.protocol === 'https:'
        ? connectTls({ host, port, rejectUnauthorized: false, checkServerIdentity: () => undefined, ...(this.#options.internalTls ?? {}) })
        : connectTcp({ host, port })
      const timer = setTimeout(() => { socket.destroy(new Fault('IOError', 'the service did not take the connection in time')) }, timeoutMs)
      const fail = (error: Error): void => {
        clearTimeout(timer)
        reject(error)
      }
      const done = (): void => {
        clearTimeout(timer)
        socket.off('error', fail)
        socket.setNoDelay(true)
        resolve(socket)
      }
      socket.once('error', fail)
      if (!('getPeerCertificate' in socket)) {
        socket.once('connect', done)
        return
      }
      const tls = socket as ReturnType<typeof connectTls>
      tls.once('secureConnect', () => {
        const { raw } = tls.getPeerCertificate() as { raw?: Buffer }
        const hash = raw === undefined ? '' : createHash('sha256').update(raw).digest('hex')
        if (pinned !== undefined && !pinned.has(hash)) {
          tls.destroy(new Fault('SslAuthenticationFailed', 'Server certificate is not trusted'))
          return
        }
        done()
      })
    })
  }
}

/** What is held to an agreement must be readable here. */
function unencoded (headers: HeaderList): HeaderList {
  return [...headers.filter(([name]) => name.toLowerCase() !== 'accept-encoding'), ['accept-encoding', 'identity']]
}

function urlOf (service: ServiceConf, request: ReceivedRequest): URL {
  if (service.url === '') throw new Fault('ServiceMissingUrl', `Service address not specified for '${describeService(request.service)}'`)
  if (!URL.canParse(service.url)) throw new Fault('ServiceMalformedUrl', `Malformed service address for '${describeService(request.service)}'`)
  return new URL(service.url)
}

function soapBody (request: ReceivedRequest): { contentType: string, body: Buffer | AsyncIterable<Buffer> } {
  const original = request.originalContentType
  const type = contentTypeOf(original).type
  if (request.attachments.length === 0 && type !== 'multipart/related') {
    return { contentType: type === 'application/soap+xml' && SOAP12_TYPES.has(type) ? original : 'text/xml; charset=UTF-8', body: request.head.bytes }
  }
  const encoder = new SoapMultipartEncoder(original)
  const attachments: readonly DecodedAttachment<SpooledBody>[] = request.attachments
  return {
    contentType: encoder.contentType,
    body: (async function * () {
      yield encoder.soap(request.head)
      for (const { contentType, headers, body } of attachments) {
        yield encoder.attachmentStart(contentType, headers)
        yield * body.stream()
      }
      yield encoder.end()
    })()
  }
}

/** The answer was made UTF-8 if it was not. */
function utf8 (contentType: string): string {
  return contentTypeOf(contentType).parameters.has('charset') ? contentType.replace(/;\s*charset\s*=\s*("[^"]*"|[^;\s]*)/i, '; charset=UTF-8') : contentType
}

/** Why a service could not be called, in the codes of xroad-messages §6.2. */
function serviceFault (thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  const code = (thrown as { code?: string }).code ?? ''
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return new Fault('IOError', 'the service did not answer in time', { cause: thrown })
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return new Fault('NetworkError', 'the name of the service\'s host does not resolve', { cause: thrown })
  return new Fault('NetworkError', 'the service could not be reached', { cause: thrown })
}
