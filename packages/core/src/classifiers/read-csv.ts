import { Refusal } from '../refusal.ts'
import { parentOf } from './formats.ts'
import type { ClassifierFormat, ClassifierItem } from './types.ts'

const COLUMNS = ['code', 'parent', 'category', 'name_uk', 'name_en'] as const
type Column = typeof COLUMNS[number]

/**
 * Reads items from CSV (RFC 4180, UTF-8, `;` or `,`). The first line names the columns `code`, `name_uk` and, where they are
 * known, `parent`, `category`, `name_en`.
 *
 * @throws {Refusal} `classifier_csv_invalid`
 */
export function readCsv (text: string, format: ClassifierFormat): ClassifierItem[] {
  const [head, ...rows] = rowsOf(text)
  const columns = head?.map((name) => name.trim().toLowerCase()) ?? []
  for (const needed of ['code', 'name_uk']) if (!columns.includes(needed)) throw invalid(`the first line must name the column ${needed}`)
  const unknown = columns.filter((name) => !COLUMNS.includes(name as Column))
  if (unknown.length > 0) throw invalid(`unknown columns: ${unknown.join(', ')}; known are ${COLUMNS.join(', ')}`)
  return rows.map((row, index) => {
    if (row.length !== columns.length) throw invalid(`line ${index + 2} has ${row.length} fields instead of ${columns.length}`)
    const value = (column: Column): string | undefined => row[columns.indexOf(column)]?.trim() || undefined
    const code = value('code') ?? ''
    return {
      code,
      parent: value('parent') ?? parentOf(format, code),
      category: value('category'),
      nameUk: value('name_uk') ?? '',
      nameEn: value('name_en')
    }
  })
}

function rowsOf (text: string): string[][] {
  const body = text.replace(/^\uFEFF/, '')
  const separator = (/^[^\r\n]*/.exec(body)?.[0] ?? '').includes(';') ? ';' : ','
  const rows: string[][] = []
  let row: string[] = []
  for (let at = 0; at < body.length;) {
    const found = fieldAt(body, at, separator)
    if (found === undefined) throw invalid(`line ${rows.length + 1} is not CSV`)
    row.push(found.value)
    at = found.next
    if (!found.endsRow) continue
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
  }
  if (row.length > 0) rows.push(row)
  return rows
}

function fieldAt (text: string, at: number, separator: ';' | ','): { value: string, next: number, endsRow: boolean } | undefined {
  const pattern = separator === ';' ? /(?:"((?:[^"]|"")*)"|([^";\r\n]*))(;|\r\n|\n|$)/y : /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|$)/y
  pattern.lastIndex = at
  const match = pattern.exec(text)
  if (match === null) return undefined
  return { value: match[1]?.replaceAll('""', '"') ?? match[2]!, next: pattern.lastIndex, endsRow: match[3] !== separator }
}

function invalid (message: string): Refusal {
  return new Refusal('invalid', 'classifier_csv_invalid', message, { fields: { csv: message } })
}
