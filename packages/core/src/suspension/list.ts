import type { SqlReader } from '@trembita/daemon/store'
import type { MemberId } from '@trembita/protocol/identifiers'
import type { SuspensionTarget } from '@trembita/protocol/suspension'
import { Conditions, readParameters, searchable, type Listed, type ListRequest } from '../registry/index.ts'
import { codeOf, SUSPENSION_COLUMNS, toSuspension, type SuspensionRow } from './rows.ts'
import type { Suspension, SuspensionState } from './types.ts'

export interface SuspensionListRequest extends ListRequest {
  readonly state?: SuspensionState | undefined
  /** Of one object, with what its member is suspended by. */
  readonly target?: SuspensionTarget | undefined
}

/** With the member's name, as long as it is registered. */
export interface SuspensionInList extends Suspension {
  readonly memberName: string | undefined
}

/** Latest first, or the other way round. There are few: words are looked for in each. */
export async function listSuspensions (reader: SqlReader, request: SuspensionListRequest): Promise<Listed<SuspensionInList>> {
  const { instance } = await readParameters(reader)
  const conditions = new Conditions()
  if (request.state !== undefined) conditions.and('state = ?', request.state)
  if (request.target !== undefined) {
    const { kind, id } = request.target
    conditions.and("member_class = ? AND member_code = ? AND (object_kind = 'member' OR (object_kind = ? AND coalesce(object_code, '') = ?))", id.memberClass, id.memberCode, kind, codeOf(request.target) ?? '')
  }
  const rows = await reader.all<SuspensionRow>(`SELECT ${SUSPENSION_COLUMNS} FROM suspension ${conditions.where} ORDER BY id ${request.desc === true ? '' : 'DESC'}`, ...conditions.values)
  const names = new Map<string, string | undefined>()
  const all: SuspensionInList[] = []
  for (const row of rows) {
    const suspension = toSuspension(row, instance)
    const key = `${row.member_class}\n${row.member_code}`
    if (!names.has(key)) names.set(key, await memberName(reader, suspension.target.id))
    all.push({ ...suspension, memberName: names.get(key) })
  }
  const words = searchable(request.q).split(' ').filter((word) => word !== '')
  const found = all.filter(({ target, act, memberName, explanation }) => {
    const text = searchable(target.id.memberClass, target.id.memberCode, codeOf(target), memberName, act.number, explanation)
    return words.every((word) => text.includes(word))
  })
  return { items: found.slice(request.offset, request.offset + request.limit), total: found.length }
}

/** Undefined when it is a member no more. */
export async function memberName (reader: SqlReader, { memberClass, memberCode }: MemberId): Promise<string | undefined> {
  return (await reader.get<{ name: string }>('SELECT m.name FROM member m JOIN member_class c ON c.id = m.member_class_id WHERE c.code = ? AND m.code = ?', memberClass, memberCode))?.name
}
