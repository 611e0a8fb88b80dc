import type { Clock, Logger } from '@trembita/daemon'
import type { OpenIdSettings, RateLimit } from '@trembita/daemon/accounts'
import type { SqlStore } from '@trembita/daemon/store'
import type { ComponentState, EventReader, Receipts } from '../events/index.ts'
import type { EndpointPolicy, Mailer, NoticePersons, Notices, NoticeSeal, SubjectIndexes } from '../notice/index.ts'

/** Whom a person asks at a body. */
export interface BodyContact {
  readonly name: { readonly uk: string, readonly en?: string | undefined }
  /** Who answers for personal data there. */
  readonly officer?: { readonly uk: string, readonly en?: string | undefined } | undefined
  readonly email?: string | undefined
  readonly phone?: string | undefined
  readonly url?: string | undefined
}

/** The public log as it stands. */
export interface LogState {
  readonly origin: string
  readonly size: number
  readonly publishedAt: Date
  readonly witnesses: readonly { readonly name: string, readonly at: Date }[]
  /** The signed and cosigned checkpoint. */
  readonly checkpoint: string
  /** C2SP tlog-policy: keys of log and witnesses. */
  readonly policy: string
  /** Where tiles and checkpoint are published. */
  readonly tilesUrl?: string | undefined
}

/** Figures that say nothing of anybody; hidden ones rounded up to tens. */
export interface PublicFigures {
  readonly events: number
  readonly hidden: number
  readonly registries: number
}

/** Where a person's events stand, in all that the centre holds. @throws {KeyServiceUnavailable} */
export interface PersonIndexes {
  of (ids: readonly { readonly idType: 'RNOKPP', readonly id: string }[]): Promise<readonly string[]>
}

/** What the citizen's pages need of the monitor. */
export interface PortalDeps {
  /** With `ACCOUNT_SCHEMA`, `IDENTITY_SCHEMA`, `NOTICE_SCHEMA`, `PORTAL_SCHEMA`. */
  readonly store: SqlStore
  readonly clock: Clock
  readonly log: Logger
  readonly seal: NoticeSeal
  /** What browsers reach the portal at. */
  readonly publicUrl: URL
  /** Without it nobody can sign in; the public pages remain. */
  readonly openId?: OpenIdSettings | undefined
  /** 32 bytes: identities of sessions are sealed under it. */
  readonly identityKey: Uint8Array
  readonly rateLimit?: RateLimit | undefined
  /** Name of the environment, shown beside the product. */
  readonly instance: string
  /** Nothing here is about real people; every page says so. */
  readonly synthetic: boolean
  readonly events: EventReader
  readonly receipts: Receipts
  readonly indexes: PersonIndexes
  readonly keys: SubjectIndexes
  readonly components: () => Promise<readonly ComponentState[]>
  readonly logState: () => Promise<LogState | undefined>
  readonly figures: () => Promise<PublicFigures>
  readonly persons: NoticePersons
  readonly notices: Notices
  readonly mailer?: Mailer | undefined
  readonly endpoints: EndpointPolicy
  readonly vapidPublicKey: string
  /** Notices can be sent to the Diia app. */
  readonly appPush: boolean
  /** By code of the body. */
  readonly contacts: Readonly<Record<string, BodyContact>>
}
