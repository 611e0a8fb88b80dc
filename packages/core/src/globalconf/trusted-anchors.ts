import type { Clock } from '@trembita/daemon'
import type { Actor } from '@trembita/daemon/accounts'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import { Fault, type FaultKind } from '@trembita/protocol/fault'
import { anchorFingerprint, parseAnchor, parseSharedParameters, type Anchor } from '@trembita/protocol/globalconf'
import type { Changes } from '../audit/index.ts'
import { readParameters } from '../registry/index.ts'
import { Refusal } from '../refusal.ts'
import { putTrustedAnchor } from './anchors.ts'
import { fetchNewestDirectory, fetchPart, plainSources } from './source-client.ts'

/** The anchor of another instance, as it was uploaded. */
export interface TrustedAnchor {
  readonly anchor: Anchor
  readonly file: Buffer
  /** SHA-224 of the file, for people to compare. */
  readonly fingerprint: string
  readonly uploadedAt: Date
}

/** What an anchor leads to, found by following it. */
export interface FollowedAnchor {
  readonly url: string
  readonly version: number
  readonly expiresAt: Date
  readonly members: number
  readonly servers: number
}

/** Codes are X-Road's own. */
const FAILURES: Readonly<Partial<Record<FaultKind, string>>> = {
  NetworkError: 'conf_verification.unreachable',
  OutdatedGlobalConf: 'conf_verification.outdated',
  InvalidSignatureValue: 'conf_verification.signature_invalid'
}

/** Federation: the instances whose configuration the gateways of this one may follow (xroad-trust §2.10). */
export class TrustedAnchors {
  readonly #store: SqlStore
  readonly #changes: Changes
  readonly #clock: Clock

  constructor (store: SqlStore, changes: Changes, clock: Clock) {
    this.#store = store
    this.#changes = changes
    this.#clock = clock
  }

  async list (): Promise<TrustedAnchor[]> {
    return (await this.#store.all<{ file: Buffer, at: string }>('SELECT file, uploaded_at AS at FROM trusted_anchor ORDER BY instance'))
      .map(({ file, at }) => ({ anchor: parseAnchor(file), file, fingerprint: anchorFingerprint(file), uploadedAt: new Date(at) }))
  }

  /** @throws {Refusal} `trusted_anchor_not_found` */
  async find (fingerprint: string): Promise<TrustedAnchor> {
    const found = (await this.list()).find((anchor) => anchor.fingerprint === fingerprint.toUpperCase())
    if (found === undefined) throw new Refusal('notFound', 'trusted_anchor_not_found', 'there is no such trusted anchor')
    return found
  }

  /** Reads an anchor that may be taken up, and changes nothing. @throws {Refusal} `malformed_anchor`, `own_anchor` */
  async read (file: Buffer): Promise<Anchor> {
    return await readForeign(this.#store, file)
  }

  /**
   * Follows an anchor as gateways will: the directory is signed by a key it names, is valid, has shared parameters of its
   * instance, and is one for outsiders.
   *
   * @throws {Refusal} `conf_verification.…`
   */
  async follow (anchor: Anchor): Promise<FollowedAnchor> {
    try {
      const found = await fetchNewestDirectory(anchor, this.#clock.now())
      const { directory } = found
      if (directory.parts.some(({ contentIdentifier }) => contentIdentifier === 'PRIVATE-PARAMETERS')) {
        throw new Refusal('invalid', 'conf_verification.anchor_not_for_external_source', 'this is the anchor of an internal configuration: ask the other instance for its external one')
      }
      const shared = directory.parts.find(({ contentIdentifier, instance }) => contentIdentifier === 'SHARED-PARAMETERS' && instance === anchor.instance)
      if (shared === undefined) throw new Refusal('invalid', 'conf_verification.other', `the configuration has no shared parameters of instance ${anchor.instance}`)
      const parameters = parseSharedParameters(await fetchPart(found, shared), directory.version)
      if (parameters.instance !== anchor.instance) throw new Refusal('invalid', 'conf_verification.other', `the shared parameters are of instance ${parameters.instance}`)
      return { url: found.url, version: directory.version, expiresAt: directory.expireAt, members: parameters.members.length, servers: parameters.servers.length }
    } catch (error) {
      if (error instanceof Fault) throw new Refusal('invalid', FAILURES[error.kind] ?? 'conf_verification.other', `the anchor does not lead to a usable configuration: ${error.message}`, { cause: error })
      throw error
    }
  }

  /** Takes up an anchor that leads somewhere; replaces the one of its instance. @throws {Refusal} */
  async upload (actor: Actor, file: Buffer): Promise<TrustedAnchor> {
    const anchor = await this.read(file)
    await this.follow(anchor)
    await this.#changes.change(actor, async (tx) => {
      await readForeign(tx, file)
      const before = await tx.get<{ file: Buffer }>('SELECT file FROM trusted_anchor WHERE instance = ?', anchor.instance)
      await putTrustedAnchor(tx, file, tx.at)
      await tx.record({
        action: 'trusted-anchor.upload', object: { kind: 'trusted-anchor', id: anchor.instance }, before: before === undefined ? undefined : stateOf(before.file), after: stateOf(file)
      })
    })
    return await this.find(anchorFingerprint(file))
  }

  /** Ends federation with an instance. @throws {Refusal} `trusted_anchor_not_found` */
  async remove (actor: Actor, fingerprint: string): Promise<void> {
    const { anchor } = await this.find(fingerprint)
    await this.#changes.change(actor, async (tx) => {
      const row = await tx.get<{ file: Buffer }>('SELECT file FROM trusted_anchor WHERE instance = ?', anchor.instance)
      if (row === undefined) throw new Refusal('notFound', 'trusted_anchor_not_found', 'there is no such trusted anchor')
      await tx.run('DELETE FROM trusted_anchor WHERE instance = ?', anchor.instance)
      await tx.record({ action: 'trusted-anchor.delete', object: { kind: 'trusted-anchor', id: anchor.instance }, before: stateOf(row.file) })
    })
  }
}

async function readForeign (reader: SqlReader, file: Buffer): Promise<Anchor> {
  let anchor: Anchor
  try {
    anchor = parseAnchor(file)
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Refusal('invalid', 'malformed_anchor', `this is not a configuration anchor: ${cause.message}`, { cause })
  }
  if (plainSources(anchor).length === 0) throw new Refusal('invalid', 'malformed_anchor', 'the anchor has no http:// address: gateways would drop all it has')
  const { instance } = await readParameters(reader)
  // Gateways compare instances without regard to case (xroad-trust §7.14).
  if (anchor.instance.toLowerCase() === instance.toLowerCase()) throw new Refusal('conflict', 'own_anchor', 'this is an anchor of the own instance')
  return anchor
}

function stateOf (file: Buffer): Record<string, unknown> {
  const { sources, generatedAt } = parseAnchor(file)
  return { fingerprint: anchorFingerprint(file), generated_at: generatedAt?.toISOString(), sources: sources.map(({ url }) => url) }
}
