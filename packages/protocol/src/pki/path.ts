import { Fault } from '../fault/index.ts'
import type { Certificate } from './certificate.ts'
import type { CertificationAuthority, TrustStore } from './trust-store.ts'

/** Real chains have one or two CAs; the search tries no more than these. */
export const PATH_LENGTH_MAX = 8
/** What a peer may hand us as candidates. */
export const INTERMEDIATES_MAX = 32

/** A leaf and the CA certificates above it, without the anchor; and the approved CA that issued the last of them. */
export interface CertificatePath {
  readonly path: Certificate[]
  readonly anchor: CertificationAuthority
}

/**
 * Finds the way from a certificate to an approved CA and checks it: signatures, validity at `at`, and for each CA in
 * between basicConstraints, keyCertSign and path length. Revocation is `verifyOcsp`'s part.
 *
 * @param intermediates certificates to go through; which of them are needed, and in which order, is found out.
 * @throws {Fault} `CannotCreateCertPath` when no chain of signatures reaches an approved CA; `InvalidCertPath` when one
 *   does but may not be relied upon.
 * @see RFC 5280 §6.1
 */
export function buildPath (leaf: Certificate, intermediates: readonly Certificate[], trust: TrustStore, at: Date): CertificatePath {
  if (intermediates.length > INTERMEDIATES_MAX) throw new Fault('CannotCreateCertPath', `more than ${INTERMEDIATES_MAX} intermediate certificates`)
  const found = search([leaf], intermediates, trust, { tries: 0 })
  if (found === undefined) throw new Fault('CannotCreateCertPath', 'certificate was not issued by an approved certification authority')
  checkPath(found, at)
  return found
}

function search (path: Certificate[], intermediates: readonly Certificate[], trust: TrustStore, budget: { tries: number }): CertificatePath | undefined {
  const last = path.at(-1) as Certificate
  const anchor = issuingAuthority(last, trust)
  if (anchor !== undefined) return { path, anchor }
  if (path.length > PATH_LENGTH_MAX) return undefined
  for (const candidate of intermediates) {
    if (path.includes(candidate) || !last.issuer.equals(candidate.subject)) continue
    // cross-certificates of one name could make the search grow as a factorial
    if (++budget.tries > INTERMEDIATES_MAX) return undefined
    if (!last.isIssuedBy(candidate)) continue
    const found = search([...path, candidate], intermediates, trust, budget)
    if (found !== undefined) return found
  }
  return undefined
}

/** The approved CA that issued a certificate. A CA that changed keys stands twice under one name. */
function issuingAuthority (certificate: Certificate, trust: TrustStore): CertificationAuthority | undefined {
  const first = trust.findCa(certificate.issuer)
  if (first === undefined) return undefined
  if (certificate.isIssuedBy(first.certificate)) return first
  return trust.authorities.find((authority) => certificate.isIssuedBy(authority.certificate))
}

function checkPath ({ path, anchor }: CertificatePath, at: Date): void {
  path.forEach((certificate, below) => {
    if (!certificate.isValidAt(at)) throw invalid(at < certificate.notBefore ? 'certificate is not valid yet' : 'certificate has expired')
    if (certificate.extensions.unknownCritical.length > 0) {
      throw invalid(`certificate has a critical extension that is not known: ${certificate.extensions.unknownCritical.join(', ')}`)
    }
    if (below > 0) checkIssuer(certificate, below - 1)
  })
  // The anchor's validity is the operator's word in the signed configuration, not its certificate's (RFC 5280 §6.1.1 d);
  // but one that may not sign certificates, or ends paths earlier, is held to that
  if (anchor.certificate.keyUsage?.has('keyCertSign') === false) throw invalid('approved certification authority may not sign certificates')
  checkLength(anchor.certificate, path.length - 1)
}

/** `casBelow`: CA certificates between this one and the leaf. */
function checkIssuer (ca: Certificate, casBelow: number): void {
  if (!ca.isCa) throw invalid('certificate was issued by one that is no certification authority')
  if (ca.keyUsage?.has('keyCertSign') === false) throw invalid('certificate was issued by one that may not sign certificates')
  checkLength(ca, casBelow)
}

function checkLength (ca: Certificate, casBelow: number): void {
  const { pathLength } = ca.extensions
  if (pathLength !== undefined && casBelow > pathLength) throw invalid('certificate path is longer than a certification authority allows')
}

function invalid (message: string): Fault {
  return new Fault('InvalidCertPath', message)
}
