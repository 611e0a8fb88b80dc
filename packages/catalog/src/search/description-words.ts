import { parseXmlTree, type XmlTree } from '@trembita/protocol/xml'
import { isObject, readOpenApiDocument } from '../description/index.ts'
import type { Description } from '../entry/index.ts'

/** Letters of one description that are looked through; what lies behind is not found by its words. */
const LENGTH_MAX = 60_000
/** Written for people. */
const TEXTS = new Set(['title', 'summary', 'description', 'operationId', 'name'])
/** Never indexed: samples hold values, not words. */
const VALUES = new Set(['example', 'examples', 'default', 'enum', 'const', 'servers', 'x-samples', 'x-internal'])

/** Words of a description: names of operations, parameters, fields and elements, and what is said of them. Never examples or addresses. Empty where it cannot be read. */
export function descriptionWords ({ mediaType, bytes }: Pick<Description, 'mediaType' | 'bytes'>): string {
  try {
    const found = new Set<string>()
    if (mediaType === 'application/wsdl+xml') gatherXml(parseXmlTree(bytes, { bytesMax: 2 * 1024 * 1024, depthMax: 60 }), found)
    else gather(readOpenApiDocument(bytes), found)
    return [...found].join('\n').slice(0, LENGTH_MAX)
  } catch {
    return ''
  }
}

function gather (value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const inner of value) gather(inner, found)
    return
  }
  if (!isObject(value)) return
  for (const [key, inner] of Object.entries(value)) {
    if (VALUES.has(key)) continue
    if (typeof inner === 'string') {
      if (TEXTS.has(key)) found.add(inner)
      continue
    }
    if ((key === 'properties' || key === 'schemas' || key === 'paths') && isObject(inner)) for (const name of Object.keys(inner)) found.add(name)
    gather(inner, found)
  }
}

function gatherXml (element: XmlTree, found: Set<string>): void {
  const name = element.attribute('name')
  if (name !== undefined) found.add(name)
  if (element.local === 'documentation' || element.local === 'title') {
    found.add(element.text().trim())
    return
  }
  for (const inner of element.elements()) gatherXml(inner, found)
}
