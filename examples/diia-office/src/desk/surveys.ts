import { createHash, randomUUID } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import type { SqlStore, SqlWriter } from '@trembita/daemon/store'
import type { Seal } from '../seal.ts'
import type { Official } from './official.ts'
import type { Outbox } from './outbox.ts'
import { Refused } from './refused.ts'

/** A question: one of the options, or free text where there are none. */
export interface Question { readonly id: string, readonly text: string, readonly options: readonly string[] }

/** A whole body, or one unit of it. */
export interface Audience { readonly body: string, readonly unit?: string | undefined }

export interface Survey {
  readonly id: string
  readonly ownerBody: string
  readonly title: string
  readonly questions: readonly Question[]
  readonly audience: readonly Audience[]
  readonly anonymous: boolean
  /** Whoever was asked may see the results when the time is over; otherwise only its author and the organisation administrator. */
  readonly openResults: boolean
  readonly deadline: string
  readonly authorOfficial: string
  readonly authorName: string
  readonly createdAt: string
  readonly exchangeId: string | null
}

export type NewSurvey = Pick<Survey, 'title' | 'questions' | 'audience' | 'anonymous' | 'openResults' | 'deadline'>
export type SurveyMessage = Pick<Survey, 'id' | 'title' | 'questions' | 'audience' | 'anonymous' | 'openResults' | 'deadline' | 'authorName' | 'createdAt'>

export interface AnswerMessage {
  readonly surveyId: string
  /** Tells two officials apart, and nobody who they are. */
  readonly ballot: string
  /** Only of a survey that is not anonymous. */
  readonly name?: string
  readonly answers: Readonly<Record<string, string>>
}

export interface QuestionResult { readonly question: Question, readonly counts: readonly { readonly option: string, readonly count: number }[], readonly texts: readonly { readonly text: string, readonly name: string | null }[] }
export interface SurveyResults { readonly answers: number, readonly hidden: boolean, readonly questions: readonly QuestionResult[] }

export const QUESTIONS_MAX = 10
export const OPTIONS_MAX = 12
export const QUESTION_CHARS_MAX = 300
export const ANSWER_CHARS_MAX = 2000
/** Fewer anonymous answers than this would name their givers. */
export const ANONYMOUS_MIN = 3
const LIST_MAX = 100

interface Row {
  readonly id: string
  readonly owner_body: string
  readonly title: string
  readonly questions: string
  readonly audience: string
  readonly anonymous: number
  readonly open_results: number
  readonly deadline: string
  readonly author_official: string
  readonly author_name: string
  readonly created_at: string
  readonly digest: string
  readonly exchange_id: string | null
}

/** Surveys of a body's officials and those that other bodies asked them to answer. */
export class Surveys {
  readonly #body: string
  readonly #store: SqlStore
  readonly #clock: Clock
  readonly #outbox: Outbox
  readonly #seal: Seal

  constructor (body: string, store: SqlStore, clock: Clock, outbox: Outbox, seal: Seal) {
    this.#body = body
    this.#store = store
    this.#clock = clock
    this.#outbox = outbox
    this.#seal = seal
    outbox.carry('survey', { build: async ({ payload }) => ({ service: 'createSurvey', body: JSON.parse(payload) as object }), sent: async () => {}, failed: async () => {} })
    outbox.carry('answer', {
      build: async ({ payload }) => ({ service: 'submitAnswer', body: JSON.parse(payload) as object }),
      sent: async (tx, { id, about, payload }, exchange) => {
        const { ballot } = JSON.parse(payload) as AnswerMessage
        await tx.run("UPDATE survey_ballot SET state = 'sent', exchange_id = ? WHERE survey_id = ? AND ballot = ?", exchange, about, ballot)
        // What somebody answered stays with the owner of the survey alone.
        await tx.run("UPDATE outbox SET payload = '{}' WHERE id = ?", id)
      },
      failed: async (tx, { about, payload }) => {
        await tx.run("UPDATE survey_ballot SET state = 'failed' WHERE survey_id = ? AND ballot = ?", about, (JSON.parse(payload) as AnswerMessage).ballot)
      }
    })
  }

  /** @throws {Refused} */
  async create (author: Official, survey: NewSurvey): Promise<string> {
    this.#check(survey)
    const id = randomUUID()
    const message: SurveyMessage = { id, ...survey, authorName: author.name, createdAt: this.#clock.now().toISOString() }
    await this.#store.write(async (tx) => {
      await this.#insert(tx, message, this.#body, author.id, null)
      for (const peer of new Set(survey.audience.map(({ body }) => body))) {
        if (peer !== this.#body) await this.#outbox.put(tx, { kind: 'survey', about: id, peer }, message)
      }
    })
    return id
  }

  /** Another body asks our officials. @returns false for another survey under a known id. */
  async take (fromBody: string, message: SurveyMessage, exchangeId: string): Promise<boolean> {
    return await this.#store.write(async (tx) => {
      const known = await tx.get<Row>('SELECT digest, owner_body FROM survey WHERE id = ?', message.id)
      if (known !== undefined) return known.owner_body === fromBody && known.digest === digestOf(message)
      await this.#insert(tx, message, fromBody, '', exchangeId)
      return true
    })
  }

  /** One answer of one official; a second is refused here, and once more by the owner. @throws {Refused} */
  async answer (official: Official, id: string, answers: Readonly<Record<string, string>>): Promise<void> {
    const survey = await this.find(official, id)
    if (!inAudience(survey, official)) throw new Refused('notInAudience')
    checkAnswers(survey, answers)
    if (this.#over(survey)) throw new Refused('closed')
    const ballot = this.#seal.ballot(id, official.id)
    const message: AnswerMessage = { surveyId: id, ballot, answers, ...survey.anonymous ? {} : { name: official.name } }
    await this.#store.write(async (tx) => {
      if (await tx.get('SELECT 1 AS known FROM survey_ballot WHERE survey_id = ? AND ballot = ?', id, ballot) !== undefined) throw new Refused('answered')
      const own = survey.ownerBody === this.#body
      await tx.run('INSERT INTO survey_ballot (survey_id, ballot, state) VALUES (?, ?, ?)', id, ballot, own ? 'sent' : 'waiting')
      if (own) await this.#record(tx, this.#body, message, null)
      else await this.#outbox.put(tx, { kind: 'answer', about: id, peer: survey.ownerBody }, message)
    })
  }

  /** An answer from another body to a survey of ours; the same again is the same answer. @throws {Refused} */
  async takeAnswer (fromBody: string, message: AnswerMessage, exchangeId: string): Promise<void> {
    await this.#store.write(async (tx) => {
      const row = await tx.get<Row>('SELECT * FROM survey WHERE id = ? AND owner_body = ?', message.surveyId, this.#body)
      if (row === undefined) throw new Refused('unknown')
      const survey = toSurvey(row)
      if (!survey.audience.some(({ body }) => body === fromBody)) throw new Refused('notInAudience')
      checkAnswers(survey, message.answers)
      const known = await tx.get<{ digest: string }>('SELECT digest FROM survey_answer WHERE survey_id = ? AND ballot = ?', message.surveyId, message.ballot)
      if (known?.digest === digestOf(message)) return
      if (known !== undefined) throw new Refused('answered')
      if (this.#over(survey)) throw new Refused('closed')
      const { name, ...unnamed } = message
      await this.#record(tx, fromBody, survey.anonymous || name === undefined ? unnamed : { ...unnamed, name }, exchangeId)
    })
  }

  /** Results as another body may ask for them. @throws {Refused} */
  async resultsFor (body: string, id: string): Promise<SurveyResults> {
    const row = await this.#store.get<Row>('SELECT * FROM survey WHERE id = ? AND owner_body = ?', id, this.#body)
    const survey = row === undefined ? undefined : toSurvey(row)
    if (survey === undefined || !survey.audience.some((one) => one.body === body)) throw new Refused('unknown')
    if (!survey.openResults) throw new Refused('notYours')
    if (!this.#over(survey)) throw new Refused('notOpenYet')
    return await this.#results(survey)
  }

  /** Results of a survey of ours. @throws {Refused} */
  async results (official: Official, id: string): Promise<SurveyResults> {
    const survey = await this.find(official, id)
    if (survey.authorOfficial !== official.id && !official.administrator) {
      if (!survey.openResults) throw new Refused('notYours')
      if (!this.#over(survey)) throw new Refused('notOpenYet')
    }
    return await this.#results(survey)
  }

  /** Surveys that concern an official, newest first. */
  async list (official: Official): Promise<readonly Survey[]> {
    const rows = await this.#store.all<Row>(`SELECT * FROM survey ORDER BY created_at DESC LIMIT ${LIST_MAX}`)
    return rows.map(toSurvey).filter((survey) => concerns(survey, official, this.#body))
  }

  /** @throws {Refused} when it is none of the official's business. */
  async find (official: Official, id: string): Promise<Survey> {
    const row = await this.#store.get<Row>('SELECT * FROM survey WHERE id = ?', id)
    const survey = row === undefined ? undefined : toSurvey(row)
    if (survey === undefined || !concerns(survey, official, this.#body)) throw new Refused('unknown')
    return survey
  }

  /** `open` to answer, `answered`, `waiting` for the exchange, `failed` there, `over`, or `foreign`: not asked of this official. */
  async standing (official: Official, survey: Survey): Promise<'open' | 'answered' | 'waiting' | 'failed' | 'over' | 'foreign'> {
    const ballot = await this.#store.get<{ state: string }>('SELECT state FROM survey_ballot WHERE survey_id = ? AND ballot = ?', survey.id, this.#seal.ballot(survey.id, official.id))
    if (ballot !== undefined) return ballot.state === 'sent' ? 'answered' : ballot.state as 'waiting' | 'failed'
    if (!inAudience(survey, official)) return 'foreign'
    return this.#over(survey) ? 'over' : 'open'
  }

  async #results (survey: Survey): Promise<SurveyResults> {
    const rows = await this.#store.all<{ name: string | null, answers: string }>('SELECT name, answers FROM survey_answer WHERE survey_id = ? ORDER BY ballot', survey.id)
    if (survey.anonymous && rows.length < ANONYMOUS_MIN) return { answers: rows.length, hidden: true, questions: [] }
    const given = rows.map(({ name, answers }) => ({ name, answers: JSON.parse(answers) as Record<string, string> }))
    const questions = survey.questions.map((question) => ({
      question,
      counts: question.options.map((option) => ({ option, count: given.filter(({ answers }) => answers[question.id] === option).length })),
      texts: question.options.length > 0 ? [] : given.filter(({ answers }) => (answers[question.id] ?? '') !== '').map(({ name, answers }) => ({ text: answers[question.id]!, name }))
    }))
    return { answers: rows.length, hidden: false, questions }
  }

  async #insert (tx: SqlWriter, message: SurveyMessage, owner: string, author: string, exchangeId: string | null): Promise<void> {
    await tx.run(
      `INSERT INTO survey (id, owner_body, title, questions, audience, anonymous, open_results, deadline, author_official, author_name, created_at, digest, exchange_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      message.id, owner, message.title, JSON.stringify(message.questions), JSON.stringify(message.audience), message.anonymous ? 1 : 0, message.openResults ? 1 : 0,
      message.deadline, author, message.authorName, message.createdAt, digestOf(message), exchangeId)
  }

  async #record (tx: SqlWriter, body: string, message: AnswerMessage, exchangeId: string | null): Promise<void> {
    // Only the day: the minute would tell who answered.
    await tx.run('INSERT INTO survey_answer (survey_id, ballot, body, name, answers, answered_on, digest, exchange_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      message.surveyId, message.ballot, body, message.name ?? null, JSON.stringify(message.answers), this.#clock.now().toISOString().slice(0, 10), digestOf(message), exchangeId)
  }

  #over ({ deadline }: Survey): boolean {
    return this.#clock.now().toISOString() >= deadline
  }

  #check ({ title, questions, audience, deadline }: NewSurvey): void {
    if (title.trim() === '') throw new Refused('empty', 'title')
    if (title.length > QUESTION_CHARS_MAX) throw new Refused('tooLong', 'title')
    if (questions.length === 0) throw new Refused('empty', 'question1')
    if (questions.length > QUESTIONS_MAX || questions.some(({ text, options }) => text.length > QUESTION_CHARS_MAX || options.length > OPTIONS_MAX || options.some((option) => option.length > QUESTION_CHARS_MAX))) throw new Refused('tooLong', 'question1')
    if (questions.some(({ options }) => options.length === 1 || new Set(options).size !== options.length)) throw new Refused('badAnswer', 'question1')
    if (audience.length === 0) throw new Refused('empty', 'audience')
    if (deadline <= this.#clock.now().toISOString()) throw new Refused('badDate', 'deadline')
  }
}

function toSurvey (row: Row): Survey {
  return {
    id: row.id,
    ownerBody: row.owner_body,
    title: row.title,
    questions: JSON.parse(row.questions) as Question[],
    audience: JSON.parse(row.audience) as Audience[],
    anonymous: row.anonymous === 1,
    openResults: row.open_results === 1,
    deadline: row.deadline,
    authorOfficial: row.author_official,
    authorName: row.author_name,
    createdAt: row.created_at,
    exchangeId: row.exchange_id
  }
}

function inAudience (survey: Survey, official: Official): boolean {
  return survey.audience.some(({ body, unit }) => body === official.body && (unit === undefined || unit === official.unit))
}

function concerns (survey: Survey, official: Official, body: string): boolean {
  return inAudience(survey, official) || (survey.ownerBody === body && (survey.authorOfficial === official.id || official.administrator))
}

function checkAnswers ({ questions }: Survey, answers: Readonly<Record<string, string>>): void {
  for (const { id, options } of questions) {
    const answer = answers[id] ?? ''
    if (options.length > 0 ? !options.includes(answer) : answer.length > ANSWER_CHARS_MAX) throw new Refused(answer === '' ? 'empty' : 'badAnswer', id)
  }
  if (Object.keys(answers).some((id) => !questions.some((question) => question.id === id))) throw new Refused('badAnswer')
}

function digestOf (message: object): string {
  return createHash('sha256').update(JSON.stringify(message, Object.keys(flat(message)).sort())).digest('base64url')
}

/** Every member's name of a message, so that its digest does not depend on their order. */
function flat (value: unknown, names: Record<string, true> = {}): Record<string, true> {
  if (Array.isArray(value)) for (const item of value) flat(item, names)
  else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      names[name] = true
      flat(item, names)
    }
  }
  return names
}
