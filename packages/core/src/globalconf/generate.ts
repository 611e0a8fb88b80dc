import { setImmediate } from 'node:timers/promises'
import {
  buildDirectory, GLOBALCONF_VERSIONS, parsePrivateParameters, parseSharedParameters, writePrivateParameters, writeSharedParameters,
  type DirectorySigner, type GlobalConfVersion, type PrivateParameters, type SharedParametersToWrite
} from '@trembita/protocol/globalconf'
import type { OptionalPart } from './parts.ts'

/** One state of the registry. */
export interface ConfigurationState {
  readonly shared: SharedParametersToWrite
  readonly private: PrivateParameters
  readonly optional: readonly OptionalPart[]
}

/** The parts of one version, by file name. */
export interface VersionParts {
  readonly version: GlobalConfVersion
  readonly instance: string
  readonly files: ReadonlyMap<string, { readonly contentIdentifier: string, readonly bytes: Buffer }>
}

export interface SigningInput {
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
 * Writes the parts of every version from one state of the registry: all or, by a fault, none. What was written is read
 * again with the strict reader, since a part that nodes refuse would leave them with what they have until it expires.
 *
 * @throws {Fault} `MalformedGlobalConf`
 */
export async function writeParts (state: ConfigurationState): Promise<VersionParts[]> {
  const written: VersionParts[] = []
  for (const version of GLOBALCONF_VERSIONS) {
    const own = writePrivateParameters(version, state.private)
    const shared = writeSharedParameters(version, state.shared)
    parsePrivateParameters(own, version)
    parseSharedParameters(shared, version)
    const files = new Map([
      ['private-params.xml', { contentIdentifier: 'PRIVATE-PARAMETERS', bytes: own }],
      ['shared-params.xml', { contentIdentifier: 'SHARED-PARAMETERS', bytes: shared }]
    ])
    for (const { contentIdentifier, fileName, content } of state.optional) files.set(fileName, { contentIdentifier, bytes: content })
    written.push({ version, instance: state.shared.instance, files })
    // A large registry takes a while five times over; downloads go on in between.
    await setImmediate()
  }
  return written
}

/** Makes the two directories of a version: the internal one names every part, the external one the shared parameters. */
export async function signVersion ({ version, instance, files }: VersionParts, { signers, stamp, expireAt }: SigningInput): Promise<VersionFiles> {
  const entries = [...files].map(([fileName, part]) => ({ ...part, instance, location: `/V${version}/${stamp}/${fileName}` }))
  const external = entries.filter(({ contentIdentifier }) => contentIdentifier === 'SHARED-PARAMETERS')
  const [internalconf, externalconf] = await Promise.all([
    buildDirectory({ version, expireAt, parts: entries, signer: signers.internal }),
    buildDirectory({ version, expireAt, parts: external, signer: signers.external })
  ])
  return { version, internalconf, externalconf, parts: new Map([...files].map(([fileName, { bytes }]) => [fileName, bytes])) }
}
