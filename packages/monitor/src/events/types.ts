import type { AccessEvent, VisibilityReason, VisibilityState } from '@trembita/protocol/accessevent'

/** What holds of an event now: as reported, with all changes of visibility folded in. */
export interface EffectiveVisibility {
  readonly state: VisibilityState
  readonly reason?: VisibilityReason | undefined
  /** When hiding is reviewed. */
  readonly reviewAt?: Date | undefined
  /** When what was hidden became visible. */
  readonly liftedAt?: Date | undefined
}

/** An event as the centre keeps it. */
export interface StoredEvent {
  readonly event: AccessEvent
  readonly visibility: EffectiveVisibility
  /** When it was durable here. */
  readonly receivedAt: Date
  /** Whether a receipt can be had: its leaf stands in a published checkpoint. */
  readonly inLog: boolean
}

/** Narrows a list. Everything that is given must hold. */
export interface EventFilter {
  /** Inclusive, by `occurredAt`. */
  readonly from?: Date | undefined
  /** Exclusive. */
  readonly until?: Date | undefined
  readonly recipient?: string | undefined
  readonly registry?: string | undefined
  /** Persons only, not machines: `actor.kind` is `person`. */
  readonly byPersons?: boolean | undefined
}

export interface EventPage {
  /** Newest first by `occurredAt`, then `eventId`. */
  readonly events: readonly StoredEvent[]
  /** How many match, whatever the page; hidden ones do not count. */
  readonly total: number
  /** Events received later are not in further pages when this is given back as `asOf`. */
  readonly asOf: Date
}

/**
 * The centre's events, read. A person is a list of indexes, never an identifier; what is hidden is neither listed
 * nor counted nor found.
 */
export interface EventReader {
  list (indexes: readonly string[], filter: EventFilter, page: { readonly offset: number, readonly limit: number, readonly asOf?: Date | undefined }): Promise<EventPage>
  /** One event of this person; undefined when there is none, it is another's, or it is hidden: nobody can tell which. */
  one (indexes: readonly string[], eventId: string): Promise<StoredEvent | undefined>
  /** An event whoever asks: for notices and oversight, never for a page. */
  stored (eventId: string): Promise<StoredEvent | undefined>
  /** Recipients and registries that stand in a person's visible events, for the filters of a page. */
  facets (indexes: readonly string[]): Promise<{ readonly recipients: readonly Facet[], readonly registries: readonly Facet[] }>
}

export interface Facet {
  readonly code: string
  readonly name: { readonly uk: string, readonly en?: string | undefined }
  readonly count: number
}

/** How the sources are: what a person must know before he believes an empty list. */
export interface ComponentState {
  readonly id: string
  /** Client of the exchange that reports for it. */
  readonly client: string
  /** Whose component it is, for people. */
  readonly name: { readonly uk: string, readonly en?: string | undefined }
  /** `silent`: no word for five minutes. `late`: it says that events wait for longer than 15 minutes. `never`: nothing came yet. */
  readonly status: 'current' | 'late' | 'silent' | 'never'
  readonly heardAt?: Date | undefined
  readonly ackSeq: number
  readonly spoolDepth?: number | undefined
  readonly oldestUnsent?: Date | undefined
  /** Registers whose events came from it, with the span held. */
  readonly spans: readonly { readonly registry: string, readonly name: { readonly uk: string, readonly en?: string | undefined }, readonly from: Date, readonly until: Date }[]
}

/** An entry of the feed that notices are made from. */
export interface FeedEntry {
  /** Rises with each entry. */
  readonly position: number
  readonly event: AccessEvent
  /** Was hidden, and is visible from this entry on: own wording. */
  readonly lifted: boolean
}

/** Visible events in the order in which they became so; hidden ones come when they are lifted. Who reads keeps his own place in it. */
export interface EventFeed {
  after (position: number, limit: number): Promise<readonly FeedEntry[]>
  /** Called after something was added. @returns takes the listener away. */
  onAppended (listener: () => void): () => void
}

/** A person's places in the index, worked out by the key service, which keeps no identifier. */
export interface PersonIndexes {
  /** For every register and month of which the centre holds events. @throws when the key service cannot be reached. */
  of (ids: readonly { readonly idType: 'RNOKPP' | 'UNZR' | 'PASSPORT', readonly id: string }[]): Promise<readonly string[]>
}

/** A citizen's receipt: C2SP tlog-proof, opening, and whom to trust. All text, offline, no server of ours needed. */
export interface Receipt {
  /** `receipt.tlog-proof` */
  readonly proof: string
  /** `opening.json`: kind of leaf, salt, event. */
  readonly opening: string
  /** `policy`: C2SP tlog-policy with keys of log and witnesses. */
  readonly policy: string
  /** The three in one file. */
  readonly zip: Uint8Array
  readonly treeSize: number
  readonly leafIndex: number
  /** Witnesses that cosigned, with their time. */
  readonly witnesses: readonly { readonly name: string, readonly at: Date }[]
}

export interface Receipts {
  /** Undefined while the leaf stands in no published checkpoint; check first that the person may see the event. */
  of (eventId: string): Promise<Receipt | undefined>
}
