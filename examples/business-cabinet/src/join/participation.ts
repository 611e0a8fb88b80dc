import { randomUUID } from 'node:crypto'
import type { Clock, Seal } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import type { SubjectKind } from '../programmes/programme.ts'
import { AlreadyEnrolled } from '../pseudonymisation/index.ts'
import type { ActKey } from './act-key.ts'
import type { JoinChecks } from './checks.ts'
import { DECLARATION_HASH, DECLARATION_VERSION } from './declaration.ts'

/** A business that takes part, or took part. */
export interface Participation {
  /** Random: all that other parts know of it. */
  readonly ref: string
  /** Subject at the identity provider. */
  readonly person: string
  readonly kind: SubjectKind
  readonly state: 'joining' | 'joined' | 'leaving' | 'left' | 'refused'
  /** Check of registration that it stands on. */
  readonly checkId: string
  /** Name of the business; undefined after leaving. */
  readonly name?: string | undefined
  readonly record: JoinRecord
  readonly signature: string
  readonly joinedAt: string
  readonly leftAt?: string | undefined
  readonly act?: { readonly record: LeaveAct, readonly signature: string } | undefined
}

/** What was declared, by whom, how surely known, when. Sealed by the cabinet's key. */
export interface JoinRecord {
  readonly kind: 'join'
  readonly ref: string
  readonly declarationVersion: string
  readonly declarationHash: string
  readonly assurance: string
  readonly signedInAt: string
  readonly exchangeId: string
  readonly at: string
}

/** What was erased when a business left. */
export interface LeaveAct {
  readonly kind: 'leave'
  readonly ref: string
  readonly erased: { readonly answers: number, readonly offers: number, readonly documents: number }
  readonly at: string
}

/** The person's session, as a record names it. */
export interface SignedIn {
  readonly person: string
  readonly assurance: string
  readonly at: Date
}

/** Other parts that hold something of a participant: opened at the join, erased at the leave. Each step may be repeated. */
export interface Holders {
  enrol (ref: string, code: string): Promise<void>
  openProfile (ref: string, kind: SubjectKind): Promise<void>
  /** What is held: counted before the first thing is erased, for the act. */
  count (ref: string): Promise<LeaveAct['erased']>
  eraseProfile (ref: string): Promise<void>
  eraseDocuments (ref: string): Promise<void>
  forgetCode (ref: string): Promise<void>
}

export interface ParticipationsDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly seal: Seal
  readonly actKey: ActKey
  readonly checks: JoinChecks
  readonly holders: Holders
}

export type JoinProblem = 'checkMissing' | 'checkNotPassed' | 'checkTooOld' | 'alreadyJoined'

interface Row {
  readonly ref: string
  readonly person: string
  readonly kind: SubjectKind
  readonly state: Participation['state']
  readonly check_id: string
  readonly name: string | null
  readonly record: string
  readonly signature: string
  readonly joined_at: string
  readonly left_at: string | null
  readonly act: string | null
}

const COLUMNS = 'ref, person, kind, state, check_id, name, record, signature, joined_at, left_at, act'
/** A registration may end any day: a check is good for a day. */
const CHECK_HOURS = 24

/**
 * Joining and leaving (UP-3.3). Both pass over several stores; what is to be done is written first, each step may be done twice, and
 * `resume` finishes at the next start what a crash cut off.
 */
export class Participations {
  readonly #deps: ParticipationsDeps

  constructor (deps: ParticipationsDeps) {
    this.#deps = deps
  }

  /** Of a person: the one under way or in force, else the last. */
  async of (person: string): Promise<Participation | undefined> {
    return this.#toParticipation(await this.#deps.store.get<Row>(
      `SELECT ${COLUMNS} FROM participation WHERE person = ? AND state <> 'refused' ORDER BY CASE state WHEN 'left' THEN 1 ELSE 0 END, joined_at DESC LIMIT 1`, person))
  }

  async get (ref: string): Promise<Participation | undefined> {
    return this.#toParticipation(await this.#deps.store.get<Row>(`SELECT ${COLUMNS} FROM participation WHERE ref = ?`, ref))
  }

  async counts (): Promise<{ state: string, kind: SubjectKind, count: number }[]> {
    return await this.#deps.store.all('SELECT state, kind, COUNT(*) AS count FROM participation GROUP BY state, kind ORDER BY state, kind')
  }

  /** Signs the declaration. Durable, and carried through or finished at the next start, when it resolves. */
  async join (checkId: string, signedIn: SignedIn): Promise<Participation | JoinProblem> {
    const { store, clock, seal, actKey, checks } = this.#deps
    const check = await checks.get(checkId)
    if (check === undefined || check.person !== signedIn.person) return 'checkMissing'
    if (check.verdict !== 'registered') return 'checkNotPassed'
    const now = clock.now()
    if (now.getTime() - Date.parse(check.answeredAt!) > CHECK_HOURS * 3_600_000) return 'checkTooOld'
    // A check that a join was made of is used up: its code is not here any more.
    if (await checks.questionOf(checkId) === undefined) return 'checkTooOld'
    const ref = randomUUID()
    const record: JoinRecord = {
      kind: 'join',
      ref,
      declarationVersion: DECLARATION_VERSION,
      declarationHash: DECLARATION_HASH,
      assurance: signedIn.assurance,
      signedInAt: signedIn.at.toISOString(),
      exchangeId: check.exchangeId,
      at: now.toISOString()
    }
    const name = check.answer?.data?.names?.short ?? check.answer?.data?.names?.name ?? ''
    const taken = await store.write(async (tx) => {
      const present = await tx.get("SELECT ref FROM participation WHERE person = ? AND state IN ('joining', 'joined', 'leaving')", signedIn.person)
      if (present !== undefined) return true
      await tx.run(`INSERT INTO participation (${COLUMNS}) VALUES (?, ?, ?, 'joining', ?, ?, ?, ?, ?, NULL, NULL)`,
        ref, signedIn.person, check.kind, checkId, seal.seal(name, ref), JSON.stringify(record), actKey.sign(record), now.toISOString())
      return false
    })
    if (taken) return 'alreadyJoined'
    return await this.#finishJoin(ref) ? (await this.get(ref))! : 'alreadyJoined'
  }

  /** Ends questions and erases what is known, with an act. Durable, and carried through or finished at the next start. */
  async leave (ref: string): Promise<Participation | undefined> {
    const erased = JSON.stringify(await this.#deps.holders.count(ref))
    const begun = await this.#deps.store.write(async (tx) => await tx.run("UPDATE participation SET state = 'leaving', erasing = ? WHERE ref = ? AND state = 'joined'", erased, ref))
    if (begun > 0) await this.#finishLeave(ref)
    return await this.get(ref)
  }

  /** At start: finishes joins and leaves that a crash cut off. */
  async resume (): Promise<void> {
    const rows = await this.#deps.store.all<{ ref: string, state: string }>("SELECT ref, state FROM participation WHERE state IN ('joining', 'leaving') ORDER BY joined_at")
    for (const { ref, state } of rows) await (state === 'joining' ? this.#finishJoin(ref) : this.#finishLeave(ref))
  }

  /** @returns whether the business takes part now; not when somebody else had joined it. */
  async #finishJoin (ref: string): Promise<boolean> {
    const { store, checks, holders } = this.#deps
    const { checkId, kind } = (await this.get(ref))!
    const question = await checks.questionOf(checkId)
    try {
      if (question !== undefined) await holders.enrol(ref, question.code)
    } catch (thrown) {
      if (!(thrown instanceof AlreadyEnrolled)) throw thrown
      await store.write(async (tx) => { await tx.run("UPDATE participation SET state = 'refused', name = NULL WHERE ref = ?", ref) })
      return false
    }
    await holders.openProfile(ref, kind)
    await store.write(async (tx) => {
      // The code is in custody now, and nowhere else.
      await tx.run('UPDATE join_check SET question = NULL WHERE id = ?', checkId)
      await tx.run("UPDATE participation SET state = 'joined' WHERE ref = ? AND state = 'joining'", ref)
    })
    return true
  }

  async #finishLeave (ref: string): Promise<void> {
    const { store, clock, actKey, holders } = this.#deps
    // First of all the code: without it no question about the business can be made.
    await holders.forgetCode(ref)
    await holders.eraseProfile(ref)
    await holders.eraseDocuments(ref)
    const at = clock.now().toISOString()
    const { erasing } = (await store.get<{ erasing: string }>('SELECT erasing FROM participation WHERE ref = ?', ref))!
    const record: LeaveAct = { kind: 'leave', ref, erased: JSON.parse(erasing) as LeaveAct['erased'], at }
    await store.write(async (tx) => {
      await tx.run("UPDATE participation SET state = 'left', erasing = NULL, left_at = ?, name = NULL, act = ? WHERE ref = ?", at, JSON.stringify({ record, signature: actKey.sign(record) }), ref)
      await tx.run('UPDATE join_check SET answer = NULL, question = NULL WHERE person = (SELECT person FROM participation WHERE ref = ?)', ref)
    })
  }

  #toParticipation (row: Row | undefined): Participation | undefined {
    if (row === undefined) return undefined
    return {
      ref: row.ref,
      person: row.person,
      kind: row.kind,
      state: row.state,
      checkId: row.check_id,
      name: row.name === null ? undefined : this.#deps.seal.open(row.name, row.ref),
      record: JSON.parse(row.record) as JoinRecord,
      signature: row.signature,
      joinedAt: row.joined_at,
      leftAt: row.left_at ?? undefined,
      act: row.act === null ? undefined : JSON.parse(row.act) as Participation['act']
    }
  }
}
