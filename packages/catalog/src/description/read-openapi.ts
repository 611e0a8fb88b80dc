import { isScalar, parseDocument, visit, type Document } from 'yaml'
import { ALIASES_MAX, DESCRIPTION_BYTES_MAX, DESCRIPTION_DEPTH_MAX, YAML_BYTES_MAX } from './limits.ts'

/** What is wrong with a description, and where (JSON pointer, or line of the text). */
export class DescriptionError extends Error {
  override readonly name = 'DescriptionError'
  readonly place: string

  constructor (message: string, place = '') {
    super(message)
    this.place = place
  }
}

export type JsonObject = Readonly<Record<string, unknown>>

/** An OpenAPI document, JSON or YAML. @throws {DescriptionError} for what cannot be read, is too large or too deep, or is no OpenAPI 3. */
export function readOpenApiDocument (bytes: Uint8Array): JsonObject {
  if (bytes.byteLength > DESCRIPTION_BYTES_MAX) throw new DescriptionError(`larger than ${DESCRIPTION_BYTES_MAX} bytes`)
  const text = decode(bytes)
  const value = /^\s*\{/.test(text) ? parseJson(text) : parseYaml(text)
  checkDepth(value, 0, '')
  if (!isObject(value) || typeof value.openapi !== 'string' || !/^3\.[01]\./.test(value.openapi)) throw new DescriptionError('is no OpenAPI 3.0 or 3.1 document', '/openapi')
  return value
}

function decode (bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new DescriptionError('is not UTF-8')
  }
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new DescriptionError(`is no JSON: ${(error as Error).message}`)
  }
}

function parseYaml (text: string): unknown {
  if (Buffer.byteLength(text) > YAML_BYTES_MAX) throw new DescriptionError(`is YAML of more than ${YAML_BYTES_MAX} bytes: give it as JSON`)
  // The parser would compare each key with each: time for two hundred thousand is minutes.
  const document = parseDocument(text, { strict: true, uniqueKeys: false, merge: false, version: '1.2', logLevel: 'error' })
  const [error] = document.errors
  if (error !== undefined) throw new DescriptionError(`is no YAML: ${error.message.split('\n', 1)[0]!}`, error.linePos === undefined ? '' : `line ${error.linePos[0].line}`)
  checkKeys(document)
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX })
  } catch (error) {
    throw new DescriptionError(`cannot be unfolded: ${(error as Error).message}`)
  }
}

/** A key that stands twice is read by everybody in their own way. */
function checkKeys (document: Document): void {
  visit(document, {
    Map (_, { items }) {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (seen.has(key.value)) throw new DescriptionError('is no YAML: Map keys must be unique')
        seen.add(key.value)
      }
    }
  })
}

function checkDepth (value: unknown, depth: number, pointer: string): void {
  if (typeof value !== 'object' || value === null) return
  if (depth > DESCRIPTION_DEPTH_MAX) throw new DescriptionError(`nested deeper than ${DESCRIPTION_DEPTH_MAX}`, pointer)
  for (const [key, inner] of Object.entries(value)) checkDepth(inner, depth + 1, `${pointer}/${escapePointer(key)}`)
}

/** References that lead out of the document: they would be fetched by whoever reads it (server-side request forgery). */
export function externalReferences (value: unknown, pointer = ''): { readonly place: string, readonly reference: string }[] {
  if (typeof value !== 'object' || value === null) return []
  const own = isObject(value) && typeof value.$ref === 'string' && !value.$ref.startsWith('#') ? [{ place: pointer, reference: value.$ref }] : []
  return [...own, ...Object.entries(value).flatMap(([key, inner]) => externalReferences(inner, `${pointer}/${escapePointer(key)}`))]
}

export function isObject (value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function escapePointer (key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Value at a JSON pointer (RFC 6901); undefined where nothing stands. */
export function valueAt (document: unknown, pointer: string): unknown {
  let value: unknown = document
  for (const step of pointer.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return value
}
