import type { SqlValue } from '@trembita/daemon/store'
import { searchCondition } from './search-text.ts'

/** Conditions of a list, gathered from what its reader asked for; all have to hold. */
export class Conditions {
  readonly #parts: string[] = []
  readonly values: SqlValue[] = []

  and (sql: string, ...values: readonly SqlValue[]): this {
    this.#parts.push(sql)
    this.values.push(...values)
    return this
  }

  /** Every word of `query` stands in a column of searchable text. */
  search (column: string, query: string | undefined): this {
    const { sql, values } = searchCondition(column, query)
    return values.length === 0 ? this : this.and(sql, ...values)
  }

  among (column: string, keys: readonly SqlValue[], wanted = true): this {
    if (keys.length === 0) return wanted ? this.and('1 = 0') : this
    return this.and(`${column} ${wanted ? 'IN' : 'NOT IN'} (${marks(keys.length)})`, ...keys)
  }

  /** `WHERE …` with one more condition, which takes no value. */
  whereAlso (condition: string): string {
    return `WHERE ${[condition, ...this.#parts].join(' AND ')}`
  }

  /** `WHERE …`, or nothing. */
  get where (): string {
    return this.#parts.length === 0 ? '' : `WHERE ${this.#parts.join(' AND ')}`
  }
}

/** `?, ?, ?` */
export function marks (count: number): string {
  return Array.from({ length: count }, () => '?').join(', ')
}

/** How a list was asked for. */
export interface ListRequest {
  readonly q?: string | undefined
  readonly limit: number
  readonly offset: number
  readonly sort?: string | undefined
  readonly desc?: boolean | undefined
}

/** A page of a list and how long the whole would be. */
export interface Listed<T> {
  readonly items: readonly T[]
  readonly total: number
}

/** `ORDER BY` over columns that an index holds in that order, one way or the other. */
export function orderBy<Sort extends string> (sorts: Readonly<Record<Sort, readonly string[]>>, sort: string | undefined, desc: boolean | undefined): string {
  const columns = sorts[(sort ?? Object.keys(sorts)[0]) as Sort] ?? Object.values<readonly string[]>(sorts)[0]!
  return `ORDER BY ${columns.map((column) => `${column}${desc === true ? ' DESC' : ''}`).join(', ')}`
}
