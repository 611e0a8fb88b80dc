import type { QueryValues } from './api-client.ts'
import type { Visit } from './console.ts'

export { errorsOf } from '@trembita/web/console'

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
