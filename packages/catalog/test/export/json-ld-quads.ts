import { DataFactory, type Quad } from 'n3'

const { literal, namedNode, quad } = DataFactory

type JsonValue = { readonly '@id'?: string, readonly '@value'?: string, readonly '@language'?: string, readonly '@type'?: string }
type JsonNode = { readonly '@id': string, readonly '@type': readonly string[] } & Readonly<Record<string, readonly JsonValue[]>>

/** Reads flat JSON-LD of prefixed names: as much of JSON-LD as the export uses, read independently of how it is written. */
export function quadsOfJsonLd (graph: readonly JsonNode[], context: Readonly<Record<string, string>>): Quad[] {
  const expand = (name: string): string => name.replace(/^([a-z]+):(?!\/\/)/, (whole, prefix: string) => context[prefix] ?? whole)
  return graph.flatMap(({ '@id': id, '@type': types, ...rest }) => [
    ...types.map((type) => quad(namedNode(id), namedNode('http://www.w3.org/1999/02/22-rdf-syntax-ns#type'), namedNode(expand(type)))),
    ...Object.entries(rest).flatMap(([name, values]) => (values as readonly JsonValue[]).map((value) => quad(
      namedNode(id), namedNode(expand(name)),
      value['@id'] !== undefined ? namedNode(value['@id']) : value['@language'] !== undefined ? literal(value['@value']!, value['@language']) : value['@type'] !== undefined ? literal(value['@value']!, namedNode(expand(value['@type']))) : literal(value['@value']!)
    )))
  ])
}
