import { hash } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import { hasRole, principalOf, type AccessRule, type Actor } from '@trembita/daemon/accounts'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import type { Changes, ChangeTx } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { COLUMNS, LIST_COLUMNS, toApproval, whereState, type ApprovalRow } from './row.ts'
import type { Approval, ApprovalState, Proposal } from './types.ts'

export interface ApprovalsDeps {
  readonly store: SqlStore
  readonly changes: Changes
  readonly clock: Clock
  /** How long a proposal waits; default 72. */
  readonly waitHours?: number
}

export interface ApprovalQuery {
  readonly state?: ApprovalState | undefined
  readonly q?: string | undefined
  readonly sort: 'proposed_at' | 'operation'
  readonly desc: boolean
  readonly limit: number
  readonly offset: number
}

/**
 * Other ways to the same end, by operation: who wants two for one of those wants two here, lest one person alone take the way
 * round. A request of the centre registers together with a gateway's, takes clients and certificates off a server, renames;
 * a parameter has gateways' requests approved without anybody; and a restore brings back whatever was, the list itself too.
 */
const COVERED: Readonly<Record<string, readonly string[]>> = {
  'management-request.add': ['management-request.approve', 'client.unregister', 'server.certificate.delete', 'server.edit', 'subsystem.edit'],
  'system.parameters': ['management-request.approve']
}
/** Undoes what any other does. */
const UNDOES_ALL = 'backup.restore'

/** Proposals that wait for a second person, and the list of operations that the holder wants two persons for. */
export class Approvals {
  readonly #store: SqlStore
  readonly #changes: Changes
  readonly #clock: Clock
  readonly #waitMs: number

  constructor ({ store, changes, clock, waitHours = 72 }: ApprovalsDeps) {
    this.#store = store
    this.#changes = changes
    this.#clock = clock
    this.#waitMs = waitHours * 3_600_000
  }

  /** Does the operation take two persons, by itself or as a way round another that does? */
  async takesTwo (operation: string): Promise<boolean> {
    const policy = await this.policy()
    return policy.includes(operation) || (operation === UNDOES_ALL && policy.length > 0) || (COVERED[operation] ?? []).some((covered) => policy.includes(covered))
  }

  /** Operations that take two persons. */
  async policy (reader: SqlReader = this.#store): Promise<string[]> {
    return (await reader.all<{ operation: string }>('SELECT operation FROM approval_policy ORDER BY operation')).map(({ operation }) => operation)
  }

  async setPolicy (actor: Actor, operations: readonly string[]): Promise<void> {
    await this.#changes.change(actor, async (tx) => {
      const before = await this.policy(tx)
      const after = [...new Set(operations)].sort()
      if (before.join() === after.join()) return
      await tx.run('DELETE FROM approval_policy')
      for (const operation of after) await tx.run('INSERT INTO approval_policy (operation) VALUES (?)', operation)
      await tx.record({ action: 'approvalPolicy.change', object: { kind: 'approvalPolicy', id: 'core' }, before, after })
    })
  }

  /** Keeps a call until somebody else agrees. The same call of the same person, proposed again, is the same proposal. */
  async propose (actor: Actor, { operation, access, method, url, body, reason }: Proposal): Promise<Approval> {
    const principal = principalOf(actor)
    const text = body === undefined || body === null ? null : JSON.stringify(body)
    return await this.#changes.change(actor, async (tx) => {
      const known = await tx.get<ApprovalRow>(
        `SELECT ${COLUMNS} FROM approval WHERE state = 'waiting' AND expires_at > ? AND operation = ? AND method = ? AND url = ? AND proposer_principal = ?
           AND ${text === null ? 'body IS NULL' : 'body = ?'}`,
        tx.at.toISOString(), operation, method, url, principal, ...text === null ? [] : [text])
      if (known !== undefined) return toApproval(known, tx.at)
      const row = await tx.get<ApprovalRow>(
        `INSERT INTO approval (operation, access, method, url, body, reason, proposer, proposer_principal, proposed_at, expires_at, state, search)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?) RETURNING ${COLUMNS}`,
        operation, JSON.stringify(access), method, url, text, reason, JSON.stringify(actor), principal,
        tx.at.toISOString(), new Date(tx.at.getTime() + this.#waitMs).toISOString(), [operation, url, actor.name, reason].join(' ').toLowerCase())
      const made = toApproval(row!, tx.at)
      await tx.record({ action: 'approval.propose', object: objectOf(made), after: summaryOf(made) })
      return made
    })
  }

  /**
   * Takes a proposal for carrying it out: of two who agree at the same time one gets it, the other a conflict.
   *
   * @throws {Refusal}
   */
  async approve (actor: Actor, id: number, reason: string | undefined): Promise<Approval> {
    return await this.#decide(actor, id, reason, (approval) => {
      if (principalOf(actor) === approval.proposerPrincipal) throw new Refusal('forbidden', 'self_approval', 'who proposed it cannot be the second person')
      return { state: 'carryingOut', action: 'approval.approve' }
    })
  }

  /** Declines a proposal; one's own is withdrawn. @throws {Refusal} */
  async decline (actor: Actor, id: number, reason: string | undefined): Promise<Approval> {
    return await this.#decide(actor, id, reason, (approval) => principalOf(actor) === approval.proposerPrincipal
      ? { state: 'withdrawn', action: 'approval.withdraw' }
      : { state: 'declined', action: 'approval.decline' })
  }

  /** Notes how an approved operation ended. The proposal itself may be gone by then: a backup was put in the place of all. */
  async finish (actor: Actor, before: Approval, resultStatus: number): Promise<Approval> {
    return await this.#changes.change(actor, async (tx) => {
      const state = resultStatus < 400 ? 'done' : 'failed'
      await tx.run("UPDATE approval SET state = ?, result_status = ? WHERE id = ? AND state = 'carryingOut'", state, resultStatus, before.id)
      const after: Approval = { ...before, state, resultStatus }
      await tx.record({ action: state === 'done' ? 'approval.carryOut' : 'approval.carryOutFailed', object: objectOf(before), before: summaryOf(before), after: summaryOf(after) })
      return after
    })
  }

  /** @throws {Refusal} notFound. */
  async get (id: number, reader: SqlReader = this.#store): Promise<Approval> {
    const row = await reader.get<ApprovalRow>(`SELECT ${COLUMNS} FROM approval WHERE id = ?`, id)
    if (row === undefined) throw new Refusal('notFound', 'approval_not_found', 'there is no such proposal')
    return toApproval(row, this.#clock.now())
  }

  async list ({ state, q, sort, desc, limit, offset }: ApprovalQuery): Promise<{ readonly items: Approval[], readonly total: number }> {
    const now = this.#clock.now()
    const { sql, values } = whereState(state, now)
    const found = `${sql} AND search LIKE ? ESCAPE '!'`
    const pattern = `%${(q ?? '').toLowerCase().replaceAll(/[!%_]/g, '!$&')}%`
    return await this.#store.read(async (tx) => {
      const rows = await tx.all<ApprovalRow>(
        `SELECT ${LIST_COLUMNS} FROM approval WHERE ${found} ORDER BY ${sort === 'operation' ? 'operation' : 'proposed_at'} ${desc ? 'DESC' : 'ASC'}, id ${desc ? 'DESC' : 'ASC'} LIMIT ? OFFSET ?`,
        ...values, pattern, limit, offset)
      const total = await tx.get<{ count: number }>(`SELECT COUNT(*) AS count FROM approval WHERE ${found}`, ...values, pattern)
      return { items: rows.map((row) => toApproval(row, now)), total: Number(total?.count) }
    })
  }

  /** How many wait. */
  async waiting (): Promise<number> {
    const { sql, values } = whereState('waiting', this.#clock.now())
    return Number((await this.#store.get<{ count: number }>(`SELECT COUNT(*) AS count FROM approval WHERE ${sql}`, ...values))?.count)
  }

  async #decide (actor: Actor, id: number, reason: string | undefined, choose: (approval: Approval) => { state: ApprovalState, action: string }): Promise<Approval> {
    return await this.#changes.change(actor, async (tx: ChangeTx) => {
      const before = await this.get(id, tx)
      const { state, action } = choose(before)
      if (!mayCall(actor, before.access) && state !== 'withdrawn') throw new Refusal('forbidden', 'forbidden', 'none of your roles allows this operation')
      if (before.state !== 'waiting') throw new Refusal('conflict', 'approval_not_waiting', `the proposal does not wait any more: ${before.state}`)
      const after: Approval = { ...before, state, decidedBy: actor, decidedAt: tx.at, decisionReason: reason }
      await tx.run('UPDATE approval SET state = ?, decided_by = ?, decided_at = ?, decision_reason = ? WHERE id = ?',
        state, JSON.stringify(actor), tx.at.toISOString(), reason ?? null, id)
      await tx.record({ action, object: objectOf(before), before: summaryOf(before), after: summaryOf(after) })
      return after
    })
  }
}

/** May the actor call a route with this rule? */
export function mayCall (actor: Actor, access: AccessRule): boolean {
  return typeof access === 'string' || hasRole(actor, access)
}

function objectOf ({ id }: Approval): { kind: string, id: string } {
  return { kind: 'approval', id: String(id) }
}

/** What an entry of the audit log holds of a body; of a longer one, its hash. */
const BODY_CHARACTERS_MAX = 4000

/** Members' contacts name persons, and nothing can be taken out of the log again. */
function namesPersons (body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'contacts' in body
}

/** For the audit log: the operation tells there itself what it changed. */
function summaryOf ({ operation, method, url, body, reason, state, decisionReason, resultStatus }: Approval): object {
  const text = body === undefined ? '' : JSON.stringify(body)
  const kept = text.length <= BODY_CHARACTERS_MAX && !namesPersons(body) ? { body } : { bodySha256: hash('sha256', text) }
  return { operation, method, url, ...kept, reason, state, decisionReason, resultStatus }
}
