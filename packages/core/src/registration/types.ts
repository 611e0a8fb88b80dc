import type { SqlReader } from '@trembita/daemon/store'
import type { ManagementRequest, ManagementServiceCode } from '@trembita/protocol/management'
import type { ChangeTx } from '../audit/index.ts'

/** A gateway, or an operator of the core in its stead. */
export const REQUEST_ORIGINS = ['SECURITY_SERVER', 'CENTER'] as const
export type RequestOrigin = typeof REQUEST_ORIGINS[number]

/** `SUBMITTED_FOR_APPROVAL`: gateway and centre ask for the same, and somebody still has to agree (xroad-trust §4.5). */
export const REQUEST_STATUSES = ['WAITING', 'SUBMITTED_FOR_APPROVAL', 'APPROVED', 'DECLINED', 'REVOKED'] as const
export type RequestStatus = typeof REQUEST_STATUSES[number]

/** States that somebody may still decide on. */
export const PENDING: readonly RequestStatus[] = ['WAITING', 'SUBMITTED_FOR_APPROVAL']

/** A request with what the registry knows of it. */
export interface StoredRequest {
  readonly id: number
  readonly processing: number
  readonly request: ManagementRequest
  readonly origin: RequestOrigin
  readonly status: RequestStatus
  /** An operator's words on making it. */
  readonly comments: string | undefined
  /** Name of who asked. */
  readonly requestedBy: string
  readonly createdAt: Date
  readonly decision: { readonly at: Date, readonly by: string, readonly reason: string | undefined } | undefined
}

/** Request of one service. */
export type RequestOf<Service extends ManagementServiceCode> = Extract<ManagementRequest, { readonly service: Service }>

/** What holds for the requests of one service. */
export interface RequestRule<Request extends ManagementRequest> {
  /**
   * Finds what forbids a new request.
   *
   * @returns the pending request of the other origin that it completes.
   * @throws {Refusal}
   */
  check (reader: SqlReader, request: Request, origin: RequestOrigin): Promise<StoredRequest | undefined>
  /** Absent: takes effect at once. */
  readonly approval?: {
    readonly autoApproval: 'autoApproveAuthCertRegRequests' | 'autoApproveClientRegRequests' | 'autoApproveOwnerChangeRequests'
    /** Whether everything that a gateway's request names is known and in order, so that nobody need look at it. */
    isAllKnown (reader: SqlReader, request: Request, at: Date): Promise<boolean>
  }
  /** Carries it out; checks again, for much may have changed since it was made. @throws {Refusal} */
  apply (tx: ChangeTx, request: Request): Promise<void>
}
