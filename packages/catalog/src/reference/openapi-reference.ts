import { card, codeBlock, descriptionList, html, identifier, section, tag, type Html, type Lang } from '@trembita/web'
import { GATEWAY_PLACEHOLDER, isObject, toApiModel, valueAt, type ApiContent, type ApiOperation, type JsonObject } from '../description/index.ts'
import { fieldTable } from './field-table.ts'
import { openApiField, openApiFields } from './openapi-fields.ts'
import { referenceWordsOf } from './texts.ts'

/** Every operation of an OpenAPI description, without scripts. @param document as everybody may see it. @throws {DescriptionError} */
export function openApiReference (document: JsonObject, serviceId: string, lang: Lang): Html {
  const words = referenceWordsOf(lang)
  const model = toApiModel(document)
  return html`${card({
    title: words.about,
    body: html`${descriptionList(lang, [
      { term: words.service, value: model.title, hint: model.description },
      { term: words.version, value: model.version },
      { term: words.address, value: identifier(`${GATEWAY_PLACEHOLDER}/r1/${serviceId}`) }
    ])}<p class="hint">${words.personalNote}</p>`
  })}
${contents(model.operations.map(({ key }) => key), lang)}
${model.operations.map((operation, index) => operationSection(document, operation, index, lang))}`
}

/** Links to the operations below. */
export function contents (names: readonly string[], lang: Lang): Html | undefined {
  const words = referenceWordsOf(lang)
  return names.length < 2 ? undefined : html`<nav aria-label="${words.contents}"><ul>${names.map((name, index) => html`<li><a href="#operation-${index}">${name}</a></li>`)}</ul></nav>`
}

function operationSection (document: JsonObject, operation: ApiOperation, index: number, lang: Lang): Html {
  const words = referenceWordsOf(lang)
  const processing = processingOf(document, operation)
  return section({
    title: operation.key,
    id: `operation-${index}`,
    lead: operation.summary,
    body: html`${operation.description === undefined ? undefined : html`<p>${operation.description}</p>`}
<p>${operation.deprecated ? html`${tag(words.deprecated)} ` : undefined}${operation.safe ? html`${tag(words.safe)} ` : undefined}${processing === undefined ? undefined : tag(`${words.processing}: ${processing}`)}</p>
${operation.parameters.length === 0 ? undefined : fieldTable(words.parameters, operation.key, operation.parameters.map((parameter) => openApiField(document, `${parameter.in}: ${parameter.name}`, parameter.schema, parameter.required, parameter.description)), lang)}
${operation.body === undefined ? undefined : operation.body.content.map((content) => contentOf(document, words.request, operation.key, content, lang))}
${operation.responses.map(({ status, description, content }) => content.length === 0
  ? html`<p>${words.response} ${tag(status)} ${description}</p>`
  : content.map((one) => contentOf(document, `${words.response} ${status} · ${description}`, operation.key, one, lang)))}`
  })
}

function contentOf (document: JsonObject, title: string, of: string, { mediaType, pointer, schema, examples }: ApiContent, lang: Lang): Html {
  const words = referenceWordsOf(lang)
  const [example] = examples
  const fields = openApiFields(document, pointer === undefined ? schema : valueAt(document, pointer) ?? schema)
  return fieldTable(`${title} · ${mediaType}`, of, fields, lang, example === undefined ? undefined : codeBlock(lang, { label: `${words.example} · ${title} · ${of}`, text: typeof example.value === 'string' ? example.value : JSON.stringify(example.value, null, 2) }))
}

function processingOf (document: JsonObject, { pointer }: ApiOperation): string | undefined {
  const operation = valueAt(document, pointer)
  const processing = isObject(operation) ? operation['x-processing'] : undefined
  return isObject(processing) && typeof processing.operation === 'string' ? processing.operation : undefined
}
