import type { Certificate } from './certificate.ts'
import { OID } from './oids.ts'

/** Whether a certificate is one for seals: keyUsage is there and has nonRepudiation. */
export function isSigningCertificate (certificate: Certificate): boolean {
  return certificate.keyUsage?.has('nonRepudiation') === true
}

/** Whether a certificate is one for TLS between gateways: clientAuth, or a keyUsage for signing or encryption of a session. */
export function isAuthenticationCertificate (certificate: Certificate): boolean {
  if (certificate.extendedKeyUsage.includes(OID.clientAuth)) return true
  const usage = certificate.keyUsage
  return usage !== undefined && (usage.has('digitalSignature') || usage.has('keyEncipherment') || usage.has('dataEncipherment'))
}
