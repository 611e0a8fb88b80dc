import { X509Certificate } from 'node:crypto'
import { bitOctetsOf, readDer, sequenceOf, TAG } from '@trembita/protocol/asn1'
import { CERTIFICATE_BYTES_MAX, type Certificate } from '@trembita/protocol/pki'
import { instant, listOf, record, text } from '../route.ts'

/** Details of a certificate, as X-Road's administration API tells them. */
export const certificateDetailsSchema = record({
  issuer_distinguished_name: text(4096, 0),
  issuer_common_name: text(4096, 0),
  subject_distinguished_name: text(4096, 0),
  subject_common_name: text(4096, 0),
  not_before: instant,
  not_after: instant,
  serial: text(),
  version: { type: 'integer' },
  signature_algorithm: text(),
  signature: text(100_000),
  public_key_algorithm: text(),
  rsa_public_key_modulus: text(100_000),
  rsa_public_key_exponent: { type: 'integer' },
  ec_public_parameters: text(),
  ec_public_key_point: text(100_000),
  hash: text(),
  key_usages: listOf(text()),
  subject_alternative_names: text(100_000, 0)
}, ['hash', 'subject_distinguished_name', 'issuer_distinguished_name', 'not_before', 'not_after', 'serial'])

/** Name of a certificate in paths: SHA-256 of its DER, upper-case hex. */
export function hashOf ({ sha256 }: Certificate): string {
  return sha256.toString('hex').toUpperCase()
}

export function certificateDetails (certificate: Certificate): object {
  const x509 = new X509Certificate(certificate.der)
  return {
    issuer_distinguished_name: certificate.issuer.rfc2253,
    issuer_common_name: certificate.issuer.get('CN') ?? '',
    subject_distinguished_name: certificate.subject.rfc2253,
    subject_common_name: certificate.subject.get('CN') ?? '',
    not_before: certificate.notBefore.toISOString(),
    not_after: certificate.notAfter.toISOString(),
    serial: certificate.serialNumber.toString(),
    version: 3,
    signature_algorithm: x509.signatureAlgorithm ?? '',
    signature: signatureOf(certificate),
    ...keyDetails(certificate),
    hash: hashOf(certificate),
    key_usages: [...certificate.keyUsage ?? []].map((usage) => usage.replace(/([a-z])([A-Z])/g, '$1_$2').replace('c_RL', 'CRL').toUpperCase()),
    subject_alternative_names: x509.subjectAltName ?? ''
  }
}

function keyDetails ({ keyAlgorithm, publicKey }: Certificate): object {
  const jwk = publicKey.export({ format: 'jwk' })
  if (jwk.kty === 'RSA') {
    return {
      public_key_algorithm: 'RSA',
      rsa_public_key_modulus: Buffer.from(jwk.n!, 'base64url').toString('hex'),
      rsa_public_key_exponent: parseInt(Buffer.from(jwk.e!, 'base64url').toString('hex'), 16)
    }
  }
  if (jwk.kty !== 'EC') return { public_key_algorithm: keyAlgorithm }
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(jwk.x!, 'base64url'), Buffer.from(jwk.y!, 'base64url')])
  return { public_key_algorithm: 'EC', ec_public_parameters: jwk.crv, ec_public_key_point: point.toString('hex') }
}

function signatureOf ({ der }: Certificate): string {
  const certificate = sequenceOf(readDer(der, CERTIFICATE_BYTES_MAX))
  certificate.take(TAG.SEQUENCE)
  certificate.take(TAG.SEQUENCE)
  return bitOctetsOf(certificate.take(TAG.BIT_STRING)).toString('hex')
}
