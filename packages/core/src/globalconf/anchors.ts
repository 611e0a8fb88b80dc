import type { Clock, Database } from '@trembita/daemon'
import { anchorFileName, anchorFingerprint, isSameAnchor, parseAnchor, writeAnchor, type Anchor } from '@trembita/protocol/globalconf'
import type { ConfigurationNode, SourceKind } from './signing-keys.ts'

/** An anchor as it is handed out. */
export interface AnchorFile {
  readonly bytes: Buffer
  readonly fileName: string
  readonly generatedAt: Date
  /** SHA-224, for people to compare. */
  readonly fingerprint: string
}

/** Our own anchors, and those of the instances we trust. */
export class Anchors {
  readonly #db: Database
  readonly #clock: Clock

  constructor (db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /**
   * The anchor of this instance, internal for its own members or external for other instances. Made anew only when an
   * address or key has changed: its fingerprint is what people compare, so it must not change with the hour.
   */
  anchor (kind: SourceKind, instance: string, nodes: readonly ConfigurationNode[]): AnchorFile {
    // Only plain addresses: readers drop https ones and derive their own (xroad-trust §2.2).
    const sources = nodes.map((node) => ({
      url: `http://${node.address}/${kind}conf`,
      certificates: kind === 'internal' ? node.internalCertificates : node.externalCertificates
    }))
    const saved = this.#db.prepare('SELECT file, generated_at FROM configuration_anchor WHERE kind = ?').get(kind) as { file: Buffer, generated_at: string } | undefined
    if (saved !== undefined && isSameAnchor(parseAnchor(saved.file), { instance, sources })) return anchorFile(saved.file, instance, kind, new Date(saved.generated_at))
    const generatedAt = this.#clock.now()
    const file = writeAnchor({ instance, generatedAt, sources })
    this.#db.prepare(`INSERT INTO configuration_anchor (kind, file, generated_at) VALUES (?, ?, ?)
      ON CONFLICT (kind) DO UPDATE SET file = excluded.file, generated_at = excluded.generated_at`).run(kind, file, generatedAt.toISOString())
    return anchorFile(file, instance, kind, generatedAt)
  }

  /** Takes up the external anchor of another instance; replaces the one there was. */
  putTrusted (file: Uint8Array): void {
    const { instance } = parseAnchor(file)
    this.#db.prepare(`INSERT INTO trusted_anchor (instance, file, uploaded_at) VALUES (?, ?, ?)
      ON CONFLICT (instance) DO UPDATE SET file = excluded.file, uploaded_at = excluded.uploaded_at`).run(instance, Buffer.from(file), this.#clock.now().toISOString())
  }

  trusted (): Anchor[] {
    const rows = this.#db.prepare('SELECT file FROM trusted_anchor ORDER BY instance').all() as { file: Buffer }[]
    return rows.map(({ file }) => parseAnchor(file))
  }
}

function anchorFile (bytes: Buffer, instance: string, kind: SourceKind, generatedAt: Date): AnchorFile {
  return { bytes, fileName: anchorFileName(instance, kind, generatedAt), generatedAt, fingerprint: anchorFingerprint(bytes) }
}
