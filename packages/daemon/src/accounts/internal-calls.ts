import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import type { Actor } from './actor.ts'
import { randomToken } from './secrets.ts'

export const INTERNAL_HEADER = 'x-trembita-internal'

/**
 * Requests that the process makes of itself for somebody already authenticated: a page asking the API, an approved operation
 * being carried out. Each carries a random token that is good for one request and known to this process alone, so nobody
 * outside can make one.
 */
export class InternalCalls {
  readonly #waiting = new Map<string, Actor>()

  /** Asks `app` as `actor`, who needs the same role as from outside. */
  async inject (app: FastifyInstance, actor: Actor, request: InjectOptions): Promise<LightMyRequestResponse> {
    const token = randomToken()
    this.#waiting.set(token, actor)
    try {
      return await app.inject({ ...request, headers: { ...request.headers, [INTERNAL_HEADER]: token } })
    } finally {
      this.#waiting.delete(token)
    }
  }

  /** Whom the token stands for; it is good once. */
  take (token: string): Actor | undefined {
    const actor = this.#waiting.get(token)
    this.#waiting.delete(token)
    return actor
  }
}
