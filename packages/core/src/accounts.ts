import type { Clock, Logger } from '@trembita/daemon'
import { ApiKeys, createAccounts, type Accounts, type ProblemPage } from '@trembita/daemon/accounts'
import type { SqlStore } from '@trembita/daemon/store'
import { ROLES } from './admin/index.ts'
import { SYSTEM, type Changes } from './audit/index.ts'
import type { CoreConfig } from './config.ts'

export interface CoreAccountsDeps {
  readonly config: Pick<CoreConfig, 'listen' | 'publicUrl' | 'openId' | 'rateLimit'>
  readonly store: SqlStore
  readonly changes: Changes
  readonly clock: Clock
  readonly log: Logger
  readonly problemPage: ProblemPage
}

/** The holder's word stops access of others: nobody may give it to himself. */
const GRANTED_BY_OWNERS_ONLY = ['TREMBITA_HOLDER'] as const

/** Keys alone, for the command at the machine. */
export function coreApiKeys (store: SqlStore, changes: Changes, clock: Clock): ApiKeys {
  return new ApiKeys({ store, clock, roles: ROLES, grantedByOwnersOnly: GRANTED_BY_OWNERS_ONLY, change: (actor, work) => changes.change(actor, work) })
}

/** Who may sign in to the core, and by what. Signing in and being refused stand in the audit log like every change. */
export function createCoreAccounts ({ config, store, changes, clock, log, problemPage }: CoreAccountsDeps): Accounts {
  const { host, port } = config.listen.admin
  return createAccounts({
    store,
    clock,
    roles: ROLES,
    grantedByOwnersOnly: GRANTED_BY_OWNERS_ONLY,
    change: (actor, work) => changes.change(actor, work),
    publicUrl: new URL(config.publicUrl ?? `http://${host}:${port}`),
    cookieName: 'trembita-core',
    openId: config.openId,
    rateLimit: config.rateLimit,
    problemPage,
    onEvent: ({ kind, actor = SYSTEM, origin, reason, route }) => {
      changes.note({ ...actor, origin }, { action: `account.${kind}`, object: { kind: 'account', id: actor.id }, after: { reason, route } })
        .catch((error: unknown) => { log.error({ err: error, kind }, 'an event of sign-in could not be recorded') })
    }
  })
}
