import type { FastifyRequest } from 'fastify'
import type { Accounts } from './accounts.ts'
import type { Actor } from './actor.ts'
import { actorOf, type BrowserSession } from './sessions.ts'

/** `X-Road-ApiKey token=…`, as X-Road's clients send it, or `Bearer …`. */
const API_KEY = /^(?:X-Road-ApiKey\s+token=|Bearer\s+)"?([^\s"]+)"?$/i

/** Finds out who asks: by API key if the request carries one, else by session cookie. */
export async function authenticate (request: FastifyRequest, accounts: Accounts): Promise<{ actor: Actor, session?: BrowserSession } | undefined> {
  const key = API_KEY.exec(request.headers.authorization ?? '')?.[1]
  if (key !== undefined) {
    const actor = await actorOfKey(request, key, accounts)
    return actor === undefined ? undefined : { actor }
  }
  const cookie = accounts.sessionCookie.read(request)
  const session = cookie === undefined ? undefined : await accounts.sessions.find(cookie)
  return session === undefined ? undefined : { actor: actorOf(session, request.ip), session }
}

async function actorOfKey (request: FastifyRequest, text: string, { apiKeys, locks, clock, onEvent }: Accounts): Promise<Actor | undefined> {
  const found = await apiKeys.find(text)
  const origin = request.ip
  if (found.kind === 'found') {
    const { key } = found
    return { kind: 'apiKey', id: String(key.id), name: key.label === '' ? `API key ${key.id}` : key.label, roles: key.roles, origin, owner: key.owner }
  }
  const at = clock.now()
  const route = `${request.method} ${request.routeOptions.url ?? ''}`
  onEvent({ kind: 'apiKeyRefused', at, origin, route, reason: found.kind === 'expired' ? `API key ${found.key.id} has expired` : 'unknown API key' })
  // Somebody who has the key of yesterday does not guess; a lock would only punish the neighbours behind the same address.
  if (found.kind === 'unknown' && locks.failed(origin)) onEvent({ kind: 'originLocked', at, origin, reason: 'too many unknown API keys' })
  return undefined
}
