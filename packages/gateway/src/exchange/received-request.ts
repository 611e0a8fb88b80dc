import type { RestRequest, SoapMessage } from '@trembita/protocol/message'
import type { ExchangeMessage } from './message.ts'

/** A request as a service of this gateway gets it: an information system's, or a metaservice. */
export interface ReceivedRequest extends ExchangeMessage {
  /** base64; the answer bears it. */
  readonly requestHash: string
  /** Content-Type that the asking information system gave. */
  readonly originalContentType: string
  readonly soapAction: string | undefined
  readonly message: { readonly kind: 'soap', readonly soap: SoapMessage } | { readonly kind: 'rest', readonly rest: RestRequest }
}
