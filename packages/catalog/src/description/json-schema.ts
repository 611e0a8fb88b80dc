import { isObject, type JsonObject } from './read-openapi.ts'

const LITERAL = new Set(['example', 'examples', 'default', 'enum', 'const'])

/**
 * The document with its schemas as JSON Schema 2020-12 means them. OpenAPI 3.0 has a dialect of its own: `nullable`, and
 * `exclusiveMinimum` that is true or false. 3.1 is 2020-12 already.
 */
export function toJsonSchemas (document: JsonObject): JsonObject {
  return String(document.openapi).startsWith('3.0') ? rewrite(document) as JsonObject : document
}

function rewrite (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite)
  if (!isObject(value)) return value
  const result: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) result[key] = LITERAL.has(key) ? inner : rewrite(inner)
  if (value.nullable === true) {
    delete result.nullable
    if (typeof value.type === 'string') result.type = [value.type, 'null']
    if (Array.isArray(value.enum) && !value.enum.includes(null)) result.enum = [...value.enum as unknown[], null]
  }
  for (const [exclusive, bound] of [['exclusiveMinimum', 'minimum'], ['exclusiveMaximum', 'maximum']] as const) {
    if (typeof value[exclusive] !== 'boolean') continue
    delete result[exclusive]
    if (value[exclusive] && typeof value[bound] === 'number') {
      result[exclusive] = value[bound]
      delete result[bound]
    }
  }
  return result
}
