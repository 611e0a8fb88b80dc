import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '@trembita/daemon'
import { ApiKeys } from '@trembita/daemon/accounts'
import { ROLES, type Role } from '../src/admin/index.ts'
import { SYSTEM } from '../src/audit/index.ts'
import type { Core } from '../src/index.ts'

export interface Answer<T> {
  readonly status: number
  readonly body: T
}

export type ApiClient = <T = never>(method: string, path: string, body?: object | FormData) => Promise<Answer<T>>

/** Asks a core's administration API as the holder of a key with these roles. */
export async function apiClient (core: Core, roles: readonly Role[]): Promise<ApiClient> {
  const keys = new ApiKeys({ store: core.store, clock: systemClock, roles: ROLES, change: (actor, work) => core.changes.change(actor, work) })
  const { key } = await keys.create({ ...SYSTEM, roles }, { roles })
  return async function ask<T> (method: string, path: string, body?: object | FormData): Promise<Answer<T>> {
    const json = body !== undefined && !(body instanceof FormData)
    const response = await fetch(`${core.addresses.admin}/api/v1${path}`, {
      method,
      headers: { authorization: `X-Road-ApiKey token=${key}`, ...json ? { 'content-type': 'application/json' } : {} },
      ...body === undefined ? {} : { body: json ? JSON.stringify(body) : body }
    })
    if (response.status === 429) {
      await response.body?.cancel()
      await sleep(1000 * Number(response.headers.get('retry-after') ?? 1))
      return await ask<T>(method, path, body)
    }
    const text = await response.text()
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as T }
  }
}
