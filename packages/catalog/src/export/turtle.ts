import { DataFactory, Writer } from 'n3'
import { expand, PREFIXES, type Thing, type Value } from './vocabulary.ts'

const { literal, namedNode, quad } = DataFactory

/** Things as RDF 1.1 Turtle. */
export async function toTurtle (things: readonly Thing[]): Promise<string> {
  const writer = new Writer({ prefixes: { ...PREFIXES } })
  const type = namedNode('http://www.w3.org/1999/02/22-rdf-syntax-ns#type')
  for (const { iri, types, says } of things) {
    const subject = namedNode(iri)
    for (const one of types) writer.addQuad(quad(subject, type, namedNode(expand(one))))
    for (const [name, value] of says) writer.addQuad(quad(subject, namedNode(expand(name)), termOf(value)))
  }
  return await new Promise((resolve, reject) => {
    writer.end((error: Error | null | undefined, result: string) => {
      if (error === null || error === undefined) resolve(result)
      else reject(error)
    })
  })
}

function termOf (value: Value): ReturnType<typeof namedNode> | ReturnType<typeof literal> {
  if ('iri' in value) return namedNode(value.iri)
  if ('datatype' in value) return literal(value.text, namedNode(expand(value.datatype)))
  return value.lang === undefined ? literal(value.text) : literal(value.text, value.lang)
}
