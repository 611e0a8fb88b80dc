import type { FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import type { SqlStore } from '../store/index.ts'
import type { OnAccountEvent } from './access.ts'
import { ApiKeys, type ApiKeysDeps } from './api-keys.ts'
import { IdentitySeal } from './identity.ts'
import { InternalCalls } from './internal-calls.ts'
import { OpenIdProvider, type OpenIdSettings } from './open-id-provider.ts'
import { OriginLocks, type OriginLockSettings } from './origin-locks.ts'
import { plainProblemPage, type ProblemPage } from './problem-page.ts'
import { HostCookie } from './session-cookie.ts'
import { Sessions } from './sessions.ts'
import { SignInAttempts } from './sign-in-attempts.ts'

export interface RateLimit {
  readonly perSecond: number
  readonly perMinute: number
}

export interface AccountsOptions {
  readonly store: SqlStore
  readonly clock: Clock
  /** All roles of the application; a route or key that names another is refused. */
  readonly roles: readonly string[]
  /** See `ApiKeysDeps`. */
  readonly rolePrefixes?: readonly string[] | undefined
  /** See `ApiKeysDeps`. */
  readonly grantedByOwnersOnly?: readonly string[]
  /** Runs a change and its audit record as one. */
  readonly change: ApiKeysDeps['change']
  /** What browsers reach the application at; decides on `Secure` cookies and where the identity provider sends people back to. */
  readonly publicUrl: URL
  /** Names the cookies: unlike those of other applications on the host, since cookies do not look at the port. */
  readonly cookieName: string
  /** Without it nobody signs in by browser; API keys remain. */
  readonly openId?: OpenIdSettings | undefined
  /** Role of `roles` that everybody has whom the provider identifies: citizens need nobody's leave. */
  readonly everyone?: string | undefined
  /** Sessions know who people are (`request.identity`), sealed in the store under this key of 32 bytes; needs `IDENTITY_SCHEMA`. */
  readonly identity?: { readonly key: Uint8Array } | undefined
  /** For the audit log. */
  readonly onEvent: OnAccountEvent
  readonly sessionIdleSeconds?: number | undefined
  readonly sessionAbsoluteSeconds?: number | undefined
  readonly locks?: OriginLockSettings | undefined
  /** Requests of one IP address; default 20 a second and 600 a minute, as X-Road. */
  readonly rateLimit?: RateLimit | undefined
  readonly problemPage?: ProblemPage | undefined
  /** Language in which the person reads, passed on to the identity provider's pages: `uk`. */
  readonly languageOf?: ((request: FastifyRequest) => string | undefined) | undefined
}

/** What `guard` and the routes of this folder share. */
export interface Accounts {
  readonly clock: Clock
  readonly roles: readonly string[]
  readonly publicUrl: URL
  readonly apiKeys: ApiKeys
  readonly sessions: Sessions
  readonly attempts: SignInAttempts
  readonly openId: OpenIdProvider | undefined
  readonly locks: OriginLocks
  readonly internal: InternalCalls
  readonly sessionCookie: HostCookie
  readonly attemptCookie: HostCookie
  readonly rateLimit: RateLimit
  readonly problemPage: ProblemPage
  readonly languageOf: (request: FastifyRequest) => string | undefined
  readonly onEvent: OnAccountEvent
}

/** Makes the parts. Nothing is asked of the identity provider before somebody signs in. @throws {TypeError} for a provider address that is not https. */
export function createAccounts (options: AccountsOptions): Accounts {
  const { store, clock, roles, publicUrl, openId } = options
  return {
    clock,
    roles,
    publicUrl,
    apiKeys: new ApiKeys({ store, clock, roles, change: options.change, rolePrefixes: options.rolePrefixes, grantedByOwnersOnly: options.grantedByOwnersOnly ?? [] }),
    sessions: new Sessions({
      store,
      clock,
      idleSeconds: options.sessionIdleSeconds,
      absoluteSeconds: options.sessionAbsoluteSeconds,
      identitySeal: options.identity === undefined ? undefined : new IdentitySeal(options.identity.key)
    }),
    attempts: new SignInAttempts(store, clock),
    openId: openId === undefined ? undefined : new OpenIdProvider(openId, roles, publicUrl, options.everyone === undefined ? [] : [options.everyone]),
    locks: new OriginLocks(clock, options.locks),
    internal: new InternalCalls(),
    sessionCookie: new HostCookie(`${options.cookieName}-session`, publicUrl),
    attemptCookie: new HostCookie(`${options.cookieName}-sign-in`, publicUrl),
    rateLimit: options.rateLimit ?? { perSecond: 20, perMinute: 600 },
    problemPage: options.problemPage ?? plainProblemPage,
    languageOf: options.languageOf ?? (() => undefined),
    onEvent: options.onEvent
  }
}
