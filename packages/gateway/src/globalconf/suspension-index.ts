import { Fault } from '@trembita/protocol/fault'
import { describeClient, describeServer, memberOf, type ClientId, type ServerId } from '@trembita/protocol/identifiers'
import type { ListedSuspension, SuspensionList } from '@trembita/protocol/suspension'
import { clientKey } from './instance-conf.ts'

/**
 * Suspensions in force in the own instance (TR-15). The shared parameters already leave out who is suspended; this is for saying so,
 * and on which act, before a call fails for a reason that helps nobody.
 */
export class SuspensionIndex {
  readonly #clients = new Map<string, ListedSuspension>()
  readonly #servers = new Map<string, ListedSuspension>()
  readonly #certificates = new Map<string, ListedSuspension>()

  constructor (list: SuspensionList | undefined) {
    for (const suspension of list?.suspensions ?? []) {
      const { target } = suspension
      if (target.kind === 'server') this.#servers.set(serverKey(target.id), suspension)
      else this.#clients.set(clientKey(target.id), suspension)
      for (const hash of suspension.authCertHashes) this.#certificates.set(hash.toString('hex'), suspension)
    }
  }

  /** Of a member or subsystem: its own, or that of its member. */
  ofClient (client: ClientId): ListedSuspension | undefined {
    if (this.#clients.size === 0) return undefined
    return this.#clients.get(clientKey(memberOf(client))) ?? this.#clients.get(clientKey(client))
  }

  /** Of a gateway: its own, or that of its owner. */
  ofServer (server: ServerId): ListedSuspension | undefined {
    return this.ofClient(memberOf(server)) ?? this.#servers.get(serverKey(server))
  }

  /** @throws {Fault} `AccessSuspended` */
  checkClient (client: ClientId): void {
    refuse(this.ofClient(client))
  }

  /** @throws {Fault} `AccessSuspended` */
  checkServer (server: ServerId): void {
    refuse(this.ofServer(server))
  }

  /** Whether a TLS certificate is one that a suspended gateway had. @throws {Fault} `AccessSuspended` */
  checkCertificate ({ sha256 }: { readonly sha256: Buffer }): void {
    refuse(this.#certificates.get(sha256.toString('hex')))
  }
}

function serverKey (id: ServerId): string {
  return clientKey({ ...memberOf(id), subsystemCode: id.serverCode })
}

function refuse (suspension: ListedSuspension | undefined): void {
  if (suspension === undefined) return
  const { target, actNumber, actDate, ground } = suspension
  const whose = target.kind === 'server' ? describeServer(target.id) : describeClient(target.id)
  throw new Fault('AccessSuspended', `Access of ${whose} is suspended by the holder's act ${actNumber} of ${actDate} (${ground})`)
}
