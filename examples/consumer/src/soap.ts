import { childOf, elementsOf, escapeXml, readSoap, textOf, type Answer, type Outcome, type XmlNode } from '@trembita/example-information-system'
import { newExchangeId, Refusal, send, type Exchanged, type Gateway, type RequestOptions } from './exchange.ts'

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const XROAD = 'http://x-road.eu/xsd/xroad.xsd'
const IDENTIFIERS = 'http://x-road.eu/xsd/identifiers'

/** A SOAP service and the element that is asked. */
export interface SoapQuestion {
  /** `INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE[/VERSION]` */
  readonly service: string
  /** The whole body element, with its namespace. */
  readonly body: string
}

/** By the X-Road message protocol 4.0. Of the answer the fields that every register of ours gives are read; its data stay an element. */
export async function askBySoap (gateway: Gateway, question: SoapQuestion, options: RequestOptions = {}): Promise<Exchanged<XmlNode>> {
  const id = options.id ?? newExchangeId()
  const response = await send(gateway, '/', {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=UTF-8', soapaction: '""' },
    body: formatRequest(gateway.client, question, id, options)
  })
  const { header, body } = readSoap(await response.text())
  if (body.ns === SOAP && body.local === 'Fault') throw readFault(body, id)
  const answered = header === undefined ? undefined : textOf(childOf(header, 'id', XROAD))
  if (answered !== id) throw new Error('the answer belongs to another request')
  return { id, ...readAnswer(body) }
}

function formatRequest (client: string, { service, body }: SoapQuestion, id: string, { userId, issue }: RequestOptions): string {
  const optional = (name: string, value: string | undefined): string => value === undefined ? '' : `<x:${name}>${escapeXml(value)}</x:${name}>`
  return '<?xml version="1.0" encoding="UTF-8"?>' +
    `<s:Envelope xmlns:s="${SOAP}" xmlns:x="${XROAD}" xmlns:i="${IDENTIFIERS}"><s:Header>` +
    formatIdentifier('client', 'SUBSYSTEM', client, ['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode']) +
    formatIdentifier('service', 'SERVICE', service, ['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode', 'serviceCode', 'serviceVersion']) +
    optional('userId', userId) + optional('issue', issue) + optional('id', id) +
    '<x:protocolVersion>4.0</x:protocolVersion>' +
    `</s:Header><s:Body>${body}</s:Body></s:Envelope>`
}

function formatIdentifier (element: string, type: string, id: string, names: readonly string[]): string {
  const parts = id.split('/').map((part, i) => `<i:${names[i]}>${escapeXml(part)}</i:${names[i]}>`)
  return `<x:${element} i:objectType="${type}">${parts.join('')}</x:${element}>`
}

/** A fault with a coded detail of the register is the register's; every other is a gateway's. */
function readFault (fault: XmlNode, id: string): Refusal {
  const text = (name: string): string => textOf(childOf(fault, name, '')) ?? ''
  const detail = childOf(fault, 'detail', '')
  const problem = detail === undefined ? undefined : elementsOf(detail).find(({ local }) => local === 'Problem')
  if (problem !== undefined) return new Refusal('register', textOf(childOf(problem, 'code')) ?? '', text('faultstring'), id)
  const uuid = detail === undefined ? undefined : elementsOf(detail).find(({ local }) => local === 'faultDetail')
  return new Refusal('gateway', text('faultcode'), text('faultstring'), id, textOf(uuid))
}

function readAnswer (body: XmlNode): Omit<Exchanged<XmlNode>, 'id'> {
  const rows = (name: string): Record<string, string>[] => elementsOf(body).filter(({ local }) => local === name)
    .map((row) => Object.fromEntries(elementsOf(row).map((field) => [field.local, textOf(field) ?? ''])))
  const [source] = rows('Source')
  const answer = {
    outcome: textOf(childOf(body, 'Outcome')) as Outcome,
    data: elementsOf(body).find(({ local }) => local === 'Subject') ?? null,
    missing: rows('Missing'),
    discrepancies: rows('Discrepancy')
  } as unknown as Answer<XmlNode>
  return { answer, source: { register: source?.register ?? '', asOf: source?.asOf ?? '', recordVersion: source?.recordVersion === undefined ? null : Number(source.recordVersion) } }
}
