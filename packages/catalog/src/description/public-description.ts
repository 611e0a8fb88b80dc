import { stringify } from 'yaml'
import { rewriteWsdlAddress } from '@trembita/protocol/metadata'
import { isObject, readOpenApiDocument, type JsonObject } from './read-openapi.ts'

/** What stands in place of an address: whoever calls puts their own gateway there. */
export const GATEWAY_PLACEHOLDER = 'https://your-gateway.example'

/** Keys of `x-` that are for the verification alone. */
const OWN_EXTENSIONS = new Set(['x-samples', 'x-internal'])

/**
 * An OpenAPI description as everybody may see it: addresses lead to the reader's own gateway, extensions for verification are gone
 * (catalog facts §7: never network addresses).
 *
 * @param service `INSTANCE/CLASS/CODE/SUBSYSTEM/SERVICE`.
 */
export function publicOpenApi (bytes: Uint8Array, service: string): JsonObject {
  const document = withoutOwn(readOpenApiDocument(bytes)) as Record<string, unknown>
  return { ...document, servers: [{ url: `${GATEWAY_PLACEHOLDER}/r1/${service.split('/').map(encodeURIComponent).join('/')}` }] }
}

function withoutOwn (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOwn)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([key, inner]) => !OWN_EXTENSIONS.has(key) && !(key === 'servers' && Array.isArray(inner))).map(([key, inner]) => [key, withoutOwn(inner)]))
}

/** The same as YAML text. */
export function publicOpenApiYaml (bytes: Uint8Array, service: string): string {
  return stringify(publicOpenApi(bytes, service))
}

/** A WSDL as everybody may see it. */
export function publicWsdl (bytes: Uint8Array): Buffer {
  return rewriteWsdlAddress(bytes, `${GATEWAY_PLACEHOLDER}/`)
}
