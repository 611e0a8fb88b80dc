import {
  allowInsecureRequests, authorizationCodeGrant, buildAuthorizationUrl, buildEndSessionUrl, calculatePKCECodeChallenge, ClientError, ClientSecretBasic,
  discovery, fetchUserInfo, None, randomNonce, randomPKCECodeVerifier, randomState, ResponseBodyError,
  WWWAuthenticateChallengeError, type Configuration
} from 'openid-client'
import type { Secret } from '../secret.ts'
import { identityOf, isAssured, type Assurance } from './identity.ts'
import { publicUrlOf } from './public-path.ts'
import type { Person } from './sessions.ts'
import type { SignInAttempt } from './sign-in-attempts.ts'

/** How the identity provider knows the application, and how its claims become roles. */
export interface OpenIdSettings {
  /** As the provider calls itself; plain http only for one on this machine. */
  readonly issuer: string
  readonly clientId: string
  /** Without it the application is a public client (PKCE alone). */
  readonly clientSecret?: Secret | undefined
  /** Asked for beside `openid`; default `profile`. */
  readonly scopes?: readonly string[] | undefined
  /** Name of the claim that holds roles, or, beginning with `/`, a JSON pointer to it; default `roles`. */
  readonly rolesClaim?: string | undefined
  /** From a value of that claim to roles of ours; default: our roles' own names. */
  readonly roleMap?: Readonly<Record<string, readonly string[]>> | undefined
  /** A second claim whose values become roles behind a prefix, whatever they are: `organisations` `90000038` with `ORGANISATION:`. */
  readonly scopedRoles?: { readonly claim: string, readonly prefix: string } | undefined
  /** Asked for, and demanded: who is known less surely is not let in. */
  readonly assurance?: Assurance | undefined
}

/** The provider does not answer, or not as one: nobody's fault who wants to sign in. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable'
}

const TIMEOUT_SECONDS = 10
/** The provider's description and keys are asked for anew after so long. */
const DESCRIPTION_MS = 3_600_000
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
const UNAVAILABLE = new Set(['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON'])

export const CALLBACK_PATH = '/sign-in/callback'
export const SIGNED_OUT_PATH = '/signed-out'

/** One OpenID Connect provider: authorization code with PKCE, state and nonce. */
export class OpenIdProvider {
  readonly #settings: OpenIdSettings
  readonly #roles: readonly string[]
  readonly #everyone: readonly string[]
  readonly #publicUrl: URL
  readonly #issuer: URL
  #description: { readonly configuration: Promise<Configuration>, readonly untilMs: number } | undefined

  /**
   * @param everyone roles of whoever the provider identifies.
   * @throws {TypeError} for an issuer that is neither https nor on this machine.
   */
  constructor (settings: OpenIdSettings, roles: readonly string[], publicUrl: URL, everyone: readonly string[] = []) {
    this.#settings = settings
    this.#roles = roles
    this.#everyone = everyone
    this.#publicUrl = publicUrl
    this.#issuer = new URL(settings.issuer)
    if (this.#issuer.protocol !== 'https:' && !(this.#issuer.protocol === 'http:' && LOOPBACK.has(this.#issuer.hostname))) {
      throw new TypeError(`identity provider ${settings.issuer}: must be https`)
    }
  }

  /**
   * Where to send the browser, and what to keep until it comes back.
   *
   * @param language of the person, for the provider's pages.
   * @throws {ProviderUnavailable}
   */
  async begin (returnPath: string, language?: string): Promise<{ readonly url: URL, readonly attempt: SignInAttempt }> {
    const configuration = await this.#configuration()
    const attempt = { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier(), returnPath }
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: publicUrlOf(this.#publicUrl, CALLBACK_PATH).href,
      scope: ['openid', ...this.#settings.scopes ?? ['profile']].join(' '),
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await calculatePKCECodeChallenge(attempt.codeVerifier),
      code_challenge_method: 'S256',
      ...this.#settings.assurance === undefined ? {} : { acr_values: this.#settings.assurance },
      ...language === undefined ? {} : { ui_locales: language }
    })
    return { url, attempt }
  }

  /**
   * Takes the browser's return: exchanges the code, checks the ID token, reads the claims.
   *
   * @param query of the address the browser came back to.
   * @throws {ProviderUnavailable}; any other error: this is no valid sign-in.
   */
  async finish (query: string, attempt: SignInAttempt): Promise<Person> {
    const configuration = await this.#configuration()
    const address = publicUrlOf(this.#publicUrl, CALLBACK_PATH)
    address.search = query
    try {
      const tokens = await authorizationCodeGrant(configuration, address, {
        expectedState: attempt.state, expectedNonce: attempt.nonce, pkceCodeVerifier: attempt.codeVerifier, idTokenExpected: true
      })
      const claims = tokens.claims()
      if (claims === undefined) throw new Error('no ID token')
      const userInfo = configuration.serverMetadata().userinfo_endpoint === undefined
        ? {}
        : await fetchUserInfo(configuration, tokens.access_token, claims.sub)
      return this.#toPerson({ ...claims, ...userInfo, sub: claims.sub })
    } catch (error) {
      throw isOutage(error) ? new ProviderUnavailable('identity provider does not answer', { cause: error }) : error
    }
  }

  /** Where the browser ends its session at the provider; undefined if the provider has no such place or does not answer. */
  async endSessionUrl (language?: string): Promise<URL | undefined> {
    try {
      const configuration = await this.#configuration()
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined
      // Without id_token_hint: it would carry the person's data through addresses and logs. The provider asks the person instead.
      return buildEndSessionUrl(configuration, {
        client_id: this.#settings.clientId, post_logout_redirect_uri: publicUrlOf(this.#publicUrl, SIGNED_OUT_PATH).href, ...language === undefined ? {} : { ui_locales: language }
      })
    } catch (error) {
      if (error instanceof ProviderUnavailable) return undefined
      throw error
    }
  }

  async #configuration (): Promise<Configuration> {
    // By the machine's own clock, as the library judges tokens by it too.
    const nowMs = performance.now()
    if (this.#description === undefined || this.#description.untilMs <= nowMs) {
      this.#description = { configuration: this.#discover(), untilMs: nowMs + DESCRIPTION_MS }
    }
    const { configuration } = this.#description
    try {
      return await configuration
    } catch (error) {
      this.#description = undefined
      throw new ProviderUnavailable('identity provider does not describe itself', { cause: error })
    }
  }

  async #discover (): Promise<Configuration> {
    const { clientId, clientSecret } = this.#settings
    const authentication = clientSecret === undefined ? None() : ClientSecretBasic(clientSecret.bytes.toString('utf8'))
    const insecure = this.#issuer.protocol === 'http:' ? [allowInsecureRequests] : []
    return await discovery(this.#issuer, clientId, undefined, authentication, { execute: insecure, timeout: TIMEOUT_SECONDS })
  }

  #toPerson (claims: Readonly<Record<string, unknown>> & { readonly sub: string }): Person {
    const name = [claims.name, claims.preferred_username].find((value) => typeof value === 'string' && value.trim() !== '')
    const values = claimAt(claims, this.#settings.rolesClaim ?? 'roles')
    const map = this.#settings.roleMap
    const granted = values.flatMap((value) => map === undefined ? [value] : Object.hasOwn(map, value) ? map[value] ?? [] : [])
    const identity = identityOf(claims, (name as string | undefined) ?? claims.sub)
    const { assurance: least } = this.#settings
    if (least !== undefined && !isAssured(identity.assurance, least)) throw new Error(`level of assurance ${identity.assurance}, needed ${least}`)
    return { id: claims.sub, name: identity.name, roles: [...this.#roles.filter((role) => granted.includes(role) || this.#everyone.includes(role)), ...this.#scopedRoles(claims)], identity }
  }

  #scopedRoles (claims: Readonly<Record<string, unknown>>): string[] {
    const { scopedRoles } = this.#settings
    if (scopedRoles === undefined) return []
    return claimAt(claims, scopedRoles.claim).filter((value) => SCOPE.test(value)).slice(0, SCOPES_MAX).map((value) => `${scopedRoles.prefix}${value}`)
  }
}

/** A code of an organisation or a place; what is longer is none. */
const SCOPE = /^[\w.-]{1,64}$/
const SCOPES_MAX = 50

/** Strings of a claim: a list of them, or one alone. */
function claimAt (claims: Readonly<Record<string, unknown>>, claim: string): readonly string[] {
  const steps = claim.startsWith('/') ? claim.slice(1).split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')) : [claim]
  let value: unknown = claims
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return []
    value = (value as Record<string, unknown>)[step]
  }
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string')
}

function isOutage (error: unknown): boolean {
  // We are set up wrongly, or the provider is broken.
  if (error instanceof WWWAuthenticateChallengeError) return true
  if (error instanceof ResponseBodyError) return error.status >= 500 || error.error === 'invalid_client' || error.error === 'unauthorized_client'
  if (error instanceof ClientError) return UNAVAILABLE.has(error.code ?? '')
  // What `fetch` throws when nobody listens.
  return error instanceof TypeError && error.message === 'fetch failed'
}
