import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AccessRule, Identity, ProblemPage } from '@trembita/daemon/accounts'
import { document, errorPage, html, linkButton, readForm, type Flash, type FormBody, type Html, type Lang, type NavItem, type Page, type PageContext } from '@trembita/web'
import type { Platform } from '../platform.ts'
import { ownPath } from './assets.ts'
import { frameWordsOf as wordsOf } from './frame-texts.ts'

export const VISITOR = 'VISITOR'
const YEAR_SECONDS = 31_536_000
const VISION_COOKIE = 'vision'

/** One person, known or not, looking at one page. */
export interface Look {
  readonly lang: Lang
  /** Large letters and no pictures. */
  readonly lowVision: boolean
  readonly identity: Identity | undefined
  /** Goes into every form. */
  readonly csrf: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly form: FormBody
  /** Value of a cookie. */
  cookie (name: string): string | undefined
  /** @param head further elements of the head: scripts and styles of this page. */
  page (page: Page, head?: Html): Html
}

/** Where to go after something was done; `said` is a key of the flash texts. */
export interface Redirect {
  readonly to: string
  readonly said?: string | undefined
  readonly cookie?: { readonly name: string, readonly value: string, readonly path: string, readonly maxAgeSeconds: number } | undefined
}

export interface NotFound {
  readonly missing: true
}

/** A page that is no success: a conflict, a form to be mended. */
export interface Refusal {
  readonly status: 400 | 409 | 503
  readonly shown: Html
}

export type Answer = Html | Redirect | NotFound | Refusal
export type Show = (look: Look) => Promise<Answer>

export interface Pages {
  readonly platform: Platform
  get (path: string, show: Show, access?: AccessRule): void
  post (path: string, act: Show, access?: AccessRule): void
}

/** Registers pages behind the guard of the app. */
export function pagesOf (app: FastifyInstance, platform: Platform, https: boolean): Pages {
  const answer = async (request: FastifyRequest, reply: FastifyReply, show: Show): Promise<FastifyReply> => {
    const context = contextOf(request, flashOf(request))
    const shown = await show(lookOf(request, context))
    if ('to' in shown) {
      if (shown.cookie !== undefined) {
        const { name, value, path, maxAgeSeconds } = shown.cookie
        reply.header('set-cookie', `${name}=${value}; Path=${path}; Max-Age=${maxAgeSeconds}; SameSite=Lax; HttpOnly${https ? '; Secure' : ''}`)
      }
      return reply.redirect(shown.said === undefined ? shown.to : `${shown.to}?said=${shown.said}`, 303)
    }
    if ('missing' in shown) return reply.code(404).html(errorPage(context, { status: 404 }))
    if ('status' in shown) return reply.code(shown.status).html(shown.shown)
    return reply.html(shown)
  }
  return {
    platform,
    get: (path, show, access = 'public') => { app.get(path, { config: { access } }, (request, reply) => answer(request, reply, show)) },
    post: (path, act, access = 'public') => {
      app.post(path, { config: { access } }, async (request, reply) => {
        // Most visitors have no session, and so no token: their browser says whether the form is ours.
        const site = request.headers['sec-fetch-site']
        if (site !== undefined && site !== 'same-origin' && site !== 'none') return await reply.code(403).html(errorPage(contextOf(request), { status: 403, title: wordsOf(request.lang).problem('forged') }))
        return await answer(request, reply, act)
      })
    }
  }
}

/** Keeps the choice of the look, as the language is kept: `?vision=low`, `?vision=usual`. */
export function rememberVision (app: FastifyInstance, https: boolean): void {
  app.addHook('onRequest', async (request, reply) => {
    const asked = askedVision(request)
    if (asked !== undefined) reply.header('set-cookie', `${VISION_COOKIE}=${asked}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax; HttpOnly${https ? '; Secure' : ''}`)
  })
}

function lookOf (request: FastifyRequest, context: PageContext): Look {
  return {
    lang: request.lang,
    lowVision: isLowVision(request),
    identity: request.identity,
    csrf: request.browserSession?.csrfToken ?? '',
    params: request.params as Record<string, string>,
    query: textsOf(request.query),
    form: readForm(request.body),
    cookie: (name) => cookieOf(request, name),
    page: (page, head) => document(head === undefined ? context : { ...context, head: html`${context.head}${head}` }, page)
  }
}

/** A name given twice in an address is a list; a page wants one text. */
function textsOf (query: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries((query ?? {}) as Record<string, unknown>).flatMap(([name, value]) => typeof value === 'string' ? [[name, value]] : []))
}

/** What stands around a page, whoever looks at it. */
export function contextOf (request: FastifyRequest, flash?: Flash): PageContext {
  const { lang, signedIn } = request
  const words = wordsOf(lang)
  const [path = '/', query = ''] = request.url.split('?', 2)
  const lowVision = isLowVision(request)
  const switched = new URLSearchParams(query)
  switched.delete('said')
  switched.set(VISION_COOKIE, lowVision ? 'usual' : 'low')
  const nav: NavItem[] = [
    { href: '/', label: words.centres, current: path === '/' || path.startsWith('/centres/') },
    { href: '/map', label: words.map },
    signedIn === undefined ? { href: '/visits', label: words.visits } : { href: '/my', label: words.my, current: path === '/my' || path.startsWith('/visits') },
    { href: '/state', label: words.state },
    { href: `${request.method === 'GET' ? path : '/'}?${switched.toString()}`, label: lowVision ? words.usualVision : words.lowVision, current: false }
  ]
  return {
    lang,
    path,
    query: request.method === 'GET' ? query : '',
    product: words.product,
    nav,
    layout: 'top',
    trial: true,
    signIn: `/sign-in?return=${encodeURIComponent('/my')}`,
    actor: signedIn === undefined ? undefined : { name: signedIn.name, roles: [words.visitor] },
    csrf: request.browserSession?.csrfToken,
    head: html`<link rel="stylesheet" href="${ownPath('centres.css')}">${lowVision ? html`<link rel="stylesheet" href="${ownPath('low-vision.css')}">` : undefined}`,
    footer: html`<p>${words.synthetic} · ${words.free} · <a href="/state">${words.openData}</a></p>`,
    ...flash === undefined ? {} : { flash }
  }
}

export function problemPage (): ProblemPage {
  return (request, { kind, status, link }) => {
    const words = wordsOf(request.lang)
    const actions = link === undefined ? undefined : linkButton({ label: kind === 'signedOut' ? words.toCentres : words.signIn, href: link, kind: 'primary' })
    return errorPage(contextOf(request), { status, title: words.problem(kind), message: words.problemBody(kind), ...actions === undefined ? {} : { actions } }).markup
  }
}

function flashOf (request: FastifyRequest): Flash | undefined {
  const { said } = request.query as { said?: unknown }
  const title = typeof said === 'string' ? wordsOf(request.lang).said(said) : ''
  return title === '' ? undefined : { kind: said === 'sending' || said === 'wished' ? 'warn' : 'ok', title }
}

function isLowVision (request: FastifyRequest): boolean {
  return (askedVision(request) ?? cookieOf(request, VISION_COOKIE)) === 'low'
}

function askedVision (request: FastifyRequest): 'low' | 'usual' | undefined {
  const { vision } = (request.query ?? {}) as { vision?: unknown }
  return vision === 'low' || vision === 'usual' ? vision : undefined
}

function cookieOf (request: FastifyRequest, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2)
    if (key === name) return value
  }
  return undefined
}
