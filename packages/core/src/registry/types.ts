import type { Certificate } from '@trembita/protocol/pki'
import type { ClientId, MemberId, ServerId } from '@trembita/protocol/identifiers'

/** The group that X-Road keeps of the owners of servers; management services are granted to it (xroad-trust §1.5). */
export const OWNERS_GROUP = { code: 'security-server-owners', description: 'Owners of security servers' }

export interface MemberEntry {
  readonly id: MemberId
  readonly name: string
  readonly subsystems: readonly { readonly code: string, readonly name?: string | undefined }[]
}

export interface ServerEntry {
  readonly id: ServerId
  /** `host`, or `host:port` for gateways of ours that share a machine. */
  readonly address?: string | undefined
  readonly authCertificates: readonly Certificate[]
  readonly clients: readonly { readonly id: ClientId, readonly enabled: boolean }[]
  readonly maintenance?: { readonly message?: string | undefined } | undefined
}

export interface GroupEntry {
  readonly code: string
  readonly description: string
  readonly members: readonly ClientId[]
}
