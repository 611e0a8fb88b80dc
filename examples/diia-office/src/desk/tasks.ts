import { createHash, randomUUID } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import type { Official } from './official.ts'
import type { Outbox } from './outbox.ts'
import { Refused } from './refused.ts'

export type TaskKind = 'task' | 'event'
/** A task given to another is `new` until that official accepts or declines. */
export type TaskState = 'new' | 'accepted' | 'done' | 'declined'

export const TASK_STATES: readonly TaskState[] = ['new', 'accepted', 'done', 'declined']

export interface Task {
  readonly id: string
  readonly kind: TaskKind
  readonly title: string
  readonly text: string
  /** When it begins, or is due. */
  readonly starts_at: string
  readonly ends_at: string | null
  readonly remind_at: string | null
  readonly reminded: number
  readonly state: TaskState
  readonly from_body: string
  readonly from_official: string
  readonly from_name: string
  readonly for_body: string
  readonly for_official: string
  readonly for_name: string
  readonly changed_at: string
  readonly exchange_id: string | null
  readonly error: string | null
}

export interface NewTask {
  readonly kind: TaskKind
  readonly title: string
  readonly text: string
  readonly startsAt: Date
  readonly endsAt?: Date | undefined
  readonly remindAt?: Date | undefined
  readonly forBody: string
  readonly forOfficial: string
  readonly forName: string
}

/** A task as one body's subsystem hands it to another's. */
export interface TaskMessage {
  readonly taskId: string
  readonly title: string
  readonly text: string
  readonly startsAt: string
  readonly from: { readonly official: string, readonly name: string }
  readonly for: { readonly official: string, readonly name: string }
}

export const TITLE_CHARS_MAX = 200
export const TASK_TEXT_CHARS_MAX = 4000
const LIST_MAX = 200
/** Which state may follow. */
const NEXT: Readonly<Record<TaskState, readonly TaskState[]>> = { new: ['accepted', 'done', 'declined'], accepted: ['done', 'declined'], done: ['accepted'], declined: [] }

const COLUMNS = 'id, kind, title, text, starts_at, ends_at, remind_at, reminded, state, from_body, from_official, from_name, for_body, for_official, for_name, changed_at, exchange_id, error'

/** The working day of a body's officials: events and tasks, of one's own or given by others, here or in another body. */
export class Tasks {
  readonly #body: string
  readonly #store: SqlStore
  readonly #clock: Clock
  readonly #outbox: Outbox

  constructor (body: string, store: SqlStore, clock: Clock, outbox: Outbox) {
    this.#body = body
    this.#store = store
    this.#clock = clock
    this.#outbox = outbox
    outbox.carry('task', {
      build: async ({ payload }) => ({ service: 'tasks', body: JSON.parse(payload) as object }),
      sent: async (tx, { about }, exchange) => { await tx.run('UPDATE task SET exchange_id = ?, error = NULL WHERE id = ?', exchange, about) },
      failed: async (tx, { about }, error) => { await tx.run('UPDATE task SET error = ? WHERE id = ?', error, about) }
    })
    outbox.carry('taskState', {
      build: async ({ about, payload }) => ({ service: 'tasks', path: '/state', body: { taskId: about, ...JSON.parse(payload) as object } }),
      sent: async () => {},
      failed: async (tx, { about }, error) => { await tx.run('UPDATE task SET error = ? WHERE id = ?', error, about) }
    })
  }

  /** @throws {Refused} */
  async add (from: Official, task: NewTask): Promise<string> {
    if (task.title.trim() === '') throw new Refused('empty', 'title')
    if (task.title.length > TITLE_CHARS_MAX) throw new Refused('tooLong', 'title')
    if (task.text.length > TASK_TEXT_CHARS_MAX) throw new Refused('tooLong', 'text')
    if (task.endsAt !== undefined && task.endsAt <= task.startsAt) throw new Refused('badDate', 'ends')
    const id = randomUUID()
    const own = task.forBody === this.#body && task.forOfficial === from.id
    const now = this.#clock.now().toISOString()
    const message: TaskMessage = { taskId: id, title: task.title, text: task.text, startsAt: task.startsAt.toISOString(), from: { official: from.id, name: from.name }, for: { official: task.forOfficial, name: task.forName } }
    await this.#store.write(async (tx) => {
      await tx.run(
        `INSERT INTO task (id, kind, title, text, starts_at, ends_at, remind_at, reminded, state, from_body, from_official, from_name, for_body, for_official, for_name, changed_at, digest)
         VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id, own ? task.kind : 'task', task.title, task.text, message.startsAt, task.endsAt?.toISOString() ?? null, task.remindAt?.toISOString() ?? null, own ? 'accepted' : 'new',
        this.#body, from.id, from.name, task.forBody, task.forOfficial, task.forName, now, digestOf(message))
      if (task.forBody !== this.#body) await this.#outbox.put(tx, { kind: 'task', about: id, peer: task.forBody }, message)
    })
    return id
  }

  /** Takes a task given by an official of another body, once. @returns false for another task under a known id. */
  async take (fromBody: string, message: TaskMessage, exchangeId: string): Promise<boolean> {
    return await this.#store.write(async (tx) => {
      const digest = digestOf(message)
      const known = await tx.get<{ digest: string }>('SELECT digest FROM task WHERE id = ?', message.taskId)
      if (known !== undefined) return known.digest === digest
      await tx.run(
        `INSERT INTO task (id, kind, title, text, starts_at, reminded, state, from_body, from_official, from_name, for_body, for_official, for_name, changed_at, digest, exchange_id)
         VALUES (?, 'task', ?, ?, ?, 0, 'new', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        message.taskId, message.title, message.text, message.startsAt, fromBody, message.from.official, message.from.name, this.#body, message.for.official, message.for.name,
        this.#clock.now().toISOString(), digest, exchangeId)
      return true
    })
  }

  /** The official whose task it is accepts, declines, finishes or takes up again; the giver in another body is told. @throws {Refused} */
  async setState (official: Official, id: string, state: TaskState): Promise<void> {
    const now = this.#clock.now().toISOString()
    await this.#store.write(async (tx) => {
      const task = await tx.get<Task>(`SELECT ${COLUMNS} FROM task WHERE id = ? AND for_body = ? AND for_official = ?`, id, this.#body, official.id)
      if (task === undefined) throw new Refused('unknown')
      if (!NEXT[task.state].includes(state)) throw new Refused('badState')
      await tx.run('UPDATE task SET state = ?, changed_at = ? WHERE id = ?', state, now, id)
      if (task.from_body !== this.#body) await this.#outbox.put(tx, { kind: 'taskState', about: id, peer: task.from_body }, { state, at: now })
    })
  }

  /** The other body says how a task of ours stands. What is older than what is known changes nothing. */
  async stateTold (byBody: string, id: string, state: TaskState, at: string): Promise<boolean> {
    return await this.#store.write(async (tx) => {
      const task = await tx.get<{ changed_at: string }>('SELECT changed_at FROM task WHERE id = ? AND from_body = ? AND for_body = ?', id, this.#body, byBody)
      if (task === undefined) return false
      await tx.run('UPDATE task SET state = ?, changed_at = ? WHERE id = ? AND (changed_at < ? OR state = \'new\')', state, at, id, at)
      return true
    })
  }

  /** What an official has to do between two instants, in order. */
  async between (official: Official, from: Date, to: Date): Promise<readonly Task[]> {
    return await this.#store.all<Task>(
      `SELECT ${COLUMNS} FROM task WHERE for_body = ? AND for_official = ? AND state <> 'declined' AND starts_at >= ? AND starts_at < ? ORDER BY starts_at LIMIT ${LIST_MAX}`,
      this.#body, official.id, from.toISOString(), to.toISOString())
  }

  /** Before `until` and not done. */
  async overdue (official: Official, until: Date): Promise<readonly Task[]> {
    return await this.#store.all<Task>(
      `SELECT ${COLUMNS} FROM task WHERE for_body = ? AND for_official = ? AND kind = 'task' AND state IN ('new', 'accepted') AND starts_at < ? ORDER BY starts_at LIMIT ${LIST_MAX}`,
      this.#body, official.id, until.toISOString())
  }

  /** What an official gave to others, newest first. */
  async given (official: Official): Promise<readonly Task[]> {
    return await this.#store.all<Task>(
      `SELECT ${COLUMNS} FROM task WHERE from_body = ? AND from_official = ? AND NOT (for_body = ? AND for_official = ?) ORDER BY starts_at DESC LIMIT ${LIST_MAX}`,
      this.#body, official.id, this.#body, official.id)
  }

  /** Reminders whose time has come. */
  async reminders (official: Official): Promise<readonly Task[]> {
    return await this.#store.all<Task>(
      `SELECT ${COLUMNS} FROM task WHERE for_body = ? AND for_official = ? AND state IN ('new', 'accepted') AND reminded = 0 AND remind_at <= ? ORDER BY starts_at LIMIT ${LIST_MAX}`,
      this.#body, official.id, this.#clock.now().toISOString())
  }

  async reminded (official: Official, id: string): Promise<void> {
    await this.#store.write(async (tx) => { await tx.run('UPDATE task SET reminded = 1 WHERE id = ? AND for_body = ? AND for_official = ?', id, this.#body, official.id) })
  }
}

function digestOf (message: TaskMessage): string {
  const { taskId, title, text, startsAt, from, for: whose } = message
  return createHash('sha256').update(JSON.stringify([taskId, title, text, startsAt, from.official, whose.official])).digest('base64url')
}
