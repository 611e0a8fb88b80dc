import { randomUUID } from 'node:crypto'
import type { AccessEvent, Multilingual } from '@trembita/protocol/accessevent'
import type { PortalDeps } from './deps.ts'
import type { Citizen } from './visit.ts'

export const QUESTION_CHARACTERS_MIN = 5
export const QUESTION_CHARACTERS_MAX = 4000
/** Within which the body owes an answer: law 2297-VI, article 8. */
const ANSWER_DAYS = 30
const DAY_MS = 86_400_000
/** Of one person and day, so that nobody floods a body from here. */
const QUESTIONS_PER_DAY_MAX = 20

interface QuestionContent {
  readonly eventId: string
  readonly occurredAt: string
  readonly recipient: { readonly code: string, readonly name: Multilingual }
  readonly handle?: string | undefined
  readonly text: string
  /** The asker's name, for whoever answers. */
  readonly asker: string
}

export interface Question extends QuestionContent {
  readonly id: string
  readonly kind: 'question' | 'complaint'
  /** `received`: kept here, on its way. `sent`: the body's mail server took it. */
  readonly state: 'received' | 'sent'
  readonly createdAt: Date
  readonly sentAt?: Date | undefined
  readonly dueAt: Date
}

interface Row {
  readonly id: string
  readonly person: string
  readonly kind: Question['kind']
  readonly state: Question['state']
  readonly sealed: string
  readonly created_at: string
  readonly sent_at: string | null
  readonly due_at: string
}

const COLUMNS = 'id, person, kind, state, sealed, created_at, sent_at, due_at'

/** A person asks, or complains, about one access. Durable when it resolves; what is more than a day may bring is not taken. */
export async function addQuestion ({ store, seal, clock }: Pick<PortalDeps, 'store' | 'seal' | 'clock'>, { tag, identity }: Citizen, event: AccessEvent, kind: Question['kind'], text: string): Promise<void> {
  const id = randomUUID()
  const now = clock.now()
  const content: QuestionContent = {
    eventId: event.eventId, occurredAt: event.occurredAt, recipient: { code: event.recipient.code, name: event.recipient.name }, handle: event.actor.handle, text, asker: identity.name
  }
  await store.write(async (tx) => {
    const today = await tx.get<{ count: number }>('SELECT count(*) AS count FROM portal_question WHERE person = ? AND created_at > ?', tag, new Date(now.getTime() - DAY_MS).toISOString())
    if ((today?.count ?? 0) >= QUESTIONS_PER_DAY_MAX) throw Object.assign(new Error('too many questions in a day'), { statusCode: 429 })
    await tx.run(
      `INSERT INTO portal_question (${COLUMNS}) VALUES (?, ?, ?, 'received', ?, ?, NULL, ?)`,
      id, tag, kind, seal.seal(content, id), now.toISOString(), new Date(now.getTime() + ANSWER_DAYS * DAY_MS).toISOString())
  })
}

/** Newest first. */
export async function questionsOf ({ store, seal }: Pick<PortalDeps, 'store' | 'seal'>, { tag }: Citizen): Promise<Question[]> {
  const rows = await store.all<Row>(`SELECT ${COLUMNS} FROM portal_question WHERE person = ? ORDER BY created_at DESC, id`, tag)
  return rows.map((row) => toQuestion(row, seal.open<QuestionContent>(row.sealed, row.id)))
}

/** Hands what waits to the bodies that gave an address; the rest keeps waiting for the operator. @returns how many were taken. */
export async function sendQuestions ({ store, seal, clock, mailer, contacts }: Pick<PortalDeps, 'store' | 'seal' | 'clock' | 'mailer' | 'contacts'>): Promise<number> {
  if (mailer === undefined) return 0
  const rows = await store.all<Row>(`SELECT ${COLUMNS} FROM portal_question WHERE state = 'received' ORDER BY created_at, id LIMIT 50`)
  let sent = 0
  for (const row of rows) {
    const question = toQuestion(row, seal.open<QuestionContent>(row.sealed, row.id))
    const address = contacts[question.recipient.code]?.email
    if (address === undefined) continue
    const outcome = await mailer.sendQuestion(address, question)
    if (outcome.kind !== 'accepted') continue
    await store.write((tx) => tx.run("UPDATE portal_question SET state = 'sent', sent_at = ? WHERE id = ?", clock.now().toISOString(), row.id))
    sent++
  }
  return sent
}

function toQuestion (row: Row, content: QuestionContent): Question {
  return { ...content, id: row.id, kind: row.kind, state: row.state, createdAt: new Date(row.created_at), sentAt: row.sent_at === null ? undefined : new Date(row.sent_at), dueAt: new Date(row.due_at) }
}
