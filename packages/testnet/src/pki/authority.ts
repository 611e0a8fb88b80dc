import type { KeyObject } from 'node:crypto'
import type { Certificate } from '@trembita/protocol/pki'
import { makeCertificate, type Issued } from './issue.ts'
import { generateKey, randomSerial, type KeyKind } from './keys.ts'
import type { Profile } from './profiles.ts'
import { plainSubject, type Subject } from './subject.ts'

export const DAY_MS = 24 * 60 * 60 * 1000

/** What an authority knows of a certificate that it issued. */
export interface RegistryEntry {
  readonly serial: string
  readonly subject: string
  revokedAt?: string
}

export interface IssueOptions {
  readonly notBefore?: Date | undefined
  readonly notAfter?: Date | undefined
  readonly ocspUrl?: string | undefined
  readonly names?: readonly string[] | undefined
  readonly pss?: boolean | undefined
}

/** One CA: its key, its certificate, its OCSP responder's key and certificate, and the register of what it issued. */
export class TestAuthority {
  readonly certificate: Certificate
  readonly privateKey: KeyObject
  /** The CA certificates from this one up, without the top one. */
  readonly chain: readonly Certificate[]
  readonly ocsp: Issued
  readonly registry: Map<string, RegistryEntry>

  constructor (parts: { certificate: Certificate, privateKey: KeyObject, chain: readonly Certificate[], ocsp: Issued, registry: Iterable<RegistryEntry> }) {
    this.certificate = parts.certificate
    this.privateKey = parts.privateKey
    this.chain = parts.chain
    this.ocsp = parts.ocsp
    this.registry = new Map([...parts.registry].map((entry) => [entry.serial, entry]))
  }

  /** Makes a top CA, or one below `above`. */
  static async create (options: { name: string, organization: string, keyKind: KeyKind, at: Date, above?: TestAuthority | undefined, ocspUrl?: string | undefined }): Promise<TestAuthority> {
    const { above, at } = options
    const [key, ocspKey] = await Promise.all([generateKey(options.keyKind), generateKey(options.keyKind)])
    const subject = plainSubject(options.organization, options.name)
    const serial = randomSerial()
    const certificate = await makeCertificate({
      profile: above === undefined ? 'ca' : 'issuing-ca',
      subject,
      publicKey: key.publicKey,
      serial,
      notBefore: new Date(at.getTime() - DAY_MS),
      notAfter: new Date(at.getTime() + (above === undefined ? 7300 : 3650) * DAY_MS),
      ocspUrl: above === undefined ? undefined : options.ocspUrl
    }, above ?? key, above?.certificate)
    above?.registry.set(serial, { serial, subject: certificate.subject.rfc2253 })
    const chain = above === undefined ? [] : [certificate, ...above.chain]
    const ocspCertificate = await makeCertificate({
      profile: 'ocsp',
      subject: plainSubject(options.organization, `${options.name} OCSP`),
      publicKey: ocspKey.publicKey,
      serial: randomSerial(),
      notBefore: new Date(at.getTime() - DAY_MS),
      notAfter: new Date(at.getTime() + 3650 * DAY_MS)
    }, key, certificate)
    return new TestAuthority({ certificate, privateKey: key.privateKey, chain, ocsp: { certificate: ocspCertificate, privateKey: ocspKey.privateKey, chain }, registry: [] })
  }

  /** Issues a certificate for a public key and enters it in the register. */
  async issue (profile: Profile, subject: Subject, publicKey: KeyObject, at: Date, options: IssueOptions = {}): Promise<Certificate> {
    const serial = randomSerial()
    const certificate = await makeCertificate({
      profile,
      subject,
      publicKey,
      serial,
      notBefore: options.notBefore ?? new Date(at.getTime() - 60 * 60 * 1000),
      notAfter: options.notAfter ?? new Date(at.getTime() + 730 * DAY_MS),
      ocspUrl: options.ocspUrl,
      names: options.names,
      pss: options.pss
    }, this, this.certificate)
    this.registry.set(serial, { serial, subject: certificate.subject.rfc2253 })
    return certificate
  }
}

/** Serial number as the register spells it. */
export function serialOf (serialNumber: bigint): string {
  const hex = serialNumber.toString(16)
  return hex.length % 2 === 0 ? hex : `0${hex}`
}
