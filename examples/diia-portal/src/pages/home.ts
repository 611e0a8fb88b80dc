import type { FastifyInstance } from 'fastify'
import type { Identity } from '@trembita/daemon/accounts'
import { actions, alert, card, document, grid, html, type Html, type Lang, linkButton, section, stats } from '@trembita/web'
import { DOCUMENT_TYPES } from '../documents/index.ts'
import type { PortalLinks } from '../options.ts'
import { homeWordsOf } from './home-texts.ts'
import { frameOf, noRnokppPage, type Pages, type Waiting } from './pages.ts'

export interface HomeDeps {
  readonly waiting: (subject: string) => Promise<Waiting>
  readonly remember: (identity: Identity) => Promise<void>
}

/** Systems that the portal leads to, and whether the acts let in only those with a number. */
const ENTRIES = { cabinet: true, office: true, centres: false, monitor: false } as const

/** The first page: for everybody, and another for who is signed in. */
export function homePage (app: FastifyInstance, { waiting, remember }: HomeDeps): void {
  app.get('/', { config: { access: 'public' } }, async (request, reply) => {
    const { identity, lang } = request
    if (identity === undefined) return reply.html(welcome(request))
    await remember(identity)
    const found = await waiting(identity.subject)
    const words = homeWordsOf(lang)
    return reply.html(document(frameOf(request, found), {
      title: words.hello(identity.name),
      lead: words.assurance(identity.assurance),
      body: html`${identity.rnokpp === undefined ? alert(lang, { kind: 'info', title: words.noRnokpp, body: words.noRnokppText }) : undefined}
${stats([
  { label: words.documents, value: words.documentCount(DOCUMENT_TYPES.length), href: '/documents' },
  { label: words.newOffers, value: found.offers, href: '/offers', ...found.offers > 0 ? { status: 'info' as const } : {} },
  { label: words.unread, value: found.notices, href: '/notices', ...found.notices > 0 ? { status: 'info' as const } : {} }
])}
${section({ title: words.services, body: entries(lang) })}`
    }))
  })
}

/** `/services/office` and the like: the way into other systems, for those whom the acts let in. */
export const entryPages = (links: PortalLinks) => (pages: Pages): void => {
  pages.get('/services/:code', async (visit) => {
    const code = visit.params.code ?? ''
    if (!Object.hasOwn(ENTRIES, code)) return undefined
    const entry = code as keyof typeof ENTRIES
    return ENTRIES[entry] && visit.identity.rnokpp === undefined ? noRnokppPage(visit) : { to: links[entry] }
  })
}

function entries (lang: Lang): Html {
  const words = homeWordsOf(lang)
  return grid(...(Object.keys(ENTRIES) as Array<keyof typeof ENTRIES>).map((code) => card({
    title: words[code],
    level: 3,
    body: html`<p>${words[`${code}Text`]}</p>${actions(html`<a class="button button--secondary" href="/services/${code}" aria-label="${words.open}: ${words[code]}">${words.open}</a>`)}`
  })))
}

function welcome (request: Parameters<typeof frameOf>[0]): Html {
  const words = homeWordsOf(request.lang)
  return document(frameOf(request), {
    title: words.welcome,
    lead: words.welcomeText,
    actions: linkButton({ label: words.signIn, href: '/sign-in?return=/', kind: 'primary', sign: 'user' }),
    body: section({
      title: words.about,
      body: html`<ul><li>${words.aboutDocuments}</li><li>${words.aboutShare}</li><li>${words.aboutOffers}</li><li>${words.aboutNotices}</li></ul>`
    })
  })
}
