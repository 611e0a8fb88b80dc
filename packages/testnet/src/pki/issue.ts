import 'reflect-metadata'
import { AuthorityKeyIdentifierExtension, Name, PublicKey, SubjectKeyIdentifierExtension, X509CertificateGenerator } from '@peculiar/x509'
import type { KeyObject } from 'node:crypto'
import { Certificate } from '@trembita/protocol/pki'
import { signingAlgorithm, type KeyPair } from './keys.ts'
import { extensionsOf, type Profile } from './profiles.ts'
import type { Subject } from './subject.ts'

/** The library means WebCrypto's key by its global name, which exists only where some other package brings in the DOM library. */
type SigningKey = Extract<Parameters<typeof X509CertificateGenerator.create>[0], { signingKey: unknown }>['signingKey']

/** A certificate with its key. */
export interface Issued {
  readonly certificate: Certificate
  readonly privateKey: KeyObject
  /** CA certificates above it, nearest first, without the top one: what a TLS peer sends after the leaf. */
  readonly chain: readonly Certificate[]
}

export interface CertificateFields {
  readonly profile: Profile
  readonly subject: Subject
  readonly publicKey: KeyObject
  readonly serial: string
  readonly notBefore: Date
  readonly notAfter: Date
  readonly ocspUrl?: string | undefined
  readonly names?: readonly string[] | undefined
  /** Sign by RSASSA-PSS; for an RSA issuer. */
  readonly pss?: boolean | undefined
}

/** Makes one certificate. Without `issuer` it signs itself with `signer`. */
export async function makeCertificate (fields: CertificateFields, signer: KeyPair | { privateKey: KeyObject }, issuer?: Certificate): Promise<Certificate> {
  const algorithm = signingAlgorithm(signer.privateKey, fields.pss)
  const publicKey = new PublicKey(fields.publicKey.export({ format: 'der', type: 'spki' }))
  const subject = fields.subject instanceof Name ? fields.subject : new Name(fields.subject)
  const made = await X509CertificateGenerator.create({
    serialNumber: fields.serial,
    subject,
    issuer: issuer === undefined ? subject : new Name(Uint8Array.from(issuer.subject.raw)),
    notBefore: fields.notBefore,
    notAfter: fields.notAfter,
    publicKey,
    signingKey: signer.privateKey.toCryptoKey(algorithm, true, ['sign']) as SigningKey,
    signingAlgorithm: algorithm,
    extensions: [
      ...extensionsOf(fields.profile, fields),
      await SubjectKeyIdentifierExtension.create(publicKey),
      ...(issuer?.extensions.subjectKeyIdentifier === undefined
        ? []
        : [new AuthorityKeyIdentifierExtension(issuer.extensions.subjectKeyIdentifier.toString('hex'))])
    ]
  })
  return Certificate.parse(Buffer.from(made.rawData))
}
