import type { SqlReader } from '@trembita/daemon/store'
import { Conditions, encodedClientId, parseClientId, type Listed, type ListRequest } from '../registry/index.ts'
import { Refusal } from '../refusal.ts'
import { stateCondition } from './state.ts'
import type { AgreementRow, AgreementState, DecisionRow, FullAgreementRow } from './types.ts'

const COLUMNS = `id, code, version, number, consumer, provider, valid_from, valid_until, container_hash, consumer_sealed_at, provider_sealed_at,
  concluded_at, stopped, stopped_by, stopped_at, replaced_from, created_at`

export const AGREEMENT_SORTS = ['created_at', 'id', 'number', 'valid_from', 'valid_until'] as const
const SORT_COLUMNS: Readonly<Record<string, string>> = { created_at: 'id', id: 'code', number: 'number', valid_from: 'valid_from', valid_until: 'valid_until' }

export interface AgreementListRequest extends ListRequest {
  readonly state?: AgreementState | undefined
  /** Encoded id of a member or subsystem that is a side. */
  readonly party?: string | undefined
  /** Replaced and withdrawn versions too; else the latest alone. */
  readonly allVersions?: boolean | undefined
  readonly at: Date
}

export async function listAgreements (reader: SqlReader, request: AgreementListRequest): Promise<Listed<AgreementRow>> {
  const conditions = new Conditions().search('search_text', request.q)
  if (request.state !== undefined) conditions.and(...stateCondition(request.state, request.at))
  if (request.party !== undefined) {
    const id = parseClientId(request.party)
    const columns = id.subsystemCode === undefined ? ['consumer_member', 'provider_member'] : ['consumer', 'provider']
    conditions.and(`(${columns[0]!} = ? OR ${columns[1]!} = ?)`, encodedClientId(id), encodedClientId(id))
  }
  if (request.allVersions !== true) conditions.and('NOT EXISTS (SELECT 1 FROM agreement later WHERE later.code = agreement.code AND later.version > agreement.version)')
  const { total } = (await reader.get<{ total: number }>(`SELECT count(*) AS total FROM agreement ${conditions.where}`, ...conditions.values))!
  const direction = request.desc === true ? 'DESC' : 'ASC'
  const items = await reader.all<AgreementRow>(`SELECT ${COLUMNS} FROM agreement ${conditions.where}
    ORDER BY ${SORT_COLUMNS[request.sort ?? 'created_at'] ?? 'id'} ${direction}, id ${direction} LIMIT ? OFFSET ?`, ...conditions.values, request.limit, request.offset)
  return { items, total }
}

/**
 * @param version the latest when not given.
 * @throws {Refusal} `agreement_not_found`
 */
export async function findAgreement (reader: SqlReader, code: string, version?: number): Promise<FullAgreementRow> {
  const row = version === undefined
    ? await reader.get<FullAgreementRow>(`SELECT ${COLUMNS}, document, container FROM agreement WHERE code = ? ORDER BY version DESC LIMIT 1`, code)
    : await reader.get<FullAgreementRow>(`SELECT ${COLUMNS}, document, container FROM agreement WHERE code = ? AND version = ?`, code, version)
  if (row === undefined) throw new Refusal('notFound', 'agreement_not_found', version === undefined ? `there is no agreement ${code}` : `there is no version ${version} of agreement ${code}`)
  return row
}

export async function versionsOf (reader: SqlReader, code: string): Promise<AgreementRow[]> {
  return await reader.all<AgreementRow>(`SELECT ${COLUMNS} FROM agreement WHERE code = ? ORDER BY version DESC`, code)
}

/** Versions that gateways may ask about: concluded, and not over for longer than `since`. */
export async function publishedRows (reader: SqlReader, since: Date): Promise<AgreementRow[]> {
  const over = since.toISOString()
  return await reader.all<AgreementRow>(`SELECT ${COLUMNS} FROM agreement WHERE concluded_at IS NOT NULL AND valid_until > ?
    AND (stopped IS NULL OR stopped <> 'ended' OR stopped_at > ?) AND (replaced_from IS NULL OR replaced_from > ?) ORDER BY code, version`, over, over, over)
}

export async function documentOf (reader: SqlReader, id: number): Promise<Buffer> {
  return (await reader.get<{ document: Buffer }>('SELECT document FROM agreement WHERE id = ?', id))!.document
}

/** Names of the members behind the sides of agreements, by encoded id; none for members that are no more. */
export async function memberNames (reader: SqlReader, rows: readonly AgreementRow[]): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  for (const id of new Set(rows.flatMap(({ consumer, provider }) => [consumer, provider]))) {
    const { memberClass, memberCode } = parseClientId(id)
    const row = await reader.get<{ name: string }>('SELECT m.name FROM member m JOIN member_class c ON c.id = m.member_class_id WHERE c.code = ? AND m.code = ?', memberClass, memberCode)
    if (row !== undefined) names.set(id, row.name)
  }
  return names
}

export async function decisionsOf (reader: SqlReader, id: number): Promise<DecisionRow[]> {
  return await reader.all<DecisionRow>('SELECT at, decision, decided_by, ground, actor_name FROM agreement_decision WHERE agreement_id = ? ORDER BY id', id)
}
