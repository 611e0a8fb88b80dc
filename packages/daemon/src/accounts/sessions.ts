import type { Clock } from '../clock.ts'
import type { SqlStore } from '../store/index.ts'
import type { Actor } from './actor.ts'
import type { Identity, IdentitySeal } from './identity.ts'
import { derivedToken, hashOf, randomToken } from './secrets.ts'

/** A person as the identity provider told. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly roles: readonly string[]
  /** Where the application asks who people are. */
  readonly identity?: Identity | undefined
}

/** Somebody's signed-in browser. */
export interface Session {
  /** For lists; says nothing about the cookie. */
  readonly id: string
  readonly person: Person
  /** IP address of the sign-in. */
  readonly origin: string
  readonly createdAt: Date
  readonly seenAt: Date
  readonly expiresAt: Date
}

export interface BrowserSession extends Session {
  /** Goes into each form as `_csrf`, or into the header `x-csrf-token`. */
  readonly csrfToken: string
}

export interface SessionsOptions {
  readonly store: SqlStore
  readonly clock: Clock
  /** A session ends when unused for so long; default 1800. */
  readonly idleSeconds?: number | undefined
  /** A session ends whatever happens after so long; default 43200. */
  readonly absoluteSeconds?: number | undefined
  /** With it, sessions hold who the person is; needs the table of `IDENTITY_SCHEMA`. */
  readonly identitySeal?: IdentitySeal | undefined
}

interface Row {
  readonly public_id: string
  readonly person_id: string
  readonly person_name: string
  readonly roles: string
  readonly origin: string
  readonly created_at: string
  readonly seen_at: string
  readonly expires_at: string
}

const COLUMNS = 'public_id, person_id, person_name, roles, origin, created_at, seen_at, expires_at'
/** A use is written down at most so often, so that pages do not write to the store. */
const SEEN_EVERY_MS = 60_000
const COOKIE_CHARACTERS_MAX = 100

/** Sessions, kept in the store under the hash of their cookie, so that who reads the store cannot sign in. */
export class Sessions {
  readonly #store: SqlStore
  readonly #clock: Clock
  readonly #idleMs: number
  readonly #absoluteMs: number
  readonly #seal: IdentitySeal | undefined

  constructor (options: SessionsOptions) {
    this.#store = options.store
    this.#clock = options.clock
    this.#idleMs = (options.idleSeconds ?? 1800) * 1000
    this.#absoluteMs = (options.absoluteSeconds ?? 43_200) * 1000
    this.#seal = options.identitySeal
  }

  /** Begins a session under a new random cookie; those that ended by themselves are cleared away. */
  async start (person: Person, origin: string): Promise<{ readonly cookie: string, readonly session: BrowserSession }> {
    const cookie = randomToken()
    const now = this.#clock.now()
    const expiresAt = new Date(now.getTime() + this.#absoluteMs)
    const id = randomToken()
    await this.#store.write(async (tx) => {
      await tx.run('DELETE FROM account_session WHERE expires_at <= ? OR seen_at <= ?', now.toISOString(), this.#idleSince(now))
      await tx.run(
        `INSERT INTO account_session (id_hash, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        hashOf(cookie), id, person.id, this.#seal === undefined ? person.name : '', JSON.stringify(person.roles), origin, now.toISOString(), now.toISOString(), expiresAt.toISOString())
      if (this.#seal === undefined || person.identity === undefined) return
      await tx.run('DELETE FROM account_identity WHERE id_hash NOT IN (SELECT id_hash FROM account_session)')
      await tx.run('INSERT INTO account_identity (id_hash, sealed) VALUES (?, ?)', hashOf(cookie), this.#seal.seal(person.identity, hashOf(cookie)))
    })
    return { cookie, session: { id, person, origin, createdAt: now, seenAt: now, expiresAt, csrfToken: csrfTokenOf(cookie) } }
  }

  /** The session of this cookie, if it goes on; counts as a use. */
  async find (cookie: string): Promise<BrowserSession | undefined> {
    if (cookie === '' || cookie.length > COOKIE_CHARACTERS_MAX) return undefined
    const hash = hashOf(cookie)
    const row = await this.#store.get<Row>(`SELECT ${COLUMNS} FROM account_session WHERE id_hash = ?`, hash)
    if (row === undefined) return undefined
    const session = await this.#identified(toSession(row), hash)
    const now = this.#clock.now()
    if (session === undefined || session.expiresAt <= now || session.seenAt.toISOString() <= this.#idleSince(now)) {
      await this.end(cookie)
      return undefined
    }
    if (now.getTime() - session.seenAt.getTime() >= Math.min(SEEN_EVERY_MS, this.#idleMs / 2)) {
      await this.#store.write(async (tx) => { await tx.run('UPDATE account_session SET seen_at = ? WHERE id_hash = ?', now.toISOString(), hash) })
    }
    return { ...session, csrfToken: csrfTokenOf(cookie) }
  }

  /** Those that go on, the latest first. */
  async list (): Promise<Session[]> {
    const now = this.#clock.now()
    const rows = await this.#store.all<Row>(
      `SELECT ${COLUMNS} FROM account_session WHERE expires_at > ? AND seen_at > ? ORDER BY created_at DESC, public_id`,
      now.toISOString(), this.#idleSince(now))
    return rows.map(toSession)
  }

  /** @returns the session that ended. */
  async end (cookie: string): Promise<Session | undefined> {
    return await this.#end('id_hash', hashOf(cookie))
  }

  /** Ends a session of the list. @returns the session that ended. */
  async endById (id: string): Promise<Session | undefined> {
    return await this.#end('public_id', id)
  }

  async #end (column: 'id_hash' | 'public_id', value: string): Promise<Session | undefined> {
    const row = await this.#store.write(async (tx) => {
      const ended = await tx.get<Row>(`DELETE FROM account_session WHERE ${column} = ? RETURNING ${COLUMNS}`, value)
      if (this.#seal !== undefined) await tx.run('DELETE FROM account_identity WHERE id_hash NOT IN (SELECT id_hash FROM account_session)')
      return ended
    })
    return row === undefined ? undefined : toSession(row)
  }

  /** With who the person is, where that is kept; undefined when it cannot be read any more. */
  async #identified (session: Session, hash: string): Promise<Session | undefined> {
    if (this.#seal === undefined) return session
    const row = await this.#store.get<{ sealed: string }>('SELECT sealed FROM account_identity WHERE id_hash = ?', hash)
    const identity = row === undefined ? undefined : this.#seal.open(row.sealed, hash)
    return identity === undefined ? undefined : { ...session, person: { ...session.person, name: identity.name, identity } }
  }

  #idleSince (now: Date): string {
    return new Date(now.getTime() - this.#idleMs).toISOString()
  }
}

/** The person of a session, asking from `origin` now. */
export function actorOf ({ id, person }: Session, origin: string): Actor {
  return { kind: 'user', id: person.id, name: person.name, roles: person.roles, origin, session: id }
}

function csrfTokenOf (cookie: string): string {
  return derivedToken(cookie, 'csrf')
}

function toSession (row: Row): Session {
  return {
    id: row.public_id,
    person: { id: row.person_id, name: row.person_name, roles: JSON.parse(row.roles) as string[] },
    origin: row.origin,
    createdAt: new Date(row.created_at),
    seenAt: new Date(row.seen_at),
    expiresAt: new Date(row.expires_at)
  }
}
