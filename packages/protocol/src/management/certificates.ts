import { Fault } from '../fault/index.ts'
import type { MemberId } from '../identifiers/index.ts'
import {
  buildPath, Certificate, isAuthenticationCertificate, isSigningCertificate, memberOfSignCertificate, verifyOcsp, type CertificatePath, type TrustStore
} from '../pki/index.ts'

/** A sign certificate that may be relied on, and whose it is. */
export interface Signatory {
  readonly certificate: Certificate
  member (): MemberId
}

/**
 * Reads an authentication certificate and checks that an approved CA of the instance issued it for this use and that it is
 * valid. Its revocation is not asked: it is not in use yet.
 *
 * @throws {Fault} `IncorrectCertificate` when it cannot be read, else `CertValidation`.
 * @see xroad-trust §4.3 step 3
 */
export function checkAuthCertificate (der: Buffer, trust: TrustStore, at: Date): Certificate {
  const certificate = readCertificate(der, 'authentication certificate')
  pathOf(certificate, 'authentication certificate', trust, at)
  if (!isAuthenticationCertificate(certificate)) throw new Fault('CertValidation', 'authentication certificate: its key usage is not authentication')
  return certificate
}

/**
 * Reads a sign certificate and checks it as a seal's would be: approved CA, validity, nonRepudiation, a good and fresh OCSP response.
 *
 * @throws {Fault} `IncorrectCertificate` when it cannot be read, `CertValidation`, or `IncorrectValidationInfo` for the OCSP response.
 * @see xroad-trust §4.3 step 5
 */
export function checkSignCertificate (der: Buffer, ocspResponse: Buffer, trust: TrustStore, at: Date): Signatory {
  const certificate = readCertificate(der, 'sign certificate')
  const { path, anchor } = pathOf(certificate, 'sign certificate', trust, at)
  if (anchor.authenticationOnly) throw new Fault('CertValidation', 'sign certificate: its certification authority is approved for authentication only')
  if (!isSigningCertificate(certificate)) throw new Fault('CertValidation', 'sign certificate: its key usage is not signing (nonRepudiation)')
  try {
    verifyOcsp([ocspResponse], path, anchor, trust, at)
  } catch (thrown) {
    throw retold(thrown, 'sign certificate')
  }
  return { certificate, member: () => memberOfSignCertificate(certificate, anchor.profileClass, trust.instance) }
}

/** @throws {Fault} `IncorrectCertificate` for anything but DER, saying which certificate it is about. */
export function readCertificate (der: Buffer, what: string): Certificate {
  // X-Road's own tools would take it, but it must equal the bytes in the SOAP, which are what is registered
  if (der.subarray(0, 64).includes('-----BEGIN')) throw new Fault('IncorrectCertificate', `${what}: expected DER, found PEM`)
  try {
    return Certificate.parse(der)
  } catch (thrown) {
    throw retold(thrown, what)
  }
}

function pathOf (certificate: Certificate, what: string, trust: TrustStore, at: Date): CertificatePath {
  try {
    return buildPath(certificate, [], trust, at)
  } catch (thrown) {
    throw retold(thrown, what, 'CertValidation')
  }
}

/** The same fault without the stages of the message path, saying which of the certificates it is about. */
function retold (thrown: unknown, what: string, kind?: 'CertValidation'): unknown {
  return thrown instanceof Fault ? new Fault(kind ?? thrown.kind, `${what}: ${thrown.message}`, { cause: thrown }) : thrown
}
