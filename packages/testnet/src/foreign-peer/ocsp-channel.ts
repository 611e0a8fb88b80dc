import { createHash } from 'node:crypto'
import { get } from 'node:http'
import { createServer, type Server } from 'node:http'
import { boundaryIn, headerOf, newBoundary, readMultipart, typeOf } from './multipart.ts'

export interface OcspChannelOrders {
  readonly status?: number | undefined
  /** Changes the responses, in the order asked. */
  readonly responses?: ((responses: Buffer[]) => Buffer[]) | undefined
}

/** Port 5577 as current X-Road responders serve it: `cert` alone is read (xroad-messages §2.7). */
export function createOcspChannel (find: (sha1: string) => Buffer | undefined, orders: () => OcspChannelOrders): Server {
  return createServer((request, response) => {
    const hashes = [...(request.url ?? '').matchAll(/[?&]cert=([0-9a-f]{40})(?=&|$)/g)].map((match) => match[1]!)
    const found = hashes.map(find)
    const { status, responses } = orders()
    if (request.method !== 'GET' || hashes.length === 0 || found.includes(undefined) || status !== undefined) {
      response.writeHead(status ?? 500, { 'Content-Type': 'text/plain' }).end('no OCSP response')
      return
    }
    const boundary = newBoundary('jetty')
    const pieces = (responses?.(found as Buffer[]) ?? found as Buffer[]).flatMap((der) => [Buffer.from(`--${boundary}\r\nContent-Type: application/ocsp-response\r\n\r\n`), der, Buffer.from('\r\n')])
    response.writeHead(200, { 'Content-Type': `multipart/related; type="application/ocsp-response"; charset=UTF-8; boundary=${boundary}` })
    response.end(Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]))
  })
}

/** Asks a gateway's OCSP port as X-Road does: all `cert` first, then all `cert_hash`. @throws {Error} */
export async function fetchOcsp (url: string, certificates: readonly Buffer[]): Promise<Buffer[]> {
  const hex = (algorithm: string, der: Buffer): string => createHash(algorithm).update(der).digest('hex')
  const query = [...certificates.map((der) => `cert=${hex('sha1', der)}`), ...certificates.map((der) => `cert_hash=${hex('sha256', der)}`)].join('&')
  const { status, contentType, body } = await new Promise<{ status: number, contentType: string | undefined, body: Buffer }>((resolve, reject) => {
    get(`${url}/?${query}`, { headers: { Accept: 'multipart/related' } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject)
        .on('end', () => { resolve({ status: response.statusCode ?? 0, contentType: response.headers['content-type'], body: Buffer.concat(chunks) }) })
    }).on('error', reject)
  })
  if (status < 200 || status > 299) throw new Error(`OCSP port answered ${status}: ${body.toString()}`)
  if (typeOf(contentType) !== 'multipart/related') throw new Error(`OCSP port answered ${contentType}`)
  const parts = readMultipart(body, boundaryIn(contentType))
  if (parts.some(({ headers }) => typeOf(headerOf(headers, 'content-type')) !== 'application/ocsp-response')) throw new Error('a part is no OCSP response')
  return parts.map((one) => one.body)
}
