import { randomUUID } from 'node:crypto'
import { escapeAttribute } from '@trembita/protocol/xml'
import { formatSoapRequest } from '../exchange/index.ts'
import { parseServiceName } from '../service-name.ts'
import type { FieldNode } from './field-node.ts'

/** An envelope to begin with: the header of message protocol 4.0, and every required element of the request, the first of alternatives, with its type in place of a value. */
export function soapExample (serviceId: string, ns: string, input: FieldNode): string {
  const service = parseServiceName(serviceId)
  const client = { instance: service.instance, memberClass: 'GOV', memberCode: '00000000', subsystemCode: 'SUBSYSTEM' }
  return indented(formatSoapRequest(client, service, elementOf(input, ` xmlns="${escapeAttribute(ns)}"`), randomUUID()))
}

function elementOf ({ name, type, children }: FieldNode, namespace = ''): string {
  const attributes = children.filter((child) => child.name.startsWith('@') && child.required).map((child) => ` ${child.name.slice(1)}="${child.type}"`).join('')
  const inner = children.filter((child) => !child.name.startsWith('@'))
  const content = inner.length === 0 ? type : inner.filter(({ required, alternative }, index) => required || (alternative === true && inner[index - 1]?.alternative !== true)).map((child) => elementOf(child)).join('')
  return `<${name}${namespace}${attributes}>${content}</${name}>`
}

/** One element a line. */
function indented (xml: string): string {
  let depth = 0
  return xml.replaceAll('><', '>\n<').split('\n').map((line) => {
    if (line.startsWith('</')) depth--
    const text = '  '.repeat(Math.max(0, depth)) + line
    if (/^<[^/?!]/.test(line) && !line.includes('</') && !line.endsWith('/>')) depth++
    return text
  }).join('\n')
}
