import type { VerifiedRequest } from '@trembita/protocol/management'

/** A management request that passed every check of the wire, with what its page shows and an auditor may ask for. */
export type VerifiedManagementRequest = VerifiedRequest & {
  /** `registration` is port 4001, `management` the services that are called through the exchange. */
  readonly receivedBy: 'registration' | 'management'
  /** IP address that it came from; for `management` that of the gateway of the management services. */
  readonly origin: string
  readonly receivedAt: Date
  /** The whole HTTP body with its content type, as received: all signatures and certificates can be verified again from it. */
  readonly contentType: string
  readonly body: Buffer
}

/**
 * What the registry does with verified requests.
 *
 * `handle` resolves with the id of the request once what it did is durable; 0 for a dry run, which changes nothing. A `Refusal`
 * is told to the gateway by its `code` and message, a `Fault` by its kind; anything else as an internal error. Calls may
 * come side by side, and a gateway whose connection broke may send the same request again.
 */
export interface ManagementHandler {
  handle (request: VerifiedManagementRequest): Promise<number>
}
