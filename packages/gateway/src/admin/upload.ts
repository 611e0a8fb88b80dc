import type { FastifyInstance } from 'fastify'
import { boundaryOf, contentTypeOf, lastHeader } from '@trembita/protocol/message'
import { MultipartParser } from '@trembita/protocol/proxymessage'
import { Refusal } from './refusal.ts'

/** X-Road's limit for files; everything else has 50 kB (xroad-trust §6.3). */
export const UPLOAD_BYTES_MAX = 10 * 1024 * 1024
const TYPES = ['application/octet-stream', 'application/xml', 'text/xml', 'application/x-pem-file', 'application/pkix-cert', 'application/x-x509-ca-cert', 'text/plain']

const file = { schema: { type: 'string', format: 'binary' } } as const
/** Schema of a body that is one file; what is in it, the route finds out. */
export const uploadBody = {
  content: {
    'application/octet-stream': { schema: {} },
    'multipart/form-data': { schema: {} }
  }
} as const
/** Schema of an answer that is a file. */
export const fileAnswer = { description: 'the file', content: { 'application/octet-stream': file } } as const

/** Takes a file as the body of a request, as it is or as the only file of a form. */
export function takeUploads (app: FastifyInstance): void {
  // What pages take is not for the API: a form has no file of its own here, and is no JSON.
  app.removeContentTypeParser(['multipart/form-data', 'application/x-www-form-urlencoded'])
  app.addContentTypeParser(TYPES, { parseAs: 'buffer', bodyLimit: UPLOAD_BYTES_MAX }, (_request, body, done) => { done(null, body) })
  app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer', bodyLimit: UPLOAD_BYTES_MAX }, (request, body, done) => {
    try {
      done(null, fileOf(request.headers['content-type'] ?? '', body as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
}

/** @throws {Refusal} when the request brought no file. */
export function uploaded (body: unknown): Buffer {
  if (!Buffer.isBuffer(body) || body.length === 0) throw new Refusal('invalid', 'validation_failure', 'send the file as the body (application/octet-stream) or as a form with one file')
  return body
}

function fileOf (contentType: string, body: Buffer): Buffer {
  const parser = new MultipartParser(boundaryOf(contentTypeOf(contentType)))
  const files: Buffer[][] = []
  let current: Buffer[] | undefined
  for (const event of parser.push(body)) {
    if (event.kind === 'part') {
      const disposition = lastHeader(event.headers, 'content-disposition') ?? ''
      current = /;\s*filename\*?=/i.test(disposition) ? [] : undefined
      if (current !== undefined) files.push(current)
    } else if (event.kind === 'data') current?.push(Buffer.from(event.bytes))
  }
  if (!parser.ended || files.length !== 1) throw new Refusal('invalid', 'validation_failure', 'expected a form with one file')
  return Buffer.concat(files[0]!)
}
