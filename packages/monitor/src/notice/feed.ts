import type { AccessEvent } from '@trembita/protocol/accessevent'

/** One thing the person is to be told: an access, or that one which was hidden is shown now. */
export interface FeedItem {
  /** Grows from item to item; what `after` goes on from. */
  readonly position: number
  readonly event: AccessEvent
  /** The event was hidden by law and has been released. */
  readonly lifted: boolean
}

/**
 * What the ledger tells the notices, in its order. Hidden events are not in it before they are lifted. Asked again after a crash it
 * answers the same: notices keep how far they have come themselves, so the ledger never waits for them.
 */
export interface EventFeed {
  after (position: number, limit: number): Promise<readonly FeedItem[]>
}

/** A person's keyed index in one registry and month (facts: pseudonymous index). */
export interface SubjectIndex {
  /** Registry code. */
  readonly domain: string
  /** `YYYY-MM` */
  readonly epoch: string
  /** Base64url of 32 bytes, as events carry it. */
  readonly index: string
}

export interface FoundIndexes {
  readonly indexes: readonly SubjectIndex[]
  /** The identifier sealed under a key of the key service alone: lets a later month be asked for without the identifier. */
  readonly renewal: string
}

/** The key service, as portal and notices ask it. Keeps nothing of what it is asked. */
export interface SubjectIndexes {
  /** @param epochs `YYYY-MM`; all registries unless `domains` are named. */
  indexesOf (person: { readonly idType: 'RNOKPP', readonly id: string }, epochs: readonly string[], domains?: readonly string[]): Promise<FoundIndexes>
  /** The same for whoever a former answer was about. */
  renew (renewal: string, epochs: readonly string[]): Promise<FoundIndexes>
}
