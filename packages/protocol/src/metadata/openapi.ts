import { isUtf8 } from 'node:buffer'
import { isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml'
import { Fault } from '../fault/index.ts'
import { asBuffer, contentTypeOf, type Endpoint } from '../message/index.ts'
import { DESCRIPTION_BYTES_MAX } from './offset-tree.ts'

/** One operation of an OpenAPI document. */
export interface OpenApiOperation extends Endpoint {
  /** Upper case. */
  readonly method: string
  /** Path as a pattern of rights: `{name}` is `*`, `{+name}` is `**`. */
  readonly path: string
  /** Path as the document has it. */
  readonly template: string
  readonly operationId: string | undefined
  readonly summary: string | undefined
}

export interface OpenApiDescription {
  /** `3.0.3`, `3.1.0`. */
  readonly version: string
  readonly title: string | undefined
  /** `info.version`. */
  readonly apiVersion: string | undefined
  readonly servers: readonly string[]
  readonly operations: readonly OpenApiOperation[]
}

export type OpenApiFormat = 'json' | 'yaml'

/** YAML that refers to itself grows without bound when it is unfolded. */
const ALIASES_MAX = 100
const PATHS_MAX = 10_000
const METHODS: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'])

/** Which of the two a description is in, by X-Road's rule: the type of the answer, then the end of the path, then YAML (xroad-messages §5.4). */
export function openApiFormat (contentType: string | undefined, url: string): OpenApiFormat {
  const { type } = contentTypeOf(contentType)
  if (type.includes('application/json')) return 'json'
  if (/yaml/.test(type)) return 'yaml'
  return URL.canParse(url) && new URL(url).pathname.endsWith('.json') ? 'json' : 'yaml'
}

/**
 * Reads an OpenAPI 3 document.
 *
 * @throws {Fault} `InternalError`, as X-Road answers: over 10 MiB, not readable, too many aliases, no OpenAPI 3.
 */
export function readOpenApi (bytes: Uint8Array, format: OpenApiFormat = formatOf(bytes)): OpenApiDescription {
  const root = asObject(valueOf(bytes, format))
  const version = root?.openapi
  if (root === undefined || typeof version !== 'string' || !/^3\.\d/.test(version)) throw new Fault('InternalError', 'description is no OpenAPI 3 document')
  const info = asObject(root.info)
  const paths = asObject(root.paths) ?? {}
  const operations: OpenApiOperation[] = []
  for (const [template, item] of Object.entries(paths)) {
    if (!template.startsWith('/')) continue
    for (const [method, operation] of Object.entries(asObject(item) ?? {})) {
      if (!METHODS.has(method)) continue
      const details = asObject(operation)
      operations.push({
        method: method.toUpperCase(), path: patternOf(template), template, operationId: asText(details?.operationId), summary: asText(details?.summary)
      })
      if (operations.length > PATHS_MAX) throw new Fault('InternalError', `description has more than ${PATHS_MAX} operations`)
    }
  }
  return {
    version,
    title: asText(info?.title),
    apiVersion: asText(info?.version),
    servers: (Array.isArray(root.servers) ? root.servers : []).map((server) => asText(asObject(server)?.url)).filter((url) => url !== undefined),
    operations
  }
}

/**
 * An OpenAPI 3 document as it stands, for readers of its extensions.
 *
 * @throws {Fault} `InternalError`, as `readOpenApi`.
 */
export function openApiDocument (bytes: Uint8Array, format: OpenApiFormat = formatOf(bytes)): Readonly<Record<string, unknown>> {
  readOpenApi(bytes, format)
  return asObject(valueOf(bytes, format))!
}

/** A template as a pattern of rights: literal stars and backslashes are escaped. */
function patternOf (template: string): string {
  return template.replace(/[\\*]/g, '\\$&').replace(/\{\+[^{}]*\}/g, '**').replace(/\{[^{}]*\}/g, '*')
}

/**
 * The description as getOpenAPI gives it: each server URL without variables is cut to its path, so that a client addresses the
 * gateway. Everything else keeps its order; YAML keeps its comments.
 *
 * @throws {Fault} `InternalError`, as `readOpenApi`.
 * @see xroad-messages §5.4
 */
export function rewriteOpenApi (bytes: Uint8Array, format: OpenApiFormat = formatOf(bytes)): Buffer {
  readOpenApi(bytes, format)
  if (format === 'json') {
    const root = valueOf(bytes, format) as { servers?: unknown }
    for (const server of Array.isArray(root.servers) ? root.servers : []) {
      if (typeof server?.url === 'string') server.url = pathOfUrl(server.url)
    }
    return Buffer.from(JSON.stringify(root))
  }
  const document = yamlOf(bytes)
  const servers = document.get('servers')
  for (const server of isSeq(servers) ? servers.items : []) {
    const url = isMap(server) ? server.get('url', true) : undefined
    if (isScalar(url) && typeof url.value === 'string') url.value = pathOfUrl(url.value)
  }
  return Buffer.from(document.toString({ lineWidth: 0 }))
}

function pathOfUrl (url: string): string {
  if (/[{}]/.test(url)) return url
  // Relative URLs have a path only.
  return URL.canParse(url) ? new URL(url).pathname : URL.canParse(url, 'http://x/') ? url.replace(/[?#].*$/s, '') : url
}

function formatOf (bytes: Uint8Array): OpenApiFormat {
  return /^[\ufeff\s]*\{/.test(asBuffer(bytes).toString('utf8', 0, 64)) ? 'json' : 'yaml'
}

function textOf (bytes: Uint8Array): string {
  if (bytes.byteLength > DESCRIPTION_BYTES_MAX) throw new Fault('InternalError', `description exceeds ${DESCRIPTION_BYTES_MAX} bytes`)
  if (!isUtf8(bytes)) throw new Fault('InternalError', 'description is not UTF-8')
  return asBuffer(bytes).toString('utf8').replace(/^\ufeff/, '')
}

function yamlOf (bytes: Uint8Array): Document.Parsed {
  let document: Document.Parsed
  try {
    document = parseDocument(textOf(bytes), { strict: true, uniqueKeys: true, merge: false, version: '1.2', logLevel: 'error' })
  } catch (cause) {
    throw cause instanceof Fault ? cause : new Fault('InternalError', 'description cannot be read', { cause })
  }
  if (document.errors.length > 0) throw new Fault('InternalError', 'description is no valid YAML', { cause: document.errors[0] })
  return document
}

function valueOf (bytes: Uint8Array, format: OpenApiFormat): unknown {
  try {
    return format === 'json' ? JSON.parse(textOf(bytes)) : yamlOf(bytes).toJS({ maxAliasCount: ALIASES_MAX })
  } catch (cause) {
    throw cause instanceof Fault ? cause : new Fault('InternalError', 'description cannot be read', { cause })
  }
}

function asObject (value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined
}

function asText (value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
