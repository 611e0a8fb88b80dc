import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TraceContext } from '@trembita/daemon'

/** How an information system speaks to us; faults answer in the same way. */
export type Dialect = 'soap' | 'xroad' | 'uxp'

/** Who is on the other end of the connection. */
export interface ClientPeer {
  readonly secure: boolean
  /** SHA-256, lower-case hex, of the TLS certificate shown. */
  readonly certificateHash: string | undefined
}

/** One HTTP request of an information system. */
export interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly dialect: Dialect
  readonly peer: ClientPeer
  /** x-road-request-id: made here, unique. */
  readonly requestId: string
  readonly trace: TraceContext
}
