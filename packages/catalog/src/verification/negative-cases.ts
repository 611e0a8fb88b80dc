import { isObject, valueAt, type ApiOperation, type JsonObject, type Sample } from '../description/index.ts'
import { variableParameters } from './rest-request.ts'

/** A request that is wrong in one way. */
export interface NegativeCase {
  /** `missing-required`, … */
  readonly kind: 'missingRequired' | 'wrongType' | 'wrongPattern' | 'wrongCheckDigit' | 'outOfRange' | 'tooLong' | 'unknownValue' | 'malformed' | 'wrongMediaType'
  /** Parameter, or JSON pointer into the body. */
  readonly place: string
  readonly sample: Sample
  /** Sent as they are, in place of the sample's body. */
  readonly raw?: { readonly body: string, readonly contentType: string } | undefined
}

/** Of one operation: enough to try each kind, few enough to be no load. */
const CASES_MAX = 12
const DEPTH_MAX = 3

/** Wrong requests, made of a right one and the schema. Synthetic like the sample they are made of. */
export function negativeCases (document: JsonObject, operation: ApiOperation, sample: Sample): NegativeCase[] {
  const cases: NegativeCase[] = []
  for (const { name, in: where, required, schema } of variableParameters(operation)) {
    const value = sample.parameters?.[name]
    if (required && where === 'query' && value !== undefined) {
      const { [name]: _left, ...rest } = sample.parameters!
      cases.push({ kind: 'missingRequired', place: name, sample: { ...sample, parameters: rest } })
    }
    for (const [kind, wrong] of wrongValues(schema, value, name)) if (typeof wrong !== 'object') cases.push({ kind, place: name, sample: { ...sample, parameters: { ...sample.parameters, [name]: wrong as string } } })
  }
  const json = operation.body?.content.find(({ mediaType }) => mediaType.includes('json'))
  if (json !== undefined && sample.body !== undefined) {
    cases.push({ kind: 'malformed', place: '/', sample, raw: { body: '{"a": ', contentType: json.mediaType } })
    cases.push({ kind: 'wrongMediaType', place: 'content-type', sample, raw: { body: 'a,b\n1,2\n', contentType: 'text/csv' } })
    cases.push(...bodyCases(document, json.schema, sample, sample.body, '', 0))
  }
  // One of each kind before the second of any.
  const rank = new Map<string, number>()
  return cases.map((one) => {
    const count = rank.get(one.kind) ?? 0
    rank.set(one.kind, count + 1)
    return { one, count }
  }).sort((a, b) => a.count - b.count).slice(0, CASES_MAX).map(({ one }) => one)
}

function bodyCases (document: JsonObject, given: JsonObject, sample: Sample, value: unknown, pointer: string, depth: number): NegativeCase[] {
  const schema = dereferenced(document, given)
  if (!isObject(value) || !isObject(schema.properties) || depth >= DEPTH_MAX) return []
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.entries(schema.properties).flatMap(([name, inner]): NegativeCase[] => {
    if (!Object.hasOwn(value, name) || !isObject(inner)) return []
    const at = `${pointer}/${name}`
    const property = dereferenced(document, inner)
    const missing: NegativeCase[] = required.includes(name) ? [{ kind: 'missingRequired', place: at, sample: { ...sample, body: changed(sample.body, at, undefined) } }] : []
    const wrong = wrongValues(property, value[name], name).map(([kind, bad]): NegativeCase => ({ kind, place: at, sample: { ...sample, body: changed(sample.body, at, bad) } }))
    return [...missing, ...wrong, ...bodyCases(document, property, sample, value[name], at, depth + 1)]
  })
}

function dereferenced (document: JsonObject, schema: JsonObject): JsonObject {
  const reference = schema.$ref
  const target = typeof reference === 'string' && reference.startsWith('#/') ? valueAt(document, decodeURIComponent(reference.slice(1))) : undefined
  return isObject(target) ? target : schema
}

/** Values that the schema does not allow, each wrong in one way. */
function wrongValues (schema: JsonObject, right: unknown, name: string): Array<[NegativeCase['kind'], unknown]> {
  const found: Array<[NegativeCase['kind'], unknown]> = []
  const types = [schema.type].flat().filter((type) => type !== 'null')
  if (types.length === 1) {
    if (types[0] === 'integer' || types[0] === 'number') found.push(['wrongType', 'abc'])
    else if (types[0] === 'array' || types[0] === 'object') found.push(['wrongType', 'abc'])
    else if (types[0] === 'string' && typeof right === 'string' && schema.pattern === undefined && schema.enum === undefined) found.push(['wrongType', { not: 'a text' }])
  }
  if (typeof schema.pattern === 'string' || ['date', 'date-time', 'uuid'].includes(String(schema.format))) found.push(['wrongPattern', '!?'])
  if (Array.isArray(schema.enum)) found.push(['unknownValue', 'NO_SUCH_VALUE'])
  if (typeof schema.maximum === 'number') found.push(['outOfRange', schema.maximum + 1])
  else if (typeof schema.minimum === 'number') found.push(['outOfRange', schema.minimum - 1])
  if (typeof schema.maxLength === 'number' && schema.maxLength < 5000) found.push(['tooLong', 'x'.repeat(schema.maxLength + 1)])
  if (typeof right === 'string' && /^\d{8}(?:\d\d)?$/.test(right) && isChecked(schema, name)) found.push(['wrongCheckDigit', right.slice(0, -1) + String((Number(right.at(-1)) + 1) % 10)])
  return found
}

/** Identifiers with a check digit, where the description says so or the name does. */
function isChecked (schema: JsonObject, name: string): boolean {
  return schema['x-check-digit'] !== undefined || (isObject(schema['x-personal-subject']) && schema['x-personal-subject'].type === 'RNOKPP') || /^(?:edrpou|rnokpp)$/i.test(name)
}

/** A copy with another value at a place; without it for `undefined`. */
function changed (body: unknown, pointer: string, value: unknown): unknown {
  const copy = structuredClone(body) as Record<string, unknown>
  const steps = pointer.split('/').slice(1)
  let parent: Record<string, unknown> = copy
  for (const step of steps.slice(0, -1)) parent = parent[step] as Record<string, unknown>
  const last = steps.at(-1)!
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return copy
}
