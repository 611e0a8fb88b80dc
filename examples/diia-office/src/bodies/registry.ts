import type { Clock } from '@trembita/daemon'
import type { SqlStore, SqlWriter } from '@trembita/daemon/store'
import { fullName, Refused } from '../desk/index.ts'
import type { Personnel } from './personnel.ts'

/**
 * How far the connection of a body has come (order, item 6): requested, checked in the personnel system or refused, an organisation
 * administrator appointed, active; disconnected later.
 */
export type BodyState = 'requested' | 'checked' | 'refused' | 'appointed' | 'active' | 'disconnected'

export interface ConnectedBody {
  readonly code: string
  readonly name: string
  readonly name_en: string
  readonly state: BodyState
  /** Of a refusal: `noRecord` in the personnel system, `noGateway` set up for it here. */
  readonly reason: string | null
  /** Id of an official in the personnel system. */
  readonly administrator: string | null
  readonly administrator_name: string | null
}

export interface BodyEvent { readonly at: string, readonly actor: string, readonly action: BodyState, readonly note: string | null }

const COLUMNS = 'code, name, name_en, state, reason, administrator, administrator_name'

/** Bodies as the technical administrator connects them. Every step is recorded with who made it. */
export class BodyRegistry {
  readonly #store: SqlStore
  readonly #clock: Clock
  /** Asks as the operator of the portal, through its own gateway. */
  readonly #personnel: Personnel
  readonly #hasGateway: (code: string) => boolean

  constructor (store: SqlStore, clock: Clock, personnel: Personnel, hasGateway: (code: string) => boolean) {
    this.#store = store
    this.#clock = clock
    this.#personnel = personnel
    this.#hasGateway = hasGateway
  }

  async list (): Promise<readonly ConnectedBody[]> {
    return await this.#store.all<ConnectedBody>(`SELECT ${COLUMNS} FROM body ORDER BY code`)
  }

  async active (): Promise<readonly ConnectedBody[]> {
    return await this.#store.all<ConnectedBody>(`SELECT ${COLUMNS} FROM body WHERE state = 'active' ORDER BY code`)
  }

  async find (code: string): Promise<ConnectedBody | undefined> {
    return await this.#store.get<ConnectedBody>(`SELECT ${COLUMNS} FROM body WHERE code = ?`, code)
  }

  async history (code: string): Promise<readonly BodyEvent[]> {
    return await this.#store.all<BodyEvent>('SELECT at, actor, action, note FROM body_event WHERE body = ? ORDER BY id DESC', code)
  }

  /** @throws {Refused} for a code that is none, or of a body that is known already. */
  async request (code: string, actor: string): Promise<void> {
    if (!/^\d{8}$/.test(code)) throw new Refused('badAnswer', 'code')
    await this.#store.write(async (tx) => {
      const known = await tx.get<ConnectedBody>(`SELECT ${COLUMNS} FROM body WHERE code = ?`, code)
      if (known !== undefined && known.state !== 'refused' && known.state !== 'disconnected') throw new Refused('badState', 'code')
      if (known === undefined) await tx.run("INSERT INTO body (code, name, name_en, state) VALUES (?, ?, ?, 'requested')", code, code, code)
      else await tx.run("UPDATE body SET state = 'requested', reason = NULL, administrator = NULL, administrator_name = NULL WHERE code = ?", code)
      await this.#note(tx, code, actor, 'requested')
    })
  }

  /** Asks the personnel system whether there is such a body. @throws {PersonnelUnavailable} and the request stays as it is. */
  async check (code: string, actor: string): Promise<void> {
    const body = await this.#personnel.body(code)
    const reason = body === undefined ? 'noRecord' : this.#hasGateway(code) ? null : 'noGateway'
    await this.#step(code, ['requested'], reason === null ? 'checked' : 'refused', actor, reason, async (tx) => {
      await tx.run('UPDATE body SET name = ?, name_en = ?, reason = ? WHERE code = ?', body?.name ?? code, body?.nameEn ?? code, reason, code)
    })
  }

  /** An official of the body itself becomes its organisation administrator. @throws {Refused} for anybody else. */
  async appoint (code: string, official: string, actor: string): Promise<void> {
    const { answer } = await this.#personnel.officials({ body: code, id: official })
    const card = answer.data?.items[0]
    if (card === undefined) throw new Refused('unknown', 'official')
    await this.#step(code, ['checked', 'appointed', 'active'], undefined, actor, fullName(card), async (tx, state) => {
      await tx.run('UPDATE body SET administrator = ?, administrator_name = ?, state = ? WHERE code = ?', official, fullName(card), state === 'active' ? 'active' : 'appointed', code)
    })
  }

  async activate (code: string, actor: string): Promise<void> {
    await this.#step(code, ['appointed'], 'active', actor, null)
  }

  /** Its officials get in no longer; what they wrote stays with the body. */
  async disconnect (code: string, actor: string, note: string): Promise<void> {
    await this.#step(code, ['requested', 'checked', 'appointed', 'active'], 'disconnected', actor, note === '' ? null : note)
  }

  async #step (code: string, from: readonly BodyState[], to: BodyState | undefined, actor: string, note: string | null, more: (tx: SqlWriter, state: BodyState) => Promise<void> = async () => {}): Promise<void> {
    await this.#store.write(async (tx) => {
      const body = await tx.get<ConnectedBody>(`SELECT ${COLUMNS} FROM body WHERE code = ?`, code)
      if (body === undefined || !from.includes(body.state)) throw new Refused('badState')
      await more(tx, body.state)
      if (to !== undefined) await tx.run('UPDATE body SET state = ? WHERE code = ?', to, code)
      await this.#note(tx, code, actor, to ?? 'appointed', note)
    })
  }

  async #note (tx: SqlWriter, code: string, actor: string, action: BodyState, note: string | null = null): Promise<void> {
    await tx.run('INSERT INTO body_event (body, at, actor, action, note) VALUES (?, ?, ?, ?, ?)', code, this.#clock.now().toISOString(), actor, action, note)
  }
}
