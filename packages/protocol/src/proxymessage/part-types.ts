/** Content types of the parts between gateways (xroad-messages §2.5). Compared without regard to case. */
export const PART_TYPES = {
  ocsp: 'application/ocsp-response',
  restRequest: 'application/x-road-rest-request',
  restResponse: 'application/x-road-rest-response',
  restBody: 'application/x-road-rest-body',
  hashChainResult: 'application/hash-chain-result',
  hashChain: 'application/hash-chain',
  signature: 'signature/bdoc-1.0/ts',
  fault: 'text/xml; charset=UTF-8'
} as const
