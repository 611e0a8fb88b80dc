import { Fault } from '@trembita/protocol/fault'
import {
  checkExpiry, checkPart, DIRECTORY_BYTES_MAX, GLOBALCONF_VERSIONS, isPartUnchanged, parseDirectory, PART_FILES, verifyDirectory,
  type Directory, type DirectoryPart
} from '@trembita/protocol/globalconf'
import { XML_BYTES_MAX } from '@trembita/protocol/xml'
import type { HttpGetter } from './http-get.ts'
import type { Location } from './locations.ts'

/** One part of a verified directory with its content, ready to be saved. */
export interface DownloadedFile {
  readonly part: DirectoryPart
  readonly fileName: string
  readonly bytes: Buffer
  /** The bytes are those that were on disk already. */
  readonly unchanged: boolean
}

export interface Download {
  readonly location: Location
  readonly directory: Directory
  readonly files: readonly DownloadedFile[]
}

export interface DownloadRequest {
  readonly instance: string
  /** A foreign instance gives its shared parameters and nothing else. */
  readonly own: boolean
  readonly at: Date
  /** What is on disk now. */
  readonly readSaved: (fileName: string) => Promise<Buffer | undefined>
}

/**
 * Fetches an instance's configuration from one location: the newest version that the location has, its signature and
 * expiry checked, then every part that differs from what is on disk. All of it, or a fault.
 *
 * @throws {Fault} `InvalidSignatureValue`, `OutdatedGlobalConf`, `MalformedGlobalConf`; `NetworkError` when the location
 *   does not answer or answers with an error.
 * @see xroad-trust §2.6 steps 3 to 5
 */
export async function download (http: HttpGetter, location: Location, request: DownloadRequest): Promise<Download> {
  const { url, bytes } = await fetchDirectory(http, location.url)
  const directory = parseDirectory(bytes)
  verifyDirectory(directory, location.certificates)
  checkExpiry(directory, request.at)
  const wanted = directory.parts.filter((part) => isWanted(part, request))
  for (const identifier of request.own ? ['PRIVATE-PARAMETERS', 'SHARED-PARAMETERS'] : ['SHARED-PARAMETERS']) {
    if (!wanted.some((part) => part.contentIdentifier === identifier)) {
      throw new Fault('MalformedGlobalConf', `configuration directory: no part ${identifier} of instance ${request.instance}`)
    }
  }
  const files: DownloadedFile[] = []
  for (const part of wanted) files.push(await fetchPart(http, url, part, request))
  if (new Set(files.map(({ fileName }) => fileName)).size !== files.length) throw new Fault('MalformedGlobalConf', 'configuration directory: two parts of one file name')
  return { location, directory, files }
}

/** Parts that say they are of another instance are passed over: a source speaks for its own instance only. */
function isWanted (part: DirectoryPart, { instance, own }: DownloadRequest): boolean {
  if (part.contentIdentifier === 'SHARED-PARAMETERS') return part.instance === instance
  return own && (part.instance === undefined || part.instance === instance)
}

async function get (http: HttpGetter, url: string, bytesMax: number): Promise<{ status: number, body: Buffer }> {
  try {
    return await http.get(url, bytesMax)
  } catch (cause) {
    throw new Fault('NetworkError', `could not download ${url}`, { cause })
  }
}

/**
 * Asks for version 6, 5, 4, 3 until the answer is anything but 404, else for 2. An error answer means that the version
 * is there but cannot be had now, so it ends the search and not merely the step.
 */
async function fetchDirectory (http: HttpGetter, base: string): Promise<{ url: string, bytes: Buffer }> {
  if (new URL(base).searchParams.has('version')) return { url: base, bytes: await mustGet(http, base, DIRECTORY_BYTES_MAX) }
  for (const version of GLOBALCONF_VERSIONS.toReversed()) {
    const url = `${base}${base.includes('?') ? '&' : '?'}version=${version}`
    const { status, body } = await get(http, url, DIRECTORY_BYTES_MAX)
    if (status === 200) return { url, bytes: body }
    if (status !== 404) throw new Fault('NetworkError', `could not download ${url}: HTTP ${status}`)
  }
  throw new Fault('NetworkError', `could not download ${base}: no version is there`)
}

async function mustGet (http: HttpGetter, url: string, bytesMax: number): Promise<Buffer> {
  const { status, body } = await get(http, url, bytesMax)
  if (status !== 200) throw new Fault('NetworkError', `could not download ${url}: HTTP ${status}`)
  return body
}

async function fetchPart (http: HttpGetter, directoryUrl: string, part: DirectoryPart, request: DownloadRequest): Promise<DownloadedFile> {
  const fileName = fileNameOf(part)
  const saved = await request.readSaved(fileName)
  if (saved !== undefined && isPartUnchanged(part, saved)) return { part, fileName, bytes: saved, unchanged: true }
  const url = URL.parse(part.location, directoryUrl)
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Fault('MalformedGlobalConf', `configuration part ${part.contentIdentifier}: location is not usable`)
  const bytes = await mustGet(http, url.href, XML_BYTES_MAX)
  checkPart(part, bytes)
  return { part, fileName, bytes, unchanged: false }
}

/** Known parts have known names; others are named by the source, which must not reach outside of the instance's folder or over another part. */
export function fileNameOf (part: Pick<DirectoryPart, 'contentIdentifier' | 'fileName' | 'location'>): string {
  const known = Object.hasOwn(PART_FILES, part.contentIdentifier) ? PART_FILES[part.contentIdentifier] : undefined
  if (known !== undefined) return known
  const name = part.fileName ?? part.location.replace(/[?#].*$/, '').split('/').at(-1) ?? ''
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/.test(name) || name.endsWith('.metadata') || Object.values(PART_FILES).includes(name)) {
    throw new Fault('MalformedGlobalConf', 'configuration directory: file name of a part is not usable')
  }
  return name
}
