import type { Certificate } from '@trembita/protocol/pki'

const text = { type: 'string' } as const

/** JSON schema of `certificateJson`. */
export const certificateSchema = {
  type: 'object',
  properties: {
    subject_distinguished_name: text,
    subject_common_name: text,
    issuer_distinguished_name: text,
    issuer_common_name: text,
    serial: text,
    not_before: text,
    not_after: text,
    public_key_algorithm: text,
    key_usages: { type: 'array', items: text },
    extended_key_usages: { type: 'array', items: text },
    hash: { type: 'string', description: 'SHA-256, upper-case hex' },
    certificate: { type: 'string', description: 'DER in base64' }
  }
} as const

/** A certificate as the API shows it. */
export function certificateJson (certificate: Certificate): Record<string, unknown> {
  return {
    subject_distinguished_name: certificate.subject.rfc2253,
    subject_common_name: certificate.subject.get('CN'),
    issuer_distinguished_name: certificate.issuer.rfc2253,
    issuer_common_name: certificate.issuer.get('CN'),
    serial: certificate.serialNumber.toString(),
    not_before: certificate.notBefore.toISOString(),
    not_after: certificate.notAfter.toISOString(),
    public_key_algorithm: keyTextOf(certificate),
    key_usages: [...certificate.keyUsage ?? []],
    extended_key_usages: certificate.extendedKeyUsage,
    hash: certificate.sha256.toString('hex').toUpperCase(),
    certificate: certificate.der.toString('base64')
  }
}

/** `RSA 3072`, `EC prime256v1`; the algorithm's number for a key that we cannot use. */
function keyTextOf (certificate: Certificate): string {
  try {
    const { asymmetricKeyDetails: details } = certificate.publicKey
    return certificate.keyType === 'rsa' ? `RSA ${details?.modulusLength ?? ''}` : `EC ${details?.namedCurve ?? ''}`
  } catch {
    // Shown as it is: whether it may be approved is not asked here.
    return certificate.keyAlgorithm
  }
}
