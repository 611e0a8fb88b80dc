import type { SqlReader } from '@trembita/daemon/store'
import { formatClientId, formatServerId } from '@trembita/protocol/identifiers'
import type { SuspensionGround, SuspensionTarget } from '@trembita/protocol/suspension'
import { readParameters, type SuspensionMark } from '../registry/index.ts'
import type { Suspension, SuspensionState } from './types.ts'

/** A suspension as its table has it. */
export interface SuspensionRow {
  readonly id: number
  readonly object_kind: SuspensionTarget['kind']
  readonly member_class: string
  readonly member_code: string
  readonly object_code: string | null
  readonly ground: SuspensionGround
  readonly explanation: string | null
  readonly act_number: string
  readonly act_date: string
  readonly starts_at: string
  readonly ends_at: string | null
  readonly state: SuspensionState
  readonly decided_at: string
  readonly decided_by: string
  readonly began_at: string | null
  readonly ended_at: string | null
  readonly lift_act_number: string | null
  readonly lift_act_date: string | null
  readonly lifted_by: string | null
}

export const SUSPENSION_COLUMNS = `id, object_kind, member_class, member_code, object_code, ground, explanation, act_number, act_date, starts_at, ends_at, state,
  decided_at, decided_by, began_at, ended_at, lift_act_number, lift_act_date, lifted_by`

export function toSuspension (row: SuspensionRow, instance: string): Suspension {
  const date = (text: string | null): Date | undefined => text === null ? undefined : new Date(text)
  return {
    number: row.id,
    target: targetOf(row, instance),
    ground: row.ground,
    explanation: row.explanation ?? undefined,
    act: { number: row.act_number, date: row.act_date },
    startsAt: new Date(row.starts_at),
    endsAt: date(row.ends_at),
    state: row.state,
    decidedAt: new Date(row.decided_at),
    decidedBy: row.decided_by,
    beganAt: date(row.began_at),
    endedAt: date(row.ended_at),
    liftAct: row.lift_act_number === null || row.lift_act_date === null ? undefined : { number: row.lift_act_number, date: row.lift_act_date },
    liftedBy: row.lifted_by ?? undefined
  }
}

function targetOf ({ object_kind: kind, member_class: memberClass, member_code: memberCode, object_code: code }: SuspensionRow, instance: string): SuspensionTarget {
  const member = { instance, memberClass, memberCode }
  if (kind === 'member') return { kind, id: member }
  return kind === 'subsystem' ? { kind, id: { ...member, subsystemCode: code! } } : { kind, id: { ...member, serverCode: code! } }
}

/** Code of the subsystem or server that a suspension is about; null for a member. */
export function codeOf (target: SuspensionTarget): string | null {
  return target.kind === 'member' ? null : target.kind === 'subsystem' ? target.id.subsystemCode : target.id.serverCode
}

/** Short form: how the audit log and pages name it. */
export function nameOf (target: SuspensionTarget): string {
  return target.kind === 'server' ? formatServerId(target.id) : formatClientId(target.id)
}

/** Those in force, the oldest first. */
export async function suspensionsInForce (reader: SqlReader): Promise<Suspension[]> {
  const { instance } = await readParameters(reader)
  const rows = await reader.all<SuspensionRow>(`SELECT ${SUSPENSION_COLUMNS} FROM suspension WHERE state = 'inForce' ORDER BY id`)
  return rows.map((row) => toSuspension(row, instance))
}

/** Whom to leave out of the shared parameters. */
export async function suspendedTargets (reader: SqlReader): Promise<SuspensionTarget[]> {
  return (await suspensionsInForce(reader)).map(({ target }) => target)
}

/** What lists of the registry show of it. */
export async function suspensionMarks (reader: SqlReader): Promise<SuspensionMark[]> {
  return (await suspensionsInForce(reader)).map(({ number, target }) => ({
    id: number, kind: target.kind, memberClass: target.id.memberClass, memberCode: target.id.memberCode, code: codeOf(target) ?? undefined
  }))
}
