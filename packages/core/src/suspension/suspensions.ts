import type { Actor } from '@trembita/daemon/accounts'
import type { SqlReader } from '@trembita/daemon/store'
import { SUSPENSION_GROUNDS, type SuspensionTarget } from '@trembita/protocol/suspension'
import { SYSTEM, type Changes, type ChangeTx } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { checkText, findMember, findServer, findSubsystem, isDate, readParameters } from '../registry/index.ts'
import { checkManagementStays } from './management-stays.ts'
import { codeOf, nameOf, SUSPENSION_COLUMNS, toSuspension, type SuspensionRow } from './rows.ts'
import type { Act, Suspension, SuspensionDecision } from './types.ts'

const EXPLANATION_CHARACTERS_MAX = 4000
/** An act is dated where the holder sits, and instants are UTC. */
const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Stops access by decision of the holder, at once or from a given time.
 *
 * @returns number of the suspension.
 * @throws {Refusal} `…_not_found`, `already_suspended`, `management_service_provider_cannot_be_suspended`, `invalid_act`, `invalid_term`
 */
export async function decideSuspension (changes: Changes, actor: Actor, decision: SuspensionDecision): Promise<number> {
  return await changes.change(actor, async (tx) => {
    const { target, ground, act, endsAt } = decision
    await checkTarget(tx, target)
    if (!SUSPENSION_GROUNDS.includes(ground)) throw new Refusal('invalid', 'invalid_ground', 'the ground is none of those in clause 15', { fields: { ground: 'is not one of clause 15' } })
    const startsAt = decision.startsAt === undefined || decision.startsAt < tx.at ? tx.at : decision.startsAt
    const checkedAct = checkAct(act, startsAt, 'act')
    if (endsAt !== undefined && endsAt <= startsAt) throw new Refusal('invalid', 'invalid_term', 'the suspension would end before it begins', { fields: { ends_at: 'is before the beginning' } })
    const begins = startsAt <= tx.at
    const { id } = (await tx.get<{ id: number }>(`INSERT INTO suspension (object_kind, member_class, member_code, object_code, ground, explanation, act_number, act_date, starts_at, ends_at, state, decided_at, decided_by, began_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    target.kind, target.id.memberClass, target.id.memberCode, codeOf(target), ground, explanationOf(decision.explanation), checkedAct.number, checkedAct.date,
    startsAt.toISOString(), endsAt?.toISOString() ?? null, begins ? 'inForce' : 'scheduled', tx.at.toISOString(), actor.name, begins ? tx.at.toISOString() : null))!
    await recordStep(tx, 'decide', target, id, undefined, await stateOf(tx, id))
    return id
  })
}

/**
 * Lifts a suspension, or calls one off that has not begun.
 *
 * @throws {Refusal} `suspension_not_found`, `suspension_over`, `invalid_act`
 */
export async function liftSuspension (changes: Changes, actor: Actor, id: number, act: Act): Promise<void> {
  await changes.change(actor, async (tx) => {
    const { target, state } = await findSuspension(tx, id)
    if (state !== 'inForce' && state !== 'scheduled') throw new Refusal('conflict', 'suspension_over', `suspension ${id} is over already`)
    const { number, date } = checkAct(act, tx.at, 'act')
    const before = await stateOf(tx, id)
    await tx.run("UPDATE suspension SET state = 'lifted', ended_at = ?, lift_act_number = ?, lift_act_date = ?, lifted_by = ? WHERE id = ?", tx.at.toISOString(), number, date, actor.name, id)
    await recordStep(tx, 'lift', target, id, before, await stateOf(tx, id))
  })
}

/**
 * Begins and ends what is due, as the decisions said. Nodes that share a database may all call it: each step is done once.
 *
 * @returns when the next step is due, if any.
 */
export async function advanceSuspensions (reader: SqlReader, changes: Changes, now: Date): Promise<Date | undefined> {
  const due = "(state = 'scheduled' AND starts_at <= ?) OR (state IN ('scheduled', 'inForce') AND ends_at <= ?)"
  const at = now.toISOString()
  if (await reader.get(`SELECT 1 AS found FROM suspension WHERE ${due} LIMIT 1`, at, at) !== undefined) {
    await changes.change(SYSTEM, async (tx) => {
      const { instance } = await readParameters(tx)
      for (const row of await tx.all<SuspensionRow>(`SELECT ${SUSPENSION_COLUMNS} FROM suspension WHERE ${due} ORDER BY id`, at, at)) {
        const { number, target } = toSuspension(row, instance)
        const before = await stateOf(tx, number)
        const over = row.ends_at !== null && row.ends_at <= at
        if (over) await tx.run("UPDATE suspension SET state = 'ended', ended_at = ? WHERE id = ?", at, number)
        else await tx.run("UPDATE suspension SET state = 'inForce', began_at = ? WHERE id = ?", at, number)
        await recordStep(tx, over ? 'end' : 'begin', target, number, before, await stateOf(tx, number))
      }
    })
  }
  const { next } = (await reader.get<{ next: string | null }>(`SELECT min(due) AS next FROM (
    SELECT starts_at AS due FROM suspension WHERE state = 'scheduled' UNION ALL SELECT ends_at AS due FROM suspension WHERE state IN ('scheduled', 'inForce') AND ends_at IS NOT NULL) AS steps`))!
  return next === null ? undefined : new Date(next)
}

/** @throws {Refusal} `suspension_not_found` */
export async function findSuspension (reader: SqlReader, id: number): Promise<Suspension> {
  const row = await reader.get<SuspensionRow>(`SELECT ${SUSPENSION_COLUMNS} FROM suspension WHERE id = ?`, id)
  if (row === undefined) throw new Refusal('notFound', 'suspension_not_found', `there is no suspension ${id}`)
  return toSuspension(row, (await readParameters(reader)).instance)
}

/** @throws {Refusal} for what is not registered, is suspended already, or carries the management services. */
export async function checkTarget (reader: SqlReader, target: SuspensionTarget): Promise<void> {
  if (target.kind === 'member') await findMember(reader, target.id)
  else if (target.kind === 'subsystem') await findSubsystem(reader, target.id)
  else await findServer(reader, target.id)
  await checkManagementStays(reader, target)
  const open = await reader.get<{ id: number }>("SELECT id FROM suspension WHERE object_kind = ? AND member_class = ? AND member_code = ? AND coalesce(object_code, '') = ? AND state IN ('scheduled', 'inForce')",
    target.kind, target.id.memberClass, target.id.memberCode, codeOf(target) ?? '')
  if (open !== undefined) throw new Refusal('conflict', 'already_suspended', `${nameOf(target)} is suspended, or is going to be, by suspension ${open.id}`)
}

function checkAct ({ number, date }: Act, notAfter: Date, field: string): Act {
  const problem = !isDate(date) ? 'a date is YYYY-MM-DD' : Date.parse(`${date}T00:00:00Z`) > notAfter.getTime() + DAY_MS ? 'is of a later date than what it decides' : undefined
  if (problem !== undefined) throw new Refusal('invalid', 'invalid_act', `date of the act: ${problem}`, { fields: { [`${field}_date`]: problem } })
  return { number: checkText(`${field}_number`, number), date }
}

function explanationOf (text: string | undefined): string | null {
  const trimmed = text?.trim() ?? ''
  if (trimmed.length > EXPLANATION_CHARACTERS_MAX) throw new Refusal('invalid', 'invalid_text', `explanation is longer than ${EXPLANATION_CHARACTERS_MAX} characters`, { fields: { explanation: 'is too long' } })
  return trimmed === '' ? null : trimmed
}

async function stateOf (reader: SqlReader, id: number): Promise<object> {
  const { target, number, ...state } = await findSuspension(reader, id)
  return { object: `${target.kind.toUpperCase()}:${nameOf(target)}`, ...state }
}

/** In the history of the suspension, and of whom it is about. */
async function recordStep (tx: ChangeTx, step: 'decide' | 'begin' | 'end' | 'lift', target: SuspensionTarget, id: number, before: object | undefined, after: object): Promise<void> {
  const action = `suspension.${step}`
  await tx.record({ action, object: { kind: 'suspension', id: String(id) }, before, after })
  await tx.record({ action, object: { kind: target.kind, id: nameOf(target) }, after: { suspension: id, ...after } })
}
