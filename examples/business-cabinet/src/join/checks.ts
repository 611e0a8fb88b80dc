import { randomUUID } from 'node:crypto'
import type { Clock, Seal } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { Outage, Refused } from '@trembita/example-consumer'
import { retryAt, type RetryTerms } from '../analysis/retry.ts'
import type { SubjectKind } from '../programmes/programme.ts'
import { decideJoin, type AskEdr, type EdrAnswer, type EdrQuestion, type JoinRefusal } from './decide-join.ts'

/** A question to the register of entities about somebody who wants to join, and its answer, kept whatever it says. */
export interface JoinCheck {
  readonly id: string
  readonly person: string
  readonly kind: SubjectKind
  /** `waiting` for the register, `answered`, `refused` by a gateway or by the register. */
  readonly state: 'waiting' | 'answered' | 'refused'
  readonly verdict?: 'registered' | JoinRefusal | undefined
  /** Under it the gateway gives out the sealed proof. */
  readonly exchangeId: string
  readonly answer?: EdrAnswer | undefined
  readonly attempts: number
  readonly dueAt: string
  readonly madeAt: string
  readonly answeredAt?: string | undefined
}

export interface ChecksDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly seal: Seal
  readonly askEdr: AskEdr
  readonly retry: RetryTerms
}

interface Row {
  readonly id: string
  readonly person: string
  readonly kind: SubjectKind
  readonly question: string | null
  readonly state: JoinCheck['state']
  readonly verdict: JoinCheck['verdict'] | null
  readonly exchange_id: string
  readonly answer: string | null
  readonly attempts: number
  readonly due_at: string
  readonly made_at: string
  readonly answered_at: string | null
}

const COLUMNS = 'id, person, kind, question, state, verdict, exchange_id, answer, attempts, due_at, made_at, answered_at'
const BATCH_MAX = 50
/** Somebody who did not join within it begins anew. */
const QUESTION_HOURS = 48

/** Checks of registration before a join (UP-3.3). */
export class JoinChecks {
  readonly #deps: ChecksDeps

  constructor (deps: ChecksDeps) {
    this.#deps = deps
  }

  /** Writes the question down and asks it at once. @returns the check, waiting when the register did not answer. */
  async begin (person: string, question: EdrQuestion): Promise<JoinCheck> {
    const id = randomUUID()
    const now = this.#deps.clock.now().toISOString()
    await this.#deps.store.write(async (tx) => {
      await tx.run(`INSERT INTO join_check (${COLUMNS}) VALUES (?, ?, ?, ?, 'waiting', NULL, ?, NULL, 0, ?, ?, NULL)`,
        id, person, question.kind, this.#deps.seal.seal(JSON.stringify(question), id), randomUUID(), now, now)
    })
    await this.#ask(id)
    return (await this.get(id))!
  }

  async get (id: string): Promise<JoinCheck | undefined> {
    const row = await this.#row(id)
    return row === undefined ? undefined : this.#toCheck(row)
  }

  /** The person's last one. */
  async latest (person: string): Promise<JoinCheck | undefined> {
    const row = await this.#deps.store.get<Row>(`SELECT ${COLUMNS} FROM join_check WHERE person = ? ORDER BY made_at DESC LIMIT 1`, person)
    return row === undefined ? undefined : this.#toCheck(row)
  }

  /** The code that was asked about. Undefined once the join is done. */
  async questionOf (id: string): Promise<EdrQuestion | undefined> {
    const row = await this.#row(id)
    return row?.question == null ? undefined : JSON.parse(this.#deps.seal.open(row.question, id)) as EdrQuestion
  }

  /** Asks again what the register did not answer, whose time has come; forgets codes of those who did not join in time. */
  async retryDue (): Promise<void> {
    const since = new Date(this.#deps.clock.now().getTime() - QUESTION_HOURS * 3_600_000).toISOString()
    await this.#deps.store.write(async (tx) => {
      await tx.run("UPDATE join_check SET question = NULL, state = CASE state WHEN 'waiting' THEN 'refused' ELSE state END WHERE question IS NOT NULL AND made_at < ? AND id NOT IN (SELECT check_id FROM participation WHERE state = 'joining')", since)
    })
    const rows = await this.#deps.store.all<{ id: string }>("SELECT id FROM join_check WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at LIMIT ?", this.#deps.clock.now().toISOString(), BATCH_MAX)
    for (const { id } of rows) await this.#ask(id)
  }

  async nextDue (): Promise<Date | undefined> {
    const row = await this.#deps.store.get<{ at: string | null }>("SELECT MIN(due_at) AS at FROM join_check WHERE state = 'waiting'")
    return row?.at == null ? undefined : new Date(row.at)
  }

  /** Exchanges by how they ended, for the report. */
  async exchangeCounts (): Promise<{ result: string, outcome: string | null, count: number }[]> {
    return await this.#deps.store.all('SELECT result, outcome, COUNT(*) AS count FROM join_exchange GROUP BY result, outcome ORDER BY result, outcome')
  }

  async #ask (id: string): Promise<void> {
    const { store, clock, seal, askEdr, retry } = this.#deps
    const question = await this.questionOf(id)
    if (question === undefined) return
    // Each try is an exchange of its own: an answer that was lost on the way stands in the gateway's log under the former id.
    const exchangeId = randomUUID()
    const attempts = await store.write(async (tx) => {
      await tx.run("UPDATE join_exchange SET result = 'interrupted' WHERE result = 'asked' AND id = (SELECT exchange_id FROM join_check WHERE id = ?)", id)
      await tx.run("INSERT INTO join_exchange (id, asked_at, result) VALUES (?, ?, 'asked')", exchangeId, clock.now().toISOString())
      const row = await tx.get<{ attempts: number }>('UPDATE join_check SET exchange_id = ?, attempts = attempts + 1, due_at = ? WHERE id = ? RETURNING attempts', exchangeId, retryAt(clock.now(), 1, retry).toISOString(), id)
      return row?.attempts ?? 1
    })
    try {
      const answer = await askEdr(question, exchangeId)
      const verdict = decideJoin(question.kind, answer, question.name ?? '')
      await store.write(async (tx) => {
        await tx.run("UPDATE join_check SET state = 'answered', verdict = ?, answer = ?, answered_at = ? WHERE id = ?", verdict, seal.seal(JSON.stringify(answer), `${id}/answer`), clock.now().toISOString(), id)
        // The code is needed for a join alone.
        if (verdict !== 'registered') await tx.run('UPDATE join_check SET question = NULL WHERE id = ?', id)
        await tx.run("UPDATE join_exchange SET result = 'answered', outcome = ? WHERE id = ?", answer.outcome, exchangeId)
      })
    } catch (thrown) {
      if (!(thrown instanceof Outage) && !(thrown instanceof Refused)) throw thrown
      const refused = thrown instanceof Refused
      await store.write(async (tx) => {
        await tx.run('UPDATE join_check SET state = ?, due_at = ? WHERE id = ?', refused ? 'refused' : 'waiting', retryAt(clock.now(), attempts, retry).toISOString(), id)
        await tx.run('UPDATE join_exchange SET result = ?, detail = ? WHERE id = ?', refused ? 'refused' : 'unavailable', thrown.code, exchangeId)
      })
    }
  }

  async #row (id: string): Promise<Row | undefined> {
    return await this.#deps.store.get<Row>(`SELECT ${COLUMNS} FROM join_check WHERE id = ?`, id)
  }

  #toCheck (row: Row): JoinCheck {
    return {
      id: row.id,
      person: row.person,
      kind: row.kind,
      state: row.state,
      verdict: row.verdict ?? undefined,
      exchangeId: row.exchange_id,
      answer: row.answer === null ? undefined : JSON.parse(this.#deps.seal.open(row.answer, `${row.id}/answer`)) as EdrAnswer,
      attempts: row.attempts,
      dueAt: row.due_at,
      madeAt: row.made_at,
      answeredAt: row.answered_at ?? undefined
    }
  }
}
