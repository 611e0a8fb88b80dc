import type { Certificate, TrustStore } from '@trembita/protocol/pki'

/** The intermediate CAs above a certificate, issuer first, without the top CA that everyone trusts. Empty when the issuer is not approved. */
export function chainToTop (certificate: Certificate, trust: TrustStore): Certificate[] {
  const chain: Certificate[] = []
  let authority = trust.findCa(certificate.issuer)
  while (authority !== undefined && !authority.top && chain.length < 8) {
    chain.push(authority.certificate)
    authority = trust.findCa(authority.certificate.issuer)
  }
  return chain
}
