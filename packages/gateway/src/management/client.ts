import { randomUUID } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import { Fault, toFault } from '@trembita/protocol/fault'
import { memberOf, type ClientId, type MemberId, type ServerId } from '@trembita/protocol/identifiers'
import {
  consentAttachments, parseManagementRequest, parseManagementResponse, requestContentType, writeAuthCertReg, writeManagementRequest, writeUnsignedRequest,
  type ManagementRequest, type RequestPart
} from '@trembita/protocol/management'
import type { Certificate } from '@trembita/protocol/pki'
import type { GlobalConf } from '../globalconf/index.ts'
import type { Signer } from '../signer/index.ts'
import { callRegistrationService, type CallTimes, type RegistrationService } from './registration-call.ts'
import type { AuthCertificateRegistration, ManagementRequests } from './requests.ts'

export interface ManagementClientDeps {
  /** This gateway, by its present name. */
  readonly server: () => ServerId
  readonly globalconf: Pick<GlobalConf, 'current'>
  readonly signer: Pick<Signer, 'consent' | 'proveHolding'>
  readonly clock: Clock
  /** Sends a SOAP request of the owner through the exchange: `askAsOwner` of the consumer side. */
  readonly ask: (soap: Buffer, attached?: { readonly contentType: string, readonly parts: readonly RequestPart[] }) => Promise<{ readonly soap: Buffer }>
  readonly times?: CallTimes | undefined
}

/** As X-Road's own gateways wait. */
const TIMES: CallTimes = { connectTimeoutMs: 30_000, answerTimeoutMs: 60_000 }

/** Sends management requests: the authentication certificate's straight to the registration service, the others through the exchange (xroad-trust §4.1). */
export class ManagementClient implements ManagementRequests {
  readonly #deps: ManagementClientDeps

  constructor (deps: ManagementClientDeps) {
    this.#deps = deps
  }

  async registerAuthCertificate ({ certificate, address, dryRun }: AuthCertificateRegistration): Promise<number> {
    return await this.#faulting(async () => {
      const { signer } = this.#deps
      const service = this.#registrationService()
      const soap = this.#write({ service: 'authCertReg', server: this.#deps.server(), address, authCertificate: certificate.der, dryRun })
      const owner = await signer.consent(this.#owner(), soap)
      const request = writeAuthCertReg({
        soap,
        authSignature: await signer.proveHolding(certificate, soap),
        ownerSignature: owner.signature,
        authCertificate: certificate.der,
        ownerCertificate: owner.certificate,
        ownerOcspResponse: owner.ocspResponse
      })
      return idIn(await callRegistrationService(service, request, this.#deps.times ?? TIMES), soap)
    })
  }

  /**
   * Asks the registration service for nothing, to see whether it is there and is the configuration's: an unsigned request, which
   * it must refuse for its missing parts. Resolves when it did.
   */
  async testRegistrationService (): Promise<void> {
    await this.#faulting(async () => {
      const service = this.#registrationService()
      const soap = this.#write({ service: 'authCertReg', server: this.#deps.server(), authCertificate: Buffer.of(0x30, 0), dryRun: true })
      try {
        await callRegistrationService(service, writeUnsignedRequest(soap), this.#deps.times ?? TIMES)
      } catch (thrown) {
        if (thrown instanceof Fault && isInvalidRequest(thrown.code)) return
        throw thrown
      }
      throw new Fault('InvalidMessage', 'the registration service took a request without signatures')
    })
  }

  async registerClient (client: ClientId, subsystemName?: string): Promise<number> {
    return await this.#exchange({ service: 'clientReg', server: this.#deps.server(), client, subsystemName }, memberOf(client))
  }

  async deleteClient (client: ClientId): Promise<number> {
    return await this.#exchange({ service: 'clientDeletion', server: this.#deps.server(), client })
  }

  async deleteAuthCertificate (certificate: Certificate): Promise<number> {
    return await this.#exchange({ service: 'authCertDeletion', server: this.#deps.server(), authCertificate: certificate.der })
  }

  async changeOwner (newOwner: MemberId): Promise<number> {
    const client = memberOf(newOwner)
    return await this.#exchange({ service: 'ownerChange', server: this.#deps.server(), client }, client)
  }

  async changeAddress (address: string): Promise<number> {
    return await this.#exchange({ service: 'addressChange', server: this.#deps.server(), address }, this.#owner())
  }

  async enableClient (client: ClientId): Promise<number> {
    return await this.#exchange({ service: 'clientEnable', server: this.#deps.server(), client }, memberOf(client))
  }

  async disableClient (client: ClientId): Promise<number> {
    return await this.#exchange({ service: 'clientDisable', server: this.#deps.server(), client }, memberOf(client))
  }

  async renameClient (client: ClientId & { readonly subsystemCode: string }, subsystemName: string): Promise<number> {
    return await this.#exchange({ service: 'clientRename', server: this.#deps.server(), client, subsystemName }, memberOf(client))
  }

  async setMaintenance (on: boolean, message?: string): Promise<number> {
    const server = this.#deps.server()
    const request: ManagementRequest = on ? { service: 'maintenanceModeEnable', server, message } : { service: 'maintenanceModeDisable', server }
    return await this.#exchange(request, this.#owner())
  }

  /** @param signatory the member who must agree; nobody for the requests that only take away. */
  async #exchange (request: ManagementRequest, signatory?: MemberId): Promise<number> {
    return await this.#faulting(async () => {
      const soap = this.#write(request)
      if (signatory === undefined) return idIn((await this.#deps.ask(soap)).soap, soap)
      const parts = consentAttachments(await this.#deps.signer.consent(signatory, soap))
      return idIn((await this.#deps.ask(soap, { contentType: requestContentType().contentType, parts })).soap, soap)
    })
  }

  #owner (): MemberId {
    return memberOf(this.#deps.server())
  }

  #write (request: ManagementRequest): Buffer {
    const { providerId } = this.#snapshot().privateParameters.managementService
    return writeManagementRequest(request, { sender: this.#owner(), provider: providerId, id: randomUUID() })
  }

  #registrationService (): RegistrationService {
    const { authCertRegServiceAddress, authCertRegServiceCertificate } = this.#snapshot().privateParameters.managementService
    if (authCertRegServiceCertificate === undefined) {
      throw new Fault('SslAuthenticationFailed', 'the configuration has no certificate of the registration service: nothing can be registered')
    }
    return { url: authCertRegServiceAddress, certificate: authCertRegServiceCertificate }
  }

  #snapshot (): ReturnType<GlobalConf['current']> {
    const snapshot = this.#deps.globalconf.current()
    snapshot.checkValid(this.#deps.clock.now())
    return snapshot
  }

  async #faulting<T> (work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      throw toFault(thrown, 'Server.ClientProxy')
    }
  }
}

/** The answer is held against the request as it was sent. */
function idIn (answer: Uint8Array, soap: Buffer): number {
  return parseManagementResponse(answer, parseManagementRequest(soap).header)
}

/** X-Road 7.8 spells it in small letters. */
function isInvalidRequest (code: string): boolean {
  return /(^|\.)invalid_?request$/i.test(code)
}
