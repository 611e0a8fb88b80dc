import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'

/** Enough for any chain; a longer list is an attempt to make us work. */
const CERTIFICATES_MAX = 20

/**
 * The channel by which a consumer's gateway gets the OCSP responses of our authentication certificate (PR-MESSTRANSPORT §2.2,
 * port 5577): `GET /?cert=<sha1>&…`, one part per certificate in request order, 500 with a text when any is not known.
 *
 * @param find a fresh response by the lower-case hex SHA-1 of the certificate.
 */
export function createOcspServer (find: (sha1: string) => Buffer | undefined): Server {
  return createServer({ maxHeaderSize: 8192, requestTimeout: 30_000 }, (request, response) => {
    if (request.method === 'HEAD') {
      response.writeHead(200).end()
      return
    }
    const refuse = (text: string): void => {
      response.writeHead(500, { 'content-type': 'text/plain; charset=UTF-8' }).end(text)
    }
    if (request.method !== 'GET') return refuse('only GET and HEAD are served here')
    const query = new URLSearchParams(request.url?.split('?', 2)[1] ?? '')
    const hashes = query.getAll('cert')
    if (hashes.length === 0) return refuse('parameter cert (SHA-1 of a certificate) is missing')
    if (hashes.length > CERTIFICATES_MAX) return refuse('too many certificates')
    const boundary = `xroad${randomBytes(16).toString('hex')}`
    const parts: Buffer[] = []
    for (const hash of hashes) {
      const der = find(hash.toLowerCase())
      if (der === undefined) return refuse('no OCSP response for a requested certificate')
      parts.push(Buffer.from(`--${boundary}\r\ncontent-type:application/ocsp-response\r\n\r\n`), der, Buffer.from('\r\n'))
    }
    parts.push(Buffer.from(`--${boundary}--\r\n`))
    const body = Buffer.concat(parts)
    response.writeHead(200, {
      'content-type': `multipart/related; type="application/ocsp-response"; charset=UTF-8; boundary=${boundary}`,
      'content-length': body.length
    }).end(body)
  })
}
