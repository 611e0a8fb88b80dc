import { hash } from 'node:crypto'
import type { SqlReader } from '@trembita/daemon/store'
import {
  buildDirectory, GLOBALCONF_VERSIONS, parsePrivateParameters, PART_FILES, writePrivateParameters, type DirectorySigner, type GlobalConfVersion, type PrivateParameters
} from '@trembita/protocol/globalconf'
import type { OptionalPart } from './parts.ts'
import type { Draft } from './public-folder.ts'
import { RegistryAssembly, type SharedHead } from './registry-assembly.ts'
import { registryPages, registrySize } from './registry-pages.ts'
import { writeSharedFiles, type WrittenFile } from './shared-files.ts'
import { SharedThread } from './shared-thread.ts'

/** What a generation is made of besides the rows of the registry. */
export interface ConfigurationState {
  readonly shared: SharedHead
  readonly private: PrivateParameters
  readonly optional: readonly OptionalPart[]
}

/** A part as it stands on disk. */
export interface PublishedPart {
  readonly contentIdentifier: string
  readonly fileName: string
  readonly size: number
  /** SHA-512. */
  readonly digest: Uint8Array
}

/** The parts of one version. */
export interface PublishedVersion {
  readonly version: GlobalConfVersion
  readonly instance: string
  readonly parts: readonly PublishedPart[]
}

/** Above this a thread of its own writes: below, starting one would take longer than the work. */
const ROWS_WITHOUT_THREAD = 3000

/**
 * Writes the parts of every version from one state: all or, by a fault, none that counts.
 *
 * @throws {Fault} `MalformedGlobalConf`
 */
export async function writeParts (registry: RegistryWriter, state: ConfigurationState, draft: Draft): Promise<PublishedVersion[]> {
  const shared = await registry.write(state.shared, draft)
  const versions: PublishedVersion[] = []
  for (const version of GLOBALCONF_VERSIONS) {
    const { size, digest } = shared.find((file) => file.version === version)!
    const own = writePrivateParameters(version, state.private)
    parsePrivateParameters(own, version)
    const parts = [
      await writePart(draft, version, { contentIdentifier: 'PRIVATE-PARAMETERS', fileName: PART_FILES['PRIVATE-PARAMETERS']!, content: own }),
      { contentIdentifier: 'SHARED-PARAMETERS', fileName: PART_FILES['SHARED-PARAMETERS']!, size, digest }
    ]
    for (const part of state.optional) parts.push(await writePart(draft, version, part))
    versions.push({ version, instance: state.shared.instance, parts })
  }
  return versions
}

async function writePart (draft: Draft, version: GlobalConfVersion, { contentIdentifier, fileName, content }: OptionalPart): Promise<PublishedPart> {
  await draft.write(version, fileName, content)
  return { contentIdentifier, fileName, size: content.length, digest: hash('sha512', content, 'buffer') }
}

/** The rows of one state of the registry, ready to be written. */
export interface RegistryWriter extends AsyncDisposable {
  write (head: SharedHead, draft: Draft): Promise<readonly WrittenFile[]>
}

/** Reads the rows of the registry: a small one into this thread, a large one into a thread of its own. */
export async function readRegistry (reader: SqlReader): Promise<RegistryWriter> {
  const rows = await registrySize(reader)
  if (rows <= ROWS_WITHOUT_THREAD) {
    const assembly = new RegistryAssembly()
    for await (const page of registryPages(reader)) assembly.add(page)
    return { write: (head, draft) => writeSharedFiles(assembly.sharedParameters(head), sharedPaths(draft)), [Symbol.asyncDispose]: async () => {} }
  }
  const thread = new SharedThread(rows)
  try {
    for await (const page of registryPages(reader)) thread.add(page)
  } catch (error) {
    await thread[Symbol.asyncDispose]()
    throw error
  }
  return { write: (head, draft) => thread.write(head, sharedPaths(draft)), [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose]() }
}

function sharedPaths (draft: Draft): Record<GlobalConfVersion, string> {
  return Object.fromEntries(GLOBALCONF_VERSIONS.map((version) => [version, draft.path(version, PART_FILES['SHARED-PARAMETERS']!)])) as Record<GlobalConfVersion, string>
}

/** Takes the parts of an earlier generation over, as they stand on disk. @throws when they are there no more. */
export async function takeParts (versions: readonly PublishedVersion[], stamp: string, draft: Draft): Promise<void> {
  for (const { version, parts } of versions) {
    for (const { fileName } of parts) await draft.take(version, fileName, stamp)
  }
}

export interface SigningInput {
  readonly signers: { readonly internal: DirectorySigner, readonly external: DirectorySigner }
  readonly expireAt: Date
}

/** Signs the two directories of a version: the internal one names every part, the external one the shared parameters. */
export async function writeDirectories ({ version, instance, parts }: PublishedVersion, { signers, expireAt }: SigningInput, draft: Draft): Promise<void> {
  const entries = parts.map(({ contentIdentifier, fileName, digest }) => ({ contentIdentifier, instance, location: `/V${version}/${draft.stamp}/${fileName}`, digest }))
  const external = entries.filter(({ contentIdentifier }) => contentIdentifier === 'SHARED-PARAMETERS')
  const [internalconf, externalconf] = await Promise.all([
    buildDirectory({ version, expireAt, parts: entries, signer: signers.internal }),
    buildDirectory({ version, expireAt, parts: external, signer: signers.external })
  ])
  await draft.write(version, 'internalconf', internalconf)
  await draft.write(version, 'externalconf', externalconf)
}
