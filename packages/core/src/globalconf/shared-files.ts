import { createHash } from 'node:crypto'
import {
  GLOBALCONF_VERSIONS, parseSharedParameters, SharedParametersWriter, type GlobalConfVersion, type SharedParametersToWrite
} from '@trembita/protocol/globalconf'
import { writeDurably } from './write-durably.ts'

/** A file as it was written. */
export interface WrittenFile {
  readonly version: GlobalConfVersion
  readonly size: number
  /** SHA-512. */
  readonly digest: Uint8Array
}

/** Versions by their grammar of members, servers and groups: within a pair it is the same (xroad-trust §2.1). */
const GRAMMARS: Readonly<Record<GlobalConfVersion, number>> = { 2: 2, 3: 3, 4: 3, 5: 5, 6: 5 }

/**
 * Writes the shared parameters of every version to files. What was written is read again with the strict reader first, since a
 * part that nodes refuse would leave them with what they have until it expires. A piece that two versions of one grammar share is
 * read once.
 *
 * @throws {Fault} `MalformedGlobalConf`
 */
export async function writeSharedFiles (parameters: SharedParametersToWrite, paths: Readonly<Record<GlobalConfVersion, string>>): Promise<WrittenFile[]> {
  const writer = new SharedParametersWriter(parameters)
  const read = new Map<number, readonly (readonly Buffer[])[]>()
  const written: WrittenFile[] = []
  for (const version of GLOBALCONF_VERSIONS) {
    const { head, registry, tail } = writer.write(version)
    const grammar = GRAMMARS[version]
    const isRead = read.get(grammar)?.every((pieces, i) => pieces === registry[i]) ?? false
    const pieces = [...head, ...registry.flat(), ...tail]
    parseSharedParameters(isRead ? [...head, ...tail] : pieces, version)
    read.set(grammar, registry)
    const hash = createHash('sha512')
    for (const piece of pieces) hash.update(piece)
    await writeDurably(paths[version], pieces)
    written.push({ version, size: pieces.reduce((sum, { length }) => sum + length, 0), digest: hash.digest() })
  }
  return written
}
