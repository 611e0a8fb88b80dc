import { type Anchor, checkExpiry, checkPart, parseDirectory, parseSharedParameters, type SharedParameters, verifyDirectory } from '../globalconf/index.ts'
import { XML_BYTES_MAX } from '../xml/index.ts'

const VERSIONS = [6, 5, 4, 3, 2]
const TIMEOUT_MS = 30_000

export interface DownloadOptions {
  readonly fetch?: typeof fetch | undefined
  readonly at: Date
}

/**
 * Fetches an instance's shared parameters as its anchor says, newest format first, from the first source that gives them
 * rightly signed and not expired.
 *
 * @throws {AggregateError} with the reason of each source.
 * @see xroad-trust 2.6
 */
export async function downloadSharedParameters (anchor: Anchor, options: DownloadOptions): Promise<SharedParameters> {
  const errors: unknown[] = []
  for (const source of anchor.sources) {
    try {
      return await fromSource(anchor, source, options)
    } catch (error) {
      errors.push(error)
    }
  }
  throw new AggregateError(errors, `configuration of instance ${anchor.instance} could not be had from its sources (${errors.map(reason).join('; ')})`)
}

function reason (error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error && !error.message.includes(error.cause.message) ? `${error.message}: ${error.cause.message}` : error.message
}

async function fromSource (anchor: Anchor, source: Anchor['sources'][number], options: DownloadOptions): Promise<SharedParameters> {
  const { url, bytes } = await fetchDirectory(source.url, options)
  const directory = parseDirectory(bytes)
  verifyDirectory(directory, source.certificates)
  checkExpiry(directory, options.at)
  const part = directory.parts.find(({ contentIdentifier }) => contentIdentifier === 'SHARED-PARAMETERS')
  if (part === undefined) throw new Error('configuration has no shared parameters')
  const content = await get(new URL(part.location, url), options)
  if (content === undefined) throw new Error('shared parameters are not found')
  checkPart(part, content)
  const shared = parseSharedParameters(content, directory.version)
  if (shared.instance !== anchor.instance) throw new Error('configuration is of another instance than the anchor')
  return shared
}

async function fetchDirectory (source: string, options: DownloadOptions): Promise<{ url: URL, bytes: Buffer }> {
  for (const version of VERSIONS) {
    const url = new URL(source)
    if (!url.searchParams.has('version')) url.searchParams.set('version', String(version))
    const bytes = await get(url, options)
    if (bytes !== undefined) return { url, bytes }
  }
  throw new Error(`no configuration at ${source}`)
}

/** @returns undefined for 404. */
async function get (url: URL, options: DownloadOptions): Promise<Buffer | undefined> {
  const response = await (options.fetch ?? fetch)(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (response.status === 404) {
    await response.body?.cancel()
    return undefined
  }
  if (!response.ok || response.body === null) throw new Error(`${url.origin} answered ${response.status}`)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > XML_BYTES_MAX) throw new Error(`${url.origin} answered more than ${XML_BYTES_MAX} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
