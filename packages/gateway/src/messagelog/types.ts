import type { ClientId, ServiceId } from '@trembita/protocol/identifiers'
import type { Certificate } from '@trembita/protocol/pki'
import type { SignatureParts } from '@trembita/protocol/signature'
import type { Verified } from '../trust/index.ts'
import type { BodySpool, SealedBody } from './spool.ts'

/** Which message of an exchange. */
export type Direction = 'request' | 'response'
/** Which of the two gateways this one was. */
export type Side = 'consumer' | 'provider'

/** A REST body or a SOAP attachment as the flow holds it. A file stays the caller's: the log reads it and leaves it. */
export type StoredBody =
  | { readonly kind: 'memory', readonly bytes: Uint8Array }
  | { readonly kind: 'file', readonly path: string, readonly size: number }
  | SealedBody

/** One sealed message, exactly as it crossed the wire. */
export interface LogRecord {
  readonly direction: Direction
  readonly side: Side
  /** The message id that the information system gave (`X-Road-Id`); not unique. */
  readonly queryId: string
  /** `x-road-request-id` of the exchange. */
  readonly requestId: string
  /** The local party: the client on the consumer side, the service's owner on the provider side. */
  readonly party: ClientId
  readonly client: ClientId
  readonly service: ServiceId
  readonly protocol: 'soap' | 'rest'
  /** SOAP envelope or REST head: the bytes whose digest is sealed. */
  readonly message: Uint8Array
  readonly bodies: readonly StoredBody[]
  /** The caller already dropped the bodies, or a part of them: the container will say less than the signature covers. */
  readonly bodiesOmitted?: boolean | undefined
  /** Checked by `trust/`, or made by `signer/`: nothing else can be logged. */
  readonly parts: Verified<SignatureParts>
  readonly at: Date
}

export type RecordStatus = 'waiting for time stamp' | 'time-stamped' | 'archived'

/** Are the sealed bytes all here? `omitted` and `truncated` records do not verify outside, by the operator's own choice. */
export type Completeness = 'whole' | 'omitted' | 'truncated'

export interface FoundRecord {
  readonly id: number
  readonly direction: Direction
  readonly side: Side
  readonly queryId: string
  readonly requestId: string
  readonly party: ClientId
  readonly client: ClientId
  readonly service: ServiceId
  readonly protocol: 'soap' | 'rest'
  readonly at: Date
  readonly status: RecordStatus
  readonly completeness: Completeness
  /** When the time-stamping authority saw it; absent while it waits. */
  readonly stampedAt?: Date | undefined
  /** File name of the archive that holds it. */
  readonly archive?: string | undefined
}

export interface RecordQuery {
  readonly queryId: string
  readonly party: ClientId
  readonly direction?: Direction | undefined
}

/** For an administrator's page: newest first, one page at a time. */
export interface RecordSearch {
  readonly queryId?: string | undefined
  readonly requestId?: string | undefined
  readonly party?: ClientId | undefined
  readonly client?: ClientId | undefined
  readonly service?: ServiceId | undefined
  readonly direction?: Direction | undefined
  readonly side?: Side | undefined
  readonly status?: RecordStatus | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  /** Continue below this record. */
  readonly before?: number | undefined
  /** Default 100, at most 1000. */
  readonly limit?: number | undefined
}

/** For people: what is sought, newest first. */
export interface RecordPageQuery {
  readonly queryId?: string | undefined
  readonly requestId?: string | undefined
  readonly client?: ClientId | undefined
  readonly service?: ServiceId | undefined
  readonly direction?: Direction | undefined
  readonly side?: Side | undefined
  readonly status?: RecordStatus | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  /** Where the page before ended. */
  readonly before?: RecordPosition | undefined
  readonly limit: number
}

export interface RecordPosition {
  readonly at: Date
  readonly id: number
}

export interface RecordPage {
  readonly records: readonly FoundRecord[]
  /** Absent when there is nothing further down; a page may be short, or empty, and have one. */
  readonly next?: RecordPosition | undefined
}

/** What is kept beside the message itself: the seal, and the stamp once there is one. */
export interface RecordSeal {
  /** XML of the signature. */
  readonly signature: Buffer
  /** The signature covers the head of a hash chain: it seals several messages, or one with attachments. */
  readonly hashChain: boolean
  /** REST body or SOAP attachments. */
  readonly bodies: number
  readonly stamp?: {
    readonly kind: 'single' | 'batch'
    /** Name of the provider. */
    readonly authority: string
    /** Records under the same stamp. */
    readonly records: number
    /** This one among them, from 0. */
    readonly position: number
  } | undefined
}

export interface NamedContainer {
  readonly id: number
  /** As X-Road names it: `<query id>-request-<record id in base 32>.asice`. */
  readonly name: string
  readonly bytes: Buffer
}

/** A time-stamping authority that this gateway asks, in the operator's order. */
export interface TimestampProvider {
  readonly name: string
  readonly url: string
}

export interface MessageLogState {
  readonly status: 'pass' | 'warn' | 'fail'
  readonly message?: string | undefined
  readonly waitingForTimestamp: number
  readonly lastTimestampAt?: Date | undefined
  readonly timestampFailingSince?: Date | undefined
  /** Free space where the log lies. */
  readonly freeBytes?: number | undefined
}

/** What the rest of the gateway sees of the log. */
export interface MessageLog extends AsyncDisposable {
  /**
   * Writes one record. Durable when it resolves (on disk, fsynced); many calls at once share one write. Not retried here.
   *
   * @returns the record's number, never used twice.
   * @throws {Fault} `LoggingFailed` (too large, disk), `LoggingFailed.TimestamperFailed` (no authority configured),
   *   `LoggingFailed.TimestampingFailed` (stamping has failed for too long).
   */
  append (record: LogRecord): Promise<number>
  /** Refuses early what `append` would refuse for its size: a REST body of `size` bytes. @throws {Fault} `LoggingFailed`. */
  checkBodySize (size: number, party?: ClientId): void
  /** Throws what `append` would throw now for want of time stamps; cheap, for the start of a flow. */
  checkAccepting (): void
  /** Takes a body as it arrives: the way to log a large body without a second copy, and without it ever lying readable on disk. */
  openBody (): BodySpool
  /** The bytes of a body, whichever way it is held. */
  readBody (body: StoredBody): AsyncIterable<Uint8Array>
  /** The caller needs a body from `openBody` no more. What a record took stays; call it in any case. */
  releaseBody (body: StoredBody): Promise<void>
  /** All records of one query id and local party, oldest first. */
  find (query: RecordQuery): Promise<FoundRecord[]>
  search (query: RecordSearch): Promise<FoundRecord[]>
  /** One page of a search, at a bounded cost whatever is sought. */
  page (query: RecordPageQuery): Promise<RecordPage>
  /** One record by its number. */
  record (id: number): Promise<FoundRecord | undefined>
  /** The seal and stamp of a record; undefined when there is no such record. @throws when it was damaged on disk. */
  seal (id: number): Promise<RecordSeal | undefined>
  /** Time-stamps these records now. Records that have a stamp are left alone. @throws {Fault} `TimestamperFailed`. */
  stamp (ids: readonly number[]): Promise<void>
  /** ASiC-E containers, in the order asked, the same bytes each time. @throws {Fault} `InternalError` for one that is unknown or has no time stamp yet. */
  containers (ids: readonly number[]): Promise<NamedContainer[]>
  /** Writes archives of what is time-stamped and removes what has been archived long enough. Also runs by itself. */
  archiveNow (): Promise<void>
  health (): Promise<MessageLogState>
  close (): Promise<void>
}

export interface MessageLogLimits {
  /** Largest body kept, all attachments of a message together. 0 keeps none. Default 10 MiB, X-Road's `max-loggable-message-body-size`. */
  readonly bodyBytesMax?: number | undefined
  /** A REST body over the limit is kept in part, instead of failing the exchange. The record does not verify then. */
  readonly truncatedBodyAllowed?: boolean | undefined
  /** Whether bodies of this subsystem's messages are kept. Default: yes. */
  readonly bodyLogging?: ((party: ClientId) => boolean) | undefined
}

export interface TimestampingOptions {
  /** Whom to ask, in order; looked up for each round. None: no message is accepted. */
  readonly providers: () => readonly TimestampProvider[]
  /** Certificates whose stamps count: those of the current global configuration, all instances. */
  readonly trusted: () => readonly Certificate[]
  /** `timeStampingIntervalSeconds` of the global configuration (X-Road clamps it to 60–86400). */
  readonly intervalSeconds?: (() => number) | undefined
  /** Most records under one stamp. Default 10000. */
  readonly batchMax?: number | undefined
  /** Pause after a failed round. Default 60. */
  readonly retrySeconds?: number | undefined
  /** How long stamping may fail before messages are refused; 0: for ever. Default 14400. */
  readonly failurePeriodSeconds?: number | undefined
  /** Stamp each message before `append` resolves. Default: no. */
  readonly immediately?: boolean | undefined
  /** Default 20 s to connect, 60 s for the answer. */
  readonly connectTimeoutMs?: number | undefined
  readonly answerTimeoutMs?: number | undefined
  /** First round after start. Default 1. */
  readonly firstDelaySeconds?: number | undefined
}

export type ArchiveGrouping = 'none' | 'member' | 'subsystem'

export interface ArchiveOptions {
  /** Where archives go. Default: `archive` in the log's folder. */
  readonly folder?: string | undefined
  /** Default 6 h. */
  readonly intervalSeconds?: number | undefined
  /** Size after which the next archive is begun. Default 32 MiB. */
  readonly fileBytesMax?: number | undefined
  readonly grouping?: ArchiveGrouping | undefined
  /** Records are removed from the log this long after they were archived. Default 30. */
  readonly keepRecordsDays?: number | undefined
}
