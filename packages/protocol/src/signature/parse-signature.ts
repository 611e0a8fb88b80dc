import type { ParsedSignature } from './parsed.ts'
import { readForeignSignature, textOfSignature } from './read-foreign.ts'
import { readOwnSignature } from './read-own.ts'

/**
 * Takes a signature document apart: ours by its fixed text, any other by an XML parser.
 *
 * @throws {Fault} `MalformedSignature`
 */
export function parseSignature (bytes: Uint8Array): ParsedSignature {
  const text = textOfSignature(bytes)
  return readOwnSignature(text) ?? readForeignSignature(bytes, text)
}
