import { Fault } from '../fault/index.ts'
import { Certificate } from './certificate.ts'

/**
 * All certificates of a PEM text, in its order; other blocks and text between them are passed over.
 *
 * @throws {Fault} `IncorrectCertificate` when one cannot be read, or there is none.
 */
export function certificatesOfPem (pem: string): Certificate[] {
  const certificates: Certificate[] = []
  for (const [, body] of pem.matchAll(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([^-]*)-----END/g)) {
    certificates.push(Certificate.parse(Buffer.from(body ?? '', 'base64')))
  }
  if (certificates.length === 0) throw new Fault('IncorrectCertificate', 'no certificate in the PEM text')
  return certificates
}
