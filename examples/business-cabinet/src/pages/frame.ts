import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Accounts, AccessRule, Actor, Identity, ProblemPage } from '@trembita/daemon/accounts'
import { document, errorPage, html, linkButton, readForm, type Flash, type FormBody, type Html, type Lang, type NavItem, type Page, type PageContext } from '@trembita/web'
import type { Cabinet } from '../cabinet.ts'
import type { FetchProof } from '../exchange/proofs.ts'
import { frameWordsOf as wordsOf } from './frame-texts.ts'

export const ROLES = { entrepreneur: 'ENTREPRENEUR', administrator: 'CABINET_ADMINISTRATOR' } as const

/** One person, known or not, looking at one page. */
export interface Visit {
  readonly lang: Lang
  readonly signedIn: Actor | undefined
  readonly identity: Identity | undefined
  /** When the session began. */
  readonly since: Date | undefined
  /** Goes into every form. */
  readonly csrf: string
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly form: FormBody
  page (page: Page): Html
}

/** Where to go after something was done; `said` is a key of the flash texts. */
export interface Redirect {
  readonly to: string
  readonly said?: string | undefined
}

export interface NotFound {
  readonly missing: true
}

/** A file that a page hands on. */
export interface Download {
  readonly bytes: Uint8Array
  readonly type: string
  readonly fileName: string
}

export type Answer = Html | Redirect | NotFound
export type Show = (visit: Visit) => Promise<Answer>

export interface Pages {
  readonly cabinet: Cabinet
  /** Address of an exchange's record at the gateway, where its sealed proof is; undefined when not configured. */
  readonly proofHref: (exchangeId: string) => string | undefined
  readonly fetchProof: FetchProof
  get (path: string, access: AccessRule, show: Show): void
  /** A page that is a file; undefined: there is none. */
  file (path: string, access: AccessRule, show: (visit: Visit) => Promise<Download | undefined>): void
  post (path: string, access: AccessRule, act: Show): void
}

export interface PagesDeps {
  readonly cabinet: Cabinet
  readonly accounts: Accounts
  readonly proofUrl?: string | undefined
  readonly fetchProof: FetchProof
}

/** Registers pages behind the guard of the app. */
export function pagesOf (app: FastifyInstance, { cabinet, proofUrl, fetchProof }: PagesDeps): Pages {
  const visitOf = (request: FastifyRequest, context: PageContext): Visit => ({
    lang: request.lang,
    signedIn: request.signedIn,
    identity: request.identity,
    since: request.browserSession?.createdAt,
    csrf: request.browserSession?.csrfToken ?? '',
    path: context.path,
    params: request.params as Record<string, string>,
    query: request.query as Record<string, string>,
    form: readForm(request.body),
    page: (page) => document(context, page)
  })
  const answer = async (request: FastifyRequest, reply: FastifyReply, show: Show): Promise<FastifyReply> => {
    const context = contextOf(request, flashOf(request))
    const shown = await show(visitOf(request, context))
    if ('to' in shown) return reply.redirect(shown.said === undefined ? shown.to : `${shown.to}${shown.to.includes('?') ? '&' : '?'}said=${shown.said}`, 303)
    if ('missing' in shown) return reply.code(404).html(errorPage(context, { status: 404 }))
    return reply.html(shown)
  }
  return {
    cabinet,
    fetchProof,
    proofHref: (id) => proofUrl?.replace('{id}', encodeURIComponent(id)),
    get: (path, access, show) => { app.get(path, { config: { access } }, (request, reply) => answer(request, reply, show)) },
    file: (path, access, show) => {
      app.get(path, { config: { access } }, async (request, reply) => {
        const context = contextOf(request)
        const found = await show(visitOf(request, context))
        if (found === undefined) return reply.code(404).html(errorPage(context, { status: 404 }))
        return reply.type(found.type).header('content-disposition', `attachment; filename="${found.fileName.replaceAll(/[^\w.-]/g, '_')}"`).send(Buffer.from(found.bytes))
      })
    },
    post: (path, access, act) => { app.post(path, { config: { access } }, (request, reply) => answer(request, reply, act)) }
  }
}

/** What stands around a page, whoever looks at it. */
export function contextOf (request: FastifyRequest, flash?: Flash): PageContext {
  const { lang, signedIn } = request
  const words = wordsOf(lang)
  const [path = '/', query = ''] = request.url.split('?', 2)
  const isAdministrator = signedIn?.roles.includes(ROLES.administrator) === true
  const programmes = { href: '/', label: words.programmes, current: path === '/' || path.startsWith('/programmes') }
  const own = [
    { href: '/cabinet', label: words.offers, current: path === '/cabinet' || path.startsWith('/cabinet/offers') },
    { href: '/cabinet/profile', label: words.profile },
    { href: '/cabinet/documents', label: words.documents }
  ]
  const about = { href: '/about', label: words.about }
  const nav: NavItem[] = [programmes, ...isAdministrator ? [{ href: '/admin', label: words.administration }, about] : signedIn === undefined ? [about] : own]
  return {
    lang,
    path,
    query,
    product: words.product,
    nav,
    layout: 'top',
    trial: true,
    signIn: `/sign-in?return=${encodeURIComponent('/cabinet')}`,
    actor: signedIn === undefined ? undefined : { name: signedIn.name, roles: signedIn.roles.map((role) => words.role(role)) },
    csrf: request.browserSession?.csrfToken,
    footer: html`<p>${words.synthetic} · <a href="/about">${words.about}</a> · ${words.owner}</p>`,
    ...flash === undefined ? {} : { flash }
  }
}

export function problemPage (): ProblemPage {
  return (request, { kind, status, link }) => {
    const words = wordsOf(request.lang)
    const actions = link === undefined ? undefined : linkButton({ label: kind === 'signedOut' ? words.toPublicSite : words.signIn, href: link, kind: 'primary' })
    return errorPage(contextOf(request), { status, title: words.problem(kind), message: words.problemBody(kind), ...actions === undefined ? {} : { actions } }).markup
  }
}

function flashOf (request: FastifyRequest): Flash | undefined {
  const { said } = request.query as { said?: string }
  const title = typeof said === 'string' ? wordsOf(request.lang).said(said) : ''
  return title === '' ? undefined : { kind: 'ok', title }
}
