import { isObject, valueAt, type JsonObject } from '../description/index.ts'
import { FIELD_DEPTH_MAX, FIELDS_MAX, type FieldNode } from './field-node.ts'

/** Fields of a schema of a document, references followed; a schema that holds itself is unfolded once. */
export function openApiFields (document: JsonObject, schema: unknown): FieldNode[] {
  const budget = { left: FIELDS_MAX }
  return childrenOf(document, follow(document, schema), [], budget)
}

/** Type and limits of one schema: of a parameter. */
export function openApiField (document: JsonObject, name: string, schema: unknown, required: boolean, about?: string): FieldNode {
  return toNode(document, name, schema, required, {}, [], { left: 1 }, about)
}

interface Followed { readonly schema: JsonObject, readonly pointer?: string | undefined }

function follow (document: JsonObject, value: unknown): Followed {
  let [schema, pointer] = [value, undefined as string | undefined]
  for (let count = 0; isObject(schema) && typeof schema.$ref === 'string' && count < 20; count++) {
    if (!schema.$ref.startsWith('#/')) return { schema: {}, pointer }
    pointer = unescaped(schema.$ref.slice(1))
    schema = valueAt(document, pointer)
  }
  return { schema: isObject(schema) ? schema : {}, pointer }
}

/** A fragment as its writer meant it; one with broken escapes is taken as it stands, and leads nowhere. */
function unescaped (fragment: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return fragment
  }
}

/** Properties of an object, of the items of an array, and of what it is put together from. */
function childrenOf (document: JsonObject, { schema, pointer }: Followed, path: readonly string[], budget: { left: number }): FieldNode[] {
  if (path.length > FIELD_DEPTH_MAX || budget.left-- <= 0 || (pointer !== undefined && path.includes(pointer))) return []
  const within = pointer === undefined ? [...path, ''] : [...path, pointer]
  if (schema.items !== undefined) return childrenOf(document, follow(document, schema.items), within, budget)
  const own = Object.entries(isObject(schema.properties) ? schema.properties : {}).flatMap(([name, property]): FieldNode[] => {
    if (budget.left-- <= 0) return []
    const required = Array.isArray(schema.required) && schema.required.includes(name)
    return [toNode(document, name, property, required, isObject(schema['x-jsonld-context']) ? schema['x-jsonld-context'] : {}, within, budget)]
  })
  const parts = ['allOf', 'oneOf', 'anyOf'].flatMap((word) => Array.isArray(schema[word]) ? schema[word] as unknown[] : [])
  return [...own, ...parts.flatMap((part) => childrenOf(document, follow(document, part), within, budget))]
}

function toNode (document: JsonObject, name: string, property: unknown, required: boolean, context: JsonObject, path: readonly string[], budget: { left: number }, about?: string): FieldNode {
  const { schema, pointer } = follow(document, property)
  const items = schema.items === undefined ? undefined : follow(document, schema.items)
  const recursive = [pointer, items?.pointer].some((one) => one !== undefined && path.includes(one))
  const described = isObject(property) && typeof property.description === 'string' ? property.description : schema.description
  return {
    name,
    type: typeOf(schema, items?.schema),
    required,
    many: schema.items !== undefined,
    about: about ?? (typeof described === 'string' ? described : undefined),
    limits: limitsOf(items?.schema.properties === undefined && items !== undefined ? { ...items.schema, ...schema } : schema),
    personal: personalOf(schema) ?? (isObject(property) ? personalOf(property) : undefined) ?? (items === undefined ? undefined : personalOf(items.schema)),
    terms: [termOf(context, name), ...[schema, items?.schema].map((one) => typeof one?.['x-jsonld-type'] === 'string' ? expandTerm(one['x-jsonld-type'], context) : undefined)].filter((term) => term !== undefined),
    children: recursive ? [] : childrenOf(document, { schema, pointer }, path, budget),
    ...recursive ? { recursive } : {}
  }
}

function typeOf (schema: JsonObject, items: JsonObject | undefined): string {
  const own = [schema.type ?? (schema.properties === undefined ? undefined : 'object')].flat().filter((one) => one !== undefined).join(' | ') || 'any'
  const format = typeof schema.format === 'string' ? `${own} (${schema.format})` : own
  return items === undefined ? format : `array of ${typeOf(items, undefined)}`
}

function limitsOf (schema: JsonObject): string[] {
  const names = ['pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minItems', 'maxItems'] as const
  const values = Array.isArray(schema.enum) ? [`= ${schema.enum.map((value) => JSON.stringify(value)).join(' | ')}`] : []
  return [...names.flatMap((name) => schema[name] === undefined ? [] : [`${name} ${String(schema[name])}`]), ...values, ...schema.nullable === true ? ['null'] : []]
}

function personalOf (schema: JsonObject): string | undefined {
  const { 'x-personal-subject': subject, 'x-personal-category': category } = schema
  const parts = [isObject(subject) ? [subject.type, subject.role].filter((one) => typeof one === 'string').join(', ') : undefined, category === undefined ? undefined : [category].flat().join(', ')]
  const text = parts.filter((part) => part !== undefined && part !== '').join('; ')
  return text === '' ? undefined : text
}

function termOf (context: JsonObject, name: string): string | undefined {
  const entry = context[name]
  const term = isObject(entry) ? entry['@id'] : entry
  return typeof term === 'string' ? expandTerm(term, context) : undefined
}

function expandTerm (term: string, context: JsonObject): string {
  const colon = term.indexOf(':')
  const prefix = colon < 0 || term.startsWith('//', colon + 1) ? undefined : context[term.slice(0, colon)]
  return typeof prefix === 'string' ? prefix + term.slice(colon + 1) : term
}
