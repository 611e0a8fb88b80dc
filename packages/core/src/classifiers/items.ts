import type { SqlReader, SqlValue } from '@trembita/daemon/store'
import { Refusal } from '../refusal.ts'
import { getClassifier, ITEM_COLUMNS, type ItemRow } from './store.ts'
import type { DatedItem } from './types.ts'

export interface ItemQuery {
  /** Day whose list is asked for, `YYYY-MM-DD`. */
  readonly at: string
  /** Items right below this one. */
  readonly parent?: string | undefined
  /** Part of a code or name, in any case. */
  readonly q?: string | undefined
  readonly limit: number
  readonly offset: number
}

type DatedRow = ItemRow & { readonly valid_from: string, readonly valid_to: string | null }

/** Items as they were on a day, by code. @throws {Refusal} `classifier_not_found` */
export async function itemsAt (reader: SqlReader, classifier: string, { at, parent, q, limit, offset }: ItemQuery): Promise<{ readonly items: readonly DatedItem[], readonly total: number }> {
  const { id } = await getClassifier(reader, classifier)
  const conditions: [string, ...SqlValue[]][] = [['classifier_id = ?', id], ['valid_from <= ?', at], ['(valid_to IS NULL OR valid_to > ?)', at]]
  if (parent !== undefined) conditions.push(['parent = ?', parent])
  if (q !== undefined && q !== '') conditions.push(["search_text LIKE ? ESCAPE '!'", `%${q.toLowerCase().replaceAll(/[!%_]/g, '!$&')}%`])
  const where = conditions.map(([sql]) => sql).join(' AND ')
  const values = conditions.flatMap(([, ...rest]) => rest)
  const { total } = (await reader.get<{ total: number }>(`SELECT count(*) AS total FROM classifier_item WHERE ${where}`, ...values))!
  const rows = await reader.all<DatedRow>(`SELECT ${ITEM_COLUMNS}, valid_from, valid_to FROM classifier_item WHERE ${where} ORDER BY code LIMIT ? OFFSET ?`, ...values, limit, offset)
  return { items: rows.map(toItem), total }
}

/** One code through time, oldest first. @throws {Refusal} `classifier_item_not_found` */
export async function itemHistory (reader: SqlReader, classifier: string, code: string): Promise<readonly DatedItem[]> {
  const { id } = await getClassifier(reader, classifier)
  const rows = await reader.all<DatedRow>(`SELECT ${ITEM_COLUMNS}, valid_from, valid_to FROM classifier_item WHERE classifier_id = ? AND code = ? ORDER BY valid_from`, id, code)
  if (rows.length === 0) throw new Refusal('notFound', 'classifier_item_not_found', `classifier ${classifier} never had a code ${code}`)
  return rows.map(toItem)
}

/** What happened to one code. */
export interface ItemChange {
  readonly kind: 'added' | 'changed' | 'removed'
  readonly before?: DatedItem
  readonly after?: DatedItem
}

/** What came, changed and went between two days: after the first, up to and including the second. */
export async function changesBetween (reader: SqlReader, classifier: string, after: string, until: string): Promise<readonly ItemChange[]> {
  const at = async (day: string): Promise<Map<string, DatedItem>> =>
    new Map((await itemsAt(reader, classifier, { at: day, limit: 1_000_000, offset: 0 })).items.map((item) => [item.code, item]))
  const [old, now] = [await at(after), await at(until)]
  const codes = [...new Set([...old.keys(), ...now.keys()])].sort()
  return codes.flatMap((code): ItemChange[] => {
    const [before, later] = [old.get(code), now.get(code)]
    if (before === undefined) return [{ kind: 'added', after: later! }]
    if (later === undefined) return [{ kind: 'removed', before }]
    return before.validFrom === later.validFrom ? [] : [{ kind: 'changed', before, after: later }]
  })
}

/** Codes of another classifier that a code corresponds to: several, or none. */
export async function crosswalk (reader: SqlReader, from: string, to: string, code: string): Promise<readonly string[]> {
  const [source, target] = [await getClassifier(reader, from), await getClassifier(reader, to)]
  return (await reader.all<{ code: string }>('SELECT to_code AS code FROM classifier_crosswalk WHERE from_id = ? AND from_code = ? AND to_id = ? ORDER BY to_code', source.id, code, target.id))
    .map((row) => row.code)
}

function toItem (row: DatedRow): DatedItem {
  return {
    code: row.code,
    parent: row.parent ?? undefined,
    category: row.category ?? undefined,
    nameUk: row.name_uk,
    nameEn: row.name_en ?? undefined,
    validFrom: row.valid_from,
    validTo: row.valid_to ?? undefined
  }
}
