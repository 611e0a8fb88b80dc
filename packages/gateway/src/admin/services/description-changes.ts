import { Fault } from '@trembita/protocol/fault'
import type { Description } from '../../serverconf/index.ts'
import { localClientOf } from '../clients/index.ts'
import type { AdminDeps } from '../deps.ts'
import { formatEncodedId } from '../encoded-id.ts'
import { Refusal, type Warning } from '../refusal.ts'
import { differences } from './differences.ts'
import { readDescription } from './read-description.ts'

/** How a description stands to what the information system says now. */
export interface DescriptionState {
  readonly id: number
  readonly checkedAt: Date
  /** Empty: the same. */
  readonly changes: readonly Warning[]
  /** Why it could not be read. */
  readonly failure?: string | undefined
}

/** A round of all descriptions. Services change with releases, not by the minute. */
const ROUND_MS = 3_600_000
const FIRST_ROUND_MS = 30_000

/** Reads a description anew and says what is different; nothing is taken over. */
export async function checkDescription (deps: AdminDeps, description: Description): Promise<DescriptionState> {
  const { id, client, type, url } = description
  const checkedAt = deps.clock.now()
  try {
    const services = await readDescription(deps, localClientOf(deps, formatEncodedId(client)), { type, url, serviceCode: type === 'WSDL' ? undefined : description.services[0]?.code })
    return { id, checkedAt, changes: differences(description, services) }
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof Fault)) throw error
    return { id, checkedAt, changes: [], failure: error.message }
  }
}

/** Looks from time to time whether the descriptions in use are still what the information systems say, so that a person learns of it here and not from callers. */
export class DescriptionWatch {
  readonly #deps: AdminDeps
  readonly #states = new Map<number, DescriptionState>()
  #timer: NodeJS.Timeout | undefined

  constructor (deps: AdminDeps) {
    this.#deps = deps
  }

  start (): void {
    this.#after(FIRST_ROUND_MS)
  }

  close (): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** What is known of a description; undefined before it was looked at, or after it was read anew. */
  stateOf ({ id, refreshedAt }: Description): DescriptionState | undefined {
    const state = this.#states.get(id)
    return state !== undefined && refreshedAt !== undefined && refreshedAt > state.checkedAt ? undefined : state
  }

  async check (description: Description): Promise<DescriptionState> {
    const state = await checkDescription(this.#deps, description)
    this.#states.set(description.id, state)
    return state
  }

  #after (milliseconds: number): void {
    this.#timer = setTimeout(() => {
      this.#round().catch((error: unknown) => { this.#deps.log.error({ err: error }, 'service descriptions could not be looked at') }).finally(() => { if (this.#timer !== undefined) this.#after(ROUND_MS) })
    }, milliseconds)
    this.#timer.unref()
  }

  async #round (): Promise<void> {
    if (this.#deps.running() === undefined) return
    const { clients } = this.#deps.serverconf.current()
    const descriptions = clients.flatMap(({ id }) => this.#deps.serverconf.descriptions.of(id)).filter(({ type, disabled }) => type !== 'REST' && !disabled)
    const known = new Set(descriptions.map(({ id }) => id))
    for (const id of this.#states.keys()) if (!known.has(id)) this.#states.delete(id)
    for (const description of descriptions) await this.check(description)
  }
}
