import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CliArguments, Clock } from '@trembita/daemon'
import { ACCOUNT_SCHEMA, createAccounts, createApiKeyAtMachine, type Accounts, type AccountEvent, type OpenIdSettings, type ProblemPage, type RateLimit } from '@trembita/daemon/accounts'
import { openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { AuditLog } from './audit-log.ts'
import { GATEWAY_ROLES } from './roles.ts'

/** How the audit log calls what happens to accounts. */
const EVENTS: Readonly<Record<AccountEvent['kind'], string>> = {
  signedIn: 'Log in user',
  signInFailed: 'Log in user failed',
  signedOut: 'Log out user',
  sessionEnded: 'Session ended',
  apiKeyRefused: 'API key authentication failed',
  accessRefused: 'Access refused',
  requestForged: 'Forged request refused',
  originLocked: 'Address locked'
}
const CHANGES: Readonly<Record<string, string>> = { 'apiKey.add': 'Create API key', 'apiKey.change': 'Update API key', 'apiKey.delete': 'Remove API key' }

/** Files of administration in the data folder. */
const DATABASE_FILE = 'accounts.db'
const AUDIT_FILE = 'audit.log'

export interface AdminFiles extends AsyncDisposable {
  readonly accounts: Accounts
  readonly audit: AuditLog
  close (): Promise<void>
}

/** How people get in. */
export interface SignInSettings {
  /** What administrators reach the console at. */
  readonly publicUrl: URL
  readonly openId?: OpenIdSettings | undefined
  readonly rateLimit?: RateLimit | undefined
  readonly problemPage?: ProblemPage | undefined
}

/** Opens who may administer this gateway (API keys and sessions, in a small database of their own) and the log of what administrators did. */
export async function openAdminFiles (dataFolder: string, settings: SignInSettings, clock: Clock): Promise<AdminFiles> {
  const audit = await AuditLog.open(join(dataFolder, AUDIT_FILE))
  const store = await openSqliteStore(join(dataFolder, DATABASE_FILE), [ACCOUNT_SCHEMA])
  const close = async (): Promise<void> => {
    await store.close()
    await audit.close()
  }
  return { accounts: accountsOf(store, settings, audit, clock), audit, close, [Symbol.asyncDispose]: close }
}

/**
 * Makes an API key on the machine itself: whoever may write to the data folder may do so.
 *
 * @param options of the command, `API_KEY_OPTIONS`.
 * @returns the key.
 * @throws {UsageError} for options that are wrong.
 */
export async function makeApiKey (dataFolder: string, options: CliArguments['options'], clock: Clock): Promise<string> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  await using files = await openAdminFiles(dataFolder, { publicUrl: new URL('http://localhost') }, clock)
  return (await createApiKeyAtMachine(files.accounts.apiKeys, options, clock.now())).key
}

function accountsOf (store: SqlStore, settings: SignInSettings, audit: AuditLog, clock: Clock): Accounts {
  return createAccounts({
    store,
    clock,
    roles: GATEWAY_ROLES,
    ...settings,
    cookieName: 'trembita-gateway',
    change: async (actor, work) => await store.write(async (tx) => {
      const tracked = {
        all: tx.all.bind(tx),
        get: tx.get.bind(tx),
        run: tx.run.bind(tx),
        record: async ({ action, object, before, after }: { action: string, object: { kind: string, id: string }, before?: unknown, after?: unknown }) => {
          await audit.write({ event: CHANGES[action] ?? action, actor, at: clock.now(), ipaddress: actor.origin, data: { id: object.id, before, after } })
        }
      }
      return await work(tracked)
    }),
    onEvent: ({ kind, at, origin, actor, reason, route }) => {
      // The file's own failure must not turn a refusal into anything else; the next change will meet it.
      audit.write({ event: EVENTS[kind], actor, at, ipaddress: origin, url: route, reason }).catch(() => {})
    }
  })
}
