import { createHash, randomUUID } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import type { SqlReader, SqlStore, SqlWriter } from '@trembita/daemon/store'
import type { PortalKeys } from '../keys/index.ts'
import type { Persons, Recipient } from '../persons/index.ts'
import type { NoticeContent } from './notices.ts'
import { builtInTemplates, fillTemplate, type Parameters, type Template } from './template.ts'

export interface Push {
  readonly template: string
  readonly recipients: ReadonlyArray<Recipient & { readonly parameters?: Parameters | undefined }>
  readonly parameters?: Parameters | undefined
  readonly link?: string | undefined
}

export interface PushAnswer {
  readonly distributionId: string
  readonly accepted: number
  readonly notReachable: number
}

/** `inbox`: in the person's inbox. `pushed`: a push service took the hint. `read`: opened here. */
export type RecipientState = 'inbox' | 'pushed' | 'read' | 'not-reachable'

export interface RecipientResult {
  /** Place in the request, from 0. */
  readonly position: number
  readonly state: RecipientState
  readonly pushedAt?: string
  readonly readAt?: string
}

/** What a partner asked for cannot be done. */
export class DistributionProblem extends Error {
  override readonly name = 'DistributionProblem'
  readonly code: 'unknown-template' | 'unknown-distribution' | 'message-repeated-differently' | 'template-exists-elsewhere'

  constructor (code: DistributionProblem['code']) {
    super(code)
    this.code = code
  }
}

export interface DistributionsDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly keys: PortalKeys
  readonly persons: Persons
  readonly monitorInbox: string
  /** Puts the hints to the installed page beside the notices, in the same transaction. */
  readonly queuePush: (tx: SqlWriter, noticeId: string, subject: string, now: Date) => Promise<void>
  /** After they are on disk. */
  readonly onQueued: () => void
}

interface Found {
  readonly id: string
  readonly template: string
  readonly created_at: string
  readonly deleted_at: string | null
  readonly request_hash: string
}

/** Templates and distributions of partners. The same message id of the same partner is the same distribution. */
export class Distributions {
  readonly #deps: DistributionsDeps
  readonly #builtIn: Readonly<Record<string, Template>>

  constructor (deps: DistributionsDeps) {
    this.#deps = deps
    this.#builtIn = builtInTemplates(deps.monitorInbox)
  }

  /** A further one under the same code is its next version; the same again changes nothing. @throws {DistributionProblem} */
  async createTemplate (client: string, code: string, template: Template): Promise<{ readonly code: string, readonly version: number }> {
    if (Object.hasOwn(this.#builtIn, code)) throw new DistributionProblem('template-exists-elsewhere')
    const content = JSON.stringify(template)
    const now = this.#deps.clock.now().toISOString()
    return await this.#deps.store.write(async (tx) => {
      const known = await tx.get<{ version: number, content: string }>('SELECT version, content FROM template WHERE client = ? AND code = ?', client, code)
      if (known?.content === content) return { code, version: known.version }
      const version = (known?.version ?? 0) + 1
      await tx.run(
        'INSERT INTO template (client, code, version, content, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (client, code) DO UPDATE SET version = excluded.version, content = excluded.content, created_at = excluded.created_at',
        client, code, version, content, now)
      return { code, version }
    })
  }

  /** @throws {DistributionProblem} @throws {MissingParameter} */
  async push (client: string, messageId: string, push: Push): Promise<PushAnswer> {
    const { store, clock, onQueued } = this.#deps
    const hash = createHash('sha256').update(JSON.stringify(push)).digest('base64url')
    const now = clock.now()
    const answer = await store.write(async (tx) => {
      const known = await tx.get<Found>('SELECT id, template, created_at, deleted_at, request_hash FROM distribution WHERE client = ? AND message_id = ?', client, messageId)
      if (known !== undefined && known.request_hash !== hash) throw new DistributionProblem('message-repeated-differently')
      const distributionId = known?.id ?? randomUUID()
      if (known === undefined) await this.#add(tx, client, { id: distributionId, messageId, hash, push, now })
      return { distributionId, ...await this.#counts(tx, distributionId) }
    })
    onQueued()
    const { 'not-reachable': notReachable, ...reached } = answer.states
    return { distributionId: answer.distributionId, accepted: Object.values(reached).reduce((sum, n) => sum + n, 0), notReachable }
  }

  /** @throws {DistributionProblem} for another's distribution too: nobody learns that it exists. */
  async status (client: string, id: string): Promise<{ readonly template: string, readonly createdAt: string, readonly deletedAt?: string, readonly states: Readonly<Record<RecipientState, number>> }> {
    return await this.#deps.store.read(async (tx) => {
      const found = await this.#find(tx, client, id)
      return {
        template: found.template, createdAt: found.created_at, ...found.deleted_at === null ? {} : { deletedAt: found.deleted_at }, ...await this.#counts(tx, id)
      }
    })
  }

  /** Results by place in the request, so that nobody's number or subject has to travel back. @throws {DistributionProblem} */
  async recipients (client: string, id: string, offset: number, limit: number): Promise<RecipientResult[]> {
    return await this.#deps.store.read(async (tx) => {
      await this.#find(tx, client, id)
      const rows = await tx.all<{ position: number, state: RecipientState, pushed_at: string | null, read_at: string | null }>(
        'SELECT position, state, pushed_at, read_at FROM notice WHERE distribution_id = ? ORDER BY position LIMIT ? OFFSET ?', id, limit, offset)
      return rows.map(({ position, state, pushed_at: pushedAt, read_at: readAt }) => ({
        position, state, ...pushedAt === null ? {} : { pushedAt }, ...readAt === null ? {} : { readAt }
      }))
    })
  }

  /** Takes its notices out of the inboxes. A second time changes nothing. @throws {DistributionProblem} */
  async delete (client: string, id: string): Promise<void> {
    const now = this.#deps.clock.now().toISOString()
    await this.#deps.store.write(async (tx) => {
      await this.#find(tx, client, id)
      await tx.run('UPDATE distribution SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL', now, id)
      await tx.run('DELETE FROM push_job WHERE notice_id IN (SELECT id FROM notice WHERE distribution_id = ?)', id)
      await tx.run('UPDATE notice SET content = NULL WHERE distribution_id = ?', id)
    })
  }

  async #add (tx: SqlWriter, client: string, { id, messageId, hash, push, now }: { id: string, messageId: string, hash: string, push: Push, now: Date }): Promise<void> {
    const template = await this.#template(tx, client, push.template)
    const at = now.toISOString()
    await tx.run(
      'INSERT INTO distribution (id, client, message_id, request_hash, template, created_at) VALUES (?, ?, ?, ?, ?, ?)', id, client, messageId, hash, push.template, at)
    for (const [position, recipient] of push.recipients.entries()) {
      const person = await this.#deps.persons.find(recipient, tx)
      const noticeId = randomUUID()
      const content: NoticeContent = { ...fillTemplate(template, { ...push.parameters, ...recipient.parameters }), link: push.link ?? template.link }
      await tx.run(
        'INSERT INTO notice (id, distribution_id, position, subject, content, state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
        noticeId, id, position, person?.subject ?? null, person === undefined ? null : this.#deps.keys.box.seal(content, `notice/${noticeId}`),
        person === undefined ? 'not-reachable' : 'inbox', at)
      if (person !== undefined) await this.#deps.queuePush(tx, noticeId, person.subject, now)
    }
  }

  async #template (tx: SqlReader, client: string, code: string): Promise<Template> {
    if (Object.hasOwn(this.#builtIn, code)) return this.#builtIn[code]!
    const row = await tx.get<{ content: string }>('SELECT content FROM template WHERE client = ? AND code = ?', client, code)
    if (row === undefined) throw new DistributionProblem('unknown-template')
    return JSON.parse(row.content) as Template
  }

  async #find (tx: SqlReader, client: string, id: string): Promise<Found> {
    const found = await tx.get<Found>('SELECT id, template, created_at, deleted_at, request_hash FROM distribution WHERE client = ? AND id = ?', client, id)
    if (found === undefined) throw new DistributionProblem('unknown-distribution')
    return found
  }

  async #counts (tx: SqlReader, id: string): Promise<{ readonly states: Readonly<Record<RecipientState, number>> }> {
    const rows = await tx.all<{ state: RecipientState, n: number | string }>('SELECT state, count(*) AS n FROM notice WHERE distribution_id = ? GROUP BY state', id)
    return { states: { inbox: 0, pushed: 0, read: 0, 'not-reachable': 0, ...Object.fromEntries(rows.map(({ state, n }) => [state, Number(n)])) } }
  }
}
