import type { Clock } from '@trembita/daemon'
import { Fault, inStage } from '@trembita/protocol/fault'
import { describeClient, type ClientId, type MemberId } from '@trembita/protocol/identifiers'
import { buildPath, isAuthenticationCertificate, verifyOcsp, type Certificate } from '@trembita/protocol/pki'
import { verifySeal, type Piece, type SignatureParts } from '@trembita/protocol/signature'
import type { GlobalConf } from '../globalconf/index.ts'
import { markVerified, type Verified } from './verified.ts'

/** Checks what others signed against the current configuration. */
export class Trust {
  readonly #globalconf: GlobalConf
  readonly #clock: Clock

  constructor (globalconf: GlobalConf, clock: Clock) {
    this.#globalconf = globalconf
    this.#clock = clock
  }

  /**
   * Checks the seal of a received message: every piece covered, sealed by the member, certificate and OCSP good now.
   *
   * @throws {Fault} with stage `SignatureVerification`; `MissingSignature` when there is none.
   */
  verifySeal (parts: SignatureParts | undefined, pieces: readonly Piece[], signer: MemberId): Verified<SignatureParts> {
    if (parts === undefined) throw new Fault('MissingSignature', 'the message has no signature')
    try {
      const trust = this.#globalconf.current().trustOf(signer.instance)
      if (trust === undefined) throw new Fault('CannotCreateCertPath', `no configuration of instance ${signer.instance}`)
      verifySeal({ parts, pieces, signer, trust, at: this.#clock.now() })
      return markVerified(parts)
    } catch (error) {
      throw inStage(error, 'SignatureVerification')
    }
  }

  /**
   * Checks that a TLS peer's authentication certificate is good now and registered for a gateway of the client.
   *
   * @param chain the peer's certificates, leaf first, as TLS gave them.
   * @param client the exact client (or provider) that the gateway must serve.
   * @throws {Fault} with stage `SslAuthenticationFailed`.
   */
  verifyPeer (chain: readonly Certificate[], ocspResponses: readonly Uint8Array[], client: ClientId): void {
    const [leaf, ...intermediates] = chain
    if (leaf === undefined) throw new Fault('SslAuthenticationFailed', 'the peer gave no certificate')
    if (ocspResponses.length === 0) throw new Fault('SslAuthenticationFailed', 'no OCSP response for the authentication certificate')
    const snapshot = this.#globalconf.current()
    const trust = snapshot.trustOf(client.instance)
    if (trust === undefined) throw new Fault('SslAuthenticationFailed', `no configuration of instance ${client.instance}`)
    if (!isAuthenticationCertificate(leaf)) throw new Fault('SslAuthenticationFailed', 'the peer\'s certificate is not an authentication certificate')
    try {
      const now = this.#clock.now()
      const { path, anchor } = buildPath(leaf, intermediates, trust, now)
      verifyOcsp(ocspResponses, path, anchor, trust, now)
    } catch (error) {
      throw inStage(error, 'SslAuthenticationFailed')
    }
    const server = snapshot.serverByAuthCertificate(leaf, client.instance)
    if (server === undefined) throw new Fault('SslAuthenticationFailed', 'the peer\'s certificate is not associated with any security server')
    if (!snapshot.isClientOf(server, client)) {
      throw new Fault('SslAuthenticationFailed', `Client '${describeClient(client)}' is not registered at security server ${server.serverCode}`)
    }
  }
}
