import { connect, type TLSSocket } from 'node:tls'
import { Fault } from '@trembita/protocol/fault'
import { parseManagementFault, type EncodedRequest } from '@trembita/protocol/management'
import { Client } from 'undici'

export interface RegistrationService {
  /** `authCertRegServiceAddress` of the private parameters. */
  readonly url: string
  /** DER: the server's certificate must be this one, whatever its names and dates. */
  readonly certificate: Buffer
}

export interface CallTimes {
  readonly connectTimeoutMs: number
  /** The core verifies and stores meanwhile. */
  readonly answerTimeoutMs: number
}

/** An answer is the request and an id; a page of an error is not read further. */
const ANSWER_BYTES_MAX = 256 * 1024

/**
 * Posts a request to the registration service over TLS and returns the SOAP it answers with. Nothing is sent to a server
 * whose certificate is another than the configuration's (xroad-trust §4.2).
 *
 * @throws {RelayedFault} the core's refusal.
 * @throws {Fault} `SslAuthenticationFailed`, `NetworkError`, `HttpError`, `InvalidMessage`.
 */
export async function callRegistrationService (service: RegistrationService, request: EncodedRequest, times: CallTimes): Promise<Buffer> {
  const url = urlOf(service.url)
  const client = new Client(url.origin, {
    pipelining: 1,
    allowH2: false,
    connect: (_options, callback) => {
      connectTo(url, service.certificate, times.connectTimeoutMs).then((socket) => { callback(null, socket) }, (error: Error) => { callback(error, null) })
    }
  })
  try {
    const { statusCode, headers, body } = await client.request({
      method: 'POST',
      path: url.pathname + url.search,
      headers: { 'content-type': request.contentType },
      body: request.body,
      headersTimeout: times.answerTimeoutMs,
      bodyTimeout: times.answerTimeoutMs
    })
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > ANSWER_BYTES_MAX) throw new Fault('InvalidMessage', 'the answer of the registration service is too large')
      chunks.push(chunk)
    }
    return answerOf(statusCode, String(headers['content-type'] ?? ''), Buffer.concat(chunks))
  } catch (thrown) {
    throw thrown instanceof Fault ? thrown : new Fault('NetworkError', 'the registration service could not be reached, or did not answer in time', { cause: thrown })
  } finally {
    await client.destroy()
  }
}

function answerOf (status: number, contentType: string, bytes: Buffer): Buffer {
  if (status === 200) return bytes
  const fault = /^text\/xml\b/i.test(contentType) ? parseManagementFault(bytes) : undefined
  if (fault !== undefined) throw fault
  throw new Fault('HttpError', status === 429 ? 'the registration service asks to wait: too many requests from this address' : `the registration service answered HTTP ${status}`)
}

function urlOf (text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:') throw new Fault('MalformedGlobalConf', 'the address of the registration service in the configuration is no https URL')
  return url
}

async function connectTo (url: URL, certificate: Buffer, timeoutMs: number): Promise<TLSSocket> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return await new Promise((resolve, reject) => {
    // The certificate itself is what is trusted: it is compared below, before a byte is sent.
    const socket = connect({ host, port: Number(url.port) || 443, rejectUnauthorized: false, checkServerIdentity: () => undefined })
    const timer = setTimeout(() => { socket.destroy(new Fault('NetworkError', 'the registration service did not take the connection in time')) }, timeoutMs)
    const fail = (error: Error): void => {
      clearTimeout(timer)
      reject(error)
    }
    socket.once('error', fail)
    socket.once('secureConnect', () => {
      const { raw } = socket.getPeerCertificate() as { raw?: Buffer }
      if (raw === undefined || !raw.equals(certificate)) {
        socket.destroy(new Fault('SslAuthenticationFailed', 'the certificate of the registration service is not the one in the configuration'))
        return
      }
      clearTimeout(timer)
      socket.off('error', fail)
      resolve(socket)
    })
  })
}
