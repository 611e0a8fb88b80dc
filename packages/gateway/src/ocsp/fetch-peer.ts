import { Fault } from '@trembita/protocol/fault'
import type { Certificate } from '@trembita/protocol/pki'
import { boundaryOf, contentTypeOf } from '@trembita/protocol/message'
import { MultipartParser } from '@trembita/protocol/proxymessage'
import { request as httpRequest } from 'undici'

const ANSWER_BYTES_MAX = 256 * 1024
const PART_HEADER_BYTES_MAX = 4096

/**
 * Asks a provider's gateway for the OCSP responses of its authentication certificate and intermediates (port 5577).
 * Sends both `cert` (SHA-1) and `cert_hash` (SHA-256), as current X-Road gateways do.
 *
 * @returns one DER response per certificate, in the order asked.
 * @throws {Fault} `InternalError` when the count differs or the answer is no multipart; `NetworkError` when it cannot be reached.
 */
export async function fetchPeerOcsp (host: string, port: number, certificates: readonly Certificate[]): Promise<Buffer[]> {
  const query = [
    ...certificates.map(({ sha1 }) => `cert=${sha1.toString('hex')}`),
    ...certificates.map(({ sha256 }) => `cert_hash=${sha256.toString('hex')}`)
  ].join('&')
  let status: number
  let contentType: string | undefined
  const chunks: Buffer[] = []
  try {
    const response = await httpRequest(`http://${host}:${port}/?${query}`, {
      headers: { accept: 'multipart/related' }, headersTimeout: 30_000, signal: AbortSignal.timeout(50_000)
    })
    status = response.statusCode
    contentType = response.headers['content-type'] as string | undefined
    let size = 0
    for await (const chunk of response.body) {
      size += (chunk as Buffer).length
      if (size > ANSWER_BYTES_MAX) throw new Fault('InternalError', 'the OCSP answer of the provider\'s gateway is too large')
      chunks.push(chunk as Buffer)
    }
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('NetworkError', `could not get OCSP responses from ${host}:${port}`, { cause })
  }
  if (status < 200 || status > 299) throw new Fault('InternalError', `the provider's gateway has no OCSP response for its certificate (HTTP ${status})`)
  const parts = partsOf(Buffer.concat(chunks), contentType)
  if (parts.length !== certificates.length) throw new Fault('InternalError', `asked for ${certificates.length} OCSP responses, got ${parts.length}`)
  return parts
}

function partsOf (bytes: Buffer, contentType: string | undefined): Buffer[] {
  const parser = new MultipartParser(boundaryOf(contentTypeOf(contentType)), PART_HEADER_BYTES_MAX)
  const parts: Buffer[] = []
  for (const event of parser.push(bytes)) {
    if (event.kind === 'part') parts.push(Buffer.alloc(0))
    else if (event.kind === 'data') parts.push(Buffer.concat([parts.pop()!, event.bytes]))
  }
  parser.end()
  return parts
}
