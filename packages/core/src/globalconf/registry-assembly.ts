import type { MemberInfo, ServerInfoToWrite, SharedParametersToWrite } from '@trembita/protocol/globalconf'
import { memberOf, type ClientId, type MemberId } from '@trembita/protocol/identifiers'
import { withoutSuspended, type SuspensionTarget } from '@trembita/protocol/suspension'
import type { RegistryPage, RegistryRows } from './registry-pages.ts'

/** What the shared parameters say besides the registry, and whom they leave out. */
export type SharedHead = Omit<SharedParametersToWrite, 'members' | 'servers' | 'globalGroups'> & { readonly suspended: readonly SuspensionTarget[] }

/** Puts the rows of the registry together again, in an order that does not change from one time to the next. */
export class RegistryAssembly {
  readonly #rows: { [Table in keyof RegistryRows]: RegistryRows[Table][] } = {
    members: [], subsystems: [], servers: [], certificates: [], clients: [], groups: [], groupMembers: []
  }

  add ({ table, rows }: RegistryPage): void {
    const known = this.#rows[table] as unknown[]
    for (const row of rows) known.push(row)
  }

  sharedParameters ({ suspended, ...head }: SharedHead): SharedParametersToWrite {
    const members = this.#members(head.instance)
    const byRow = new Map(members.map(({ row, info }) => [row, info.id]))
    return withoutSuspended({ ...head, members: members.map(({ info }) => info), servers: this.#servers(byRow), globalGroups: this.#groups() }, suspended)
  }

  #members (instance: string): { row: number, info: MemberInfo }[] {
    const subsystems = Map.groupBy(this.#rows.subsystems, ({ member }) => member)
    return this.#rows.members
      .map(({ id, memberClass, code, name }) => ({
        row: id,
        info: {
          id: { instance, memberClass, memberCode: code },
          name,
          subsystems: (subsystems.get(id) ?? []).map(({ code, name }) => ({ code, name: name ?? undefined })).sort(by(({ code }) => code))
        }
      }))
      .sort(by(({ info }) => info.id.memberClass, ({ info }) => info.id.memberCode))
  }

  #servers (members: ReadonlyMap<number, MemberId>): ServerInfoToWrite[] {
    const certificates = Map.groupBy(this.#rows.certificates, ({ server }) => server)
    const clients = Map.groupBy(this.#rows.clients, ({ server }) => server)
    const subsystemCodes = new Map(this.#rows.subsystems.map(({ id, code }) => [id, code]))
    const clientOf = ({ member, subsystem }: RegistryRows['clients']): ClientId => {
      const id = members.get(member)!
      return subsystem === null ? id : { ...id, subsystemCode: subsystemCodes.get(subsystem)! }
    }
    return this.#rows.servers
      .map(({ id, owner, code, address, maintenance, message }) => ({
        id: { ...memberOf(members.get(owner)!), serverCode: code },
        address: address ?? undefined,
        authCertificates: certificates.get(id) ?? [],
        clients: (clients.get(id) ?? []).map(clientOf).sort(byClient),
        maintenance: maintenance === 1 ? { message: message ?? undefined } : undefined
      }))
      .sort(by(({ id }) => id.memberClass, ({ id }) => id.memberCode, ({ id }) => id.serverCode))
  }

  #groups (): SharedParametersToWrite['globalGroups'] {
    const members = Map.groupBy(this.#rows.groupMembers, ({ group }) => group)
    return this.#rows.groups
      .map(({ id, code, description }) => ({
        code,
        description,
        members: (members.get(id) ?? []).map(({ instance, memberClass, code, subsystem }): ClientId => {
          const member = { instance, memberClass, memberCode: code }
          return subsystem === null ? member : { ...member, subsystemCode: subsystem }
        }).sort(byClient)
      }))
      .sort(by(({ code }) => code))
  }
}

function by<T> (...keys: readonly ((value: T) => string)[]): (a: T, b: T) => number {
  return (a, b) => {
    for (const key of keys) {
      const [left, right] = [key(a), key(b)]
      if (left !== right) return left < right ? -1 : 1
    }
    return 0
  }
}

const byClient = by<ClientId>(({ instance }) => instance, ({ memberClass }) => memberClass, ({ memberCode }) => memberCode, ({ subsystemCode }) => subsystemCode ?? '')
