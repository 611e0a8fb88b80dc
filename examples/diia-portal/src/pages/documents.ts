import { actions, button, card, columns, csrfInput, dateTime, grid, html, type Html, identifier, linkButton } from '@trembita/web'
import type { Clock } from '@trembita/daemon'
import { type Documents, type DocumentSeal, type DocumentState, isDocumentType, signCopy } from '../documents/index.ts'
import { documentAbsence, documentBadge, documentFacts } from './document-lines.ts'
import { documentWordsOf } from './document-texts.ts'
import type { Pages, Visit } from './pages.ts'

export interface DocumentPagesDeps {
  readonly documents: Documents
  readonly seal: DocumentSeal
  readonly clock: Clock
}

/** Documents of the person, each as it is at its source now, and signed copies of them. */
export const documentPages = ({ documents, seal, clock }: DocumentPagesDeps) => (pages: Pages): void => {
  pages.get('/documents', async (visit) => {
    const words = documentWordsOf(visit.lang)
    const states = await documents.all(visit.identity)
    return visit.page({
      title: words.title,
      lead: words.lead,
      actions: linkButton({ label: words.share, href: '/share', kind: 'primary', sign: 'publish' }),
      body: grid(...states.map((state) => documentCard(visit, state)))
    })
  })

  pages.get('/documents/:type', async (visit) => {
    const { lang, csrf, identity, params: { type = '' } } = visit
    if (!isDocumentType(type)) return undefined
    const words = documentWordsOf(lang)
    const state = await documents.find(type, identity)
    return visit.page({
      title: words.name(type),
      status: documentBadge(lang, state),
      breadcrumbs: [{ href: '/documents', label: words.back }],
      body: state.state !== 'ready'
        ? documentAbsence(lang, state)
        : columns(documentFacts(lang, state.document, identity.name), card({
          title: words.copy,
          body: html`<p>${words.copyText}</p>
<form method="post" action="/documents/${type}/copy">${csrfInput(csrf)}${actions(button({ label: words.download, sign: 'download' }))}</form>
<p><a href="/jwks.json">${words.key}</a></p>`
        }))
    })
  })

  pages.post('/documents/:type/copy', async ({ identity, params: { type = '' } }) => {
    if (!isDocumentType(type)) return undefined
    const state = await documents.find(type, identity)
    if (state.state !== 'ready') return { to: `/documents/${type}` }
    return { bytes: Buffer.from(signCopy(seal, clock, state.document, identity).content), type: 'application/jose', fileName: `${type}.jws` }
  })
}

function documentCard ({ lang, identity }: Visit, state: DocumentState): Html {
  const words = documentWordsOf(lang)
  const name = words.name(state.type)
  return card({
    title: name,
    body: html`<p>${documentBadge(lang, state)}</p>${state.state === 'ready'
      ? html`<p>${state.document.data.number === undefined ? identity.name : identifier(state.document.data.number)}</p>
<p class="hint">${words.asOf}: ${dateTime(state.document.source.asOf, lang)}</p>`
      : html`<p class="hint">${absenceText(lang, state)}</p>`}
${actions(html`<a class="button button--secondary" href="/documents/${state.type}" aria-label="${words.open}: ${name}">${words.open}</a>`)}`
  })
}

function absenceText (lang: Visit['lang'], state: Exclude<DocumentState, { state: 'ready' }>): string {
  const words = documentWordsOf(lang)
  return {
    none: words.noneText, discrepancy: words.discrepancyText, noRnokpp: words.noRnokppText, unavailable: words.unavailableText, refused: words.refusedText
  }[state.state]
}
