import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { ASSURANCES, type Assurance } from './person.ts'

/** The least of the levels that a client names in `acr_values`; without any, `low`. Unknown values say nothing. */
export function leastAssurance (acrValues: unknown): Assurance {
  const asked = typeof acrValues === 'string' ? acrValues.split(' ') : []
  return ASSURANCES.find((level) => asked.includes(level)) ?? 'low'
}

/** The level chosen at sign-in, unless the client asks for more; undefined for a word that is no level. Nothing chosen gives `substantial`. */
export function chosenAssurance (chosen: string | null, least: Assurance): Assurance | undefined {
  if (chosen === null) return reaches('substantial', least) ? 'substantial' : least
  const level = ASSURANCES.find((one) => one === chosen)
  return level !== undefined && reaches(level, least) ? level : undefined
}

export function reaches (level: string | undefined, least: Assurance): boolean {
  return ASSURANCES.indexOf(level as Assurance) >= ASSURANCES.indexOf(least)
}

/** Asks for a sign-in, never for consent. Who is signed in with a lower level than the client asks for signs in again: single sign-on must not give away more than was proved. */
export function assurancePolicy (): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base()
  // Programs on this machine would ask each time, since others could take their place; here they are our own, under development.
  policy.get('consent')!.checks.remove('native_client_prompt')
  policy.get('login')!.checks.add(new interactionPolicy.Check('assurance', 'the client asks for a higher level of assurance', ({ oidc }: KoaContextWithOIDC) =>
    oidc.session?.accountId !== undefined && !reaches(oidc.session.acr, leastAssurance(oidc.params?.acr_values))
      ? interactionPolicy.Check.REQUEST_PROMPT
      : interactionPolicy.Check.NO_NEED_TO_PROMPT))
  return policy
}
