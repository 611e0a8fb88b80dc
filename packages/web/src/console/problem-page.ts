import type { FastifyRequest } from 'fastify'
import type { ProblemPage } from '@trembita/daemon/accounts'
import { linkButton } from '../components/index.ts'
import { errorPage } from '../error-page.ts'
import type { PageContext } from '../page.ts'
import { problemWordsOf } from './problem-texts.ts'

/** Page of a person who cannot be let in, within the console's own frame. */
export function problemPageOf (frame: (request: FastifyRequest) => PageContext | Promise<PageContext>): ProblemPage {
  return async (request, { kind, status, link }) => {
    const words = problemWordsOf(request.lang)
    const actions = link === undefined ? undefined : linkButton({ label: kind === 'signedOut' || kind === 'sessionEnded' ? words.signIn : words.again, href: link, kind: 'primary' })
    return errorPage(await frame(request), { status, title: words[kind], message: words.message(kind), ...actions === undefined ? {} : { actions } }).markup
  }
}
