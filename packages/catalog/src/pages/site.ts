import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { document, errorPage, html, readForm, type FieldErrors, type Flash, type FormBody, type Html, type Lang, type Page, type PageContext } from '@trembita/web'
import { actorOfRequest } from '../accounts.ts'
import { BASE } from '../base.ts'
import type { CatalogActor } from '../catalog-actor.ts'
import { PUBLIC, type Viewer } from '../entry/index.ts'
import type { Parts } from '../parts.ts'
import { Refusal } from '../refusal.ts'
import { siteWordsOf } from './site-texts.ts'

export interface Redirect {
  /** Path below `/catalog`, or with it. */
  readonly to: string
  /** Key of a sentence of `siteWordsOf`. */
  readonly said?: string | undefined
}

export interface Download {
  readonly bytes: Buffer | string
  readonly type: string
  readonly fileName?: string | undefined
}

export type Answer = Html | Redirect | Download

/** Somebody looking at a page; nobody signed in unless `actor` is there. */
export interface Visit {
  readonly lang: Lang
  readonly actor: CatalogActor | undefined
  /** By whose eyes entries are read. */
  readonly viewer: Viewer
  readonly csrf: string | undefined
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | undefined>>
  readonly form: FormBody
  page (page: Page): Html
}

/** Where the areas register their pages. Pages that are `public` may be read by everybody; others lead to the sign-in. */
export interface Site {
  readonly parts: Parts
  get (path: string, show: (visit: Visit) => Promise<Answer>, access?: 'public' | 'signed-in'): void
  /** `act` does what a form asks for, as `actor`; when it is refused, `again` shows the form with what is wrong. */
  post (path: string, act: (visit: Visit & { readonly actor: CatalogActor }) => Promise<Answer>, again?: (visit: Visit & { readonly actor: CatalogActor }, errors: FieldErrors) => Promise<Html>): void
}

/** Address of a path of the catalog. */
export function at (path: string): string {
  return `${BASE}${path}`
}

/** What stands around each page. */
export function frameOf (instance: string, signIn: boolean): (request: FastifyRequest) => PageContext {
  return (request) => {
    const { lang, signedIn } = request
    const words = siteWordsOf(lang)
    const [path = '/', query = ''] = request.url.split('?', 2)
    const said = new URLSearchParams(query).get('said')
    const actor = signedIn === undefined ? undefined : actorOfRequest(request)
    return {
      lang,
      path,
      query,
      product: words.product,
      layout: 'top',
      home: BASE,
      nav: [
        { href: at('/search'), label: words.search },
        { href: at('/interfaces'), label: words.interfaces },
        { href: at('/resources'), label: words.resources },
        { href: at('/organisations'), label: words.organisations },
        { href: at('/status'), label: words.status },
        ...actor === undefined ? [] : [{ href: at('/my'), label: words.my }]
      ],
      environment: instance,
      trial: /test|demo/i.test(instance),
      actor: signedIn === undefined ? undefined : { name: signedIn.name, roles: signedIn.roles.map((role) => words.role(role)) },
      csrf: request.browserSession?.csrfToken,
      signOut: at('/sign-out'),
      ...signIn ? { signIn: `${at('/sign-in')}?return=${encodeURIComponent(request.url)}` } : {},
      ...said === null ? {} : flashOf(words.said(said)),
      footer: html`<p>${/test|demo/i.test(instance) ? html`${words.synthetic} · ` : undefined}<a href="${at('/api/v1/openapi.json')}">API</a></p>`
    }
  }
}

function flashOf (title: string): { readonly flash?: Flash } {
  return title === '' ? {} : { flash: { kind: 'ok', title } }
}

export function createSite (app: FastifyInstance, parts: Parts, frame: (request: FastifyRequest) => PageContext): Site {
  const visitOf = (request: FastifyRequest): Visit => {
    const context = frame(request)
    const actor = actorOfRequest(request)
    return {
      lang: context.lang,
      actor,
      viewer: actor ?? PUBLIC,
      csrf: context.csrf,
      path: context.path,
      params: request.params as Record<string, string>,
      query: request.query as Record<string, string>,
      form: readForm(request.body),
      page: (page) => document(context, page)
    }
  }
  const answer = async (request: FastifyRequest, reply: FastifyReply, work: (visit: Visit) => Promise<Answer>, again?: (visit: Visit, errors: FieldErrors) => Promise<Html>): Promise<FastifyReply> => {
    const visit = visitOf(request)
    try {
      return send(reply, await work(visit))
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown
      reply.code(thrown.statusCode)
      if (again !== undefined && thrown.kind !== 'forbidden' && thrown.kind !== 'notFound') return reply.html(await again(visit, errorsOf(thrown, visit.lang)))
      return reply.html(errorPage(frame(request), { status: thrown.statusCode, message: thrown.words[visit.lang] }))
    }
  }
  const schema = { hide: true } as object
  return {
    parts,
    get: (path, show, access = 'public') => { app.get(at(path), { config: { access }, schema }, (request, reply) => answer(request, reply, show)) },
    post: (path, act, again) => {
      app.post(at(path), { config: { access: 'signed-in' }, schema }, (request, reply) => answer(request, reply, act as (visit: Visit) => Promise<Answer>, again as ((visit: Visit, errors: FieldErrors) => Promise<Html>) | undefined))
    }
  }
}

function errorsOf ({ fields, words }: Refusal, lang: Lang): FieldErrors {
  const entries = Object.entries(fields)
  return entries.length === 0 ? { '': words[lang] } : Object.fromEntries(entries.map(([name, text]) => [name, text[lang]]))
}

function send (reply: FastifyReply, answer: Answer): FastifyReply {
  if ('to' in answer) {
    const to = answer.to.startsWith(BASE) ? answer.to : at(answer.to)
    return reply.redirect(answer.said === undefined ? to : `${to}${to.includes('?') ? '&' : '?'}said=${answer.said}`, 303)
  }
  if ('bytes' in answer) {
    if (answer.fileName !== undefined) reply.header('content-disposition', `attachment; filename="${answer.fileName.replaceAll(/[^\w.-]/g, '_')}"`)
    return reply.type(answer.type).send(answer.bytes)
  }
  return reply.html(answer)
}

/** Nothing stands at this address, or nothing that this viewer may see. */
export function nothingHere (): Refusal {
  return new Refusal('notFound', 'not_found', { uk: 'Такої сторінки в каталозі немає.', en: 'The catalog has no such page.' })
}
