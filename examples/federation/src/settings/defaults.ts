import { localhost, PORTS } from '../plan/index.ts'

export const host = '127.0.0.1'

/** Everything comes from one address, and a script is quicker than people are. */
export const LIMITS = { perSecond: 1000, perMinute: 50_000 }

/** How an application knows the identity provider. */
export function openId (clientId: string): { readonly issuer: string, readonly clientId: string } {
  return { issuer: localhost(PORTS.identityProvider), clientId }
}
