import { generateKeyPair, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { Provider, type ClientMetadata, type Configuration, type KoaContextWithOIDC } from 'oidc-provider'
import { assurancePolicy, chosenAssurance, leastAssurance } from './assurance.ts'
import { memoryAdapters } from './memory-adapter.ts'
import { problemPage, signedOutPage, signOutPage, STYLE, type Language } from './pages.ts'
import { ASSURANCES, type DevelopmentPerson } from './person.ts'
import { DEVELOPMENT_PERSONS } from './persons.ts'
import { signInPage } from './sign-in-page.ts'

/** An application that people sign in to. */
export interface IdentityProviderClient {
  readonly id: string
  /** Without it the client is public: PKCE alone. */
  readonly secret?: string | undefined
  /** Shown on the sign-in page. */
  readonly name?: string | undefined
  /** Where it listens: `http://127.0.0.1:4000`. The paths are those of `@trembita/daemon/accounts`. */
  readonly url: string
  /** Any port of `url`'s host, which must be a loopback address, is good: a native application (RFC 8252, 7.3). */
  readonly anyPort?: boolean | undefined
}

export interface IdentityProviderOptions {
  readonly clients: readonly IdentityProviderClient[]
  /** Default: `DEVELOPMENT_PERSONS`. */
  readonly persons?: readonly DevelopmentPerson[] | undefined
  /** Default: any free port. */
  readonly port?: number | undefined
  /** Default 127.0.0.1. */
  readonly host?: string | undefined
}

export interface IdentityProvider extends AsyncDisposable {
  /** Give it to clients. */
  readonly issuer: string
  close (): Promise<void>
}

const FORM_BYTES_MAX = 10_000
/** What identifies a person before the law; nothing of it in the scope `profile`. */
const IDENTITY_SCOPE = 'ua.identity'
const IDENTITY_CLAIMS = ['rnokpp', 'given_name', 'family_name', 'middle_name', 'birthdate', 'email']
/** No script, nothing from elsewhere. Where forms may go is left open: their answer leads back to the client. */
const POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"

/**
 * An OpenID Connect provider FOR DEVELOPMENT ONLY: whoever opens it picks a person from a list. Everything it knows is in
 * memory; its keys are made at each start.
 */
export async function startIdentityProvider (options: IdentityProviderOptions): Promise<IdentityProvider> {
  const persons = options.persons ?? DEVELOPMENT_PERSONS
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  let handle = (_request: IncomingMessage, response: ServerResponse): void => { response.writeHead(503).end() }
  const server = createServer((request, response) => { handle(request, response) })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve)
  })
  const { address, port, family } = server.address() as AddressInfo
  const issuer = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
  const provider = new Provider(issuer, {
    ...configurationOf(persons, options.clients),
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'development', use: 'sig', alg: 'RS256' }] }
  })
  const clientNames = new Map(options.clients.map(({ id, name }) => [id, name ?? id]))
  const answer = provider.callback()
  handle = (request, response) => {
    const url = new URL(request.url ?? '/', issuer)
    if (url.pathname === '/style.css') response.writeHead(200, { 'content-type': 'text/css' }).end(STYLE)
    else if (url.pathname === '/favicon.ico') response.writeHead(204).end()
    else if (url.pathname.startsWith('/interaction/')) {
      interact(provider, persons, clientNames, url, request, response).catch(() => { sendPage(response, 400, problemPage(languageOf(undefined, url))) })
    } else void answer(request, response)
  }
  const close = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      server.close(() => { resolve() })
      server.closeAllConnections()
    })
  }
  return { issuer, close, [Symbol.asyncDispose]: close }
}

/** The sign-in page, and what was chosen there. Rejects when no sign-in is under way. */
async function interact (
  provider: Provider, persons: readonly DevelopmentPerson[], clientNames: ReadonlyMap<string, string>, url: URL, request: IncomingMessage, response: ServerResponse
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response)
  const language = languageOf(params, url)
  const least = leastAssurance(params.acr_values)
  if (request.method === 'POST') {
    const form = await readForm(request)
    const person = persons.find(({ id }) => id === form.get('person'))
    const acr = chosenAssurance(form.get('acr'), least)
    if (acr === undefined) {
      sendPage(response, 400, problemPage(language))
      return
    }
    const result = person === undefined ? { error: 'access_denied', error_description: 'nobody was chosen' } : { login: { accountId: subjectOf(person), acr } }
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
    return
  }
  const identifies = String(params.scope).split(' ').includes(IDENTITY_SCOPE)
  sendPage(response, 200, signInPage({
    language, path: url.pathname, client: clientNames.get(String(params.client_id)) ?? '', persons, least, identifies, wanted: url.searchParams.get('q') ?? ''
  }))
}

function configurationOf (persons: readonly DevelopmentPerson[], clients: readonly IdentityProviderClient[]): Configuration {
  return {
    adapter: memoryAdapters(),
    clients: clients.map(clientOf),
    acrValues: [...ASSURANCES],
    // The level of assurance stands in each ID token, asked for or not.
    claims: { openid: ['sub', 'acr'], [IDENTITY_SCOPE]: IDENTITY_CLAIMS, profile: ['name', 'preferred_username', 'roles', ...new Set(persons.flatMap(({ claims }) => Object.keys(claims ?? {})))] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    pkce: { required: () => true },
    ttl: { AccessToken: 300, AuthorizationCode: 60, Grant: 43_200, IdToken: 300, Interaction: 900, Session: 43_200 },
    interactions: { policy: assurancePolicy(), url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => { toBody(ctx, signOutPage(languageOf(ctx.oidc.params), form)) },
        postLogoutSuccessSource: (ctx) => { toBody(ctx, signedOutPage(languageOf(ctx.oidc.params))) }
      }
    },
    renderError: (ctx, out) => { toBody(ctx, problemPage(languageOf(ctx.oidc?.params), out.error_description ?? out.error)) },
    findAccount: (ctx, id) => {
      const person = persons.find((one) => subjectOf(one) === id)
      return person === undefined
        ? undefined
        : {
            accountId: id,
            claims: async () => {
              const clientId = ctx.oidc.client?.clientId ?? ''
              return { ...person.claims, ...person.identity, sub: id, name: person.name, preferred_username: person.id, roles: person.rolesAt?.[clientId] ?? person.roles }
            }
          }
    },
    // Whoever picked a person has agreed to what the client learns of them.
    loadExistingGrant: async ({ oidc }) => {
      const { client, session, provider } = oidc
      if (client === undefined || session?.accountId === undefined) return undefined
      const known = session.grantIdFor(client.clientId)
      const former = known === undefined ? undefined : await provider.Grant.find(known)
      if (former?.accountId === session.accountId) return former
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
      grant.addOIDCScope(`openid profile ${IDENTITY_SCOPE}`)
      await grant.save()
      return grant
    }
  }
}

function subjectOf ({ id, subject }: DevelopmentPerson): string {
  return subject ?? id
}

function clientOf ({ id, secret, name, url, anyPort }: IdentityProviderClient): ClientMetadata {
  return {
    client_id: id,
    ...name === undefined ? {} : { client_name: name },
    ...anyPort === true ? { application_type: 'native' } : {},
    ...secret === undefined ? { token_endpoint_auth_method: 'none' } : { client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' },
    redirect_uris: [`${url.replace(/\/$/, '')}/sign-in/callback`],
    post_logout_redirect_uris: [`${url.replace(/\/$/, '')}/signed-out`],
    response_types: ['code'],
    grant_types: ['authorization_code']
  }
}

function toBody (ctx: Pick<KoaContextWithOIDC, 'body' | 'type' | 'set'>, text: string): void {
  ctx.type = 'html'
  ctx.set('content-security-policy', POLICY)
  ctx.body = text
}

function sendPage (response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': POLICY }).end(text)
}

/** `?lang=`, else what the client asks for, else Ukrainian. */
function languageOf (params: Readonly<Record<string, unknown>> | undefined, url?: URL): Language {
  const asked = url?.searchParams.get('lang') ?? params?.ui_locales
  return typeof asked === 'string' && asked.startsWith('en') ? 'en' : 'uk'
}

async function readForm (request: IncomingMessage): Promise<URLSearchParams> {
  let text = ''
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString('latin1')
    if (text.length > FORM_BYTES_MAX) throw new Error('form too long')
  }
  return new URLSearchParams(text)
}
