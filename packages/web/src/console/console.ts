import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Accounts, Actor } from '@trembita/daemon/accounts'
import { errorPage } from '../error-page.ts'
import { type FormBody, readForm } from '../form-body.ts'
import type { Html } from '../html.ts'
import { document, type Flash, type Page, type PageContext } from '../page.ts'
import { type Lang, texts } from '../texts.ts'
import { ApiClient, ApiProblem, type Done } from './api-client.ts'

/** Where to go after something was done, and what to say there. */
export interface Redirect {
  readonly to: string
  /** Key of a sentence in one of the tables given to `sentences`. */
  readonly said?: string | undefined
}

/** A file that a page hands on. */
export interface Download {
  readonly bytes: Buffer
  readonly type: string
  readonly fileName: string
}

/** One person looking at one page. */
export interface Visit {
  readonly lang: Lang
  readonly actor: Actor
  readonly api: ApiClient
  /** Goes into every form. */
  readonly csrf: string
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** What a form sent, files too. */
  readonly form: FormBody
  may (...roles: readonly string[]): boolean
  /** What a role is called in the language of the page. */
  roleName (role: string): string
  /** What the API refused, in the language of the page where it is known, else in the API's own words. */
  problemText (problem: ApiProblem): string
  /** The whole page around what is particular to it. */
  page (page: Page): Html
}

export type Answer = Html | Redirect | Download

/**
 * Where the areas of the console register their pages. A page asks the API of the application and nothing else, as the
 * person who looks at it; what the API refuses is a page that says so.
 */
export interface Console {
  get (path: string, show: (visit: Visit) => Promise<Answer>): void
  /** `act` does what a form asks for; when the API refuses, `again` shows the form with what is wrong. */
  post (path: string, act: (visit: Visit) => Promise<Answer>, again?: (visit: Visit, problem: ApiProblem) => Promise<Answer>): void
  /** What is said after a redirect, in both languages, by key. */
  sentences (table: (lang: Lang) => Readonly<Record<string, string>>): void
}

export interface ConsoleDeps {
  readonly accounts: Accounts
  /** What stands around every page, whoever looks at it. Must not fail. */
  readonly frame: (request: FastifyRequest, flash?: Flash) => Promise<PageContext>
  readonly roleName: (lang: Lang, role: string) => string
  /** Words for what the API refuses, by its code; empty for a code that has none. */
  readonly problemWords: (lang: Lang, code: string) => string
  readonly areas: readonly ((console: Console) => void)[]
}

/** Somebody else that had to be asked did not do its part: nobody's failure here. */
const BAD_GATEWAY = 502

type Sentences = (lang: Lang) => Readonly<Record<string, string>>

/** After a form: where to, unless a second person must agree first. */
export function after ({ waitsForApproval }: Done<unknown>, to: string, said: string): Redirect {
  return { to, said: waitsForApproval ? 'waitsForApproval' : said }
}

const wordsOf = texts({
  uk: { waitsForApproval: 'Дію подано на погодження другій особі. Досі нічого не змінено.' },
  en: { waitsForApproval: 'A second person was asked to approve this. Nothing has changed yet.' }
})

/** The pages of all areas, behind the guard of the app that they are registered in. */
export function consolePages (app: FastifyInstance, { accounts, frame, roleName, problemWords, areas }: ConsoleDeps): void {
  const tables: Sentences[] = [(lang) => ({ waitsForApproval: wordsOf(lang).waitsForApproval })]

  const visitOf = async (request: FastifyRequest): Promise<Visit> => {
    const { lang, actor } = request
    const query = request.query as Record<string, string>
    const context = await frame(request, flashOf(lang, query.said, tables))
    return {
      lang,
      actor,
      api: new ApiClient(accounts, app, actor),
      csrf: context.csrf ?? '',
      path: context.path,
      params: request.params as Record<string, string>,
      query,
      form: readForm(request.body),
      may: (...roles) => roles.some((role) => actor.roles.includes(role)),
      roleName: (role) => roleName(lang, role),
      problemText: ({ code, message }) => problemWords(lang, code) || message,
      page: (page) => document(context, page)
    }
  }

  const answer = async (request: FastifyRequest, reply: FastifyReply, show: (visit: Visit) => Promise<Answer>, again?: (visit: Visit, problem: ApiProblem) => Promise<Answer>): Promise<FastifyReply> => {
    const visit = await visitOf(request)
    try {
      return send(reply, await show(visit))
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem) || (thrown.status >= 500 && thrown.status !== BAD_GATEWAY)) throw thrown
      if (again !== undefined && thrown.status !== 403) return send(reply.code(thrown.status), await again(visit, thrown))
      return reply.code(thrown.status).html(errorPage(await frame(request), { status: thrown.status, message: visit.problemText(thrown) }))
    }
  }

  const config = { access: 'signed-in' } as const
  const schema = { hide: true } as object
  const console: Console = {
    get: (path, show) => { app.get(path, { config, schema }, (request, reply) => answer(request, reply, show)) },
    post: (path, act, again) => { app.post(path, { config, schema }, (request, reply) => answer(request, reply, act, again)) },
    sentences: (table) => { tables.push(table) }
  }
  for (const area of areas) area(console)
}

function send (reply: FastifyReply, answer: Answer): FastifyReply {
  if ('to' in answer) {
    const to = answer.said === undefined ? answer.to : `${answer.to}${answer.to.includes('?') ? '&' : '?'}said=${answer.said}`
    return reply.redirect(to, 303)
  }
  if ('bytes' in answer) {
    return reply.type(answer.type).header('content-disposition', `attachment; filename="${answer.fileName.replaceAll(/[^\w.-]/g, '_')}"`).send(answer.bytes)
  }
  return reply.html(answer)
}

function flashOf (lang: Lang, said: string | undefined, tables: readonly Sentences[]): Flash | undefined {
  if (said === undefined) return undefined
  for (const table of tables) {
    const words = table(lang)
    if (Object.hasOwn(words, said)) return { kind: said === 'waitsForApproval' ? 'info' : 'ok', title: words[said]! }
  }
  return undefined
}
