import type { FastifyInstance } from 'fastify'
import { Refusal } from '../refusal.ts'

/** PostgreSQL keeps no text with U+0000, SQLite does: both shall refuse it, and in words. */
export function refuseNul (app: FastifyInstance): void {
  app.addHook('preValidation', async ({ params, query, body }) => {
    if (holdsNul(params) || holdsNul(query) || holdsNul(body)) throw new Refusal('invalid', 'validation_failure', 'a text holds U+0000, which no text of the registry may')
  })
}

function holdsNul (value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\u0000')
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false
  return Object.entries(value).some(([name, inner]) => name.includes('\u0000') || holdsNul(inner))
}
