import { malformed } from './structure.ts'
import { readExpireDate } from './directory.ts'
import { isGlobalConfVersion, type GlobalConfVersion } from './types.ts'

/** What stands beside a downloaded file, as `<file>.metadata` (xroad-trust §2.7). */
export interface FileMetadata {
  readonly contentIdentifier?: string | undefined
  readonly instanceIdentifier?: string | undefined
  /** Absent: never expires. */
  readonly expirationDate?: Date | undefined
  readonly contentFileName?: string | undefined
  readonly contentLocation?: string | undefined
  readonly configurationVersion: GlobalConfVersion
}

/** JSON with the known keys only: real nodes refuse a file with any other. */
export function writeFileMetadata (metadata: FileMetadata): Buffer {
  return Buffer.from(JSON.stringify({
    contentIdentifier: metadata.contentIdentifier,
    instanceIdentifier: metadata.instanceIdentifier,
    expirationDate: metadata.expirationDate?.toISOString().replace(/\.\d+Z$/, 'Z'),
    contentFileName: metadata.contentFileName,
    contentLocation: metadata.contentLocation,
    configurationVersion: String(metadata.configurationVersion)
  }))
}

/**
 * Reads a metadata file; unlike X-Road we let unknown keys pass.
 *
 * @param bytes undefined where there is no such file: version 2, never expires.
 * @throws {Fault} `MalformedGlobalConf` for a file that is there but cannot be read.
 */
export function readFileMetadata (bytes: Uint8Array | undefined): FileMetadata {
  if (bytes === undefined) return { configurationVersion: 2 }
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    throw malformed('configuration metadata: not JSON', cause)
  }
  if (typeof json !== 'object' || json === null) throw malformed('configuration metadata: not an object')
  const fields = json as Record<string, unknown>
  const text = (key: string): string | undefined => {
    const value = fields[key]
    return value === null || value === undefined ? undefined : String(value)
  }
  const version = Number(text('configurationVersion') ?? 2)
  if (!isGlobalConfVersion(version)) throw malformed('configuration metadata: version is not known')
  const expires = text('expirationDate')
  return {
    contentIdentifier: text('contentIdentifier'),
    instanceIdentifier: text('instanceIdentifier'),
    expirationDate: expires === undefined ? undefined : readExpireDate(expires),
    contentFileName: text('contentFileName'),
    contentLocation: text('contentLocation'),
    configurationVersion: version
  }
}

/** Folder of an instance: Java's form encoding of the identifier (space to `+`, UTF-8 escapes). */
export function instanceFolder (instance: string): string {
  return encodeURIComponent(instance).replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`).replaceAll('%20', '+')
}
