import type { FastifyRequest } from 'fastify'
import type { Clock, Logger } from '@trembita/daemon'
import { ApiKeys, createAccounts, type Accounts, type AccountTx, type Actor, type ProblemPage } from '@trembita/daemon/accounts'
import type { SqlStore } from '@trembita/daemon/store'
import type { CatalogActor } from './catalog-actor.ts'
import type { CatalogConfig } from './config.ts'
import { recordEvent } from './db/index.ts'

/** Keeps the catalog: approves, harvests, gives resources their owners. */
export const ADMINISTRATOR = 'CATALOG_ADMINISTRATOR'
/** Publishes and decides for the organisations of the claim `organisations`. */
export const OWNER = 'CATALOG_OWNER'
/** Writes drafts for them. */
export const EDITOR = 'CATALOG_EDITOR'
export const ROLES = [ADMINISTRATOR, OWNER, EDITOR] as const

/** Roles that say for whom somebody acts: `ORGANISATION:90000038`. */
export const ORGANISATION = 'ORGANISATION:'

/** Who acts, from roles of a session or a key. */
export function catalogActorOf (actor: Actor): CatalogActor {
  return {
    id: `${actor.kind}:${actor.id}`,
    name: actor.name,
    admin: actor.roles.includes(ADMINISTRATOR),
    publisher: actor.roles.includes(OWNER) || actor.roles.includes(EDITOR),
    organisations: actor.roles.filter((role) => role.startsWith(ORGANISATION)).map((role) => role.slice(ORGANISATION.length))
  }
}

/** Whoever asks, if signed in. */
export function actorOfRequest (request: FastifyRequest): CatalogActor | undefined {
  return request.signedIn === undefined ? undefined : catalogActorOf(request.signedIn)
}

type Change = <T>(actor: Actor, work: (tx: AccountTx) => Promise<T>) => Promise<T>

/** A change of keys, with its event in the same transaction. */
function changeOf (store: SqlStore, clock: Clock): Change {
  return async (actor, work) => await store.write(async (tx) => await work({
    all: async (sql, ...values) => await tx.all(sql, ...values),
    get: async (sql, ...values) => await tx.get(sql, ...values),
    run: async (sql, ...values) => await tx.run(sql, ...values),
    record: async ({ action, object }) => { await recordEvent(tx, { at: clock.now(), actor: `${actor.kind}:${actor.id}`, action, object }) }
  }))
}

/** Keys alone, for the command at the machine. */
export function catalogApiKeys (store: SqlStore, clock: Clock): ApiKeys {
  return new ApiKeys({ store, clock, roles: ROLES, rolePrefixes: [ORGANISATION], change: changeOf(store, clock) })
}

/** Who may sign in to the catalog, and by what. */
export function createCatalogAccounts ({ config, store, clock, log, publicUrl, problemPage }: {
  readonly config: Pick<CatalogConfig, 'openId' | 'rateLimit'>
  readonly store: SqlStore
  readonly clock: Clock
  readonly log: Logger
  /** With the path. */
  readonly publicUrl: URL
  readonly problemPage: ProblemPage
}): Accounts {
  return createAccounts({
    store,
    clock,
    roles: ROLES,
    rolePrefixes: [ORGANISATION],
    change: changeOf(store, clock),
    publicUrl,
    cookieName: 'trembita-catalog',
    openId: config.openId === undefined ? undefined : { ...config.openId, scopedRoles: { claim: 'organisations', prefix: ORGANISATION } },
    rateLimit: config.rateLimit,
    problemPage,
    languageOf: (request) => request.lang,
    onEvent: ({ kind, actor, origin, reason, route }) => { log.info({ kind, actor: actor?.id, origin, reason, route }, 'account event') }
  })
}
