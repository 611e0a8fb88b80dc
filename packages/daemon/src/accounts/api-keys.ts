import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { SqlStore, SqlWriter } from '../store/index.ts'
import { AccountError } from './account-error.ts'
import { hasRole, principalOf, type Actor } from './actor.ts'
import { hashOf, sameSecret } from './secrets.ts'

/** Shown to people; the key itself is nowhere kept. */
export interface ApiKey {
  readonly id: number
  readonly label: string
  readonly roles: readonly string[]
  /** The person that answers for it, see `principalOf`. */
  readonly owner: string
  readonly createdAt: Date
  readonly expiresAt: Date | undefined
}

export interface NewApiKey {
  readonly roles: readonly string[]
  readonly label?: string | undefined
  readonly expiresAt?: Date | undefined
  /** Who answers for it; default: the actor that makes it. */
  readonly owner?: string | undefined
}

/** A transaction that also writes the application's audit log. */
export interface AccountTx extends SqlWriter {
  record (entry: { action: string, object: { kind: string, id: string }, before?: unknown, after?: unknown }): Promise<void>
}

export interface ApiKeysDeps {
  readonly store: SqlStore
  readonly clock: Clock
  /** Runs a change and its audit record as one. */
  readonly change: <T>(actor: Actor, work: (tx: AccountTx) => Promise<T>) => Promise<T>
  /** Roles that exist; others are refused. */
  readonly roles: readonly string[]
  /** Beginnings of roles that exist besides: `ORGANISATION:`. */
  readonly rolePrefixes?: readonly string[] | undefined
  /** Roles that only somebody who has them may grant, whatever else they may do. */
  readonly grantedByOwnersOnly?: readonly string[]
  /** How long a key that was found is believed without asking the store, which is how long another node's revocation takes; default 5. */
  readonly cacheSeconds?: number
}

export type FoundApiKey = { readonly kind: 'found', readonly key: ApiKey } | { readonly kind: 'expired', readonly key: ApiKey } | { readonly kind: 'unknown' }

interface Row {
  readonly id: number | bigint | string
  readonly key_hash: string
  readonly label: string
  readonly roles: string
  readonly owner: string
  readonly created_at: string
  readonly expires_at: string | null
}

const COLUMNS = 'id, key_hash, label, roles, owner, created_at, expires_at'
const KEY_BYTES = 16
const LABEL_CHARACTERS_MAX = 200
/** A key is 36 characters; anything much longer is not looked at. */
const KEY_CHARACTERS_MAX = 100
const CACHED_MAX = 1000

/** API keys: random, shown once, kept as their SHA-256 as X-Road does. */
export class ApiKeys {
  readonly #deps: ApiKeysDeps
  readonly #cache = new Map<string, { key: ApiKey, untilMs: number }>()
  /** Raised by each change, so that a key read before it does not enter the cache after it. */
  #generation = 0

  constructor (deps: ApiKeysDeps) {
    this.#deps = deps
  }

  /** @returns the key itself too, for the only time. @throws {AccountError} for roles that may not be granted. */
  async create (actor: Actor, wanted: NewApiKey): Promise<ApiKey & { readonly key: string }> {
    const roles = this.#grantable(actor, wanted.roles)
    const label = wanted.label?.trim() ?? ''
    if (label.length > LABEL_CHARACTERS_MAX) throw invalid('label', `longer than ${LABEL_CHARACTERS_MAX} characters`)
    const { expiresAt } = wanted
    const now = this.#deps.clock.now()
    if (expiresAt !== undefined && expiresAt <= now) throw invalid('expires_at', 'is in the past')
    const owner = wanted.owner ?? principalOf(actor)
    const key = newKey()
    return await this.#change(actor, async (tx) => {
      const row = await tx.get<{ id: number }>(
        'INSERT INTO account_api_key (key_hash, label, roles, owner, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id',
        hashOf(key), label, JSON.stringify(roles), owner, now.toISOString(), expiresAt?.toISOString() ?? null)
      const made = { id: Number(row?.id), label, roles, owner, createdAt: now, expiresAt }
      await tx.record({ action: 'apiKey.add', object: objectOf(made.id), after: plain(made) })
      return { ...made, key }
    })
  }

  async list (): Promise<ApiKey[]> {
    return (await this.#deps.store.all<Row>(`SELECT ${COLUMNS} FROM account_api_key ORDER BY id`)).map(toKey)
  }

  /** @throws {AccountError} 404. */
  async get (id: number): Promise<ApiKey> {
    return found(await this.#deps.store.get<Row>(`SELECT ${COLUMNS} FROM account_api_key WHERE id = ?`, id))
  }

  /** @throws {AccountError} 404, or for roles that may not be granted. */
  async changeRoles (actor: Actor, id: number, wanted: readonly string[]): Promise<ApiKey> {
    return await this.#change(actor, async (tx) => {
      const before = found(await tx.get<Row>(`SELECT ${COLUMNS} FROM account_api_key WHERE id = ?`, id))
      const roles = this.#grantable(actor, wanted, before.roles)
      await tx.run('UPDATE account_api_key SET roles = ? WHERE id = ?', JSON.stringify(roles), id)
      const after = { ...before, roles }
      await tx.record({ action: 'apiKey.change', object: objectOf(id), before: plain(before), after: plain(after) })
      return after
    })
  }

  /** From now on the key is unknown. @throws {AccountError} 404. */
  async revoke (actor: Actor, id: number): Promise<void> {
    await this.#change(actor, async (tx) => {
      const before = found(await tx.get<Row>(`SELECT ${COLUMNS} FROM account_api_key WHERE id = ?`, id))
      await tx.run('DELETE FROM account_api_key WHERE id = ?', id)
      await tx.record({ action: 'apiKey.delete', object: objectOf(id), before: plain(before) })
    })
  }

  /** Which key this text is. */
  async find (text: string): Promise<FoundApiKey> {
    if (text === '' || text.length > KEY_CHARACTERS_MAX) return { kind: 'unknown' }
    const hash = hashOf(text)
    const nowMs = this.#deps.clock.now().getTime()
    const cached = this.#cache.get(hash)
    const key = cached !== undefined && cached.untilMs > nowMs ? cached.key : await this.#load(hash, nowMs)
    if (key === undefined) return { kind: 'unknown' }
    return { kind: key.expiresAt !== undefined && key.expiresAt.getTime() <= nowMs ? 'expired' : 'found', key }
  }

  async #load (hash: string, nowMs: number): Promise<ApiKey | undefined> {
    const generation = this.#generation
    const row = await this.#deps.store.get<Row>(`SELECT ${COLUMNS} FROM account_api_key WHERE key_hash = ?`, hash)
    // The index has found it by comparing bytes in order; what it found are hashes, which an attacker cannot steer.
    if (row === undefined || !sameSecret(row.key_hash, hash)) return undefined
    const key = toKey(row)
    if (generation === this.#generation) {
      if (this.#cache.size >= CACHED_MAX) this.#cache.clear()
      this.#cache.set(hash, { key, untilMs: nowMs + (this.#deps.cacheSeconds ?? 5) * 1000 })
    }
    return key
  }

  async #change<T> (actor: Actor, work: (tx: AccountTx) => Promise<T>): Promise<T> {
    try {
      return await this.#deps.change(actor, work)
    } finally {
      this.#generation++
      this.#cache.clear()
    }
  }

  #grantable (actor: Actor, roles: readonly string[], already: readonly string[] = []): readonly string[] {
    const wanted = [...new Set(roles)]
    if (wanted.length === 0) throw invalid('roles', 'name at least one role')
    const unknown = wanted.filter((role) => !this.#deps.roles.includes(role) && this.#deps.rolePrefixes?.some((prefix) => role.startsWith(prefix)) !== true)
    if (unknown.length > 0) throw new AccountError(400, 'invalid_role', 'there is no such role', { roles: `unknown: ${unknown.join(', ')}` })
    const reserved = wanted.filter((role) => !already.includes(role) && this.#deps.grantedByOwnersOnly?.includes(role))
    if (actor.kind !== 'system' && reserved.some((role) => !hasRole(actor, [role]))) {
      throw new AccountError(403, 'role_not_grantable', `only who has it may grant ${reserved.join(', ')}`)
    }
    return wanted
  }
}

/** 128 random bits, written as X-Road writes its keys. */
function newKey (): string {
  const hex = randomBytes(KEY_BYTES).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

function objectOf (id: number): { kind: string, id: string } {
  return { kind: 'apiKey', id: String(id) }
}

function plain ({ label, roles, owner, expiresAt }: ApiKey): object {
  return { label, roles, owner, expires_at: expiresAt?.toISOString() ?? null }
}

function found (row: Row | undefined): ApiKey {
  if (row === undefined) throw new AccountError(404, 'api_key_not_found', 'there is no such API key')
  return toKey(row)
}

function toKey (row: Row): ApiKey {
  return {
    id: Number(row.id),
    label: row.label,
    roles: JSON.parse(row.roles) as string[],
    owner: row.owner,
    createdAt: new Date(row.created_at),
    expiresAt: row.expires_at === null ? undefined : new Date(row.expires_at)
  }
}

function invalid (field: string, problem: string): AccountError {
  return new AccountError(400, 'validation_failure', `${field}: ${problem}`, { [field]: problem })
}
