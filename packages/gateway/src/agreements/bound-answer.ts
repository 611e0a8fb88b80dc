import { createHash } from 'node:crypto'
import { parseSoapFault, RelayedFault } from '@trembita/protocol/fault'
import { contentTypeOf, parseRestResponse, toRawHeaders, type HeaderList } from '@trembita/protocol/message'
import { restAnswer, soapAnswer, type ReceivedRequest, type ServiceAnswer } from '../exchange/index.ts'
import type { Spool, SpooledBody } from '../transport/index.ts'
import { type Bounds, Unreadable } from './cuts.ts'
import { elementRule, memberRule, type FieldRules } from './field-rules.ts'
import type { AnswerReader } from './large-answers.ts'

export interface BoundOptions {
  readonly spool: Spool
  /** A larger body is not looked through. */
  readonly bodyBytesMax: number
  readonly reader: AnswerReader
}

/** An answer as far as it is inside; undefined when nothing of it can be left. */
export interface BoundedAnswer {
  readonly outside: readonly string[]
  readonly answer: ServiceAnswer | undefined
}

const UNCHANGED: readonly string[] = []

/** What may say anything of a body that is cut: its digest, its name in a cache, its place in a whole. */
const HEADERS_OF_BODY: ReadonlySet<string> = new Set(['etag', 'content-md5', 'digest', 'content-digest', 'repr-digest', 'want-content-digest', 'want-repr-digest', 'last-modified', 'content-range', 'accept-ranges'])

/** Members of a problem (RFC 9457, and the code that our participants add): an error must be told in words. */
const PROBLEM = memberRule(['/type', '/title', '/status', '/detail', '/instance', '/code'])

/** What a SOAP fault consists of without its detail; that is data, and needs an agreement. */
const SOAP_FAULT = elementRule([
  // Some services qualify what the standard does not.
  ...['', '{http://schemas.xmlsoap.org/soap/envelope/}'].flatMap((ns) => ['faultcode', 'faultstring', 'faultactor'].map((local) => `/{http://schemas.xmlsoap.org/soap/envelope/}Fault/${ns}${local}`)),
  ...['Code', 'Reason', 'Node', 'Role'].map((local) => `/{http://www.w3.org/2003/05/soap-envelope}Fault/{http://www.w3.org/2003/05/soap-envelope}${local}`)
])

/**
 * Looks through what a service answered.
 *
 * @throws {Unreadable} when it cannot be looked through.
 */
export async function boundAnswer (answer: ServiceAnswer, request: ReceivedRequest, rules: FieldRules, options: BoundOptions): Promise<BoundedAnswer> {
  return request.message.kind === 'rest' ? await boundRest(answer, request, rules, options) : await boundSoap(answer, request, rules, options)
}

async function boundRest (answer: ServiceAnswer, request: ReceivedRequest, rules: FieldRules, options: BoundOptions): Promise<BoundedAnswer> {
  const body = answer.attachments[0]
  if (body === undefined || body.size === 0) return { outside: UNCHANGED, answer }
  const head = parseRestResponse(answer.head.bytes)
  const type = restType(head.headers, rules)
  if (type === 'media') return { outside: UNCHANGED, answer }
  const bytes = await readBody(body.body, options)
  const isProblem = type === 'problem' && head.status >= 400
  const bounds = await options.reader.read(bytes, type === 'xml' ? 'document' : 'json', isProblem ? { ...rules, json: [...rules.json, PROBLEM] } : rules)
  if (bounds.inside === undefined) return { outside: bounds.outside, answer: undefined }
  if (bounds.outside.length === 0) return { outside: UNCHANGED, answer }
  // Behind the headers of the service stand the five of this gateway, which are written anew.
  const headers = head.headers.slice(0, -5).filter(([name]) => !HEADERS_OF_BODY.has(name.toLowerCase()))
  const http = { status: head.status, reason: head.reason, rawHeaders: toRawHeaders(headers) }
  const left = await spool(bounds.inside, options.spool)
  return { outside: bounds.outside, answer: restAnswer(request, (request.message as { rest: Parameters<typeof restAnswer>[1] }).rest, request.requestHash, http, { ...body, ...left }) }
}

/** How the body of a REST answer is to be read. */
function restType (headers: HeaderList, { media }: FieldRules): 'json' | 'problem' | 'xml' | 'media' {
  const valuesOf = (name: string): string[] => headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value)
  const types = valuesOf('content-type')
  if (types.length > 1) throw new Unreadable('it has several content types')
  const { type, parameters } = contentTypeOf(types[0])
  const isJson = /^application\/([^/]+\+)?json$/.test(type)
  const isXml = /^(text|application)\/xml$|^[^/]+\/[^/]+\+xml$/.test(type)
  if (!isJson && !isXml) {
    if (media.has(type)) return 'media'
    throw new Unreadable(type === '' ? 'it has no content type' : 'its content type is neither JSON nor XML, and not named in the agreement')
  }
  if (valuesOf('content-encoding').some((value) => value.trim() !== '' && value.trim().toLowerCase() !== 'identity')) throw new Unreadable('it is compressed')
  const charset = parameters.get('charset')
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw new Unreadable('it is not UTF-8')
  return isXml ? 'xml' : type === 'application/problem+json' ? 'problem' : 'json'
}

async function readBody (body: SpooledBody, { bodyBytesMax }: BoundOptions): Promise<Buffer> {
  if (body.size > bodyBytesMax) throw new Unreadable(`it is larger than ${bodyBytesMax} bytes`)
  if (body.bytes !== undefined) return body.bytes
  const chunks: Buffer[] = []
  for await (const chunk of body.stream()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function spool (bytes: Buffer, spool: Spool): Promise<{ digest: Buffer, size: number, body: SpooledBody }> {
  const sink = spool.open()
  await sink.write(bytes)
  return { digest: createHash('sha512').update(bytes).digest(), size: bytes.length, body: await sink.end() }
}

async function boundSoap (answer: ServiceAnswer, request: ReceivedRequest, rules: FieldRules, options: BoundOptions): Promise<BoundedAnswer> {
  for (const { contentType } of answer.attachments) {
    if (!rules.media.has(contentTypeOf(contentType).type)) throw new Unreadable('it has an attachment of a type that the agreement does not name')
  }
  const { head } = answer
  const { inside, outside } = await boundEnvelope(head.bytes, rules, options)
  if (inside === undefined) return { outside, answer: undefined }
  if (outside.length === 0) return { outside: UNCHANGED, answer }
  return { outside, answer: soapAnswer(request, head.contentType, inside, answer.attachments, answer.originalContentType, head.headers) }
}

async function boundEnvelope (bytes: Buffer, { json, xml }: FieldRules, { bodyBytesMax, reader }: BoundOptions): Promise<Bounds> {
  if (bytes.length > bodyBytesMax) throw new Unreadable(`it is larger than ${bodyBytesMax} bytes`)
  return await reader.read(bytes, 'soap', { json, xml: [...xml, SOAP_FAULT] })
}

/**
 * Looks through a fault that a service answered: code and text pass, what its detail holds needs an agreement.
 *
 * @throws {Unreadable} when it cannot be looked through.
 */
export async function boundFault (fault: RelayedFault, rules: FieldRules, options: BoundOptions): Promise<{ readonly outside: readonly string[], readonly fault: RelayedFault | undefined }> {
  const { inside, outside } = await boundEnvelope(Buffer.from(fault.xml), rules, options)
  if (inside === undefined) return { outside, fault: undefined }
  if (outside.length === 0) return { outside, fault }
  const parsed = parseSoapFault(inside)
  return { outside, fault: parsed === undefined ? undefined : new RelayedFault(parsed, inside) }
}
