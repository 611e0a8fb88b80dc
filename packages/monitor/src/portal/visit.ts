import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AccessRule, Identity } from '@trembita/daemon/accounts'
import { document, errorPage, readForm, type Flash, type FormBody, type Html, type Lang, type Page, type PageContext } from '@trembita/web'
import type { PortalDeps } from './deps.ts'
import { footer, headOf, navigation } from './frame.ts'
import { frameWordsOf } from './frame-texts.ts'

/** A signed-in person on a page. */
export interface Citizen {
  readonly identity: Identity
  /** Their name in the tables of portal and notices. */
  readonly tag: string
}

/** Somebody looking at a page of the portal. */
export interface Visit {
  readonly lang: Lang
  /** Whoever is signed in. */
  readonly citizen: Citizen | undefined
  readonly csrf: string
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly form: FormBody
  readonly userAgent: string | undefined
  page (page: Page): Html
}

export interface Redirect {
  readonly to: string
  /** Name of a sentence of `frame-texts.ts`. */
  readonly said?: string
}

export interface Download {
  readonly bytes: Uint8Array | string
  readonly type: string
  readonly fileName: string
}

export interface Problem {
  readonly status: 400 | 404 | 409 | 503
  readonly title?: string
  readonly message?: string
}

export type Answer = Html | Redirect | Download | Problem

/** For pages behind the sign-in: `visit.citizen` is there. */
export function citizenOf ({ citizen }: Visit): Citizen {
  if (citizen === undefined) throw new Error('the page is for those who signed in')
  return citizen
}

/** Somebody's pages and how their answers are sent. */
export class Pages {
  readonly #app: FastifyInstance
  readonly #deps: PortalDeps

  constructor (app: FastifyInstance, deps: PortalDeps) {
    this.#app = app
    this.#deps = deps
  }

  get (path: string, access: AccessRule, show: (visit: Visit) => Promise<Answer>): void {
    this.#app.get(path, { config: { access } }, async (request, reply) => await this.#answer(request, reply, show))
  }

  post (path: string, access: AccessRule, act: (visit: Visit) => Promise<Answer>): void {
    this.#app.post(path, { config: { access } }, async (request, reply) => await this.#answer(request, reply, act))
  }

  async #answer (request: FastifyRequest, reply: FastifyReply, show: (visit: Visit) => Promise<Answer>): Promise<FastifyReply> {
    const context = contextOf(request, this.#deps)
    const { lang, identity } = request
    const query = queryOf(request)
    try {
      const answer = await show({
        lang,
        citizen: identity === undefined ? undefined : { identity, tag: this.#deps.persons.tagOf(identity.subject) },
        csrf: context.csrf ?? '',
        path: context.path,
        params: request.params as Record<string, string>,
        query,
        form: readForm(request.body),
        userAgent: request.headers['user-agent'],
        page: (page) => document({ ...context, flash: flashOf(lang, query.said) }, page)
      })
      return send(reply, answer, context)
    } catch (error) {
      if ((error as Error).name !== 'KeyServiceUnavailable') throw error
      this.#deps.log.warn({ err: error }, 'the key service does not answer')
      const words = frameWordsOf(lang)
      return send(reply, { status: 503, title: words.noKeysTitle, message: words.noKeys }, context)
    }
  }
}

/** A name that stands twice in an address counts once. */
function queryOf ({ query }: FastifyRequest): Record<string, string> {
  return Object.fromEntries(Object.entries(query as Record<string, string | string[]>).map(([name, value]) => [name, typeof value === 'string' ? value : value[0] ?? '']))
}

function send (reply: FastifyReply, answer: Answer, context: PageContext): FastifyReply {
  if ('to' in answer) return reply.redirect(answer.said === undefined ? answer.to : `${answer.to}${answer.to.includes('?') ? '&' : '?'}said=${answer.said}`, 303)
  if ('status' in answer) {
    const { status, title, message } = answer
    return reply.code(status).html(errorPage(context, { status, ...title === undefined ? {} : { title }, ...message === undefined ? {} : { message } }))
  }
  if ('bytes' in answer) return reply.type(answer.type).header('content-disposition', `attachment; filename="${answer.fileName}"`).send(answer.bytes)
  return reply.html(answer)
}

/** Sentences that tell of something that did not go well. */
const WARNINGS = new Set(['codeFailed', 'codeWrong', 'codesTooMany'])

function flashOf (lang: Lang, said: string | undefined): Flash | undefined {
  const title = frameWordsOf(lang).said(said ?? '')
  return title === '' ? undefined : { kind: WARNINGS.has(said ?? '') ? 'warn' : 'ok', title }
}

/** What stands around every page, whoever looks at it. Must not fail: error pages ask for it too. */
export function contextOf (request: FastifyRequest, deps: PortalDeps): PageContext {
  const { lang, signedIn } = request
  const [path = '/', query = ''] = request.url.split('?', 2)
  const words = frameWordsOf(lang)
  return {
    lang,
    path,
    query,
    product: words.product,
    layout: 'top',
    nav: navigation(lang, signedIn !== undefined),
    environment: deps.instance === '' ? undefined : deps.instance,
    trial: deps.synthetic,
    actor: signedIn === undefined ? undefined : { name: signedIn.name, roles: [words.role] },
    csrf: request.browserSession?.csrfToken,
    ...deps.openId === undefined ? {} : { signIn: '/sign-in?return=/accesses' },
    head: headOf(),
    footer: footer(lang, deps.synthetic)
  }
}
