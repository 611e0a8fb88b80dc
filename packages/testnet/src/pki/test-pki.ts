import 'reflect-metadata'
import { Pkcs10CertificateRequest } from '@peculiar/x509'
import { createPublicKey, type KeyObject } from 'node:crypto'
import type { Certificate } from '@trembita/protocol/pki'
import { TestAuthority, serialOf, type IssueOptions } from './authority.ts'
import type { Issued } from './issue.ts'
import { generateKey, type KeyKind, type KeyPair } from './keys.ts'
import type { Profile } from './profiles.ts'
import { plainSubject, sealSubject, serverSubject, type SealHolder, type Subject } from './subject.ts'

export interface TestPkiOptions {
  /** Organisation in the names of the CAs; two PKIs of different names do not know each other. */
  readonly organization?: string | undefined
  /** Keys of CAs, OCSP responders and timestamp service; default `ec`, which is quick to make. */
  readonly keyKind?: KeyKind | undefined
  /** Written into issued certificates (AIA). */
  readonly ocspUrl?: string | undefined
  readonly now?: (() => Date) | undefined
}

/** Which CA issues; default the one below the top. */
export type Issuer = 'root' | 'intermediate'

export interface LeafOptions extends IssueOptions {
  readonly keyType?: KeyKind | undefined
  /** A key of the caller's own instead of a new one. */
  readonly key?: KeyPair | undefined
  readonly issuer?: Issuer | undefined
  /** Another profile under the same subject: how the bad ones are made. */
  readonly profile?: Profile | undefined
}

export interface Parts {
  readonly root: TestAuthority
  readonly intermediate: TestAuthority
  readonly tsa: Issued
}

/**
 * A development PKI: a top CA, one below it, an OCSP responder for each, and a timestamp service. What it issues passes
 * X-Road's checks; its keys stand unencrypted and are good for nothing else.
 */
export class TestPki {
  readonly organization: string
  readonly root: TestAuthority
  readonly intermediate: TestAuthority
  readonly tsa: Issued
  /** Address written into certificates issued from now on. */
  ocspUrl: string | undefined
  readonly now: () => Date
  /** Called after each change of a register. */
  onChange: () => void = () => {}

  constructor (parts: Parts, options: TestPkiOptions) {
    this.organization = options.organization ?? ORGANIZATION
    this.root = parts.root
    this.intermediate = parts.intermediate
    this.tsa = parts.tsa
    this.ocspUrl = options.ocspUrl
    this.now = options.now ?? (() => new Date())
  }

  get authorities (): readonly TestAuthority[] {
    return [this.intermediate, this.root]
  }

  /** OCSP responder of the CA that issues by default. */
  get ocsp (): Issued {
    return this.intermediate.ocsp
  }

  /** A seal: X-Road's Basic profile, keyUsage nonRepudiation alone. */
  async issueSign (options: LeafOptions & { readonly member: SealHolder }): Promise<Issued> {
    return await this.issue('sign', sealSubject(options.member), options)
  }

  /** A gateway's certificate for the message port. `names` become subjectAltName; the first, or `host`, is CN. */
  async issueAuth (options: LeafOptions & { readonly owner: SealHolder, readonly serverCode: string, readonly host?: string | undefined }): Promise<Issued> {
    return await this.issue('auth', serverSubject(options.owner, options.host ?? options.names?.[0] ?? options.serverCode), options)
  }

  /** A certificate for an HTTPS service or client: an information system, a console. */
  async issueTls (options: LeafOptions & { readonly names: readonly string[] }): Promise<Issued> {
    return await this.issue('tls', plainSubject(this.organization, options.names[0] ?? 'localhost'), options)
  }

  /** Any profile for any subject. */
  async issue (profile: Profile, subject: Subject, options: LeafOptions = {}): Promise<Issued> {
    const key = options.key ?? await generateKey(options.keyType ?? 'ec')
    const certificate = await this.#issueFor(options.profile ?? profile, subject, key.publicKey, options)
    return { certificate, privateKey: key.privateKey, chain: this.#authority(options.issuer).chain }
  }

  /**
   * Answers a PKCS#10 request: its subject and key, the extensions of `profile` whatever it asked for (a request for a
   * sign certificate made by X-Road asks keyCertSign too).
   *
   * @throws {Error} when the request is not signed by its key.
   */
  async signCsr (pem: string, profile: 'sign' | 'auth' | 'tls' | 'tsa', options: LeafOptions = {}): Promise<{ certificate: Certificate, chain: readonly Certificate[] }> {
    const request = new Pkcs10CertificateRequest(pem)
    if (!await request.verify()) throw new Error('certificate request is not signed by its own key')
    const publicKey = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' })
    const certificate = await this.#issueFor(profile, request.subjectName, publicKey, options)
    return { certificate, chain: this.#authority(options.issuer).chain }
  }

  /** From now on the responder says revoked. @throws {Error} for a certificate that is not ours. */
  revoke (certificate: Certificate, at: Date = this.now()): void {
    const authority = this.authorities.find((candidate) => certificate.isIssuedBy(candidate.certificate))
    const entry = authority?.registry.get(serialOf(certificate.serialNumber))
    if (entry === undefined) throw new Error('certificate was not issued by this PKI')
    entry.revokedAt = at.toISOString()
    this.onChange()
  }

  #authority (issuer: Issuer = 'intermediate'): TestAuthority {
    return issuer === 'root' ? this.root : this.intermediate
  }

  async #issueFor (profile: Profile, subject: Subject, publicKey: KeyObject, options: LeafOptions): Promise<Certificate> {
    const certificate = await this.#authority(options.issuer).issue(profile, subject, publicKey, this.now(), { ...options, ocspUrl: options.ocspUrl ?? this.ocspUrl })
    this.onChange()
    return certificate
  }
}

const ORGANIZATION = 'Trembita development PKI'

/** Makes a new PKI in memory. */
export async function createTestPki (options: TestPkiOptions = {}): Promise<TestPki> {
  const organization = options.organization ?? ORGANIZATION
  const keyKind = options.keyKind ?? 'ec'
  const at = options.now?.() ?? new Date()
  const common = { organization, keyKind, at, ocspUrl: options.ocspUrl }
  const root = await TestAuthority.create({ ...common, name: 'Root CA' })
  const intermediate = await TestAuthority.create({ ...common, name: 'Issuing CA', above: root })
  const tsaKey = await generateKey(keyKind)
  const tsa = await intermediate.issue('tsa', plainSubject(organization, 'Timestamp service'), tsaKey.publicKey, at, {
    notAfter: new Date(at.getTime() + 3600 * 24 * 60 * 60 * 1000), ocspUrl: options.ocspUrl
  })
  return new TestPki({ root, intermediate, tsa: { certificate: tsa, privateKey: tsaKey.privateKey, chain: intermediate.chain } }, options)
}
