import type { FastifyRequest } from 'fastify'
import { signInRoutes, type Accounts, type OpenIdSettings, type ProblemPage } from '@trembita/daemon/accounts'
import type { ServerId } from '@trembita/protocol/identifiers'
import { html, identifier, type Flash, type PageContext } from '@trembita/web'
import { consolePages, problemPageOf } from '@trembita/web/console'
import type { ConsoleAppPages } from '../admin/index.ts'
import { AREAS } from './areas.ts'
import { navigation } from './navigation.ts'
import { wordsOf } from './texts.ts'

/** What stands on every page of this gateway's console. */
export interface ConsoleFacts {
  /** Undefined until the gateway is initialised. */
  readonly server: ServerId | undefined
  readonly version: string
}

export interface ConsolePagesDeps {
  readonly accounts: Accounts
  readonly facts: () => ConsoleFacts
  readonly openId: OpenIdSettings | undefined
}

/** The pages of the console, and what they need of the app that they are registered in. They ask the administration API and nothing else. */
export function createConsolePages ({ accounts, facts, openId }: ConsolePagesDeps): ConsoleAppPages {
  const frame = async (request: FastifyRequest, flash?: Flash): Promise<PageContext> => frameOf(request, facts(), flash)
  return {
    web: {
      pageContext: frame,
      https: accounts.publicUrl.protocol === 'https:',
      ...openId === undefined ? {} : { formActionOrigins: [new URL(openId.issuer).origin] }
    },
    pages: [
      async (app) => { await app.register(signInRoutes, accounts) },
      async (app) => {
        consolePages(app, {
          accounts,
          frame,
          roleName: (lang, role) => wordsOf(lang).roles(role),
          problemWords: (lang, code) => wordsOf(lang).problems(code),
          areas: AREAS
        })
      }
    ]
  }
}

/** Page of a person who cannot be let in. */
export function consoleProblemPage (facts: ConsolePagesDeps['facts']): ProblemPage {
  return problemPageOf((request) => frameOf(request, facts()))
}

function frameOf (request: FastifyRequest, { server, version }: ConsoleFacts, flash?: Flash): PageContext {
  const { lang, signedIn } = request
  const words = wordsOf(lang)
  const [path = '/', query = ''] = request.url.split('?', 2)
  return {
    lang,
    path,
    query,
    product: words.product,
    nav: signedIn === undefined ? [] : navigation(lang, signedIn.roles, server !== undefined),
    environment: server?.instance,
    actor: signedIn === undefined ? undefined : { name: signedIn.name, roles: signedIn.roles.map((role) => words.roles(role)) },
    csrf: request.browserSession?.csrfToken,
    footer: html`<p>${server === undefined ? undefined : html`${identifier([server.instance, server.memberClass, server.memberCode, server.serverCode].join(':'))} · `}${words.version(version)}</p>`,
    ...flash === undefined ? {} : { flash }
  }
}
