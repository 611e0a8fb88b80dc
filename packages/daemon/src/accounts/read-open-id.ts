import type { ConfigReader } from '../config-reader.ts'
import type { RateLimit } from './accounts.ts'
import type { OpenIdSettings } from './open-id-provider.ts'

/**
 * Reads section `openId` of a configuration file: `issuer`, `clientId`, `clientSecretFile`, `rolesClaim`, `roles` (`VALUE=ROLE` each).
 *
 * @param roles of the application; others are a problem of the file.
 */
export function readOpenIdSettings (openId: ConfigReader, roles: readonly string[]): OpenIdSettings {
  return {
    issuer: openId.url('issuer').href,
    clientId: openId.string('clientId'),
    clientSecret: openId.optional('clientSecretFile', (name) => openId.secret(name)),
    rolesClaim: openId.optional('rolesClaim', (name) => openId.string(name)),
    roleMap: openId.optional('roles', (name) => readRoleMap(openId, name, roles))
  }
}

/** Reads section `rateLimit`: requests of one IP address, a second and a minute; X-Road's unless told. */
export function readRateLimit (limit: ConfigReader): RateLimit {
  return {
    perSecond: limit.integer('perSecond', 20, { min: 1, max: 100_000 }),
    perMinute: limit.integer('perMinute', 600, { min: 1, max: 1_000_000 })
  }
}

/** From what the provider says to our roles: `value=ROLE`; a value may stand several times. */
function readRoleMap (openId: ConfigReader, name: string, roles: readonly string[]): Record<string, string[]> {
  const map: Record<string, string[]> = {}
  for (const text of openId.strings(name)) {
    const [, claim = '', role = ''] = /^(.+)=(\w+)$/.exec(text) ?? []
    if (!roles.includes(role)) openId.problem(name, `expected VALUE=ROLE with a role among ${roles.join(', ')}, got ${text}`)
    else (map[claim] ??= []).push(role)
  }
  return map
}
