import type { Server } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { Provisioned, ProvisionedPeer } from '../federation/index.ts'
import type { Issued, OcspFaults } from '../pki/index.ts'
import { sendRequest, type ConsumerSide, type ForeignReply, type ForeignRequest, type RequestOrders } from './consumer.ts'
import { ocspOf } from './identity.ts'
import { createOcspChannel, type OcspChannelOrders } from './ocsp-channel.ts'
import { createForeignServer, type AnswerOrders, type ForeignService, type ReceivedRequest } from './provider.ts'

/**
 * A security server of somebody else's making, written from the facts of the wire alone: nothing of our encoders, decoders
 * and signatures takes part. It speaks as X-Road 7.8 does, and wrongly where that is ordered.
 */
export class ForeignPeer implements AsyncDisposable {
  readonly #planned: ProvisionedPeer
  readonly #provisioned: Provisioned
  readonly #servers: (Server | TlsServer)[] = []
  readonly #requests: ReceivedRequest[] = []
  #service: ForeignService = () => { throw new Error('this peer has no service') }
  #answerOrders: AnswerOrders = {}
  #ocspOrders: OcspChannelOrders = {}

  constructor (provisioned: Provisioned, code: string) {
    const planned = provisioned.peers.find((peer) => peer.code === code)
    if (planned === undefined) throw new Error(`no peer ${code} in the plan`)
    this.#planned = planned
    this.#provisioned = provisioned
  }

  /** Its authentication certificate and key. */
  get auth (): Issued {
    return this.#planned.auth
  }

  /** Seal of one of its members, by `CLASS/CODE`. */
  seal (member: string): Issued {
    const seal = this.#planned.seals.get(member)
    if (seal === undefined) throw new Error(`peer ${this.#planned.code} has no seal of ${member}`)
    return seal
  }

  /** Fresh OCSP responses of a certificate and the CAs above it but the top one. */
  ocspOf (issued: Issued, faults?: OcspFaults): Buffer[] {
    return ocspOf(this.#provisioned.pki, issued, faults)
  }

  /** What has been received, oldest first. */
  get requests (): readonly ReceivedRequest[] {
    return this.#requests
  }

  /** Posts a request to a message port, `host:port`. */
  async send (address: string, request: ForeignRequest, orders?: RequestOrders): Promise<ForeignReply> {
    return await sendRequest(this.#consumerSide(), address, request, orders)
  }

  /** Answers so from now on; without `orders` rightly again. */
  order (orders: AnswerOrders = {}, ocsp: OcspChannelOrders = {}): void {
    this.#answerOrders = orders
    this.#ocspOrders = ocsp
  }

  /** Listens on message and OCSP port as provider. @param options.auth shown in TLS instead of its own certificate. */
  async listen (service: ForeignService, options: { readonly auth?: Issued | undefined } = {}): Promise<void> {
    this.#service = service
    const { ports } = this.#planned
    const auth = options.auth ?? this.auth
    const messages = createForeignServer({
      auth,
      service: (message) => this.#service(message),
      seal: (member) => this.#sealWithOcsp(member),
      onRequest: (request) => {
        this.#requests.push(request)
        return this.#answerOrders
      }
    })
    const known = new Map([auth.certificate, ...auth.chain].map((certificate, index) => [certificate.sha1.toString('hex'), index]))
    const ocsp = createOcspChannel((sha1) => {
      const index = known.get(sha1)
      return index === undefined ? undefined : this.ocspOf(auth)[index]
    }, () => this.#ocspOrders)
    for (const [server, port] of [[messages, ports.messages], [ocsp, ports.ocsp]] as const) {
      await new Promise<void>((resolve, reject) => { server.once('error', reject).listen(port, '127.0.0.1', resolve) })
      this.#servers.push(server)
    }
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })))
  }

  #sealWithOcsp (member: string): { issued: Issued, ocspResponses: Buffer[] } {
    const issued = this.seal(member)
    return { issued, ocspResponses: this.ocspOf(issued).slice(0, 1) }
  }

  #consumerSide (): ConsumerSide {
    return { auth: this.auth, authOcsp: this.ocspOf(this.auth), seal: (member) => this.#sealWithOcsp(member) }
  }
}
