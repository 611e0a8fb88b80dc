import { randomUUID, sign as cryptoSign, type KeyObject } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import { Fault } from '@trembita/protocol/fault'
import { describeClient, encodeClientId, isSameMember, type MemberId } from '@trembita/protocol/identifiers'
import { signRequest, type ConsentParts, type SignatureValue } from '@trembita/protocol/management'
import { isAuthenticationCertificate, isSigningCertificate, memberOfSignCertificate, type Certificate } from '@trembita/protocol/pki'
import { signatureAlgorithmFor, type Piece, type SealKey, type SignatureParts } from '@trembita/protocol/signature'
import type { GlobalConf } from '../globalconf/index.ts'
import { chainToTop, type OcspKeeper } from '../ocsp/index.ts'
import { markVerified, type Verified } from '../trust/index.ts'
import { SealQueue } from './seal-queue.ts'
import type { CertificateEntry } from './key-description.ts'
import type { KeyToken, TokenKey } from './token.ts'

export interface SignerOptions {
  readonly token: KeyToken
  readonly globalconf: GlobalConf
  readonly ocsp: OcspKeeper
  readonly clock: Clock
  /** Messages that one signing operation may cover while another is running; 1 signs each alone. */
  readonly batchMax: number
}

/** What this gateway shows of itself in TLS. */
export interface AuthIdentity {
  readonly privateKey: KeyObject
  readonly certificate: Certificate
  /** Intermediates, without the top CA. */
  readonly chain: readonly Certificate[]
  readonly ocspResponses: readonly Buffer[]
}

/** A key is looked at again this often: its OCSP response ages, the configuration changes. */
const CHOICE_MAX_AGE_MS = 30_000

interface SignKey {
  readonly key: TokenKey
  readonly certificate: Certificate
  readonly intermediates: readonly Certificate[]
  /** Of the certificate, then of each intermediate. */
  readonly ocspResponses: readonly Buffer[]
}

interface Choice { readonly queue: SealQueue, readonly certificate: Certificate, readonly version: number, readonly until: number }

/** Chooses, for each member hosted here, the member's own key and certificate, and seals with it (TR-12.3). */
export class Signer {
  readonly #options: SignerOptions
  readonly #choices = new Map<string, Choice>()
  #auth: { identity: AuthIdentity, version: number, until: number } | undefined

  constructor (options: SignerOptions) {
    this.#options = options
  }

  /** The certificates that may be used, for OCSP upkeep: also those that wait for their registration, so that they can serve at once. */
  certificates (): { key: TokenKey, certificate: Certificate }[] {
    return this.#options.token.keys().flatMap((key) =>
      key.entries.filter(isUsable).map(({ certificate }) => ({ key, certificate })))
  }

  /**
   * @returns the certificate that the member's messages are sealed with now.
   * @throws {Fault} `CannotCreateSignature` when the member has no usable key and certificate here.
   */
  checkMember (member: MemberId): Certificate {
    return this.#choiceOf(member).certificate
  }

  /** Seals the pieces of one message as the member. */
  async seal (member: MemberId, pieces: readonly Piece[]): Promise<Verified<SignatureParts>> {
    return markVerified(await this.#choiceOf(member).queue.seal(pieces))
  }

  /**
   * The key that a member's documents are sealed with: what is no message is not sealed together with messages.
   *
   * @throws {Fault} `CannotCreateSignature` when the member has no usable key and certificate here.
   */
  sealKey (member: MemberId): SealKey {
    const { key, certificate, intermediates, ocspResponses } = this.#findSignKey(member)
    return sealKeyOf(key, certificate, intermediates, ocspResponses)
  }

  /**
   * Signs a management request as a member: its consent to what the request asks.
   *
   * @throws {Fault} `CannotCreateSignature` when the member has no usable key and certificate here.
   */
  async consent (member: MemberId, request: Uint8Array): Promise<ConsentParts> {
    const { key, certificate, ocspResponses } = this.#findSignKey(member)
    return { signature: await signRequest(key.privateKey, request), certificate: certificate.der, ocspResponse: ocspResponses[0]! }
  }

  /**
   * Signs with the key of an authentication certificate, to show that it is held here. The certificate need not be active,
   * registered or known to a responder: this is how it comes to be.
   *
   * @throws {Fault} `CannotCreateSignature` when the token has no authentication key with this certificate.
   */
  async proveHolding (certificate: Certificate, request: Uint8Array): Promise<SignatureValue> {
    const key = this.#options.token.keys().find((key) => key.use === 'auth' && key.certificates.some((held) => held.equals(certificate)))
    if (key === undefined || !isAuthenticationCertificate(certificate)) {
      throw new Fault('CannotCreateSignature', 'the token has no authentication key with this certificate')
    }
    return await signRequest(key.privateKey, request)
  }

  /** @throws {Fault} `SslAuthenticationFailed` when there is no authentication certificate that is valid, fresh and registered for this gateway. */
  auth (): AuthIdentity {
    const { globalconf, clock } = this.#options
    const now = clock.now().getTime()
    const snapshot = globalconf.current()
    if (this.#auth === undefined || this.#auth.version !== snapshot.version || this.#auth.until < now) {
      this.#auth = { identity: this.#chooseAuth(), version: snapshot.version, until: now + CHOICE_MAX_AGE_MS }
    }
    return this.#auth.identity
  }

  /** Forgets which keys were chosen: after the token or an OCSP response changed. */
  reconsider (): void {
    this.#choices.clear()
    this.#auth = undefined
  }

  #chooseAuth (): AuthIdentity {
    const { token, globalconf, ocsp, clock } = this.#options
    const snapshot = globalconf.current()
    const trust = snapshot.trustOf(snapshot.instance)
    let found = 'the token has no authentication key with a certificate'
    if (trust !== undefined) {
      const now = clock.now()
      for (const key of token.keys()) {
        if (key.use !== 'auth') continue
        for (const { certificate } of key.entries.filter(isUsable)) {
          if (!isAuthenticationCertificate(certificate)) continue
          if (certificate.notBefore > now || certificate.notAfter < now) {
            found = 'it is outside its validity'
            continue
          }
          if (snapshot.serverByAuthCertificate(certificate, snapshot.instance) === undefined) {
            found = 'it is not registered in the global configuration'
            continue
          }
          const chain = chainToTop(certificate, trust)
          const ocspResponses = [certificate, ...chain].map((one) => ocsp.get(one, trust))
          if (ocspResponses.every((response) => response !== undefined)) {
            return { privateKey: key.privateKey, certificate, chain, ocspResponses }
          }
          found = 'there is no fresh OCSP response for it'
        }
      }
    }
    throw new Fault('SslAuthenticationFailed', `Security server has no valid authentication certificate: ${found}`)
  }

  #choiceOf (member: MemberId): Choice {
    const { globalconf, clock, batchMax } = this.#options
    const now = clock.now().getTime()
    const version = globalconf.current().version
    const name = encodeClientId(member)
    const known = this.#choices.get(name)
    if (known !== undefined && known.version === version && known.until > now) return known
    const key = this.#chooseSealKey(member)
    const choice = { queue: new SealQueue(key, () => clock.now(), batchMax), certificate: key.certificate, version, until: now + CHOICE_MAX_AGE_MS }
    this.#choices.set(name, choice)
    return choice
  }

  #chooseSealKey (member: MemberId): SealKey {
    const { key, certificate, intermediates, ocspResponses } = this.#findSignKey(member)
    return sealKeyOf(key, certificate, intermediates, ocspResponses)
  }

  #findSignKey (member: MemberId): SignKey {
    const { token, globalconf, ocsp, clock } = this.#options
    const trust = globalconf.current().trustOf(member.instance)
    const now = clock.now()
    let found = 'member has no signing certificate here'
    if (trust !== undefined) {
      for (const key of token.keys()) {
        if (key.use !== 'sign') continue
        for (const { certificate } of key.entries.filter(isUsable)) {
          const authority = trust.findCa(certificate.issuer)
          if (authority === undefined || authority.authenticationOnly || !isSigningCertificate(certificate)) continue
          if (!belongsTo(certificate, authority.profileClass, member)) continue
          if (certificate.notBefore > now || certificate.notAfter < now) {
            found = 'its certificate is outside its validity'
            continue
          }
          const intermediates = chainToTop(certificate, trust)
          const ocspResponses = [certificate, ...intermediates].map((one) => ocsp.get(one, trust))
          if (!ocspResponses.every((response) => response !== undefined)) {
            found = 'no fresh OCSP response for its certificate'
            continue
          }
          return { key, certificate, intermediates, ocspResponses }
        }
      }
    }
    throw new Fault('CannotCreateSignature', `Failed to get signing info for member '${describeClient(member)}': ${found}`, { detail: randomUUID() })
  }
}

/** Whether the configuration has an authentication certificate is looked up there: its state here follows a moment later. */
function isUsable ({ active, status }: CertificateEntry): boolean {
  return active && status !== 'deletion in progress'
}

function belongsTo (certificate: Certificate, profileClass: string, member: MemberId): boolean {
  try {
    return isSameMember(memberOfSignCertificate(certificate, profileClass, member.instance), member)
  } catch (error) {
    if (error instanceof Fault) return false
    throw error
  }
}

function sealKeyOf (key: TokenKey, certificate: Certificate, intermediates: readonly Certificate[], ocspResponses: readonly Buffer[]): SealKey {
  const algorithm = signatureAlgorithmFor(certificate.keyType)
  const digest = algorithm.digest.replace('-', '').toLowerCase()
  // Elliptic keys are cheap enough to sign at once; an RSA operation would hold the event loop for a quarter of a millisecond.
  const inline = key.privateKey.asymmetricKeyType === 'ec'
  const signer = inline ? { key: key.privateKey, dsaEncoding: 'ieee-p1363' as const } : key.privateKey
  return {
    certificate,
    intermediates,
    ocspResponses,
    algorithm,
    sign: async (data) => inline
      ? cryptoSign(digest, data, signer)
      : await new Promise((resolve, reject) => {
        cryptoSign(digest, data, signer, (error, value) => error === null ? resolve(value) : reject(error))
      })
  }
}
