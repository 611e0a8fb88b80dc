import { userInfo } from 'node:os'
import { UsageError, type CliArguments, type CliOption } from '../cli.ts'
import { AccountError } from './account-error.ts'
import type { Actor } from './actor.ts'
import type { ApiKey, ApiKeys } from './api-keys.ts'

const DAYS_MAX = 3650
const DAY_MS = 86_400_000

/** Options of the command that makes an API key at the machine itself: how a fresh installation gets its first one. */
export const API_KEY_OPTIONS: Readonly<Record<string, CliOption>> = {
  role: { type: 'string', multiple: true, placeholder: 'ROLE', description: 'what the key may do; may be given several times' },
  label: { type: 'string', placeholder: 'TEXT', description: 'what the key is for' },
  days: { type: 'string', placeholder: 'N', description: 'the key expires after so many days; without it, never' },
  person: { type: 'string', placeholder: 'ID', description: 'whose key it is, as the identity provider names them: where two must approve, it counts as that person' }
}

/** Who stands at the machine. */
export function operatorAtMachine (): Actor {
  const { username } = userInfo()
  return { kind: 'system', id: username, name: username, roles: [], origin: 'system' }
}

/**
 * Carries the command out; it may grant any role.
 *
 * @param now what `days` count from.
 * @throws {UsageError}
 */
export async function createApiKeyAtMachine (apiKeys: ApiKeys, options: CliArguments['options'], now: Date): Promise<ApiKey & { readonly key: string }> {
  const { role, label, days, person } = options as { role?: readonly string[], label?: string, days?: string, person?: string }
  const count = days === undefined ? undefined : Number(days)
  if (count !== undefined && !(Number.isInteger(count) && count >= 1 && count <= DAYS_MAX)) throw new UsageError(`--days: expected 1 to ${DAYS_MAX}`)
  try {
    return await apiKeys.create(operatorAtMachine(), {
      roles: role ?? [],
      label,
      owner: person === undefined ? undefined : `user:${person}`,
      expiresAt: count === undefined ? undefined : new Date(now.getTime() + count * DAY_MS)
    })
  } catch (error) {
    if (!(error instanceof AccountError)) throw error
    throw new UsageError(Object.entries(error.fields ?? {}).map(([field, problem]) => `${field}: ${problem}`).join('; ') || error.message)
  }
}
