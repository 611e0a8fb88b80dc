import type { FieldErrors } from '@trembita/web'
import type { ApiProblem, QueryValues } from './api-client.ts'
import type { Visit } from './console.ts'

/** A page of a list as the API answers. */
export interface ListPage<T> {
  readonly items: readonly T[]
  readonly paging_metadata: { readonly total_items: number, readonly limit: number, readonly offset: number }
}

/** What an address of a list asks for, and addresses of the same list elsewhere in it. */
export interface Listing {
  readonly filters: Readonly<Record<string, string>>
  readonly query: QueryValues
  readonly sortedBy?: { readonly key: string, readonly desc: boolean }
  at (offset: number): string
  sorted (sort: string, desc: boolean): string
}

const ROWS = 50

/** @param names of the filters that the address may hold. */
export function listingOf ({ path, query }: Visit, names: readonly string[]): Listing {
  const filters = Object.fromEntries(names.map((name) => [name, query[name] ?? '']))
  const { sort, desc } = query
  const order: Record<string, string> = sort === undefined ? {} : { sort, desc: desc === 'true' ? 'true' : 'false' }
  const address = (more: Readonly<Record<string, string>>): string => {
    const search = new URLSearchParams(Object.entries({ ...filters, ...order, ...more }).filter(([, value]) => value !== ''))
    return search.size === 0 ? path : `${path}?${search.toString()}`
  }
  const offset = Number(query.offset ?? 0)
  return {
    filters,
    query: { ...filters, ...order, limit: ROWS, offset: Number.isInteger(offset) && offset > 0 ? offset : 0 },
    ...sort === undefined ? {} : { sortedBy: { key: sort, desc: desc === 'true' } },
    at: (offset) => address(offset === 0 ? {} : { offset: String(offset) }),
    sorted: (sort, desc) => address({ sort, desc: String(desc) })
  }
}

/** What the API refused, beside the fields it names; in words of the page where there are any. */
export function errorsOf ({ code, message, fields }: ApiProblem, problem: (code: string) => string): FieldErrors {
  const known = problem(code)
  const names = Object.keys(fields)
  return names.length === 0 ? { '': known || message } : Object.fromEntries(names.map((name) => [name, known || fields[name]!]))
}
