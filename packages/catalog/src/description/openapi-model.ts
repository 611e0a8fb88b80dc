import { OPERATIONS_MAX, REFERENCES_MAX } from './limits.ts'
import { toSamples, type Sample } from './profile.ts'
import { DescriptionError, escapePointer, isObject, valueAt, type JsonObject } from './read-openapi.ts'

export interface ApiParameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly required: boolean
  readonly description?: string | undefined
  readonly schema: JsonObject
  readonly example?: unknown
}

/** A body of one media type. `pointer` leads to its schema within the document; absent when nothing is said of it. */
export interface ApiContent {
  readonly mediaType: string
  readonly pointer?: string | undefined
  readonly schema: JsonObject
  readonly examples: readonly { readonly value: unknown, readonly pointer: string }[]
}

export interface ApiResponse {
  /** `200`, `4XX`, `default`. */
  readonly status: string
  readonly description: string
  readonly content: readonly ApiContent[]
}

export interface ApiOperation {
  /** `GET /subjects/{code}`. */
  readonly key: string
  readonly method: string
  readonly path: string
  readonly pointer: string
  readonly operationId?: string | undefined
  readonly summary?: string | undefined
  readonly description?: string | undefined
  readonly deprecated: boolean
  /** GET and HEAD, and whatever says `x-safe: true`. */
  readonly safe: boolean
  readonly parameters: readonly ApiParameter[]
  readonly body?: { readonly required: boolean, readonly content: readonly ApiContent[] } | undefined
  readonly responses: readonly ApiResponse[]
  readonly samples: readonly Sample[]
}

/** A REST service as its description has it. */
export interface ApiModel {
  readonly openapi: string
  readonly title: string
  readonly version: string
  readonly description?: string | undefined
  readonly operations: readonly ApiOperation[]
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const

/** @throws {DescriptionError} for references that lead nowhere and samples that are none. */
export function toApiModel (document: JsonObject): ApiModel {
  const info = isObject(document.info) ? document.info : {}
  const operations: ApiOperation[] = []
  for (const [path, itemValue] of Object.entries(isObject(document.paths) ? document.paths : {})) {
    if (!path.startsWith('/')) continue
    const item = resolved(document, itemValue, `/paths/${escapePointer(path)}`)
    for (const method of METHODS) {
      if (!isObject(item.value[method])) continue
      operations.push(toOperation(document, path, method, item))
      if (operations.length > OPERATIONS_MAX) throw new DescriptionError(`more than ${OPERATIONS_MAX} operations`, '/paths')
    }
  }
  return { openapi: String(document.openapi), title: textOf(info.title) ?? '', version: textOf(info.version) ?? '', description: textOf(info.description), operations }
}

interface Place { readonly value: JsonObject, readonly pointer: string }

/** Follows references within the document. */
function resolved (document: JsonObject, value: unknown, pointer: string): Place {
  let place = { value, pointer }
  for (let count = 0; isObject(place.value) && typeof place.value.$ref === 'string'; count++) {
    const reference = place.value.$ref
    if (count === REFERENCES_MAX) throw new DescriptionError('references lead in a circle', pointer)
    if (!reference.startsWith('#/')) throw new DescriptionError(`reference ${reference} leads out of the document`, place.pointer)
    const target = decodeURIComponent(reference.slice(1))
    place = { value: valueAt(document, target), pointer: target }
    if (place.value === undefined) throw new DescriptionError(`reference ${reference} leads nowhere`, pointer)
  }
  return { value: isObject(place.value) ? place.value : {}, pointer: place.pointer }
}

function toOperation (document: JsonObject, path: string, method: typeof METHODS[number], item: Place): ApiOperation {
  const pointer = `${item.pointer}/${method}`
  const operation = item.value[method] as JsonObject
  const body = operation.requestBody === undefined ? undefined : resolved(document, operation.requestBody, `${pointer}/requestBody`)
  let samples: Sample[] = []
  try {
    if (operation['x-samples'] !== undefined) samples = toSamples(operation['x-samples'], `${pointer}/x-samples`)
  } catch (error) {
    throw new DescriptionError((error as Error).message, `${pointer}/x-samples`)
  }
  return {
    key: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    pointer,
    operationId: textOf(operation.operationId),
    summary: textOf(operation.summary),
    description: textOf(operation.description),
    deprecated: operation.deprecated === true,
    safe: operation['x-safe'] === true || method === 'get' || method === 'head',
    parameters: parametersOf(document, item, operation, pointer),
    body: body === undefined ? undefined : { required: body.value.required === true, content: contentOf(document, body) },
    responses: Object.entries(isObject(operation.responses) ? operation.responses : {}).map(([status, value]) => {
      const response = resolved(document, value, `${pointer}/responses/${escapePointer(status)}`)
      return { status, description: textOf(response.value.description) ?? '', content: contentOf(document, response) }
    }),
    samples
  }
}

function parametersOf (document: JsonObject, item: Place, operation: JsonObject, pointer: string): ApiParameter[] {
  const found = new Map<string, ApiParameter>()
  for (const [list, place] of [[item.value.parameters, item.pointer], [operation.parameters, pointer]] as const) {
    if (!Array.isArray(list)) continue
    list.forEach((entry: unknown, index) => {
      const { value, pointer } = resolved(document, entry, `${place}/parameters/${index}`)
      const where = (['path', 'query', 'header', 'cookie'] as const).find((one) => one === value.in)
      if (where === undefined || typeof value.name !== 'string') return
      const schema = resolved(document, value.schema ?? {}, `${pointer}/schema`).value
      const [example] = Object.values(isObject(value.examples) ? value.examples : {})
      found.set(`${where} ${value.name}`, {
        name: value.name,
        in: where,
        required: value.required === true || where === 'path',
        description: textOf(value.description),
        schema,
        example: value.example ?? (isObject(example) ? example.value : undefined) ?? schema.example ?? (Array.isArray(schema.examples) ? schema.examples[0] : undefined) ?? schema.default
      })
    })
  }
  return [...found.values()]
}

function contentOf (document: JsonObject, place: Place): ApiContent[] {
  return Object.entries(isObject(place.value.content) ? place.value.content : {}).map(([mediaType, value]) => {
    const media = isObject(value) ? value : {}
    const pointer = `${place.pointer}/content/${escapePointer(mediaType)}`
    const schema = media.schema === undefined ? { value: {}, pointer: '' } : resolved(document, media.schema, `${pointer}/schema`)
    const examples = [
      ...media.example === undefined ? [] : [{ value: media.example, pointer: `${pointer}/example` }],
      ...Object.entries(isObject(media.examples) ? media.examples : {}).flatMap(([name, entry]) => {
        const example = resolved(document, entry, `${pointer}/examples/${escapePointer(name)}`)
        return example.value.value === undefined ? [] : [{ value: example.value.value, pointer: `${example.pointer}/value` }]
      }),
      ...schema.value.example === undefined ? [] : [{ value: schema.value.example, pointer: `${schema.pointer}/example` }]
    ]
    return { mediaType, pointer: media.schema === undefined ? undefined : `${pointer}/schema`, schema: schema.value, examples }
  })
}

function textOf (value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}
