import type { SqlReader } from '@trembita/daemon/store'
import { Certificate } from '@trembita/protocol/pki'
import { Refusal } from '../refusal.ts'
import type { SourceKind } from './signing-keys.ts'

/** A key that configuration is or will be signed with, without the key itself. */
export interface SigningKeyInfo {
  readonly id: number
  readonly node: string
  readonly kind: SourceKind
  readonly label: string
  readonly active: boolean
  readonly createdAt: Date
  /** Carries the public key; its dates mean nothing (xroad-trust §2.2). */
  readonly certificate: Certificate
  /** By node: since when what it publishes names the key. */
  readonly publishedSince: ReadonlyMap<string, Date>
}

interface Row {
  readonly id: number
  readonly node: string
  readonly kind: SourceKind
  readonly label: string | null
  readonly active: 0 | 1
  readonly created_at: string
  readonly certificate: Buffer
}

const ROWS = `SELECT k.id, n.name AS node, k.kind, k.label, k.active, k.created_at, k.certificate
  FROM signing_key k JOIN configuration_node n ON n.id = k.configuration_node_id`

/** Keys of all nodes, the oldest first. */
export async function signingKeyInfos (reader: SqlReader): Promise<SigningKeyInfo[]> {
  const rows = await reader.all<Row>(`${ROWS} ORDER BY n.id, k.kind DESC, k.id`)
  const published = await reader.all<{ key: number, node: string, at: string }>(`SELECT p.signing_key_id AS key, n.name AS node, p.first_published_at AS at
    FROM key_publication p JOIN configuration_node n ON n.id = p.configuration_node_id`)
  return rows.map((row) => toInfo(row, new Map(published.filter(({ key }) => key === row.id).map(({ node, at }) => [node, new Date(at)]))))
}

/** @throws {Refusal} `signing_key_not_found` */
export async function signingKeyInfo (reader: SqlReader, id: number): Promise<SigningKeyInfo> {
  const found = (await signingKeyInfos(reader)).find((key) => key.id === id)
  if (found === undefined) throw new Refusal('notFound', 'signing_key_not_found', 'there is no such signing key')
  return found
}

function toInfo ({ id, node, kind, label, active, created_at: createdAt, certificate }: Row, publishedSince: ReadonlyMap<string, Date>): SigningKeyInfo {
  return { id, node, kind, label: label ?? `${kind} ${createdAt.slice(0, 10)}`, active: active === 1, createdAt: new Date(createdAt), certificate: Certificate.parse(certificate), publishedSince }
}

/** What the audit log says of a key. */
export function signingKeyState ({ kind, label, active, certificate }: Pick<SigningKeyInfo, 'kind' | 'label' | 'active' | 'certificate'>): Record<string, unknown> {
  return { source: kind, label, active, key_type: certificate.keyType, certificate_sha256: certificate.sha256.toString('hex') }
}
