import { randomUUID } from 'node:crypto'
import type { Identity } from '@trembita/daemon/accounts'
import { childOf, elementsOf, escapeXml, readSoap, textOf, type Missing, type XmlNode } from '@trembita/example-information-system'
import { ExchangeFailure, postSoap } from '../exchange/index.ts'
import type { DocumentsDeps } from './documents.ts'
import { stateOf } from './register-answer.ts'
import type { DocumentState, IncomePeriod, IncomeSource } from './types.ts'

const DRFO = 'http://drfo.example.gov.ua/v1'
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const XROAD = 'http://x-road.eu/xsd/xroad.xsd'
const IDENTIFIERS = 'http://x-road.eu/xsd/identifiers'
const SERVICE = ['GOV', '90000044', 'DRFO', 'InfoIncomeSources', 'v1'] as const

/** Sources and sums of income, tax and military levy of last year and of this one, from the register of taxpayers. @throws {ExchangeFailure} */
export async function askIncome ({ gateway, clock, purpose }: DocumentsDeps, identity: Identity): Promise<DocumentState> {
  const id = randomUUID()
  const thisYear = clock.now().getUTCFullYear()
  const period = { from: `${thisYear - 1}-Q1`, to: `${thisYear}-Q4` }
  const body = bodyOf(await postSoap(gateway, envelope(gateway.client, id, question(identity, thisYear)), id, purpose), id)
  const rows = (name: string): Record<string, string>[] => elementsOf(body).filter(({ local }) => local === name).map(fieldsOf)
  const [source] = rows('Source')
  const sources = elementsOf(body).filter(({ local }) => local === 'SourcesOfIncome').map(sourceOf)
  return stateOf('income-sources', {
    outcome: textOf(childOf(body, 'Outcome')) ?? '',
    missing: rows('Missing') as unknown as Missing[],
    discrepancies: rows('Discrepancy').map(({ kind }) => kind ?? ''),
    source: { register: source?.register ?? 'DRFO', asOf: source?.asOf ?? clock.now().toISOString(), exchangeId: id }
  }, { rnokpp: identity.rnokpp, periodFrom: period.from, periodTo: period.to, sources })
}

function question ({ rnokpp, familyName, givenName, patronymicName }: Identity, thisYear: number): string {
  const element = (name: string, value: string | undefined): string => value === undefined ? '' : `<d:${name}>${escapeXml(value)}</d:${name}>`
  return `<d:InfoIncomeSources xmlns:d="${DRFO}">${element('RNOKPP', rnokpp)}${element('surname', familyName)}${element('name', givenName)}${element('patronymic', patronymicName)}` +
    `${element('period_begin_year', String(thisYear - 1))}${element('period_begin_quarter', '1')}${element('period_end_year', String(thisYear))}${element('period_end_quarter', '4')}</d:InfoIncomeSources>`
}

/** The X-Road header: who asks what, and the id of the exchange. */
function envelope (client: string, id: string, body: string): string {
  const part = (name: string, value: string): string => `<i:${name}>${escapeXml(value)}</i:${name}>`
  const [instance = '', ...rest] = client.split('/')
  const clientNames = ['memberClass', 'memberCode', 'subsystemCode']
  const serviceNames = [...clientNames, 'serviceCode', 'serviceVersion']
  return '<?xml version="1.0" encoding="UTF-8"?>' +
    `<s:Envelope xmlns:s="${SOAP}" xmlns:x="${XROAD}" xmlns:i="${IDENTIFIERS}"><s:Header>` +
    `<x:client i:objectType="SUBSYSTEM">${part('xRoadInstance', instance)}${rest.map((value, n) => part(clientNames[n]!, value)).join('')}</x:client>` +
    `<x:service i:objectType="SERVICE">${part('xRoadInstance', instance)}${SERVICE.map((value, n) => part(serviceNames[n]!, value)).join('')}</x:service>` +
    `<x:id>${escapeXml(id)}</x:id><x:protocolVersion>4.0</x:protocolVersion></s:Header><s:Body>${body}</s:Body></s:Envelope>`
}

/** The body of the answer to our question. @throws {ExchangeFailure} for a fault and for anything else. */
function bodyOf (text: string, id: string): XmlNode {
  let read: ReturnType<typeof readSoap>
  try {
    read = readSoap(text)
  } catch (error) {
    throw new ExchangeFailure('unavailable', 'answer-not-understood', id, { cause: error })
  }
  const { header, body } = read
  if (body.local === 'Fault' && body.ns === SOAP) throw failureOf(body, id)
  if (body.local !== 'InfoIncomeSourcesResponse' || body.ns !== DRFO || header === undefined || textOf(childOf(header, 'id', XROAD)) !== id) {
    throw new ExchangeFailure('unavailable', 'answer-not-understood', id)
  }
  return body
}

/** A fault with a coded detail is the register's own problem; every other is a gateway's. */
function failureOf (fault: XmlNode, id: string): ExchangeFailure {
  const detail = childOf(fault, 'detail', '')
  const problem = detail === undefined ? undefined : elementsOf(detail).find(({ local }) => local === 'Problem')
  const code = (problem === undefined ? textOf(childOf(fault, 'faultcode', '')) : textOf(elementsOf(problem).find(({ local }) => local === 'code'))) ?? 'fault'
  const lasting = problem === undefined ? /AccessDenied|UnknownService|UnknownMember/.test(code) : code !== 'source-unavailable'
  return new ExchangeFailure(lasting ? 'refused' : 'unavailable', code.slice(0, 100), id)
}

function fieldsOf (node: XmlNode): Record<string, string> {
  return Object.fromEntries(elementsOf(node).map((field) => [field.local, textOf(field) ?? '']))
}

function sourceOf (node: XmlNode): IncomeSource {
  const fields = fieldsOf(node)
  const periods = elementsOf(node).filter(({ local }) => local === 'IncomeTaxes').map((row): IncomePeriod => {
    const taxes = fieldsOf(row)
    return {
      year: taxes.period_year ?? '',
      quarter: taxes.period_quarter_month ?? '',
      accrued: taxes.IncomeAccrued,
      paid: taxes.IncomePaid,
      taxCharged: taxes.TaxCharged,
      taxTransferred: taxes.TaxTransferred,
      levyCharged: taxes.MilitaryLevyCharged,
      levyTransferred: taxes.MilitaryLevyTransferred,
      sign: taxes.SignOfIncomePrivilege
    }
  })
  return { agent: fields.TaxAgent ?? '', name: fields.NameTaxAgent, periods }
}
