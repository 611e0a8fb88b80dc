import { hash } from 'node:crypto'
import {
  buildDirectory, GLOBALCONF_VERSIONS, parsePrivateParameters, parseSharedParameters, writePrivateParameters, writeSharedParameters,
  type DirectorySigner, type GlobalConfVersion, type PrivateParameters, type SharedParametersToWrite
} from '@trembita/protocol/globalconf'
import type { OptionalPart } from './parts.ts'

export interface GenerationInput {
  readonly shared: SharedParametersToWrite
  readonly private: PrivateParameters
  readonly optional: readonly OptionalPart[]
  readonly signers: { readonly internal: DirectorySigner, readonly external: DirectorySigner }
  /** Name of the folder of the parts: `uuuuMMddHHmmss` and nine digits. */
  readonly stamp: string
  readonly expireAt: Date
}

/** One version of the configuration: two signed directories and the parts that they name. */
export interface VersionFiles {
  readonly version: GlobalConfVersion
  readonly internalconf: Buffer
  readonly externalconf: Buffer
  readonly parts: ReadonlyMap<string, Buffer>
}

/**
 * Makes every version from one state of the registry: all or, by a fault, none. What was written is read again with the
 * strict reader, since a part that nodes refuse would leave them with what they have until it expires.
 */
export class Generator {
  /** Hashes of parts that have passed; the registry is the same in most minutes. */
  readonly #checked = new Set<string>()

  async generate (input: GenerationInput): Promise<VersionFiles[]> {
    const parts = GLOBALCONF_VERSIONS.map((version) => this.#writeParts(version, input))
    return await Promise.all(parts.map(({ version, files }) => sign(version, files, input)))
  }

  #writeParts (version: GlobalConfVersion, input: GenerationInput): { version: GlobalConfVersion, files: Map<string, Buffer> } {
    const shared = writeSharedParameters(version, input.shared)
    const own = writePrivateParameters(version, input.private)
    this.#check(version, shared, parseSharedParameters)
    this.#check(version, own, parsePrivateParameters)
    const files = new Map([['private-params.xml', own], ['shared-params.xml', shared]])
    for (const { fileName, content } of input.optional) files.set(fileName, content)
    return { version, files }
  }

  #check (version: GlobalConfVersion, bytes: Buffer, parse: (bytes: Uint8Array, version: GlobalConfVersion) => unknown): void {
    const key = `${version} ${hash('sha256', bytes)}`
    if (this.#checked.has(key)) return
    parse(bytes, version)
    if (this.#checked.size > 100) this.#checked.clear()
    this.#checked.add(key)
  }
}

async function sign (version: GlobalConfVersion, parts: ReadonlyMap<string, Buffer>, input: GenerationInput): Promise<VersionFiles> {
  const { stamp, expireAt, shared: { instance } } = input
  const entries = [...parts].map(([fileName, bytes]) => ({
    contentIdentifier: identifierOf(fileName, input.optional), instance, location: `/V${version}/${stamp}/${fileName}`, bytes
  }))
  const external = entries.filter(({ contentIdentifier }) => contentIdentifier === 'SHARED-PARAMETERS')
  const [internalconf, externalconf] = await Promise.all([
    buildDirectory({ version, expireAt, parts: entries, signer: input.signers.internal }),
    buildDirectory({ version, expireAt, parts: external, signer: input.signers.external })
  ])
  return { version, internalconf, externalconf, parts }
}

function identifierOf (fileName: string, optional: readonly OptionalPart[]): string {
  if (fileName === 'private-params.xml') return 'PRIVATE-PARAMETERS'
  if (fileName === 'shared-params.xml') return 'SHARED-PARAMETERS'
  return optional.find((part) => part.fileName === fileName)!.contentIdentifier
}
