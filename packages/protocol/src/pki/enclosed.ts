import type { Certificate } from './certificate.ts'

/**
 * Whether each certificate that came along with a signed structure is its signer's or one above that.
 *
 * They are not under the signature. Nothing is concluded from them, but a changed or an unrelated one means that the
 * structure is not as its signer made it, so we do not call it whole.
 *
 * @param known certificates outside the structure that may have issued an enclosed one.
 */
export function areOfSigner (enclosed: readonly Certificate[], signer: Certificate, known: readonly Certificate[]): boolean {
  const chain = [signer]
  for (const certificate of chain) {
    for (const candidate of enclosed) {
      if (!chain.includes(candidate) && certificate.isIssuedBy(candidate)) chain.push(candidate)
    }
  }
  const issuers = [...chain, ...known]
  return enclosed.every((certificate) => chain.includes(certificate) && (certificate === signer || isGenuine(certificate, issuers)))
}

/** An issuer that nobody has at hand cannot be asked. */
function isGenuine (certificate: Certificate, issuers: readonly Certificate[]): boolean {
  const named = issuers.filter((issuer) => certificate.issuer.equals(issuer.subject))
  return named.length === 0 || named.some((issuer) => certificate.isIssuedBy(issuer))
}
