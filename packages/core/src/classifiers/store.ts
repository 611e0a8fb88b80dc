import type { SqlReader, SqlValue } from '@trembita/daemon/store'
import type { ChangeTx } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { problemsOf } from './formats.ts'
import type { Classifier, ClassifierItem, ClassifierVersion } from './types.ts'

interface ClassifierRow {
  readonly id: number
  readonly code: string
  readonly format: Classifier['format']
  readonly name_uk: string
  readonly name_en: string
  readonly description: string
  readonly publisher: string
}

export async function classifiers (reader: SqlReader): Promise<Classifier[]> {
  return (await reader.all<ClassifierRow>('SELECT id, code, format, name_uk, name_en, description, publisher FROM classifier ORDER BY code')).map(toClassifier)
}

/** @throws {Refusal} `classifier_not_found` */
export async function getClassifier (reader: SqlReader, code: string): Promise<Classifier & { readonly id: number }> {
  const row = await reader.get<ClassifierRow>('SELECT id, code, format, name_uk, name_en, description, publisher FROM classifier WHERE code = ?', code)
  if (row === undefined) throw new Refusal('notFound', 'classifier_not_found', `there is no classifier ${code}`)
  return { ...toClassifier(row), id: row.id }
}

export async function versionsOf (reader: SqlReader, classifier: number): Promise<ClassifierVersion[]> {
  return await reader.all<ClassifierVersion>(`SELECT number, valid_from AS "validFrom", ground, added, changed, removed, published_at AS "publishedAt"
    FROM classifier_version WHERE classifier_id = ? ORDER BY number`, classifier)
}

/** @throws {Refusal} `classifier_exists` */
export async function addClassifier (tx: ChangeTx, classifier: Classifier): Promise<void> {
  const { code, format, nameUk, nameEn, description, publisher } = classifier
  const added = await tx.run(`INSERT INTO classifier (code, format, name_uk, name_en, description, publisher, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (code) DO NOTHING`, code, format, nameUk, nameEn, description, publisher, tx.at.toISOString())
  if (added === 0) throw new Refusal('conflict', 'classifier_exists', `classifier ${code} exists already`)
  await tx.record({ action: 'classifier.add', object: { kind: 'classifier', id: code }, after: classifier })
}

/**
 * Puts a whole list in force from a day on: items that are new, changed or gone are dated, the rest stands as it is.
 *
 * @param validFrom `YYYY-MM-DD`, later than that of any version before: what was in force on a past day stays what it was.
 * @throws {Refusal} `classifier_items_invalid`, `classifier_version_late`
 */
export async function addVersion (tx: ChangeTx, code: string, { validFrom, ground, items }: { validFrom: string, ground: string, items: readonly ClassifierItem[] }): Promise<ClassifierVersion> {
  const { id, format } = await getClassifier(tx, code)
  const problems = items.length === 0 ? ['a version has at least one item'] : problemsOf(format, items)
  if (problems.length > 0) {
    const shown = problems.slice(0, 20).join('; ')
    throw new Refusal('invalid', 'classifier_items_invalid', problems.length > 20 ? `${shown}; and ${problems.length - 20} more` : shown, { fields: { items: shown } })
  }
  const last = (await versionsOf(tx, id)).at(-1)
  if (last !== undefined && validFrom <= last.validFrom) {
    throw new Refusal('conflict', 'classifier_version_late', `a version holds from ${last.validFrom} on already; a later day is needed`, { fields: { valid_from: `must be later than ${last.validFrom}` } })
  }
  const before = new Map((await tx.all<ItemRow>(`SELECT ${ITEM_COLUMNS} FROM classifier_item WHERE classifier_id = ? AND valid_to IS NULL`, id)).map((row) => [row.code, row]))
  const fresh = items.filter((item) => !isSame(before.get(item.code), item))
  const wanted = new Set(items.map((item) => item.code))
  const gone = [...before.values()].filter((row) => !wanted.has(row.code))
  const changed = fresh.filter((item) => before.has(item.code))
  for (const closed of [...gone, ...changed]) {
    await tx.run('UPDATE classifier_item SET valid_to = ? WHERE classifier_id = ? AND code = ? AND valid_to IS NULL', validFrom, id, closed.code)
  }
  await insertItems(tx, id, fresh, validFrom)
  const version = {
    number: (last?.number ?? 0) + 1, validFrom, ground, added: fresh.length - changed.length, changed: changed.length, removed: gone.length, publishedAt: tx.at.toISOString()
  }
  await tx.run('INSERT INTO classifier_version (classifier_id, number, valid_from, ground, added, changed, removed, published_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    id, version.number, validFrom, ground, version.added, version.changed, version.removed, version.publishedAt)
  await tx.record({ action: 'classifier.publish', object: { kind: 'classifier', id: code }, before: last, after: version })
  return version
}

/** Which codes of one classifier mean which of another; replaces what was said of these two. */
export async function putCrosswalk (tx: ChangeTx, from: string, to: string, pairs: readonly { readonly from: string, readonly to: string }[]): Promise<void> {
  const [source, target] = [await getClassifier(tx, from), await getClassifier(tx, to)]
  await tx.run('DELETE FROM classifier_crosswalk WHERE from_id = ? AND to_id = ?', source.id, target.id)
  for (const pair of pairs) {
    await tx.run('INSERT INTO classifier_crosswalk (from_id, from_code, to_id, to_code) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING', source.id, pair.from, target.id, pair.to)
  }
  await tx.record({ action: 'classifier.crosswalk', object: { kind: 'classifier', id: from }, after: { to, pairs: pairs.length } })
}

export interface ItemRow {
  readonly code: string
  readonly parent: string | null
  readonly category: string | null
  readonly name_uk: string
  readonly name_en: string | null
}

export const ITEM_COLUMNS = 'code, parent, category, name_uk, name_en'
/** Rows of one statement: the fewest that both stores take (999 values) and few enough that errors stay readable. */
const ROWS_AT_ONCE = 100

async function insertItems (tx: ChangeTx, classifier: number, items: readonly ClassifierItem[], validFrom: string): Promise<void> {
  for (let at = 0; at < items.length; at += ROWS_AT_ONCE) {
    const rows = items.slice(at, at + ROWS_AT_ONCE)
    const values = rows.flatMap(({ code, parent, category, nameUk, nameEn }): SqlValue[] =>
      [classifier, code, parent ?? null, category ?? null, nameUk, nameEn ?? null, `${code} ${nameUk} ${nameEn ?? ''}`.toLowerCase(), validFrom])
    await tx.run(`INSERT INTO classifier_item (classifier_id, code, parent, category, name_uk, name_en, search_text, valid_from)
      VALUES ${rows.map(() => '(?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`, ...values)
  }
}

function isSame (row: ItemRow | undefined, { parent, category, nameUk, nameEn }: ClassifierItem): boolean {
  return row !== undefined && row.parent === (parent ?? null) && row.category === (category ?? null) && row.name_uk === nameUk && row.name_en === (nameEn ?? null)
}

function toClassifier ({ code, format, name_uk: nameUk, name_en: nameEn, description, publisher }: ClassifierRow): Classifier {
  return { code, format, nameUk, nameEn, description, publisher }
}
