import type { Actor } from './actor.ts'
import type { Identity } from './identity.ts'
import type { BrowserSession } from './sessions.ts'

/** Who may call a route: anyone with one of these roles, anyone signed in, or anyone at all. */
export type AccessRule = readonly string[] | 'signed-in' | 'public'

/** What the application writes to its audit log about accounts. Never a key, cookie or token. */
export interface AccountEvent {
  readonly kind:
    | 'signedIn' | 'signInFailed' | 'signedOut' | 'sessionEnded'
    | 'apiKeyRefused' | 'accessRefused' | 'requestForged' | 'originLocked'
  readonly at: Date
  /** IP address. */
  readonly origin: string
  /** Who, as far as known. */
  readonly actor?: Actor
  /** For operators, in English. */
  readonly reason?: string
  /** Method and route pattern, without what stood in its place. */
  readonly route?: string
}

export type OnAccountEvent = (event: AccountEvent) => void

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Demanded by `guard` of every route. */
    access?: AccessRule
    /** Not counted by the limit of requests: the many small parts of a page. */
    unlimited?: true
    /** Name under which the holder may ask for the approval of a second person. */
    operation?: string
  }

  interface FastifyRequest {
    /** Who asks. Reading it on a public route that nobody signed in for is answered with 401. */
    readonly actor: Actor
    /** Who asks, if anybody is signed in. */
    readonly signedIn: Actor | undefined
    /** The session of a person in a browser; its `csrfToken` goes into every form. */
    readonly browserSession: BrowserSession | undefined
    /** Who the person in the browser is, in applications that ask (`AccountsOptions.identity`). */
    readonly identity: Identity | undefined
  }
}
