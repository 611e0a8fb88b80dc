import type { MemberClass } from '@trembita/protocol/globalconf'
import type { ClientId } from '@trembita/protocol/identifiers'
import type { OptionalPartName } from '../globalconf/index.ts'
import type { GroupEntry, MemberEntry, ServerEntry } from '../registry/index.ts'
import type { CaEntry, TsaEntry } from '../trust/index.ts'

/** What a registry is filled with at the start. Everything may be added to later; nothing is ever removed by a seed. */
export interface Seed {
  readonly instance: string
  readonly parameters?: {
    readonly confExpireIntervalSeconds?: number | undefined
    readonly ocspFreshnessSeconds?: number | undefined
    readonly timestampingIntervalSeconds?: number | undefined
    readonly authCertRegUrl?: string | undefined
  } | undefined
  /** Member or subsystem that gives the management services; without it no configuration can be made. */
  readonly managementProvider?: ClientId | undefined
  readonly memberClasses: readonly MemberClass[]
  readonly members: readonly MemberEntry[]
  readonly servers: readonly ServerEntry[]
  readonly globalGroups: readonly GroupEntry[]
  readonly certificationServices: readonly CaEntry[]
  readonly timestampingServices: readonly TsaEntry[]
  /** Bytes of external anchors of other instances. */
  readonly trustedAnchors: readonly Buffer[]
  readonly parts: readonly { readonly contentIdentifier: OptionalPartName, readonly content: Buffer }[]
}
