import { errorSchema } from '../admin/index.ts'
import type { SourceKind } from './signing-keys.ts'

export const tags = ['configuration']
export const text = { type: 'string' } as const
export const instant = { type: 'string', format: 'date-time' } as const
export const nothing = { type: 'null', description: 'done' } as const

/** Path of a source; X-Road writes it in capitals. */
export const kindSchema = { type: 'string', enum: ['INTERNAL', 'EXTERNAL', 'internal', 'external'] } as const
export const kindParams = { type: 'object', required: ['kind'], properties: { kind: kindSchema } } as const
export interface KindParams { readonly kind: string }

export function kindOf ({ kind }: KindParams): SourceKind {
  return kind.toLowerCase() as SourceKind
}

export const stampSchema = { type: 'string', pattern: '^\\d{23}$' } as const

/** Answers of a route, with what every route may answer besides. */
export function answers<T extends object> (answer: T) {
  return { ...answer, '4xx': errorSchema }
}
