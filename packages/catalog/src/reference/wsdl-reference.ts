import { card, codeBlock, descriptionList, html, identifier, section, type Html, type Lang } from '@trembita/web'
import { GATEWAY_PLACEHOLDER, toWsdlModel, type WsdlServiceOperation } from '../description/index.ts'
import type { FieldNode } from './field-node.ts'
import { fieldTable } from './field-table.ts'
import { contents } from './openapi-reference.ts'
import { soapExample } from './soap-example.ts'
import { referenceWordsOf } from './texts.ts'
import { WsdlSchemas } from './wsdl-fields.ts'

/** Operations of a WSDL with the elements of their messages. The service's own operation comes first. @throws {DescriptionError} */
export function wsdlReference (bytes: Uint8Array, serviceId: string, lang: Lang): Html {
  const words = referenceWordsOf(lang)
  const model = toWsdlModel(bytes)
  const schemas = new WsdlSchemas(bytes)
  const code = serviceId.split('/')[4]
  const operations = model.operations.toSorted((a, b) => Number(b.code === code) - Number(a.code === code))
  return html`${card({
    title: words.about,
    body: html`${descriptionList(lang, [
      { term: words.service, value: model.documentation ?? code },
      { term: 'targetNamespace', value: identifier(model.targetNamespace) },
      { term: words.address, value: identifier(`${GATEWAY_PLACEHOLDER}/`) }
    ])}<p class="hint">${words.personalNote}</p>`
  })}
${contents(operations.map((one) => one.code), lang)}
${operations.map((operation, index) => operationSection(schemas, operation, index, serviceId, lang))}`
}

function operationSection (schemas: WsdlSchemas, { code, title, version, input, output }: WsdlServiceOperation, index: number, serviceId: string, lang: Lang): Html {
  const words = referenceWordsOf(lang)
  const [request, response] = [input, output].map((name) => name === undefined ? undefined : schemas.field(name))
  // Another operation of the same text is another service: its code stands in place of this one's.
  const id = [...serviceId.split('/').slice(0, 4), code, ...version === undefined ? [] : [version]].join('/')
  return section({
    title: version === undefined ? code : `${code} (${version})`,
    id: `operation-${index}`,
    lead: title ?? schemas.documentationOf(code),
    body: html`${request === undefined ? undefined : fieldTable(words.request, code, treeOf(request), lang)}
${response === undefined ? undefined : fieldTable(words.response, code, treeOf(response), lang)}
${schemas.faultsOf(code).map((name) => schemas.field(name)).filter((field) => field !== undefined).map((field) => fieldTable(words.fault, code, treeOf(field), lang))}
${request === undefined ? undefined : section({ title: words.envelope, level: 3, lead: words.envelopeHint, body: codeBlock(lang, { label: `${words.envelope} · ${code}`, text: soapExample(id, input!.ns, request) }) })}`
  })
}

/** The element of a message, then what is in it: ways need not begin with it each time. */
function treeOf (element: FieldNode): FieldNode[] {
  return [{ ...element, children: [] }, ...element.children]
}
