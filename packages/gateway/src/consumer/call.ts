import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TraceContext } from '@trembita/daemon'
import type { ClientPeer } from '../clients/index.ts'

/** How an information system speaks to us; faults answer in the same way. */
export type Dialect = 'soap' | 'xroad' | 'uxp'

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
