import type { Clock } from '@trembita/daemon'
import type { SqlReader, SqlStore, SqlWriter } from '@trembita/daemon/store'
import type { SubjectKind } from '../programmes/programme.ts'
import { isSound, REGISTERS, type KeptAnswer, type ProfileAnswer, type Register } from './kept-answer.ts'
import { nextNight, retryAt, type RetryTerms } from './retry.ts'
import type { Answers } from './to-profile.ts'

/** Whose turn it is to be asked about. */
export interface Question {
  readonly ref: string
  readonly register: Register
  readonly attempts: number
}

/** How asking a register about somebody stands, for their page. */
export interface QuestionState {
  readonly register: Register
  readonly dueAt: string
  /** What went wrong the last time; none after an answer. */
  readonly problem?: 'unavailable' | 'refused' | undefined
  readonly problemAt?: string | undefined
}

export type ExchangeResult = 'asked' | 'answered' | 'refused' | 'unavailable' | 'interrupted'

interface AnswerRow {
  readonly register: Register
  readonly exchange_id: string
  readonly outcome: KeptAnswer['outcome']
  readonly data: string | null
  readonly missing: string
  readonly discrepancies: string
  readonly checksum: string | null
  readonly damaged: number
  readonly source: string
  readonly as_of: string
  readonly received_at: string
}

const ANSWER = 'register, exchange_id, outcome, data, missing, discrepancies, checksum, damaged, source, as_of, received_at'

/** Questions and answers of the analysis, by reference and pseudonym. */
export class AnalysisStore {
  readonly store: SqlStore
  readonly #clock: Clock
  readonly #retry: RetryTerms

  constructor (store: SqlStore, clock: Clock, retry: RetryTerms) {
    this.store = store
    this.#clock = clock
    this.#retry = retry
  }

  /** Opens a profile; the registers are asked at once. Again for the same reference changes nothing. */
  async open (ref: string, kind: SubjectKind): Promise<void> {
    const now = this.#clock.now().toISOString()
    await this.store.write(async (tx) => {
      if (await tx.run('INSERT INTO subject (ref, kind, opened_at) VALUES (?, ?, ?) ON CONFLICT (ref) DO NOTHING', ref, kind, now) === 0) return
      for (const register of REGISTERS) await tx.run('INSERT INTO question (ref, register, due_at, attempts) VALUES (?, ?, ?, 0)', ref, register, now)
    })
  }

  async count (ref: string): Promise<{ answers: number, offers: number }> {
    return (await this.store.get<{ answers: number, offers: number }>('SELECT (SELECT COUNT(*) FROM answer WHERE ref = ?) AS answers, (SELECT COUNT(*) FROM offer WHERE ref = ?) AS offers', ref, ref))!
  }

  /** Erases all that is known under a reference. The ids of exchanges stay: they name nobody. */
  async forget (ref: string): Promise<void> {
    await this.store.write(async (tx) => {
      for (const table of ['answer', 'delivery', 'offer', 'question', 'subject']) await tx.run(`DELETE FROM ${table} WHERE ref = ?`, ref)
    })
  }

  async subject (ref: string): Promise<{ kind: SubjectKind, openedAt: string } | undefined> {
    const row = await this.store.get<{ kind: SubjectKind, opened_at: string }>('SELECT kind, opened_at FROM subject WHERE ref = ?', ref)
    return row === undefined ? undefined : { kind: row.kind, openedAt: row.opened_at }
  }

  async refs (): Promise<string[]> {
    return (await this.store.all<{ ref: string }>('SELECT ref FROM subject ORDER BY ref')).map(({ ref }) => ref)
  }

  /** Brings somebody's turn forward: the person asked for it. */
  async askNow (ref: string): Promise<void> {
    await this.store.write(async (tx) => { await tx.run('UPDATE question SET due_at = ? WHERE ref = ?', this.#clock.now().toISOString(), ref) })
  }

  async due (register: Register, limit: number): Promise<Question[]> {
    return await this.store.all<Question>('SELECT ref, register, attempts FROM question WHERE register = ? AND due_at <= ? ORDER BY due_at, ref LIMIT ?', register, this.#clock.now().toISOString(), limit)
  }

  async nextDue (): Promise<Date | undefined> {
    const row = await this.store.get<{ at: string | null }>('SELECT MIN(due_at) AS at FROM question')
    return row?.at == null ? undefined : new Date(row.at)
  }

  async questions (ref: string): Promise<QuestionState[]> {
    const rows = await this.store.all<{ register: Register, due_at: string, problem: 'unavailable' | 'refused' | null, problem_at: string | null }>('SELECT register, due_at, problem, problem_at FROM question WHERE ref = ? ORDER BY register', ref)
    return rows.map(({ register, due_at: dueAt, problem, problem_at: problemAt }) => ({ register, dueAt, problem: problem ?? undefined, problemAt: problemAt ?? undefined }))
  }

  /** Written before a question leaves: an exchange that a crash cut off is known to have been begun. */
  async asking (id: string, register: Register, subjects: number): Promise<void> {
    await this.store.write(async (tx) => {
      await tx.run("INSERT INTO exchange (id, register, subjects, asked_at, result) VALUES (?, ?, ?, ?, 'asked')", id, register, subjects, this.#clock.now().toISOString())
    })
  }

  /** At start: what was asked and never ended was cut off; whose turn it was is still due. */
  async closeInterrupted (): Promise<number> {
    return await this.store.write(async (tx) => await tx.run("UPDATE exchange SET result = 'interrupted', ended_at = ? WHERE result = 'asked'", this.#clock.now().toISOString()))
  }

  /** Keeps a whole answer, ends its exchange and sets the next turn, all or nothing; an answer about whom nobody asks any more is dropped. */
  async keep (register: Register, asked: ReadonlyMap<string, string>, answer: ProfileAnswer): Promise<void> {
    const now = this.#clock.now()
    const items = new Map(answer.items.map((item) => [item.p, item]))
    await this.store.write(async (tx) => {
      for (const [ref, pseudonym] of asked) {
        const present = await tx.get('SELECT ref FROM question WHERE ref = ? AND register = ?', ref, register)
        if (present === undefined) continue
        // What a register leaves out it has no data of.
        const item = items.get(pseudonym) ?? { p: pseudonym, outcome: 'NO_DATA', data: null, missing: [{ field: '', reason: 'NO_RECORD' }], checksum: null } as const
        await replaceAnswer(tx, ref, register, {
          register,
          exchangeId: answer.exchangeId,
          outcome: item.outcome,
          data: item.data,
          missing: item.missing,
          discrepancies: item.discrepancies ?? [],
          checksum: item.checksum,
          damaged: !isSound(item),
          source: answer.source.register,
          asOf: answer.source.asOf,
          receivedAt: now.toISOString()
        }, pseudonym)
        await tx.run('UPDATE question SET due_at = ?, attempts = 0, problem = NULL, problem_at = NULL WHERE ref = ? AND register = ?', nextNight(now).toISOString(), ref, register)
      }
      await endExchange(tx, answer.exchangeId, now, 'answered')
    })
  }

  /** A question that did not come through: everybody in it is asked about again later. Says nothing about their data. */
  async failed (register: Register, refs: readonly Question[], exchangeId: string, problem: 'unavailable' | 'refused', detail: string): Promise<void> {
    const now = this.#clock.now()
    await this.store.write(async (tx) => {
      for (const { ref, attempts } of refs) {
        await tx.run('UPDATE question SET due_at = ?, attempts = ?, problem = ?, problem_at = ? WHERE ref = ? AND register = ?', retryAt(now, attempts + 1, this.#retry).toISOString(), attempts + 1, problem, now.toISOString(), ref, register)
      }
      await endExchange(tx, exchangeId, now, problem, detail)
    })
  }

  async answers (ref: string): Promise<Answers> {
    return await this.store.read(async (tx) => ({
      latest: Object.fromEntries(await Promise.all(REGISTERS.map(async (register) => [register, await latestAnswer(tx, ref, register)]))) as Answers['latest'],
      unreachable: new Set((await tx.all<{ register: Register }>('SELECT register FROM question WHERE ref = ? AND problem IS NOT NULL', ref)).map(({ register }) => register))
    }))
  }

  async history (ref: string): Promise<KeptAnswer[]> {
    return (await this.store.all<AnswerRow>(`SELECT ${ANSWER} FROM answer WHERE ref = ? ORDER BY received_at DESC`, ref)).map(toAnswer)
  }

  /** Exchanges of a person's answers that were about nobody else: batches hold what registers say of others. */
  async ownExchanges (ref: string): Promise<ReadonlySet<string>> {
    const rows = await this.store.all<{ id: string }>('SELECT DISTINCT e.id FROM answer a JOIN exchange e ON e.id = a.exchange_id WHERE a.ref = ? AND e.subjects = 1', ref)
    return new Set(rows.map(({ id }) => id))
  }

  /** How many exchanges ended how, by register; for the report. */
  async exchangeCounts (): Promise<{ register: Register, result: ExchangeResult, count: number }[]> {
    return await this.store.all('SELECT register, result, COUNT(*) AS count FROM exchange GROUP BY register, result ORDER BY register, result')
  }

  async outcomeCounts (): Promise<{ register: Register, outcome: KeptAnswer['outcome'], count: number }[]> {
    return await this.store.all('SELECT register, outcome, COUNT(*) AS count FROM answer GROUP BY register, outcome ORDER BY register, outcome')
  }

  /** Sums that outlive those whom they count. */
  async totals (): Promise<{ name: string, value: number }[]> {
    return await this.store.all('SELECT name, value FROM total ORDER BY name')
  }

  async exchangeIds (): Promise<string[]> {
    return (await this.store.all<{ id: string }>("SELECT id FROM exchange WHERE result = 'answered' ORDER BY asked_at")).map(({ id }) => id)
  }
}

/** A row for each answer that says something new; the same again takes the place of the last, with the proof of now. */
async function replaceAnswer (tx: SqlWriter, ref: string, register: Register, answer: KeptAnswer, pseudonym: string): Promise<void> {
  const last = await latestAnswer(tx, ref, register)
  if (last !== undefined && saysTheSame(last, answer)) await tx.run('DELETE FROM answer WHERE ref = ? AND register = ? AND received_at = ?', ref, register, last.receivedAt)
  await tx.run(`INSERT INTO answer (ref, pseudonym, ${ANSWER}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ref, pseudonym, register, answer.exchangeId, answer.outcome, answer.data === null ? null : JSON.stringify(answer.data), JSON.stringify(answer.missing),
    JSON.stringify(answer.discrepancies), answer.checksum, answer.damaged ? 1 : 0, answer.source, answer.asOf, answer.receivedAt)
}

function saysTheSame (one: KeptAnswer, other: KeptAnswer): boolean {
  return one.outcome === other.outcome && one.checksum === other.checksum && one.damaged === other.damaged &&
    JSON.stringify([one.missing, one.discrepancies]) === JSON.stringify([other.missing, other.discrepancies])
}

async function latestAnswer (tx: SqlReader, ref: string, register: Register): Promise<KeptAnswer | undefined> {
  const row = await tx.get<AnswerRow>(`SELECT ${ANSWER} FROM answer WHERE ref = ? AND register = ? ORDER BY received_at DESC LIMIT 1`, ref, register)
  return row === undefined ? undefined : toAnswer(row)
}

async function endExchange (tx: SqlWriter, id: string, now: Date, result: ExchangeResult, detail?: string): Promise<void> {
  await tx.run('UPDATE exchange SET result = ?, ended_at = ?, detail = ? WHERE id = ?', result, now.toISOString(), detail ?? null, id)
}

function toAnswer (row: AnswerRow): KeptAnswer {
  return {
    register: row.register,
    exchangeId: row.exchange_id,
    outcome: row.outcome,
    data: row.data === null ? null : JSON.parse(row.data) as Record<string, unknown>,
    missing: JSON.parse(row.missing) as KeptAnswer['missing'],
    discrepancies: JSON.parse(row.discrepancies) as KeptAnswer['discrepancies'],
    checksum: row.checksum,
    damaged: row.damaged === 1,
    source: row.source,
    asOf: row.as_of,
    receivedAt: row.received_at
  }
}
