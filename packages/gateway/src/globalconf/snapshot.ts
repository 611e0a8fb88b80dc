import { Fault } from '@trembita/protocol/fault'
import type { AgreementList } from '@trembita/protocol/agreement'
import type { ClientId, GlobalGroupId, MemberId, ServerId } from '@trembita/protocol/identifiers'
import type { PrivateParameters, SharedParameters, SharedParametersFile } from '@trembita/protocol/globalconf'
import type { Certificate, TrustStore } from '@trembita/protocol/pki'
import type { SuspensionList } from '@trembita/protocol/suspension'
import type { InstanceConf } from './instance-conf.ts'
import type { ServerAddress } from './server-address.ts'
import { SuspensionIndex } from './suspension-index.ts'

export interface SnapshotParts {
  /** Grows with every change: equal numbers mean equal content. */
  readonly version: number
  readonly own: InstanceConf
  readonly foreign: readonly InstanceConf[]
  readonly privateParameters: PrivateParameters
  /** The earlier of the expiries of the own private and shared parameters; absent: never. */
  readonly expiresAt: Date | undefined
  /** Part FETCHINTERVAL, or its default. */
  readonly ocspFetchIntervalSeconds: number
  /** Part MONITORING. */
  readonly monitoringClient: ClientId | undefined
  /** Part AGREEMENTS; undefined when it is not there or cannot be read: then nothing is agreed. */
  readonly agreements: AgreementList | undefined
  /** Part SUSPENSIONS; undefined when it is not there or cannot be read: the shared parameters leave out who is suspended anyway. */
  readonly suspensions?: SuspensionList | undefined
}

/** The configuration at one moment. Unchanging, so one exchange sees one state; every look-up is a hash map. */
export class Snapshot {
  readonly version: number
  /** Identifier of the own instance. */
  readonly instance: string
  readonly expiresAt: Date | undefined
  readonly privateParameters: PrivateParameters
  readonly ocspFetchIntervalSeconds: number
  readonly monitoringClient: ClientId | undefined
  /** What is agreed in the own instance; the same object as long as it is the same list. */
  readonly agreements: AgreementList | undefined
  /** Whose access the holder of the own instance has stopped. */
  readonly suspensions: SuspensionIndex
  readonly #own: InstanceConf
  readonly #instances: ReadonlyMap<string, InstanceConf>

  constructor (parts: SnapshotParts) {
    this.version = parts.version
    this.instance = parts.own.parameters.instance
    this.expiresAt = parts.expiresAt
    this.privateParameters = parts.privateParameters
    this.ocspFetchIntervalSeconds = parts.ocspFetchIntervalSeconds
    this.monitoringClient = parts.monitoringClient
    this.agreements = parts.agreements
    this.suspensions = new SuspensionIndex(parts.suspensions)
    this.#own = parts.own
    this.#instances = new Map([parts.own, ...parts.foreign].map((conf) => [conf.parameters.instance, conf]))
  }

  /** Own instance first. */
  get instances (): readonly string[] {
    return [...this.#instances.keys()]
  }

  get timestampingIntervalSeconds (): number {
    return this.privateParameters.timestampingIntervalSeconds
  }

  /** Freshness rule of the own instance: it holds for OCSP answers about foreign certificates too. */
  get ocspFreshnessSeconds (): number {
    return this.#own.parameters.ocspFreshnessSeconds
  }

  shared (instance: string = this.instance): SharedParameters | undefined {
    return this.#instances.get(instance)?.parameters
  }

  /** The files behind this snapshot, for `/verificationconf`. */
  sharedFiles (): SharedParametersFile[] {
    return [...this.#instances.values()].map(({ file }) => ({ instance: file.instance, version: file.version, bytes: file.bytes }))
  }

  trustOf (instance: string): TrustStore | undefined {
    return this.#instances.get(instance)?.trust
  }

  /** Approved timestampers of every known instance: a stamp of any of them counts (xroad-trust §3.5). */
  timestampers (): TrustStore['timestampers'] {
    return [...this.#instances.values()].flatMap(({ trust }) => trust.timestampers)
  }

  /** Which server presents this authentication certificate; in any instance, or in one. */
  serverByAuthCertificate (certificate: Pick<Certificate, 'sha1' | 'sha256'>, instance?: string): ServerId | undefined {
    if (instance !== undefined) return this.#instances.get(instance)?.serverByCertificate(certificate)?.id
    for (const conf of this.#instances.values()) {
      const server = conf.serverByCertificate(certificate)
      if (server !== undefined) return server.id
    }
    return undefined
  }

  hasServer (server: ServerId): boolean {
    return this.#instances.get(server.instance)?.server(server) !== undefined
  }

  /** Address as published: `host` or `host:port`. */
  serverAddress (server: ServerId): string | undefined {
    return this.#instances.get(server.instance)?.server(server)?.address
  }

  /** Maintenance state of a server; undefined when it is working or not known. */
  maintenanceOf (server: ServerId): { readonly message?: string | undefined } | undefined {
    return this.#instances.get(server.instance)?.server(server)?.maintenance
  }

  /** Servers that have the exact member or subsystem as owner or client. */
  addressesOf (client: ClientId): readonly ServerAddress[] {
    return this.#instances.get(client.instance)?.addressesOf(client) ?? []
  }

  isClientOf (server: ServerId, client: ClientId): boolean {
    return this.#instances.get(server.instance)?.isClientOf(server, client) ?? false
  }

  /** Whether the exact member or subsystem is registered in its instance. */
  hasClient (client: ClientId): boolean {
    return this.#instances.get(client.instance)?.hasClient(client) ?? false
  }

  members (instance: string = this.instance): SharedParameters['members'] {
    return this.#instances.get(instance)?.parameters.members ?? []
  }

  /** Name of the member behind a client. */
  memberName (client: MemberId): string | undefined {
    return this.#instances.get(client.instance)?.member(client)?.name
  }

  subsystemName (client: ClientId): string | undefined {
    return this.#instances.get(client.instance)?.member(client)?.subsystems.find(({ code }) => code === client.subsystemCode)?.name
  }

  globalGroups (instance: string = this.instance): SharedParameters['globalGroups'] {
    return this.#instances.get(instance)?.parameters.globalGroups ?? []
  }

  /** Exact membership: a member in the group does not bring its subsystems, nor the reverse. */
  globalGroupHas (group: GlobalGroupId, client: ClientId): boolean {
    return this.#instances.get(group.instance)?.groupHas(group.groupCode, client) ?? false
  }

  validAt (at: Date): boolean {
    return this.expiresAt === undefined || at <= this.expiresAt
  }

  /** @throws {Fault} `OutdatedGlobalConf`: nothing may be processed with a configuration that is over. */
  checkValid (at: Date): void {
    if (!this.validAt(at)) throw new Fault('OutdatedGlobalConf', 'Global configuration is expired')
  }
}
