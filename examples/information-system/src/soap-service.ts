import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Outcome } from './answer.ts'
import { Problem } from './problem.ts'
import { readSoap, soapAnswer, soapFault, type SoapEnvelope } from './soap.ts'
import { childOf, escapeXml, textOf, type XmlNode } from './xml.ts'

const XROAD = 'http://x-road.eu/xsd/xroad.xsd'

/** What an operation answers: the element of its output message. */
export interface SoapResult {
  readonly outcome: Outcome
  readonly body: string
}

export interface SoapService {
  /** Where it answers; its description at `{path}?wsdl`. */
  readonly path: string
  /** The WSDL, with `http://example.org/soap` in place of the address. */
  readonly wsdl: string
  readonly namespace: string
  /** By the local name of the input element. What they throw as `Problem` becomes a fault with a coded detail. */
  readonly operations: Readonly<Record<string, (element: XmlNode) => SoapResult>>
}

/** Serves document/literal wrapped operations; every element of the request's header comes back as it was. */
export function addSoapService (app: FastifyInstance, { path, wsdl, namespace, operations }: SoapService): void {
  const types = ['text/xml', 'application/soap+xml']
  for (const type of types) if (!app.hasContentTypeParser(type)) app.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => { done(null, body) })

  app.get(path, async (request, reply) => {
    return await reply.type('text/xml; charset=utf-8').send(wsdl.replace('http://example.org/soap', escapeXml(`http://${request.host}${path}`)))
  })

  app.post<{ Body: string }>(path, async (request, reply) => {
    try {
      const envelope = readEnvelope(request.body)
      request.exchangeId = textOf(envelope.header === undefined ? undefined : childOf(envelope.header, 'id', XROAD))
      const { local, ns } = envelope.body
      const operation = ns === namespace && Object.hasOwn(operations, local) ? operations[local] : undefined
      if (operation === undefined) throw new Problem('unknown-service', `Відомі операції: ${Object.keys(operations).join(', ')}`, `Known operations: ${Object.keys(operations).join(', ')}`)
      const { outcome, body } = operation(envelope.body)
      request.outcome = outcome
      return await sendXml(reply, 200, soapAnswer(envelope.header, body))
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown
      request.outcome = thrown.code
      return await sendXml(reply, 500, soapFault(thrown.status < 500 ? 'Client' : 'Server', thrown.details.uk, formatProblem(namespace, thrown)))
    }
  })
}

function readEnvelope (body: string): SoapEnvelope {
  try {
    return readSoap(body)
  } catch {
    throw new Problem('invalid-request', 'Це не конверт SOAP 1.1 з одним елементом у тілі', 'Not a SOAP 1.1 envelope with one body element')
  }
}

function formatProblem (namespace: string, problem: Problem): string {
  return `<Problem xmlns="${namespace}">${formatValue('code', problem.code)}${formatValue('detailUk', problem.details.uk)}${formatValue('detailEn', problem.details.en)}</Problem>`
}

/** A value as elements: lists repeat the element, what is null or absent is left out. */
export function formatValue (name: string, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map((item) => formatValue(name, item)).join('')
  const content = typeof value === 'object' ? Object.entries(value).map(([key, item]) => formatValue(key, item)).join('') : escapeXml(String(value))
  return `<${name}>${content}</${name}>`
}

function sendXml (reply: FastifyReply, status: 200 | 500, text: string): FastifyReply {
  return reply.code(status).type('text/xml; charset=utf-8').send(text)
}
