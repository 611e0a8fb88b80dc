import { join } from 'node:path'
import type { Gateway } from '@trembita/example-consumer'
import type { Clock } from '@trembita/daemon'
import { openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import type { Seal } from '../seal.ts'
import { Letters, VISIBLE, whose } from './letters.ts'
import type { Official } from './official.ts'
import { Outbox } from './outbox.ts'
import { DESK_SCHEMA } from './schema.ts'
import { Surveys } from './surveys.ts'
import { Tasks } from './tasks.ts'

export interface DeskDeps {
  /** ЄДРПОУ of the body. */
  readonly body: string
  /** Its own gateway and subsystem. */
  readonly gateway: Gateway
  readonly dataFolder: string
  readonly clock: Clock
  readonly seal: Seal
  readonly officeOf: (body: string) => string
}

/** What one body keeps and does in the office. Its database is its own: what officials wrote stays with the body when they leave. */
export class Desk {
  readonly body: string
  readonly gateway: Gateway
  readonly letters: Letters
  readonly tasks: Tasks
  readonly surveys: Surveys
  readonly outbox: Outbox
  readonly #store: SqlStore

  private constructor ({ body, gateway, clock, seal, officeOf }: DeskDeps, store: SqlStore) {
    this.body = body
    this.gateway = gateway
    this.#store = store
    this.outbox = new Outbox({ store, clock, gateway, officeOf })
    this.letters = new Letters(body, store, clock, this.outbox)
    this.tasks = new Tasks(body, store, clock, this.outbox)
    this.surveys = new Surveys(body, store, clock, this.outbox, seal)
  }

  static async open (deps: DeskDeps): Promise<Desk> {
    return new Desk(deps, await openSqliteStore(join(deps.dataFolder, 'bodies', `${deps.body}.sqlite`), [DESK_SCHEMA]))
  }

  /**
   * Whether an official may have the sealed messages of an exchange. Not those that carried a letter or a task of others, nor an answer
   * to a survey: they hold all that it says. Ids are chosen by whoever sent, so that to know one is no right.
   */
  async mayProve (reader: Official, exchangeId: string): Promise<boolean> {
    const hidden = await this.#store.get(
      `SELECT 1 AS found FROM letter WHERE ? IN (exchange_id, delivered_exchange, read_exchange) AND ${VISIBLE} IS NOT TRUE
       UNION ALL SELECT 1 FROM task WHERE exchange_id = ? AND from_official <> ? AND for_official <> ? AND ? = 0
       UNION ALL SELECT 1 FROM survey_answer WHERE exchange_id = ? UNION ALL SELECT 1 FROM survey_ballot WHERE exchange_id = ?`,
      exchangeId, ...whose(reader), exchangeId, ...whose(reader), exchangeId, exchangeId)
    return hidden === undefined
  }

  async close (): Promise<void> {
    await this.outbox.stop()
    await this.#store.close()
  }
}
