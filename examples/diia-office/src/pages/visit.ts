import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Identity, ProblemPage } from '@trembita/daemon/accounts'
import { alert, document, errorPage, html, linkButton, readForm, type Flash, type FormBody, type Html, type Lang, type NavItem, type Page, type PageContext } from '@trembita/web'
import type { Access, ConnectedBody } from '../bodies/index.ts'
import { PersonnelUnavailable } from '../bodies/index.ts'
import { Refused, type Desk, type Official } from '../desk/index.ts'
import type { Office } from '../office.ts'
import { wordsOf } from './texts.ts'

export const TECHNICAL_ADMINISTRATOR = 'OFFICE_TECHNICAL_ADMINISTRATOR'
export const PERSON = 'PERSON'
export const ROLES = [PERSON, TECHNICAL_ADMINISTRATOR] as const

/** Somebody signed in, looking at a page. */
export interface Visit {
  readonly lang: Lang
  readonly identity: Identity
  /** Of the sign-in: each new one is checked anew. */
  readonly session: string
  readonly technicalAdministrator: boolean
  readonly csrf: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly form: FormBody
  page (page: Page): Html
}

/** An official at work in one body. */
export interface OfficialVisit extends Visit {
  readonly me: Official
  readonly desk: Desk
  readonly body: ConnectedBody
  /** Address below which the pages of this body stand. */
  readonly base: string
}

export interface Redirect { readonly to: string, readonly said?: string | undefined }
export interface Download { readonly bytes: Buffer, readonly type: string, readonly fileName: string }
export interface Status { readonly status: number, readonly page: Html }
export type Answer = Html | Redirect | Download | Status

type Show<V> = (visit: V) => Promise<Answer>
/** Shows a form again with what is wrong. */
type Again<V> = (visit: V, refused: Refused) => Promise<Answer>

/** Where the areas register their pages. */
export interface Pages {
  readonly office: Office
  /** For whoever is signed in. */
  get (path: string, show: Show<Visit>): void
  post (path: string, act: Show<Visit>, again?: Again<Visit>): void
  /** For officials, below `/b/{code}`. */
  getAs (path: string, show: Show<OfficialVisit>): void
  postAs (path: string, act: Show<OfficialVisit>, again?: Again<OfficialVisit>): void
}

/** The frame around a page. */
export async function frameOf (office: Office, request: FastifyRequest, flash?: Flash, at?: { readonly official: Official, readonly desk: Desk, readonly body: ConnectedBody }): Promise<PageContext> {
  const { lang, signedIn } = request
  const words = wordsOf(lang)
  const [path = '/', query = ''] = request.url.split('?', 2)
  const administrator = signedIn?.roles.includes(TECHNICAL_ADMINISTRATOR) === true
  const nav: NavItem[] = [
    ...at === undefined ? [] : await navOf(lang, at),
    ...administrator ? [{ label: words.administration, items: [{ href: '/admin/bodies', label: words.connectedBodies, sign: 'organisation' as const }] }] : []
  ]
  return {
    lang,
    path,
    query,
    product: words.product,
    nav,
    environment: at === undefined ? undefined : nameOf(lang, at.body),
    actor: signedIn === undefined ? undefined : { name: signedIn.name, roles: at === undefined ? [administrator ? words.technicalAdministrator : words.person] : [at.official.post, ...at.official.administrator ? [words.organisationAdministrator] : []] },
    csrf: request.browserSession?.csrfToken,
    footer: html`<p>${words.synthetic}</p>`,
    ...signedIn === undefined ? { signIn: '/sign-in' } : {},
    ...flash === undefined ? {} : { flash }
  }
}

async function navOf (lang: Lang, { official, desk, body }: { readonly official: Official, readonly desk: Desk, readonly body: ConnectedBody }): Promise<NavItem[]> {
  const words = wordsOf(lang)
  const base = `/b/${body.code}`
  const [unread, reminders] = await Promise.all([desk.letters.unread(official), desk.tasks.reminders(official)])
  return [
    { href: `${base}/today`, label: words.today, sign: 'home', count: reminders.length || undefined },
    { href: `${base}/letters`, label: words.letters, sign: 'inbox', count: unread || undefined },
    { href: `${base}/tasks`, label: words.plan, sign: 'calendar' },
    { href: `${base}/surveys`, label: words.surveys, sign: 'check' },
    { href: `${base}/directory`, label: words.directory, sign: 'organisation' },
    { href: `${base}/officials`, label: words.officials, sign: 'group' },
    { href: `${base}/services`, label: words.services, sign: 'service' },
    { href: `${base}/me`, label: words.myAccess, sign: 'user' }
  ]
}

export function nameOf (lang: Lang, body: Pick<ConnectedBody, 'name' | 'name_en'>): string {
  return lang === 'uk' ? body.name : body.name_en
}

/** A person who cannot be let in to sign in. */
export function problemPageOf (office: Office): ProblemPage {
  return async (request, { kind, status, link }) => {
    const words = wordsOf(request.lang)
    const actions = link === undefined ? undefined : linkButton({ label: words.signInAgain, href: link, kind: 'primary' })
    return errorPage(await frameOf(office, request), { status, title: words.account(kind), message: words.accountAbout(kind), ...actions === undefined ? {} : { actions } }).markup
  }
}

export function createPages (app: FastifyInstance, office: Office): Pages {
  const config = { access: 'signed-in' } as const
  const schema = { hide: true } as object

  const visitOf = async (request: FastifyRequest, at?: Parameters<typeof frameOf>[3]): Promise<Visit> => {
    const { lang, identity, browserSession, actor } = request
    const query = request.query as Record<string, string>
    const context = await frameOf(office, request, flashOf(lang, query.said), at)
    return {
      lang,
      // A session without it was begun under another key: nobody is known by it.
      identity: identity ?? { subject: actor.id, name: actor.name, assurance: 'low' },
      session: browserSession?.id ?? '',
      technicalAdministrator: actor.roles.includes(TECHNICAL_ADMINISTRATOR),
      csrf: context.csrf ?? '',
      params: request.params as Record<string, string>,
      query,
      form: readForm(request.body),
      page: (page) => document(context, page)
    }
  }

  const run = async <V extends Visit>(request: FastifyRequest, reply: FastifyReply, visit: V, show: Show<V>, again?: Again<V>): Promise<FastifyReply> => {
    try {
      return send(reply, await show(visit))
    } catch (error) {
      if (error instanceof PersonnelUnavailable) return send(reply, unavailable(visit, error))
      if (!(error instanceof Refused)) throw error
      if (again !== undefined && error.reason !== 'unknown') return send(reply.code(422), await again(visit, error))
      return send(reply, { status: error.reason === 'unknown' ? 404 : 409, page: visit.page({ title: wordsOf(visit.lang).refused(error.reason), body: linkButton({ label: wordsOf(visit.lang).home, href: '/' }) }) })
    }
  }

  const asOfficial = async (request: FastifyRequest, reply: FastifyReply, show: Show<OfficialVisit>, again?: Again<OfficialVisit>): Promise<FastifyReply> => {
    const visit = await visitOf(request)
    const code = visit.params.body ?? ''
    const desk = office.desks.get(code)
    const { identity } = visit
    if (desk === undefined || identity.rnokpp === undefined) return send(reply, { to: '/' })
    const access = await office.enrolments.access(identity.subject, identity.rnokpp, code, visit.session)
    const body = await office.registry.find(code)
    if (access.kind !== 'official' || body === undefined) return send(reply, noAccess(visit, access, code))
    const full = await visitOf(request, { official: access.official, desk, body })
    return await run(request, reply, { ...full, me: access.official, desk, body, base: `/b/${code}` }, show, again)
  }

  return {
    office,
    get: (path, show) => { app.get(path, { config, schema }, async (request, reply) => await run(request, reply, await visitOf(request), show)) },
    post: (path, act, again) => { app.post(path, { config, schema }, async (request, reply) => await run(request, reply, await visitOf(request), act, again)) },
    getAs: (path, show) => { app.get(`/b/:body${path}`, { config, schema }, async (request, reply) => await asOfficial(request, reply, show)) },
    postAs: (path, act, again) => { app.post(`/b/:body${path}`, { config, schema }, async (request, reply) => await asOfficial(request, reply, act, again)) }
  }
}

/** The page of a person whom the office does not let work in a body, with the reason. */
export function noAccess (visit: Visit, access: Access, code: string): Answer {
  const words = wordsOf(visit.lang)
  if (access.kind === 'unavailable') return unavailable(visit, new PersonnelUnavailable(access.code, access.exchangeId))
  const reason = access.kind === 'bodyInactive' ? access.kind : access.kind === 'notServing' ? access.status : undefined
  if (reason === undefined) return { to: '/' }
  return { status: 403, page: visit.page({ title: words.noAccess, body: html`${alert(visit.lang, { kind: 'bad', title: words.noAccessBecause(reason), body: words.noAccessHelp(reason) })}<p class="hint">${words.bodyCode}: ${code}</p>${linkButton({ label: words.home, href: '/' })}` }) }
}

function unavailable (visit: Visit, { code, exchangeId }: PersonnelUnavailable): Status {
  const words = wordsOf(visit.lang)
  return { status: 503, page: visit.page({ title: words.personnelDown, body: html`${alert(visit.lang, { kind: 'warn', title: words.personnelDownAbout, body: words.personnelDownCode(code, exchangeId) })}${linkButton({ label: words.home, href: '/' })}` }) }
}

function send (reply: FastifyReply, answer: Answer): FastifyReply {
  if ('to' in answer) return reply.redirect(answer.said === undefined ? answer.to : `${answer.to}${answer.to.includes('?') ? '&' : '?'}said=${answer.said}`, 303)
  if ('status' in answer) return reply.code(answer.status).html(answer.page)
  if ('bytes' in answer) {
    // What came from outside is a file to keep, whatever it calls itself.
    return reply.type(answer.type).header('content-disposition', `attachment; filename="${answer.fileName.replaceAll(/[^\w.-]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(answer.fileName).replaceAll('\'', '%27')}`).send(answer.bytes)
  }
  return reply.html(answer)
}

function flashOf (lang: Lang, said: string | undefined): Flash | undefined {
  const title = said === undefined ? '' : wordsOf(lang).said(said)
  return title === '' ? undefined : { kind: 'ok', title }
}
