import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { addSoapService, childOf, elementsOf, formatValue, textOf, type Answer, type Source, type XmlNode } from '@trembita/example-information-system'
import type { EdrRegister, Question } from './register.ts'
import type { Subject } from './subject.ts'

const NS = 'http://edr.example.gov.ua/sevdeir/v1'
const WSDL = readFileSync(new URL('./edr.wsdl', import.meta.url), 'utf8')

/** SOAP side: `SubjectDetail` version v1, document/literal wrapped; its description at `/soap?wsdl`. */
export function addSoap (app: FastifyInstance, register: EdrRegister): void {
  addSoapService(app, {
    path: '/soap',
    wsdl: WSDL,
    namespace: NS,
    operations: {
      SubjectDetail: (element) => {
        const { answer, source } = register.subject(readQuestion(element))
        return { outcome: answer.outcome, body: formatAnswer(answer, source) }
      }
    }
  })
}

function readQuestion (element: XmlNode): Question {
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
