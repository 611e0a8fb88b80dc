import { SOAP_NS, XROAD_NS } from '@trembita/protocol/message'
import { escapeAttribute, type XmlTree } from '@trembita/protocol/xml'
import type { Checker, Sample, WsdlServiceOperation } from '../description/index.ts'
import { readEnvelope, readSoapFault, type ExchangeAnswer } from '../exchange/index.ts'
import type { Check } from './check.ts'

const XMLNS = 'http://www.w3.org/2000/xmlns/'

/** Holds a SOAP answer to its WSDL: the element of the output message, valid by the schema, in answer to this request. */
export async function judgeSoap (checker: Checker, operation: WsdlServiceOperation, sample: Sample, { body, messageId }: ExchangeAnswer, about: Pick<Check, 'service' | 'operation' | 'sample'>): Promise<Check[]> {
  const fault = readSoapFault(body)
  if (sample.expect === 'badRequest') {
    const ok = fault !== undefined && /client/i.test(fault.code)
    return [{ code: 'CF-7', verdict: ok ? 'pass' : 'fail', ...about, messageId, expected: 'a Client fault', observed: fault?.code ?? 'no fault', hint: ok ? undefined : { uk: 'Помилковий запит мав дати fault Client.', en: 'A wrong request should bring a Client fault.' } }]
  }
  if (fault !== undefined) {
    const code = sample.expect === 'noData' ? 'CF-6' : 'CF-7'
    return [{ code, verdict: 'fail', ...about, messageId, expected: 'an answer', observed: `fault ${fault.code}`, hint: { uk: 'Сервіс відповів fault на правильний запит.', en: 'The service answered a right request by a fault.' } }]
  }
  let envelope: XmlTree
  try {
    envelope = readEnvelope(body)
  } catch {
    return [{ code: 'CF-2', verdict: 'fail', ...about, messageId, expected: 'a SOAP envelope', observed: 'no XML', hint: { uk: 'Відповідь не є SOAP.', en: 'The answer is no SOAP.' } }]
  }
  const element = envelope.child('Body', SOAP_NS)?.elements()[0]
  const expected = operation.output
  const isExpected = element !== undefined && expected !== undefined && element.local === expected.local && element.ns === expected.ns
  const checks: Check[] = [{
    code: 'CF-5',
    verdict: isExpected ? 'pass' : 'fail',
    ...about,
    messageId,
    expected: expected === undefined ? 'element of the output message' : `{${expected.ns}}${expected.local}`,
    observed: element === undefined ? 'empty Body' : `{${element.ns}}${element.local}`,
    hint: isExpected ? undefined : { uk: 'Елемент Body не той, що в описі.', en: 'The element of Body is not the described one.' }
  }]
  const echoed = envelope.child('Header', SOAP_NS)?.child('id', XROAD_NS)?.text()
  checks.push({ code: 'CF-4', verdict: echoed === messageId ? 'pass' : 'fail', ...about, messageId, expected: 'the id of the request in Header', observed: echoed === messageId ? undefined : 'another' })
  if (!isExpected) return checks
  const findings = await checker.validateXml(alone(body, envelope, element))
  if (findings.length === 0) checks.push({ code: 'CF-3', verdict: 'pass', ...about, messageId })
  for (const { message } of findings) checks.push({ code: 'CF-3', verdict: 'fail', ...about, messageId, place: `Body/${element.local}`, expected: 'valid by the schema', observed: message, hint: { uk: 'Відповідь не відповідає схемі.', en: 'The answer does not follow the schema.' } })
  return checks
}

/** The element with the declarations that it inherits. */
function alone (bytes: Buffer, envelope: XmlTree, element: XmlTree): string {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  const inherited = new Map<string, string>()
  for (const ancestor of [envelope, envelope.child('Body', SOAP_NS)!]) for (const { name, ns, value } of ancestor.attributes) if (ns === XMLNS) inherited.set(name, value)
  for (const { name, ns } of element.attributes) if (ns === XMLNS) inherited.delete(name)
  const declarations = [...inherited].map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`).join('')
  const behindName = element.start + 1 + element.name.length
  return text.slice(element.start, behindName) + declarations + text.slice(behindName, element.end)
}
