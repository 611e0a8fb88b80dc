/** How every list of the API is asked for and answered, as X-Road's do. */
export interface ListQuery {
  /** Part of a name or code, in any case. */
  readonly q?: string
  readonly limit: number
  readonly offset: number
  readonly sort?: string
  readonly desc: boolean
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly paging_metadata: { readonly total_items: number, readonly items: number, readonly limit: number, readonly offset: number }
}

export const LIMIT_MAX = 1000

/** JSON schema of the query of a list; `sorts` are the columns it may be sorted by, the first by default. */
export function listQuery<T extends object = object> (sorts: readonly string[], more: T = {} as T) {
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      q: { type: 'string', maxLength: 255, description: 'Part of a name or code, in any case' },
      limit: { type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: 25 },
      offset: { type: 'integer', minimum: 0, maximum: 10_000_000, default: 0 },
      sort: { type: 'string', enum: sorts, default: sorts[0] },
      desc: { type: 'boolean', default: false },
      ...more
    }
  } as const
}

/** JSON schema of a page of `items`. */
export function pageOf<T extends object> (items: T) {
  return {
    type: 'object',
    required: ['items', 'paging_metadata'],
    properties: {
      items: { type: 'array', items },
      paging_metadata: {
        type: 'object',
        required: ['total_items', 'items', 'limit', 'offset'],
        properties: { total_items: { type: 'integer' }, items: { type: 'integer' }, limit: { type: 'integer' }, offset: { type: 'integer' } }
      }
    }
  } as const
}

export function toPage<T> (items: readonly T[], total: number, { limit, offset }: Pick<ListQuery, 'limit' | 'offset'>): Page<T> {
  return { items, paging_metadata: { total_items: total, items: items.length, limit, offset } }
}
