import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TraceContext } from '@trembita/daemon'
import type { Certificate } from '@trembita/protocol/pki'

/** One request of another gateway on the message port. */
export interface PeerCall {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** What the peer showed in TLS, leaf first. */
  readonly chain: readonly Certificate[]
  readonly trace: TraceContext
}
