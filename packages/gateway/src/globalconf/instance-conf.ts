import { memberOf, type ClientId, type MemberId, type ServerId } from '@trembita/protocol/identifiers'
import {
  trustStoreOf, type GlobalConfVersion, type MemberInfo, type ServerInfo, type SharedParameters, type TrustStoreOptions
} from '@trembita/protocol/globalconf'
import type { TrustStore } from '@trembita/protocol/pki'
import { parseServerAddress, type ServerAddress } from './server-address.ts'

/** `shared-params.xml` as it stands on disk. */
export interface SharedFile {
  readonly instance: string
  readonly version: GlobalConfVersion
  readonly bytes: Buffer
  readonly parameters: SharedParameters
}

/**
 * Text that is equal for equal identifiers only. Joined codes are not: on the wire a code may hold the separator
 * (`1001%2Fportal`), and a member must not pass for another's subsystem. The lengths say where one code ends.
 */
export function clientKey (id: ClientId): string {
  const { instance, memberClass, memberCode, subsystemCode } = id
  return `${instance.length},${memberClass.length},${subsystemCode === undefined ? memberCode.length : -memberCode.length} ${instance}/${memberClass}/${memberCode}/${subsystemCode ?? ''}`
}

function serverKey (id: ServerId): string {
  return clientKey({ ...memberOf(id), subsystemCode: id.serverCode })
}

/** One instance's shared parameters with every look-up that the message path needs ready as a hash map. */
export class InstanceConf {
  readonly file: SharedFile
  readonly parameters: SharedParameters
  readonly trust: TrustStore
  readonly #serverByCertificate = new Map<string, ServerInfo>()
  readonly #servers = new Map<string, { readonly info: ServerInfo, readonly clients: ReadonlySet<string> }>()
  readonly #addresses = new Map<string, ServerAddress[]>()
  readonly #members = new Map<string, MemberInfo>()
  readonly #clients = new Set<string>()
  readonly #groups = new Map<string, ReadonlySet<string>>()

  constructor (file: SharedFile, options: TrustStoreOptions) {
    this.file = file
    this.parameters = file.parameters
    this.trust = trustStoreOf(file.parameters, options)
    for (const member of file.parameters.members) {
      this.#members.set(clientKey(member.id), member)
      this.#clients.add(clientKey(member.id))
      for (const { code } of member.subsystems) this.#clients.add(clientKey({ ...member.id, subsystemCode: code }))
    }
    for (const server of file.parameters.servers) this.#addServer(server)
    for (const group of file.parameters.globalGroups) this.#groups.set(group.code, new Set(group.members.map(clientKey)))
  }

  #addServer (info: ServerInfo): void {
    // Version 2 publishes SHA-1, later ones SHA-256; a hash of the other length matches nothing.
    const length = this.file.version === 2 ? 20 : 32
    for (const hash of info.authCertHashes) if (hash.length === length) this.#serverByCertificate.set(hash.toString('hex'), info)
    const clients = new Set([clientKey(memberOf(info.id)), ...info.clients.map(clientKey)])
    this.#servers.set(serverKey(info.id), { info, clients })
    const address = info.address === undefined ? undefined : parseServerAddress(info.address)
    if (address === undefined) return
    const entry = { server: info.id, ...address, maintenance: info.maintenance }
    for (const client of clients) {
      const known = this.#addresses.get(client)
      if (known === undefined) this.#addresses.set(client, [entry])
      else known.push(entry)
    }
  }

  serverByCertificate (certificate: { readonly sha1: Buffer, readonly sha256: Buffer }): ServerInfo | undefined {
    const hash = this.file.version === 2 ? certificate.sha1 : certificate.sha256
    return this.#serverByCertificate.get(hash.toString('hex'))
  }

  server (id: ServerId): ServerInfo | undefined {
    return this.#servers.get(serverKey(id))?.info
  }

  addressesOf (client: ClientId): readonly ServerAddress[] {
    return this.#addresses.get(clientKey(client)) ?? []
  }

  isClientOf (server: ServerId, client: ClientId): boolean {
    return this.#servers.get(serverKey(server))?.clients.has(clientKey(client)) ?? false
  }

  hasClient (client: ClientId): boolean {
    return this.#clients.has(clientKey(client))
  }

  member (id: MemberId): MemberInfo | undefined {
    return this.#members.get(clientKey(memberOf(id)))
  }

  groupHas (groupCode: string, client: ClientId): boolean {
    return this.#groups.get(groupCode)?.has(clientKey(client)) ?? false
  }
}
