import { Fault } from '../fault/index.ts'
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

/**
 * What a certificate may be imported for. One that would serve for both is refused, as X-Road does on import; on the
 * message path each use asks its own question only.
 *
 * @throws {Fault} `IncorrectCertificate` for one that serves for both or for neither.
 */
export function usageOf (certificate: Certificate): 'sign' | 'auth' {
  const [sign, auth] = [isSigningCertificate(certificate), isAuthenticationCertificate(certificate)]
  if (sign === auth) throw new Fault('IncorrectCertificate', sign ? 'certificate is for seals and for TLS at once' : 'certificate is neither for seals nor for TLS')
  return sign ? 'sign' : 'auth'
}
