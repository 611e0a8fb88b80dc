import type { Clock } from '../clock.ts'
import type { SqlStore } from '../store/index.ts'
import { hashOf, randomToken } from './secrets.ts'

/** What must be the same when the person comes back from the identity provider. */
export interface SignInAttempt {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  /** Where to go on afterwards. */
  readonly returnPath: string
}

interface Row {
  readonly state: string
  readonly nonce: string
  readonly code_verifier: string
  readonly return_path: string
  readonly expires_at: string
}

/** How long a person may take at the identity provider. */
export const ATTEMPT_SECONDS = 600

/** Sign-ins under way, each bound to the browser that began it by a cookie, and good for one return. */
export class SignInAttempts {
  readonly #store: SqlStore
  readonly #clock: Clock

  constructor (store: SqlStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** @returns the cookie. */
  async begin (attempt: SignInAttempt): Promise<string> {
    const cookie = randomToken()
    const now = this.#clock.now()
    await this.#store.write(async (tx) => {
      await tx.run('DELETE FROM account_sign_in WHERE expires_at <= ?', now.toISOString())
      await tx.run('INSERT INTO account_sign_in (id_hash, state, nonce, code_verifier, return_path, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
        hashOf(cookie), attempt.state, attempt.nonce, attempt.codeVerifier, attempt.returnPath,
        new Date(now.getTime() + ATTEMPT_SECONDS * 1000).toISOString())
    })
    return cookie
  }

  /** Gives the attempt out once: a second return with the same address finds nothing. */
  async take (cookie: string): Promise<SignInAttempt | undefined> {
    const row = await this.#store.write((tx) => tx.get<Row>(
      'DELETE FROM account_sign_in WHERE id_hash = ? RETURNING state, nonce, code_verifier, return_path, expires_at', hashOf(cookie)))
    if (row === undefined || row.expires_at <= this.#clock.now().toISOString()) return undefined
    return { state: row.state, nonce: row.nonce, codeVerifier: row.code_verifier, returnPath: row.return_path }
  }
}
