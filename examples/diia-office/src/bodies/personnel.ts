import { randomUUID } from 'node:crypto'
import { askByRest, Refusal, type Exchanged, type Gateway } from '@trembita/example-consumer'

/** What the personnel system tells, as its description says (`HRM`, version 1). */
export interface Body {
  readonly code: string
  readonly name: string
  readonly nameEn: string
  readonly phone?: string
  readonly email?: string
}

export interface UnitNode extends Omit<Body, 'code'> {
  readonly id: string
  readonly units: readonly UnitNode[]
}

export interface StaffLine {
  readonly position: string
  readonly unit: string
  readonly title: string
  readonly titleEn: string
  readonly category: string
  readonly rates: number
  readonly filled: number
  readonly vacant: boolean
}

export interface OfficialCard {
  readonly id: string
  readonly surname: string
  readonly givenName: string
  readonly patronymic: string | null
  readonly body: string
  readonly unit: string
  readonly unitName: string
  readonly post: string
  readonly postEn: string
  readonly phone?: string
  readonly email?: string
}

export interface StatusAnswer extends OfficialCard {
  readonly status: 'active' | 'suspended' | 'dismissed'
}

/** The personnel system did not answer: nobody may take that for "no such official". */
export class PersonnelUnavailable extends Error {
  override readonly name = 'PersonnelUnavailable'
  /** Fault code of the gateway or of the register; `timeout` without one. */
  readonly code: string
  readonly exchangeId: string

  constructor (code: string, exchangeId: string, options?: ErrorOptions) {
    super(`the personnel system does not answer: ${code}`, options)
    this.code = code
    this.exchangeId = exchangeId
  }
}

export interface OfficialsQuestion {
  readonly body?: string
  readonly words?: string
  readonly unit?: string
  readonly id?: string
  readonly page?: number
}

/** Purpose of the processing, as the agreement names it. */
const PURPOSE = 'OFFICE-ACCESS'

/** The personnel system, asked through one body's gateway as that body's subsystem. Each question throws `PersonnelUnavailable` when there is no answer. */
export class Personnel {
  readonly #gateway: Gateway
  readonly #subsystem: string

  /** @param subsystem `INSTANCE/CLASS/CODE/SUBSYSTEM` of the personnel system. */
  constructor (gateway: Gateway, subsystem: string) {
    this.#gateway = gateway
    this.#subsystem = subsystem
  }

  async bodies (): Promise<Exchanged<{ items: readonly Body[] }>> {
    return await this.#ask('bodies')
  }

  async body (code: string): Promise<Body | undefined> {
    const { answer } = await this.#ask<{ items: readonly Body[] }>('bodies', { path: `?code=${encodeURIComponent(code)}` })
    return answer.data?.items[0]
  }

  async structure (code: string): Promise<Exchanged<{ body: Body, units: readonly UnitNode[] }>> {
    return await this.#ask('bodyStructure', { path: `/${encodeURIComponent(code)}` })
  }

  async staff (code: string): Promise<Exchanged<{ items: readonly StaffLine[] }>> {
    return await this.#ask('staffList', { path: `/${encodeURIComponent(code)}` })
  }

  async officials (question: OfficialsQuestion): Promise<Exchanged<{ items: readonly OfficialCard[], total: number, page: number }>> {
    return await this.#ask('officials', { body: question })
  }

  /** Whether a person serves in the body whose gateway this is. The code travels in the message, sealed by that body. */
  async status (rnokpp: string, body: string): Promise<Exchanged<StatusAnswer>> {
    return await this.#ask('officialStatus', { body: { rnokpp, body } })
  }

  async #ask<T> (service: string, { path, body }: { path?: string, body?: object } = {}): Promise<Exchanged<T>> {
    const id = randomUUID()
    try {
      return await askByRest<T>(this.#gateway, { service: `${this.#subsystem}/${service}`, path, body }, { id, purpose: PURPOSE })
    } catch (error) {
      throw new PersonnelUnavailable(error instanceof Refusal ? error.code : 'timeout', id, { cause: error })
    }
  }
}
