import { PREFIXES, type Thing, type Value } from './vocabulary.ts'

/** The context that documents name: our prefixes, and nothing that would have to be fetched from elsewhere. */
export const JSON_LD_CONTEXT = { '@context': { '@version': 1.1, ...PREFIXES } } as const

/** Things as JSON-LD 1.1. @param context address of the context. */
export function toJsonLd (things: readonly Thing[], context: string): object {
  return { '@context': context, '@graph': things.map(nodeOf) }
}

function nodeOf ({ iri, types, says }: Thing): object {
  const properties = new Map<string, object[]>()
  for (const [name, value] of says) properties.set(name, [...properties.get(name) ?? [], valueOf(value)])
  return { '@id': iri, '@type': types, ...Object.fromEntries(properties) }
}

function valueOf (value: Value): object {
  if ('iri' in value) return { '@id': value.iri }
  if ('datatype' in value) return { '@value': value.text, '@type': value.datatype }
  return value.lang === undefined ? { '@value': value.text } : { '@value': value.text, '@language': value.lang }
}
