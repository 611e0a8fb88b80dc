import { createPublicKey, hash, type KeyObject } from 'node:crypto'
import { DerError, TAG, bitOctetsOf, contextTag, integerOf, oidOf, readDer, sequenceOf, smallIntegerOf, explicitOf, timeOf, type DerNode } from '../asn1/index.ts'
import { Fault } from '../fault/index.ts'
import { DistinguishedName } from './distinguished-name.ts'
import { NO_EXTENSIONS, readExtensions, type Extensions } from './extensions.ts'
import type { KeyUsage } from './key-usage.ts'
import { LruMap } from './lru.ts'
import { OID } from './oids.ts'
import { isSignedBy, schemeOf, type SignatureScheme } from './signature-check.ts'

/** Real ones have 1 to 3 KB; the largest seen in public trust lists, about 10. */
export const CERTIFICATE_BYTES_MAX = 64 * 1024
/** About 6 KB each with its key: more than the gateways and members of a country are asked about within a minute. */
const CACHE_MAX = 4096

const cache = new LruMap<Certificate>(CACHE_MAX)

/**
 * An X.509 certificate: parsed, not judged. Immutable, and one object per certificate while it is in the cache, so what
 * was once computed of it (key, hashes, a checked issuer signature) is not computed again.
 *
 * @see RFC 5280 §4.1
 */
export class Certificate {
  readonly der: Buffer
  readonly sha256: Buffer
  readonly subject: DistinguishedName
  readonly issuer: DistinguishedName
  readonly serialNumber: bigint
  readonly notBefore: Date
  readonly notAfter: Date
  /** DER of SubjectPublicKeyInfo. */
  readonly spki: Buffer
  /** Dotted number of the key's algorithm; those beside RSA and EC can be parsed but not used. */
  readonly keyAlgorithm: string
  readonly extensions: Extensions
  readonly #signed: { readonly tbs: Buffer, readonly scheme: SignatureScheme | undefined, readonly signature: Buffer }
  readonly #keyBits: Buffer
  readonly #namedCurve: boolean
  readonly #issuers = new LruMap<boolean>(8)
  #sha1: Buffer | undefined
  #sha512: Buffer | undefined
  #keyHash: Buffer | undefined
  #nameHash: Buffer | undefined
  #publicKey: KeyObject | undefined

  private constructor (der: Buffer, sha256: Buffer) {
    this.der = der
    this.sha256 = sha256
    const outer = sequenceOf(readDer(der, CERTIFICATE_BYTES_MAX))
    const tbsNode = outer.take(TAG.SEQUENCE)
    const algorithm = outer.take(TAG.SEQUENCE)
    const signature = bitOctetsOf(outer.take(TAG.BIT_STRING))
    outer.end()

    const tbs = sequenceOf(tbsNode)
    const version = tbs.optional(contextTag(0))
    if (version !== undefined && smallIntegerOf(explicitOf(version)) > 2) throw new DerError('certificate version above 3')
    this.serialNumber = integerOf(tbs.take(TAG.INTEGER))
    // RFC 5280 §4.1.1.2: both must say the same, or one of them was not signed
    if (!tbs.take(TAG.SEQUENCE).raw.equals(algorithm.raw)) throw new DerError('signature algorithm differs inside and outside')
    this.issuer = DistinguishedName.of(tbs.take(TAG.SEQUENCE))
    const validity = tbs.sequence()
    this.notBefore = timeOf(validity.take())
    this.notAfter = timeOf(validity.take())
    validity.end()
    this.subject = DistinguishedName.of(tbs.take(TAG.SEQUENCE))
    const spki = tbs.take(TAG.SEQUENCE)
    this.spki = spki.raw
    const key = readKey(spki)
    this.keyAlgorithm = key.algorithm
    this.#keyBits = key.bits
    this.#namedCurve = key.namedCurve
    tbs.optional(contextTag(1, false))
    tbs.optional(contextTag(2, false))
    const extensions = tbs.optional(contextTag(3))
    tbs.end()
    this.extensions = extensions === undefined ? NO_EXTENSIONS : readExtensions(extensions)
    this.#signed = { tbs: tbsNode.raw, scheme: schemeOf(algorithm), signature }
  }

  /**
   * Reads a certificate from DER, or hands out the one already read from the same bytes.
   *
   * @throws {Fault} `IncorrectCertificate` for anything that is not a whole, strict DER certificate.
   */
  static parse (der: Uint8Array): Certificate {
    const digest = hash('sha256', der, 'binary')
    const known = cache.get(digest)
    if (known !== undefined) return known
    try {
      // a copy of its own: `der` may be a view on a large buffer, or change
      const certificate = new Certificate(Buffer.from(Uint8Array.from(der).buffer), Buffer.from(digest, 'latin1'))
      cache.set(digest, certificate)
      return certificate
    } catch (thrown) {
      if (thrown instanceof DerError) throw new Fault('IncorrectCertificate', `certificate cannot be read: ${thrown.message}`, { cause: thrown })
      throw thrown
    }
  }

  get sha1 (): Buffer {
    this.#sha1 ??= hash('sha1', this.der, 'buffer')
    return this.#sha1
  }

  get sha512 (): Buffer {
    this.#sha512 ??= hash('sha512', this.der, 'buffer')
    return this.#sha512
  }

  /** SHA-1 of the key's bits: how OCSP names a key (RFC 6960 §4.1.1). */
  get keySha1 (): Buffer {
    this.#keyHash ??= hash('sha1', this.#keyBits, 'buffer')
    return this.#keyHash
  }

  /** The bits of the public key inside the SubjectPublicKeyInfo. */
  get keyBits (): Buffer {
    return this.#keyBits
  }

  /** SHA-1 of the subject's DER: how OCSP names an issuer. */
  get subjectSha1 (): Buffer {
    this.#nameHash ??= hash('sha1', this.subject.raw, 'buffer')
    return this.#nameHash
  }

  /** @throws {Fault} `IncorrectCertificate` for a key that is neither RSA nor EC. */
  get keyType (): 'rsa' | 'ec' {
    switch (this.keyAlgorithm) {
      case OID.rsaEncryption: case OID.rsaPss: return 'rsa'
      case OID.ecPublicKey: return 'ec'
      default: throw new Fault('IncorrectCertificate', `key algorithm ${this.keyAlgorithm} is not supported`)
    }
  }

  /** @throws {Fault} `IncorrectCertificate` for a key of another algorithm, or one that is no key. */
  get publicKey (): KeyObject {
    if (this.#publicKey !== undefined) return this.#publicKey
    // A curve given by its parameters can be made so that a stranger's key fits (CVE-2020-0601)
    if (this.keyType === 'ec' && !this.#namedCurve) throw new Fault('IncorrectCertificate', 'elliptic curve is not given by name')
    try {
      this.#publicKey = createPublicKey({ key: this.spki, format: 'der', type: 'spki' })
    } catch (thrown) {
      throw new Fault('IncorrectCertificate', 'public key cannot be read', { cause: thrown })
    }
    return this.#publicKey
  }

  /** Undefined when the certificate has no such extension: then nothing is restricted, and nothing is promised. */
  get keyUsage (): ReadonlySet<KeyUsage> | undefined {
    return this.extensions.keyUsage
  }

  get extendedKeyUsage (): readonly string[] {
    return this.extensions.extendedKeyUsage
  }

  get isCa (): boolean {
    return this.extensions.isCa
  }

  get isSelfSigned (): boolean {
    return this.isIssuedBy(this)
  }

  get pem (): string {
    return `-----BEGIN CERTIFICATE-----\n${this.der.toString('base64').replace(/.{64}(?!$)/g, '$&\n')}\n-----END CERTIFICATE-----\n`
  }

  isValidAt (at: Date): boolean {
    return at >= this.notBefore && at <= this.notAfter
  }

  equals (other: Certificate): boolean {
    return this === other || this.sha256.equals(other.sha256)
  }

  /** Whether `ca` has the issuer's name and its key made this certificate's signature. Says nothing of `ca`'s right to issue. */
  isIssuedBy (ca: Certificate): boolean {
    if (!this.issuer.equals(ca.subject)) return false
    const key = ca.sha256.toString('latin1')
    const known = this.#issuers.get(key)
    if (known !== undefined) return known
    const issued = this.#isSignedWith(ca)
    this.#issuers.set(key, issued)
    return issued
  }

  #isSignedWith (ca: Certificate): boolean {
    const { tbs, scheme, signature } = this.#signed
    if (scheme?.digest === undefined) return false
    try {
      return isSignedBy(ca.publicKey, scheme, scheme.digest, tbs, signature)
    } catch (thrown) {
      if (thrown instanceof Fault) return false
      throw thrown
    }
  }
}

function readKey (spki: DerNode): { algorithm: string, namedCurve: boolean, bits: Buffer } {
  const fields = sequenceOf(spki)
  const algorithm = fields.sequence()
  const oid = oidOf(algorithm.take(TAG.OID))
  const namedCurve = algorithm.optional(TAG.OID) !== undefined
  const bits = bitOctetsOf(fields.take(TAG.BIT_STRING))
  fields.end()
  return { algorithm: oid, namedCurve, bits }
}
