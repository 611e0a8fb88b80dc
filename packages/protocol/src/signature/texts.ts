import type { Certificate } from '../pki/index.ts'
import { escapeText } from '../xml/index.ts'
import { digest, type DigestAlgorithm } from './digests.ts'

interface CertificateTexts {
  readonly certificate: string
  readonly certificateDigest: string
  readonly issuer: string
  readonly serial: string
}

const certificateTexts = new WeakMap<Certificate, Map<string, CertificateTexts>>()

/** What a signature says of a certificate: the same text every time, so it is made once. */
export function textsOf (certificate: Certificate, method: DigestAlgorithm): CertificateTexts {
  let byMethod = certificateTexts.get(certificate)
  if (byMethod === undefined) certificateTexts.set(certificate, byMethod = new Map())
  let texts = byMethod.get(method.name)
  if (texts === undefined) {
    texts = {
      certificate: base64(certificate.der),
      certificateDigest: base64(digest(method, certificate.der)),
      issuer: escapeText(certificate.issuer.rfc2253),
      serial: certificate.serialNumber.toString()
    }
    byMethod.set(method.name, texts)
  }
  return texts
}

export function base64 (bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
