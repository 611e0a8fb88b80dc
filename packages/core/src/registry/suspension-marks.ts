import type { SqlReader } from '@trembita/daemon/store'
import type { MemberId } from '@trembita/protocol/identifiers'
import { memberKey } from './keys.ts'

/** A suspension in force, as far as lists show it. */
export interface SuspensionMark {
  readonly id: number
  readonly kind: 'member' | 'subsystem' | 'server'
  readonly memberClass: string
  readonly memberCode: string
  /** Of the subsystem or server. */
  readonly code?: string | undefined
}

export type ReadMarks = (reader: SqlReader) => Promise<readonly SuspensionMark[]>

/** Who is suspended now; what a member owns is with it. */
export class Suspended {
  readonly #marks: readonly SuspensionMark[]

  constructor (marks: readonly SuspensionMark[]) {
    this.#marks = marks
  }

  /** Number of the suspension that stops a member. */
  member (id: MemberId): number | undefined {
    return this.#marks.find((mark) => mark.kind === 'member' && isOf(mark, id))?.id
  }

  subsystem (id: MemberId, code: string): number | undefined {
    return this.member(id) ?? this.#marks.find((mark) => mark.kind === 'subsystem' && mark.code === code && isOf(mark, id))?.id
  }

  server (owner: MemberId, code: string): number | undefined {
    return this.member(owner) ?? this.#marks.find((mark) => mark.kind === 'server' && mark.code === code && isOf(mark, owner))?.id
  }

  /** Keys of suspended members that are still registered. */
  async memberKeys (reader: SqlReader): Promise<number[]> {
    const keys = await Promise.all(this.#marks.filter(({ kind }) => kind === 'member').map((mark) => memberKey(reader, mark)))
    return keys.filter((key) => key !== undefined)
  }
}

function isOf (mark: SuspensionMark, id: MemberId): boolean {
  return mark.memberClass === id.memberClass && mark.memberCode === id.memberCode
}
