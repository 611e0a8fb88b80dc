import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Identity } from '@trembita/daemon/accounts'
import {
  document, errorPage, type Flash, type FormBody, html, type Html, isHtml, type Lang, linkButton, type NavLink, type Page, type PageContext, readForm
} from '@trembita/web'
import { frameWordsOf } from './frame-texts.ts'

/** The role of everybody whom the identity provider identifies. */
export const PERSON = 'PERSON'

/** What waits for a person: stands in the menu of every page. */
export interface Waiting {
  readonly offers: number
  readonly notices: number
}

/** One person looking at one page. */
export interface Visit {
  readonly lang: Lang
  readonly csrf: string
  readonly identity: Identity
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly form: FormBody
  page (page: Page): Html
}

/** Where to go after a form. */
export interface Redirect {
  readonly to: string
}

export interface FileAnswer {
  readonly bytes: Buffer
  readonly type: string
  readonly fileName: string
}

/** A page that refuses: with its status. */
export interface RefusalPage {
  readonly status: number
  readonly html: Html
}

export type Answer = Html | Redirect | FileAnswer | RefusalPage | undefined

/** Where areas of the portal register their pages; all are for signed-in persons. `undefined` is "not found". */
export interface Pages {
  get (path: string, show: (visit: Visit) => Promise<Answer>): void
  post (path: string, act: (visit: Visit) => Promise<Answer>): void
  /** What is said after a redirect to `?said=key`. */
  sentences (table: (lang: Lang) => Readonly<Record<string, string>>): void
}

export interface PagesDeps {
  readonly waiting: (subject: string) => Promise<Waiting>
  readonly remember: (identity: Identity) => Promise<void>
  readonly areas: ReadonlyArray<(pages: Pages) => void>
}

/** What stands around a page. Must not fail: error pages use it too. */
export function frameOf (request: FastifyRequest, waiting: Waiting = { offers: 0, notices: 0 }, flash?: Flash): PageContext {
  const { lang, signedIn } = request
  const words = frameWordsOf(lang)
  const [path = '/', query = ''] = request.url.split('?', 2)
  const nav: NavLink[] = [
    { href: '/', label: words.home, sign: 'home', current: path === '/' },
    { href: '/documents', label: words.documents, sign: 'document' },
    { href: '/share', label: words.share, sign: 'publish' },
    { href: '/receipts', label: words.receipts, sign: 'check' },
    { href: '/offers', label: words.offers, sign: 'agreement', count: waiting.offers },
    { href: '/notices', label: words.notices, sign: 'bell', count: waiting.notices },
    { href: '/settings', label: words.settings, sign: 'settings' }
  ]
  return {
    lang,
    path,
    query,
    product: words.product,
    layout: signedIn === undefined ? 'top' : 'side',
    nav: signedIn === undefined ? [] : nav,
    actor: signedIn === undefined ? undefined : { name: signedIn.name, roles: [words.person] },
    csrf: request.browserSession?.csrfToken,
    ...signedIn === undefined ? { signIn: '/sign-in?return=/' } : {},
    footer: html`<p>${words.synthetic}</p>`,
    head: html`<link rel="manifest" href="/manifest.webmanifest"><meta name="theme-color" content="#0b57a4"><link rel="apple-touch-icon" href="/icons/192.png"><link rel="stylesheet" href="/portal.css"><script type="module" src="/portal.js"></script>`,
    ...flash === undefined ? {} : { flash }
  }
}

/** The pages of all areas, behind the guard of the app that they are registered in. */
export function portalPages (app: FastifyInstance, { waiting, remember, areas }: PagesDeps): void {
  const tables: Array<(lang: Lang) => Readonly<Record<string, string>>> = []

  const visitOf = async (request: FastifyRequest): Promise<Visit | undefined> => {
    const { lang, identity } = request
    if (identity === undefined) return undefined
    await remember(identity)
    const query = request.query as Record<string, string>
    const said = tables.map((table) => table(lang)).find((words) => query.said !== undefined && Object.hasOwn(words, query.said))?.[query.said!]
    const context = frameOf(request, await waiting(identity.subject), said === undefined ? undefined : { kind: 'ok', title: said })
    return {
      lang,
      csrf: context.csrf ?? '',
      identity,
      path: context.path,
      params: request.params as Record<string, string>,
      query,
      form: readForm(request.body),
      page: (page) => document(context, page)
    }
  }

  const answer = async (request: FastifyRequest, reply: FastifyReply, show: (visit: Visit) => Promise<Answer>): Promise<FastifyReply> => {
    const visit = await visitOf(request)
    // Sealed under a key that is gone: the person signs in again.
    if (visit === undefined) return await reply.redirect('/sign-in?return=/', 303)
    return send(request, reply, await show(visit))
  }

  const config = { access: [PERSON] }
  const pages: Pages = {
    get: (path, show) => { app.get(path, { config }, (request, reply) => answer(request, reply, show)) },
    post: (path, act) => { app.post(path, { config }, (request, reply) => answer(request, reply, act)) },
    sentences: (table) => { tables.push(table) }
  }
  for (const area of areas) area(pages)
}

function send (request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer === undefined) return reply.code(404).html(errorPage(frameOf(request), { status: 404 }))
  if (isHtml(answer)) return reply.html(answer)
  if ('to' in answer) return reply.redirect(answer.to, 303)
  if ('status' in answer) return reply.code(answer.status).html(answer.html)
  return reply.type(answer.type).header('content-disposition', `attachment; filename="${answer.fileName}"`).send(answer.bytes)
}

/** Page for who has no number, where the acts ask for one. */
export function noRnokppPage (visit: Visit): RefusalPage {
  const words = frameWordsOf(visit.lang)
  return {
    status: 403,
    html: visit.page({ title: words.noRnokpp, lead: words.noRnokppText, body: linkButton({ label: words.toDocuments, href: '/documents' }) })
  }
}
