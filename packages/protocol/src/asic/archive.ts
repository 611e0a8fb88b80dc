import { hash } from 'node:crypto'
import { Fault } from '../fault/index.ts'
import { type DigestAlgorithm, DIGESTS, type DigestName } from '../signature/index.ts'
import { writeZip } from './zip-write.ts'

/** Name of the entry that chains an archive to the one before it. */
export const LINKING_INFO = 'linkinginfo'
const LINKING_INFO_BYTES_MAX = 16 * 1024 * 1024

/** Where a chain of archives stands: what the next archive starts from. */
export interface ArchiveLink {
  /** Lower-case hex. */
  readonly digest: string
  readonly fileName: string
}

export interface NamedContainer {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface LinkingInfo {
  /** Of the archive before, as this one says; undefined in the first. */
  readonly previous: ArchiveLink | undefined
  readonly method: DigestName
  readonly containers: readonly { readonly digest: string, readonly name: string }[]
}

function chain (method: DigestAlgorithm, previous: string, container: Uint8Array): string {
  return hash(method.node, previous + hash(method.node, container, 'hex'), 'hex')
}

/**
 * Writes one archive of containers, in order, with the digests that bind them to each other and to the archive before.
 *
 * @param previous the last digest and the file name of the archive before; undefined for the first.
 * @returns the ZIP and the last digest, from which the next archive starts.
 * @see xroad-messages 4.5
 */
export async function writeArchive (containers: readonly NamedContainer[], options: { readonly previous?: ArchiveLink | undefined, readonly at: Date }): Promise<{ bytes: Buffer, lastDigest: string }> {
  const method = DIGESTS['SHA-512']
  const { previous } = options
  let last = previous?.digest ?? ''
  let info = `${previous?.digest ?? '-'} ${previous?.fileName ?? '-'} ${method.name}\n`
  for (const { name, bytes } of containers) {
    last = chain(method, last, bytes)
    info += `${last} ${name}\n`
  }
  const entries = [...containers, { name: LINKING_INFO, bytes: Buffer.from(info) }]
  return { bytes: await writeZip(entries.map((entry) => ({ ...entry, stored: true })), { at: options.at }), lastDigest: last }
}

/** Name of an archive: `mlog-<group->YYYYMMDDhhmmss-YYYYMMDDhhmmss-<16 hex of the last digest>.zip`, times as local to the server. */
export function archiveFileName (input: { readonly group?: string | undefined, readonly first: Date, readonly last: Date, readonly lastDigest: string }): string {
  const group = input.group === undefined ? '' : `${input.group.slice(0, 200).replace(/[\\<>/:|*?\u0000-\u001f\u007f-\u009f]/g, '_')}-`
  return `mlog-${group}${stampOf(input.first)}-${stampOf(input.last)}-${input.lastDigest.slice(0, 16)}.zip`
}

function stampOf (at: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`
}

function malformed (message: string): Fault {
  return new Fault('InvalidMessage', `${LINKING_INFO}: ${message}`)
}

/** @throws {Fault} `InvalidMessage` */
export function parseLinkingInfo (bytes: Uint8Array): LinkingInfo {
  if (bytes.byteLength > LINKING_INFO_BYTES_MAX) throw malformed('too long')
  const lines = Buffer.from(bytes).toString('utf8').split('\n')
  if (lines.at(-1) === '') lines.pop()
  const [first, ...rest] = lines
  const [digest, fileName, method, ...more] = (first ?? '').split(' ')
  if (digest === undefined || fileName === undefined || method === undefined || more.length > 0) throw malformed('first line is not understood')
  if (!Object.hasOwn(DIGESTS, method)) throw malformed('digest method is not accepted')
  const { bytes: size } = DIGESTS[method as DigestName]
  const isDigest = (text: string): boolean => text.length === size * 2 && /^[0-9a-f]+$/.test(text)
  if ((digest === '-') !== (fileName === '-') || (digest !== '-' && !isDigest(digest))) throw malformed('previous archive is not understood')
  const containers = rest.map((line, i) => {
    const space = line.indexOf(' ')
    const [value, name] = [line.slice(0, space), line.slice(space + 1)]
    if (space < 0 || name === '' || !isDigest(value)) throw malformed(`line ${i + 2} is not understood`)
    return { digest: value, name }
  })
  if (containers.length === 0) throw malformed('no container')
  if (new Set(containers.map((container) => container.name)).size < containers.length) throw malformed('a container stands twice')
  return { previous: digest === '-' ? undefined : { digest, fileName }, method: method as DigestName, containers }
}

/**
 * Checks that an archive's containers are all there, in order and unchanged, and that it follows the archive before.
 *
 * @param containers by entry name, without `linkinginfo`.
 * @param previousDigest last digest of the archive before, as the operator kept it; undefined takes the archive's word.
 * @returns the last digest, by which the next archive is checked.
 * @throws {Fault} `InvalidMessage` (form, missing or surplus container), `InvalidHashChain` (a digest differs)
 */
export function verifyArchive (linkingInfo: Uint8Array, containers: ReadonlyMap<string, Uint8Array>, previousDigest?: string): { info: LinkingInfo, lastDigest: string } {
  const info = parseLinkingInfo(linkingInfo)
  if (previousDigest !== undefined && previousDigest.toLowerCase() !== (info.previous?.digest ?? '-')) {
    throw new Fault('InvalidHashChain', 'archive does not follow the one with the given digest')
  }
  for (const name of containers.keys()) {
    if (!info.containers.some((container) => container.name === name)) throw malformed(`does not name ${name}`)
  }
  let last = info.previous?.digest ?? ''
  for (const { digest, name } of info.containers) {
    const bytes = containers.get(name)
    if (bytes === undefined) throw malformed(`names ${name}, which is not in the archive`)
    last = chain(DIGESTS[info.method], last, bytes)
    if (last !== digest) throw new Fault('InvalidHashChain', `digest of ${name} differs from ${LINKING_INFO}`)
  }
  return { info, lastDigest: last }
}
