import { errorSchema } from '../admin/index.ts'

/** Path with the number of a row. */
export const byId = { type: 'object', required: ['id'], properties: { id: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } } } as const
export interface ById { readonly id: number }

export const ignoreWarnings = { type: 'boolean', default: false, description: 'Save although a check failed; the audit log will say so' } as const
export const ignoringWarnings = { type: 'object', additionalProperties: false, properties: { ignore_warnings: ignoreWarnings } } as const
export interface IgnoringWarnings { readonly ignore_warnings: boolean }

export const costType = { type: 'string', enum: ['FREE', 'PAID', 'UNDEFINED'] } as const
export const nothing = { type: 'null', description: 'done' } as const

/** Answers of a route, with what every route may answer besides. */
export function answers<T extends object> (answer: T) {
  return { ...answer, '4xx': errorSchema }
}
