import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Accounts, ProblemPage } from '@trembita/daemon/accounts'
import type { Flash, Lang, PageContext } from '@trembita/web'
import { type ApiProblem, type Console, consolePages as pagesOf, problemPageOf } from '@trembita/web/console'
import { navigation, type Waiting } from './navigation.ts'
import { wordsOf } from './texts.ts'

export { after, type Answer, type Console, type Visit } from '@trembita/web/console'

export interface ConsoleDeps {
  readonly accounts: Accounts
  /** Name of the environment, and what waits for somebody: they stand on every page. Must not fail. */
  readonly frame: () => Promise<{ readonly instance: string, readonly waiting: Waiting }>
  readonly areas: readonly ((console: Console) => void)[]
}

/** What stands around a page, whoever looks at it. */
export async function frameOf (request: FastifyRequest, frame: ConsoleDeps['frame'], flash?: Flash): Promise<PageContext> {
  const { lang, signedIn } = request
  const [path = '/', query = ''] = request.url.split('?', 2)
  const { instance, waiting } = await frame()
  return {
    lang,
    path,
    query,
    product: wordsOf(lang).product,
    nav: signedIn === undefined ? [] : navigation(lang, signedIn.roles, waiting),
    environment: instance === '' ? undefined : instance,
    actor: signedIn === undefined ? undefined : { name: signedIn.name, roles: signedIn.roles.map((role) => wordsOf(lang).roles(role)) },
    csrf: request.browserSession?.csrfToken,
    ...flash === undefined ? {} : { flash }
  }
}

/** Page of a person who cannot be let in. */
export function consoleProblemPage (frame: ConsoleDeps['frame']): ProblemPage {
  return problemPageOf((request) => frameOf(request, frame))
}

/** The pages of all areas, behind the guard of the app that they are registered in. */
export function consolePages (app: FastifyInstance, { accounts, frame, areas }: ConsoleDeps): void {
  pagesOf(app, {
    accounts,
    frame: (request, flash) => frameOf(request, frame, flash),
    roleName: (lang, role) => wordsOf(lang).roles(role),
    problemWords: (lang, code) => wordsOf(lang).problems(code),
    areas
  })
}

/** What the API refused, in the language of the page where it is known, else in the API's own words. */
export function problemText (lang: Lang, { code, message }: ApiProblem): string {
  return wordsOf(lang).problems(code) || message
}
