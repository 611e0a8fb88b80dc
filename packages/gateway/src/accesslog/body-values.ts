import { readJsonValues } from './json-values.ts'
import { PathGraph } from './selector.ts'
import { Unreadable } from './unreadable.ts'
import { readXmlValues } from './xml-values.ts'

/** A body to be looked through. */
export interface Body {
  readonly bytes: Uint8Array
  readonly kind: 'json' | 'document' | 'soap'
  readonly charset: string | undefined
}

/** Numbers of paths with the values they select, in the order of the body; or why it could not be read. */
export type BodyValues = readonly (readonly [path: number, value: string])[]

/** @throws {Unreadable} */
export function readBodyValues ({ bytes, kind, charset }: Body, graph: PathGraph): BodyValues {
  const values: [number, string][] = []
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const onValue = (path: number, value: string): void => { values.push([path, value]) }
  if (kind !== 'json') readXmlValues(buffer, kind, charset, graph.root, onValue)
  else if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw new Unreadable('it is not UTF-8')
  else readJsonValues(buffer, graph.root, onValue)
  return values
}
