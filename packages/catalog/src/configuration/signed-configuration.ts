import { request } from 'undici'
import type { Clock } from '@trembita/daemon'
import {
  checkExpiry, checkPart, GLOBALCONF_VERSIONS, parseDirectory, parseSharedParameters, trustStoreOf, verifyDirectory,
  type Anchor, type AnchorSource, type Directory, type SharedParameters
} from '@trembita/protocol/globalconf'
import { formatClientId, type ClientId, type MemberId } from '@trembita/protocol/identifiers'
import type { TrustStore } from '@trembita/protocol/pki'
import { parseSuspensionList, SUSPENSIONS_PART, type ListedSuspension } from '@trembita/protocol/suspension'

/** A source that hangs must not hold up the others. */
const TIMEOUT_MS = 15_000
/** A national registry with ten thousand members stays below this. */
const PART_BYTES_MAX = 64 * 1024 * 1024

/** The configuration as its signer published it: who takes part, at which gateway, and whose access is stopped. */
export class SignedConfiguration {
  readonly shared: SharedParameters
  readonly suspensions: readonly ListedSuspension[]
  readonly expireAt: Date
  readonly #trust: TrustStore

  constructor (shared: SharedParameters, suspensions: readonly ListedSuspension[], expireAt: Date) {
    this.shared = shared
    this.suspensions = suspensions
    this.expireAt = expireAt
    this.#trust = trustStoreOf(shared)
  }

  get instance (): string {
    return this.shared.instance
  }

  /** For verifying containers. */
  trustOf (instance: string): TrustStore | undefined {
    return instance === this.instance ? this.#trust : undefined
  }

  /** Is this client registered, whether suspended or not? */
  has (client: ClientId): boolean {
    const member = this.shared.members.find(({ id }) => id.memberClass === client.memberClass && id.memberCode === client.memberCode)
    return member !== undefined && client.instance === this.instance &&
      (client.subsystemCode === undefined || member.subsystems.some(({ code }) => code === client.subsystemCode))
  }

  suspensionOf (client: ClientId): ListedSuspension | undefined {
    const member = (id: MemberId): boolean => id.memberClass === client.memberClass && id.memberCode === client.memberCode
    return this.suspensions.find(({ target }) =>
      (target.kind === 'member' && member(target.id)) || (target.kind === 'subsystem' && member(target.id) && target.id.subsystemCode === client.subsystemCode))
  }

  /** Codes of the gateways that serve a subsystem. A suspended one has none. */
  gatewaysOf (client: ClientId): string[] {
    const wanted = formatClientId(client)
    return this.shared.servers.filter(({ address, clients }) => address !== undefined && clients.some((one) => formatClientId(one) === wanted))
      .map(({ id }) => `${id.memberClass}/${id.memberCode}/${id.serverCode}`).sort()
  }
}

/**
 * Downloads what an anchor leads to, newest format first, from the first source that gives it rightly signed and not expired.
 *
 * @throws {AggregateError} with the reason of each source.
 */
export async function downloadConfiguration (anchor: Anchor, clock: Clock): Promise<SignedConfiguration> {
  const errors: unknown[] = []
  for (const source of anchor.sources) {
    try {
      return await fromSource(anchor, source, clock.now())
    } catch (error) {
      errors.push(error)
    }
  }
  throw new AggregateError(errors, `configuration of instance ${anchor.instance} could not be had: ${errors.map((error) => error instanceof Error ? error.message : String(error)).join('; ')}`)
}

async function fromSource (anchor: Anchor, source: AnchorSource, at: Date): Promise<SignedConfiguration> {
  const { url, directory } = await readDirectory(source)
  checkExpiry(directory, at)
  const part = async (identifier: string): Promise<Buffer | undefined> => {
    const entry = directory.parts.find(({ contentIdentifier, instance }) => contentIdentifier === identifier && (instance ?? anchor.instance) === anchor.instance)
    if (entry === undefined) return undefined
    const bytes = await download(new URL(entry.location, url))
    if (bytes === undefined) throw new Error(`part ${identifier} is not found`)
    checkPart(entry, bytes)
    return bytes
  }
  const shared = await part('SHARED-PARAMETERS')
  if (shared === undefined) throw new Error('configuration has no shared parameters')
  const parameters = parseSharedParameters(shared, directory.version)
  if (parameters.instance !== anchor.instance) throw new Error('configuration is of another instance than the anchor')
  const suspensions = await part(SUSPENSIONS_PART)
  return new SignedConfiguration(parameters, suspensions === undefined ? [] : parseSuspensionList(suspensions).suspensions, directory.expireAt)
}

async function readDirectory (source: AnchorSource): Promise<{ readonly url: URL, readonly directory: Directory }> {
  for (const version of [...GLOBALCONF_VERSIONS].sort((a, b) => b - a)) {
    const url = new URL(source.url)
    if (!url.searchParams.has('version')) url.searchParams.set('version', String(version))
    const bytes = await download(url)
    if (bytes === undefined) continue
    const directory = parseDirectory(bytes)
    verifyDirectory(directory, source.certificates)
    return { url, directory }
  }
  throw new Error(`no configuration at ${source.url}`)
}

/** @returns undefined for 404. */
async function download (url: URL): Promise<Buffer | undefined> {
  const { statusCode, body } = await request(url, { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS, signal: AbortSignal.timeout(2 * TIMEOUT_MS) })
  if (statusCode === 404) {
    await body.dump()
    return undefined
  }
  if (statusCode !== 200) throw new Error(`${url.origin} answered ${statusCode}`)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > PART_BYTES_MAX) throw new Error(`${url.origin} answered more than ${PART_BYTES_MAX} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
