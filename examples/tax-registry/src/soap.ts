import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { addSoapService, childOf, formatValue, Problem, textOf, type Answer, type Source, type XmlNode } from '@trembita/example-information-system'
import type { IncomeSource } from './income.ts'
import type { IncomeQuestion, Incomes, IndividualsRegister } from './individuals-register.ts'

const NS = 'http://drfo.example.gov.ua/v1'
const WSDL = readFileSync(new URL('./drfo.wsdl', import.meta.url), 'utf8')

/** SOAP side of the register of individuals – taxpayers: `InfoIncomeSources` version v1; its description at `/drfo?wsdl`. */
export function addSoap (app: FastifyInstance, register: IndividualsRegister): void {
  addSoapService(app, {
    path: '/drfo',
    wsdl: WSDL,
    namespace: NS,
    operations: {
      InfoIncomeSources: (element) => {
        const { answer, source } = register.incomes(readQuestion(element))
        return { outcome: answer.outcome, body: formatAnswer(answer, source) }
      }
    }
  })
}

/** @throws {Problem} when something compulsory is not there. */
function readQuestion (element: XmlNode): IncomeQuestion {
  const optional = (name: string): string | undefined => textOf(childOf(element, name))
  const text = (name: string): string => {
    const value = optional(name)
    if (value === undefined || value === '') throw new Problem('invalid-request', `Немає елемента ${name}`, `Element ${name} is missing`)
    return value
  }
  const moment = (which: 'begin' | 'end'): IncomeQuestion['from'] => {
    const [year, quarter] = [text(`period_${which}_year`), Number(text(`period_${which}_quarter`))]
    if (!/^20\d\d$/.test(year) || ![1, 2, 3, 4].includes(quarter)) throw new Problem('invalid-request', 'Період: рік і квартал від 1 до 4', 'A period is a year and a quarter from 1 to 4')
    return { year, quarter }
  }
  return { rnokpp: text('RNOKPP'), familyName: text('surname'), givenName: text('name'), patronymicName: optional('patronymic'), from: moment('begin'), to: moment('end') }
}

function formatAnswer (answer: Answer<Partial<Incomes>>, source: Source): string {
  const parts = [
    formatValue('Outcome', answer.outcome),
    answer.data === null ? '' : formatValue('Info', { RNOKPP: answer.data.rnokpp }),
    ...(answer.data?.sources ?? []).map((from) => formatValue('SourcesOfIncome', wireOf(from))),
    formatValue('Missing', answer.missing),
    formatValue('Discrepancy', answer.discrepancies),
    formatValue('Source', source)
  ]
  return `<InfoIncomeSourcesResponse xmlns="${NS}">${parts.join('')}</InfoIncomeSourcesResponse>`
}

/** Names of the real register's answers. */
function wireOf ({ agent, agentName, employedSince, incomes }: IncomeSource): object {
  return {
    TaxAgent: agent,
    NameTaxAgent: agentName,
    DateOfEmployment: employedSince,
    IncomeTaxes: incomes.map((income) => ({
      IncomeAccrued: income.incomeAccrued,
      IncomePaid: income.incomePaid,
      TaxCharged: income.taxCharged,
      TaxTransferred: income.taxTransferred,
      MilitaryLevyCharged: income.militaryLevyCharged,
      MilitaryLevyTransferred: income.militaryLevyTransferred,
      SignOfIncomePrivilege: income.signOfIncome,
      period_year: income.year,
      period_quarter_month: income.quarter
    }))
  }
}
