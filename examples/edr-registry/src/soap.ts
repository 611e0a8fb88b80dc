import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply } from 'fastify'
import {
  childOf, elementsOf, escapeXml, Problem, readSoap, soapAnswer, soapFault, textOf,
  type Answer, type SoapEnvelope, type Source, type XmlNode
} from '@trembita/example-information-system'
import type { EdrRegister, Question } from './register.ts'
import type { Subject } from './subject.ts'

const NS = 'http://edr.example.gov.ua/sevdeir/v1'
const XROAD = 'http://x-road.eu/xsd/xroad.xsd'
const WSDL = readFileSync(new URL('./edr.wsdl', import.meta.url), 'utf8')

/** SOAP side: `SubjectDetail` version v1, document/literal wrapped; its description at `/soap?wsdl`. */
export function addSoap (app: FastifyInstance, register: EdrRegister): void {
  app.addContentTypeParser(['text/xml', 'application/soap+xml'], { parseAs: 'string' }, (_request, body, done) => { done(null, body) })

  app.get('/soap', async (request, reply) => {
    const address = `http://${request.host}/soap`
    return await reply.type('text/xml; charset=utf-8').send(WSDL.replace('http://example.org/soap', escapeXml(address)))
  })

  app.post<{ Body: string }>('/soap', async (request, reply) => {
    try {
      const envelope = readEnvelope(request.body)
      request.exchangeId = textOf(envelope.header === undefined ? undefined : childOf(envelope.header, 'id', XROAD))
      const { answer, source } = register.subject(readQuestion(envelope.body))
      request.outcome = answer.outcome
      return await sendXml(reply, 200, soapAnswer(envelope.header, formatAnswer(answer, source)))
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown
      request.outcome = thrown.code
      return await sendXml(reply, 500, soapFault(thrown.status < 500 ? 'Client' : 'Server', thrown.details.uk, formatProblem(thrown)))
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

function readQuestion (element: XmlNode): Question {
  if (element.local !== 'SubjectDetail' || element.ns !== NS) throw new Problem('unknown-service', 'Відома лише операція SubjectDetail', 'The only operation is SubjectDetail')
  const text = (name: string): string | undefined => textOf(childOf(element, name))
  const [code, passport, id, name] = [text('code'), text('passport'), text('id'), text('name')]
  const fields = elementsOf(element).filter(({ local }) => local === 'fields').map((field) => textOf(field) ?? '')
  return { code, passport, id, name, fields }
}

function formatAnswer (answer: Answer<Partial<Subject>>, source: Source): string {
  const parts = [
    formatValue('Outcome', answer.outcome),
    answer.data === null ? '' : formatValue('Subject', answer.data),
    formatValue('Missing', answer.missing),
    formatValue('Discrepancy', answer.discrepancies),
    formatValue('Source', source)
  ]
  return `<SubjectDetailResponse xmlns="${NS}">${parts.join('')}</SubjectDetailResponse>`
}

function formatProblem (problem: Problem): string {
  return `<Problem xmlns="${NS}">${formatValue('code', problem.code)}${formatValue('detailUk', problem.details.uk)}${formatValue('detailEn', problem.details.en)}</Problem>`
}

/** A value as elements: lists repeat the element, what is null or absent is left out. */
function formatValue (name: string, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map((item) => formatValue(name, item)).join('')
  const content = typeof value === 'object' ? Object.entries(value).map(([key, item]) => formatValue(key, item)).join('') : escapeXml(String(value))
  return `<${name}>${content}</${name}>`
}

function sendXml (reply: FastifyReply, status: 200 | 500, text: string): FastifyReply {
  return reply.code(status).type('text/xml; charset=utf-8').send(text)
}
