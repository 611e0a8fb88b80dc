import type { FastifyInstance } from 'fastify'
import { boundaryOf, contentTypeOf, lastHeader } from '@trembita/protocol/message'
import { Certificate, certificatesOfPem } from '@trembita/protocol/pki'
import { MultipartParser } from '@trembita/protocol/proxymessage'
import { Refusal } from '../refusal.ts'

/** Certificates, anchors and parts are far below this; X-Road's limit for files is the same. */
export const UPLOAD_BYTES_MAX = 10 * 1024 * 1024

/** Content types of a route that takes files, for its schema. */
export const FORM_TYPES = ['application/json', 'multipart/form-data']

/** Schema of a file: base64 in JSON, the file itself in a form. */
export const fileField = { type: 'string', minLength: 1, maxLength: UPLOAD_BYTES_MAX, contentEncoding: 'base64', description: 'base64; in a form the file as it is' } as const

/** Options of a route that takes files. */
export const UPLOADS = { bodyLimit: UPLOAD_BYTES_MAX } as const

/**
 * Has the routes of a context take JSON and forms alike: a form becomes an object of its fields, files as base64, so that one
 * schema says what both may hold. Nothing else is taken as a body.
 */
export function takeForms (app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain')
  app.removeContentTypeParser('multipart/form-data')
  app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, fieldsOf(request.headers['content-type'], body as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
}

function fieldsOf (contentType: string | undefined, body: Buffer): Record<string, string> {
  const parser = new MultipartParser(boundaryOf(contentTypeOf(contentType)))
  const fields = new Map<string, { readonly isFile: boolean, readonly chunks: Buffer[] }>()
  let current: Buffer[] = []
  for (const event of parser.push(body)) {
    if (event.kind === 'part') {
      const { name, isFile } = dispositionOf(lastHeader(event.headers, 'content-disposition') ?? '')
      if (fields.has(name)) throw new Refusal('invalid', 'validation_failure', `field ${name} stands twice`)
      current = []
      fields.set(name, { isFile, chunks: current })
    } else if (event.kind === 'data') current.push(Buffer.from(event.bytes))
  }
  parser.end()
  // A file field that was left empty is sent as a file without content: it is not there.
  return Object.fromEntries([...fields].flatMap(([name, { isFile, chunks }]) => {
    const bytes = Buffer.concat(chunks)
    if (bytes.length === 0) return []
    return [[name, isFile ? bytes.toString('base64') : bytes.toString('utf8')]]
  }))
}

function dispositionOf (header: string): { name: string, isFile: boolean } {
  const { type, parameters } = contentTypeOf(header)
  const name = parameters.get('name')
  if (type !== 'form-data' || name === undefined) throw new Refusal('invalid', 'validation_failure', 'a part of the form has no name')
  return { name, isFile: parameters.has('filename') }
}

/** Bytes of a file field. @throws {Refusal} for text that is not base64. */
export function fileOf (text: string, field: string): Buffer {
  const compact = text.replaceAll(/[\r\n]/g, '')
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) {
    throw new Refusal('invalid', 'validation_failure', `${field}: expected a file or base64`, { fields: { [field]: 'expected a file or base64' } })
  }
  return Buffer.from(compact, 'base64')
}

/** The certificate of a file field, PEM or DER. @throws {Refusal} `invalid_certificate` */
export function certificateOf (text: string, field: string): Certificate {
  const bytes = fileOf(text, field)
  try {
    if (!bytes.includes('-----BEGIN')) return Certificate.parse(bytes)
    const certificates = certificatesOfPem(bytes.toString('latin1'))
    if (certificates.length !== 1) throw new Error('several certificates')
    return certificates[0]!
  } catch (cause) {
    throw new Refusal('invalid', 'invalid_certificate', `${field}: expected one certificate, PEM or DER`, { fields: { [field]: 'expected one certificate, PEM or DER' }, cause })
  }
}
