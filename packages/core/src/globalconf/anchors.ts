import type { SqlReader, SqlStore, SqlWriter } from '@trembita/daemon/store'
import { anchorFileName, anchorFingerprint, isSameAnchor, parseAnchor, writeAnchor, type Anchor } from '@trembita/protocol/globalconf'
import type { ChangeTx } from '../audit/index.ts'
import type { ConfigurationNode, SourceKind } from './signing-keys.ts'

/** An anchor as it is handed out. */
export interface AnchorFile {
  readonly bytes: Buffer
  readonly fileName: string
  readonly generatedAt: Date
  /** SHA-224, for people to compare. */
  readonly fingerprint: string
}

/**
 * The anchor of this instance, internal for its own members or external for other instances. Made anew only when an
 * address or key has changed: its fingerprint is what people compare, so it must not change with the hour.
 */
export async function ownAnchor (store: SqlStore, kind: SourceKind, instance: string, nodes: readonly ConfigurationNode[], at: Date): Promise<AnchorFile> {
  const wanted = wantedAnchor(kind, instance, nodes)
  const saved = await savedAnchor(store, kind, wanted)
  if (saved !== undefined) return saved
  return await store.write(async (tx) => {
    // Another node may have been quicker; then its anchor is the one.
    const other = await savedAnchor(tx, kind, wanted)
    return other ?? await saveAnchor(tx, kind, wanted, at)
  })
}

/** Makes the anchor anew at an operator's wish, with another fingerprint. */
export async function recreateAnchor (tx: ChangeTx, kind: SourceKind, instance: string, nodes: readonly ConfigurationNode[]): Promise<AnchorFile> {
  const before = await tx.get<{ file: Buffer }>('SELECT file FROM configuration_anchor WHERE kind = ?', kind)
  const file = await saveAnchor(tx, kind, wantedAnchor(kind, instance, nodes), tx.at)
  await tx.record({
    action: 'anchor.recreate',
    object: { kind: 'anchor', id: kind },
    before: before === undefined ? undefined : { fingerprint: anchorFingerprint(before.file) },
    after: { fingerprint: file.fingerprint, generated_at: tx.at }
  })
  return file
}

function wantedAnchor (kind: SourceKind, instance: string, nodes: readonly ConfigurationNode[]): Anchor {
  // Only plain addresses: readers drop https ones and derive their own (xroad-trust §2.2).
  const sources = nodes.map((node) => ({
    url: downloadUrlOf(node, kind),
    certificates: kind === 'internal' ? node.internalCertificates : node.externalCertificates
  }))
  return { instance, sources }
}

/** Where a node offers a configuration. */
export function downloadUrlOf ({ address }: Pick<ConfigurationNode, 'address'>, kind: SourceKind): string {
  return `http://${address}/${kind}conf`
}

async function saveAnchor (tx: SqlWriter, kind: SourceKind, wanted: Anchor, at: Date): Promise<AnchorFile> {
  const file = writeAnchor({ ...wanted, generatedAt: at })
  await tx.run(`INSERT INTO configuration_anchor (kind, file, generated_at) VALUES (?, ?, ?)
    ON CONFLICT (kind) DO UPDATE SET file = excluded.file, generated_at = excluded.generated_at`, kind, file, at.toISOString())
  return anchorFile(file, wanted.instance, kind, at)
}

async function savedAnchor (reader: SqlReader, kind: SourceKind, wanted: Anchor): Promise<AnchorFile | undefined> {
  const saved = await reader.get<{ file: Buffer, generated_at: string }>('SELECT file, generated_at FROM configuration_anchor WHERE kind = ?', kind)
  return saved !== undefined && isSameAnchor(parseAnchor(saved.file), wanted) ? anchorFile(saved.file, wanted.instance, kind, new Date(saved.generated_at)) : undefined
}

/** Takes up the external anchor of another instance; replaces the one there was. */
export async function putTrustedAnchor (tx: SqlWriter, file: Uint8Array, at: Date): Promise<void> {
  const { instance } = parseAnchor(file)
  await tx.run(`INSERT INTO trusted_anchor (instance, file, uploaded_at) VALUES (?, ?, ?)
    ON CONFLICT (instance) DO UPDATE SET file = excluded.file, uploaded_at = excluded.uploaded_at`, instance, file, at.toISOString())
}

/** Anchors of the instances we trust. */
export async function trustedAnchors (reader: SqlReader): Promise<Anchor[]> {
  return (await reader.all<{ file: Buffer }>('SELECT file FROM trusted_anchor ORDER BY instance')).map(({ file }) => parseAnchor(file))
}

function anchorFile (bytes: Buffer, instance: string, kind: SourceKind, generatedAt: Date): AnchorFile {
  return { bytes, fileName: anchorFileName(instance, kind, generatedAt), generatedAt, fingerprint: anchorFingerprint(bytes) }
}
