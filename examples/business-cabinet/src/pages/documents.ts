import { card, dateTime, descriptionList, emptyState, html, identifier, section, statusBadge, type Html, type Lang, type Term } from '@trembita/web'
import type { HeldDocument } from '../documents/inbox.ts'
import type { DocumentType } from '../documents/verify-document.ts'
import { cabinetWordsOf as wordsOf } from './cabinet-texts.ts'
import { ROLES, type Pages, type Visit } from './frame.ts'
import { participantsOnly } from './offers.ts'

const DEPTH_MAX = 4
const LINES_MAX = 60

/** Documents that the person shared from the portal, with their source and date; what could not be shared, and why (UP-8). */
export function documentPages ({ cabinet, get }: Pages): void {
  const access = [ROLES.entrepreneur]
  get('/cabinet/documents', access, participantsOnly(cabinet, async (visit, { ref }) => listPage(visit, await cabinet.inbox.list(ref), await cabinet.inbox.missing(ref))))
  get('/cabinet/documents/:id', access, participantsOnly(cabinet, async (visit, { ref }) => {
    const held = (await cabinet.inbox.list(ref)).find(({ id }) => id === visit.params.id)
    // Another person's document does not exist for this one (UP-3.2).
    return held === undefined ? { missing: true } : documentPage(visit, held)
  }))
}

function listPage ({ lang, page }: Visit, documents: readonly HeldDocument[], missing: readonly { type: DocumentType, reason: string, at: string }[]): Html {
  const words = wordsOf(lang)
  return page({
    title: words.documents,
    lead: words.documentsLead,
    body: html`${documents.length === 0 ? emptyState({ title: words.noDocuments, body: words.noDocumentsBody }) : html`<div class="grid">${documents.map((held) => documentCard(lang, held))}</div>`}${missing.length === 0
? undefined
: section({
      title: words.missingDocuments,
      body: html`<ul>${missing.map(({ type, reason, at }) => html`<li>${words.documentType(type)}: ${words.missingReason(reason)}, ${dateTime(at, lang)}</li>`)}</ul>`
    })}`
  })
}

function documentCard (lang: Lang, { id, type, receivedAt, copy }: HeldDocument): Html {
  const words = wordsOf(lang)
  return card({
    title: words.documentType(type),
    actions: stateOf(lang, copy.data),
    body: html`${descriptionList(lang, [{ term: words.received, value: dateTime(receivedAt, lang) }, { term: words.issuer, value: copy.source.register }])}<div class="actions"><a class="button button--quiet" href="/cabinet/documents/${id}">${words.contents}<span class="sr-only">: ${words.documentType(type)}</span></a></div>`
  })
}

function stateOf (lang: Lang, data: Readonly<Record<string, unknown>>): Html {
  const words = wordsOf(lang)
  return data.status === 'cancelled' ? statusBadge('warn', words.cancelled) : statusBadge('ok', words.signed)
}

function documentPage ({ lang, page }: Visit, { type, receivedAt, copy }: HeldDocument): Html {
  const words = wordsOf(lang)
  return page({
    title: words.documentType(type),
    status: stateOf(lang, copy.data),
    breadcrumbs: [{ href: '/cabinet/documents', label: words.documents }],
    body: html`${descriptionList(lang, [
      { term: words.received, value: dateTime(receivedAt, lang) },
      { term: words.issuer, value: copy.source.register, ...copy.source.asOf === undefined ? {} : { hint: html`${words.asOf} ${dateTime(copy.source.asOf, lang)}` } },
      ...copy.source.exchangeId === undefined ? [] : [{ term: words.exchange, value: identifier(copy.source.exchangeId) }]
    ])}${section({ title: words.contents, body: descriptionList(lang, linesOf(copy.data).slice(0, LINES_MAX)) })}`
  })
}

/** A copy's data as names and values, whatever its shape. */
function linesOf (value: unknown, path = '', depth = 0): Term[] {
  if (typeof value !== 'object' || value === null || depth >= DEPTH_MAX) return [{ term: path, value: value === null ? undefined : typeof value === 'object' ? JSON.stringify(value) : String(value) }]
  return Object.entries(value).flatMap(([name, item]) => linesOf(item, path === '' ? name : `${path}.${name}`, depth + 1))
}
