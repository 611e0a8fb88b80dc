import { ManualClock } from '@trembita/daemon'
import { coreApiKeys } from '../src/accounts.ts'
import { SYSTEM } from '../src/audit/index.ts'
import type { Core } from '../src/index.ts'

/** An API key of a running core, as an operator makes it at the machine. */
export async function createAccountsKey (core: Core, roles: readonly string[]): Promise<string> {
  const { key } = await coreApiKeys(core.store, core.changes, new ManualClock(new Date('2026-02-06T13:41:26.123Z'))).create(SYSTEM, { roles })
  return key
}
