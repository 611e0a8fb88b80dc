import type { Actor } from '@trembita/daemon/accounts'
import type { SqlStore } from '@trembita/daemon/store'
import { formatServerId } from '@trembita/protocol/identifiers'
import type { Changes } from '../audit/index.ts'
import type { ManagementHandler, VerifiedManagementRequest } from '../management/index.ts'
import { Refusal } from '../refusal.ts'
import { addRequest, checkRequest, type NewRequest } from './add-request.ts'
import { approve, turnDown } from './decide.ts'
import { keepOriginal } from './original.ts'
import { sha256 } from './request-rows.ts'
import { resentRequest, sameMessage } from './resent.ts'
import type { RequestStatus } from './types.ts'

export interface RegistrationDeps {
  readonly store: SqlStore
  readonly changes: Changes
}

/** What became of one request among several. */
export type BulkResult = { readonly id: number } & ({ readonly status: RequestStatus } | { readonly error: { readonly code: string, readonly message: string } })

/** What the registry does with requests, of gateways and of the centre (xroad-trust §4.5). Each call is one change: all of it or nothing. */
export class Registration implements ManagementHandler {
  readonly #store: SqlStore
  readonly #changes: Changes

  constructor ({ store, changes }: RegistrationDeps) {
    this.#store = store
    this.#changes = changes
  }

  async handle (received: VerifiedManagementRequest): Promise<number> {
    const { request } = received
    const added: NewRequest = { request, origin: 'SECURITY_SERVER' }
    const hash = sha256(received.soap)
    if (request.service === 'authCertReg' && request.dryRun === true) {
      await this.#store.read(async (reader) => {
        if (await resentRequest(reader, request, received.receivedAt) === undefined) await checkRequest(reader, added)
      })
      return 0
    }
    return await this.#changes.change(actorOf(received), async (tx) => {
      const known = await sameMessage(tx, hash) ?? await resentRequest(tx, request, tx.at)
      if (known !== undefined) return known
      const id = await addRequest(tx, added)
      await keepOriginal(tx, id, received, hash)
      return id
    })
  }

  /** Adds a request of the centre. */
  async add (actor: Actor, request: Omit<NewRequest, 'origin'>): Promise<number> {
    return await this.#changes.change(actor, (tx) => addRequest(tx, { ...request, origin: 'CENTER' }))
  }

  async approve (actor: Actor, id: number, reason?: string): Promise<void> {
    await this.#changes.change(actor, (tx) => approve(tx, id, reason))
  }

  /** Approves each by itself: one that cannot be does not hold up the others. */
  async approveAll (actor: Actor, ids: readonly number[], reason?: string): Promise<BulkResult[]> {
    const results: BulkResult[] = []
    for (const id of ids) {
      try {
        await this.approve(actor, id, reason)
        results.push({ id, status: 'APPROVED' })
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown
        results.push({ id, error: { code: thrown.code, message: thrown.message } })
      }
    }
    return results
  }

  /** A gateway's request is declined, the centre's own revoked. */
  async turnDown (actor: Actor, id: number, reason?: string): Promise<void> {
    await this.#changes.change(actor, (tx) => turnDown(tx, id, reason))
  }
}

function actorOf ({ request, origin }: VerifiedManagementRequest): Actor {
  const id = formatServerId(request.server)
  return { kind: 'server', id, name: id, roles: [], origin }
}
