import { malformed } from './structure.ts'
import { instanceFolder, readFileMetadata } from './file-metadata.ts'
import { parseSharedParameters } from './read-shared.ts'
import type { GlobalConfVersion, SharedParameters } from './types.ts'

/** A state of the configuration as `/verificationconf` hands it out, for judging containers offline. */
export interface VerificationConf {
  /** Own instance of the gateway it came from. */
  readonly instance: string
  readonly shared: ReadonlyMap<string, SharedParameters>
}

/**
 * Reads the ZIP of `/verificationconf`, or a folder in the layout X-Road keeps downloaded configuration in
 * (`instance-identifier`, `<instance>/shared-params.xml[.metadata]`), from paths and contents. Whatever folder the
 * layout stands in is found by its `instance-identifier`. Other files are passed over.
 *
 * @throws {Fault} `MalformedGlobalConf`: no or several `instance-identifier`, no shared parameters, or one unreadable.
 * @see xroad-messages §4.6
 */
export function readVerificationConf (files: ReadonlyMap<string, Uint8Array>): VerificationConf {
  const markers = [...files.keys()].filter((path) => path === 'instance-identifier' || path.endsWith('/instance-identifier'))
  if (markers.length !== 1) throw malformed(`verification configuration: expected one instance-identifier, found ${markers.length}`)
  const prefix = markers[0]!.slice(0, -'instance-identifier'.length)
  const instance = Buffer.from(files.get(markers[0]!)!).toString('utf8').trim()
  const shared = new Map<string, SharedParameters>()
  for (const [path, bytes] of files) {
    if (!path.startsWith(prefix) || !/^[^/]+\/shared-params\.xml$/.test(path.slice(prefix.length))) continue
    const { configurationVersion } = readFileMetadata(files.get(`${path}.metadata`))
    const parameters = parseSharedParameters(bytes, configurationVersion)
    if (shared.has(parameters.instance)) throw malformed('verification configuration: instance stands twice')
    shared.set(parameters.instance, parameters)
  }
  if (shared.size === 0) throw malformed('verification configuration: no shared parameters')
  return { instance, shared }
}

/** One instance's `shared-params.xml`, byte for byte as it was downloaded. */
export interface SharedParametersFile {
  readonly instance: string
  readonly version: GlobalConfVersion
  readonly bytes: Uint8Array
}

/** Paths and contents of the `/verificationconf` ZIP, in order. The metadata hold the version alone. */
export function writeVerificationConf (instance: string, files: readonly SharedParametersFile[]): Map<string, Buffer> {
  const entries = new Map<string, Buffer>()
  for (const file of files) {
    const path = `verificationconf/${instanceFolder(file.instance)}/shared-params.xml`
    entries.set(path, Buffer.from(file.bytes))
    entries.set(`${path}.metadata`, Buffer.from(JSON.stringify({ configurationVersion: String(file.version) })))
  }
  return entries.set('verificationconf/instance-identifier', Buffer.from(instance))
}
