import { describeSystemError } from '@trembita/daemon'
import { Fault } from '@trembita/protocol/fault'
import {
  checkExpiry, checkPart, DIRECTORY_BYTES_MAX, GLOBALCONF_VERSIONS, parseDirectory, verifyDirectory,
  type Anchor, type AnchorSource, type Directory, type DirectoryPart, type GlobalConfVersion
} from '@trembita/protocol/globalconf'
import { XML_BYTES_MAX } from '@trembita/protocol/xml'
import { request } from 'undici'

/** A verified directory, and where it was found. */
export interface FetchedDirectory {
  readonly url: string
  readonly directory: Directory
}

/** Connecting and the whole of an answer. */
const TIMEOUT_MS = 30_000

/** The plain addresses of an anchor: readers derive the others from these (xroad-trust §2.2). */
export function plainSources ({ sources }: Anchor): AnchorSource[] {
  return sources.filter(({ url }) => /^http:/i.test(url) && URL.canParse(url))
}

/**
 * Fetches the directory of one version from the first source of an anchor that has a good one.
 *
 * @returns undefined when sources answer that there is no such version.
 * @throws {Fault} `NetworkError`, `MalformedGlobalConf`, `InvalidSignatureValue`, `OutdatedGlobalConf`: what a source got wrong
 *   rather than that another could not be reached.
 */
export async function fetchDirectory (anchor: Anchor, version: GlobalConfVersion, at: Date): Promise<FetchedDirectory | undefined> {
  let failure: unknown
  let missing = false
  for (const source of plainSources(anchor)) {
    try {
      const found = await fetchFrom(source, version, at)
      if (found !== undefined) return found
      missing = true
    } catch (error) {
      if (failure === undefined || !isUnreachable(error)) failure = error
    }
  }
  if (failure !== undefined) throw failure
  if (missing) return undefined
  throw new Fault('MalformedGlobalConf', 'anchor has no plain http address')
}

/** The newest version that there is, as gateways look for it: 6, 5, … @throws {Fault} as `fetchDirectory`. */
export async function fetchNewestDirectory (anchor: Anchor, at: Date): Promise<FetchedDirectory> {
  for (const version of GLOBALCONF_VERSIONS.toReversed()) {
    const found = await fetchDirectory(anchor, version, at)
    if (found !== undefined) return found
  }
  throw new Fault('NetworkError', 'no version of the configuration is there')
}

/** Fetches a part that a verified directory names. @throws {Fault} `NetworkError`, `MalformedGlobalConf` */
export async function fetchPart ({ url }: FetchedDirectory, part: DirectoryPart): Promise<Buffer> {
  const location = URL.parse(part.location, url)
  if (location === null || !/^https?:$/.test(location.protocol)) throw new Fault('MalformedGlobalConf', `configuration part ${part.contentIdentifier}: location is not usable`)
  const { status, body } = await get(location.href, XML_BYTES_MAX)
  if (status !== 200) throw new Fault('NetworkError', `could not download ${location.href}: HTTP ${status}`)
  checkPart(part, body)
  return body
}

async function fetchFrom ({ url: base, certificates }: AnchorSource, version: GlobalConfVersion, at: Date): Promise<FetchedDirectory | undefined> {
  const url = `${base}${base.includes('?') ? '&' : '?'}version=${version}`
  const { status, body } = await get(url, DIRECTORY_BYTES_MAX)
  if (status === 404) return undefined
  if (status !== 200) throw new Fault('NetworkError', `could not download ${url}: HTTP ${status}`)
  const directory = parseDirectory(body)
  verifyDirectory(directory, certificates)
  checkExpiry(directory, at)
  return { url, directory }
}

async function get (url: string, bytesMax: number): Promise<{ status: number, body: Buffer }> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    const response = await request(url, { headers: { 'cache-control': 'no-cache' }, signal: AbortSignal.timeout(TIMEOUT_MS) })
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > bytesMax) throw new Error(`answer exceeds ${bytesMax} bytes`)
      chunks.push(chunk)
    }
    return { status: response.statusCode, body: Buffer.concat(chunks) }
  } catch (cause) {
    const reason = cause instanceof Error ? describeSystemError(cause) ?? cause.message : 'unknown failure'
    throw new Fault('NetworkError', `could not download ${url}: ${reason}`, { cause })
  }
}

export function isUnreachable (error: unknown): boolean {
  return error instanceof Fault && error.kind === 'NetworkError'
}
