import {
  actionForm, actions, alert, card, dataTable, dateTime, descriptionList, emptyState, field, form, html, type Html, identifier, type Lang, linkButton, section, statusBadge, type Term
} from '@trembita/web'
import { type Documents, type DocumentState, type DocumentType, isDocumentType } from '../documents/index.ts'
import { missingReason, type Share, type Shares, type ShareState } from '../sharing/index.ts'
import { documentAbsence, documentFacts, documentStateText } from './document-lines.ts'
import { documentWordsOf } from './document-texts.ts'
import { noRnokppPage, type Pages, type Visit } from './pages.ts'
import { shareWordsOf } from './share-texts.ts'

export interface SharingPagesDeps {
  readonly documents: Documents
  readonly shares: Shares
}

/** A page of a share that is on its way looks again after so long. */
const REFRESH_SECONDS = 5

/** Choose, look at exactly what goes, confirm; then the receipt (order on the cabinet, item 8). */
export const sharingPages = ({ documents, shares }: SharingPagesDeps) => (pages: Pages): void => {
  pages.get('/share', async (visit) => visit.identity.rnokpp === undefined ? noRnokppPage(visit) : choosePage(visit, await documents.all(visit.identity)))

  pages.post('/share/review', async (visit) => {
    if (visit.identity.rnokpp === undefined) return noRnokppPage(visit)
    const types = chosenTypes(visit)
    if (types.length === 0) return { status: 400, html: choosePage(visit, await documents.all(visit.identity), shareWordsOf(visit.lang).nothing) }
    return reviewPage(visit, await documents.all(visit.identity, types))
  })

  pages.post('/share/send', async (visit) => {
    if (visit.identity.rnokpp === undefined) return noRnokppPage(visit)
    const types = chosenTypes(visit)
    if (types.length === 0) return { to: '/share' }
    const { id } = await shares.share(visit.identity, await documents.all(visit.identity, types))
    return { to: `/receipts/${id}` }
  })

  pages.get('/receipts', async (visit) => receiptsPage(visit, await shares.list(visit.identity.subject)))

  pages.get('/receipts/:id', async (visit) => {
    const share = await shares.find(visit.identity.subject, visit.params.id ?? '')
    return share === undefined ? undefined : receiptPage(visit, share)
  })
}

function chosenTypes ({ form: sent }: Visit): DocumentType[] {
  return [...new Set(sent.texts('types').flatMap((value) => value.split(',')))].filter(isDocumentType)
}

function choosePage ({ lang, csrf, page }: Visit, states: readonly DocumentState[], error?: string): Html {
  const [words, names] = [shareWordsOf(lang), documentWordsOf(lang)]
  const isOutage = ({ state }: DocumentState): boolean => state === 'unavailable' || state === 'refused'
  const offered = states.filter((state) => state.state === 'ready' || isOutage(state))
  return page({
    title: words.title,
    lead: words.lead,
    actions: linkButton({ label: words.receipts, href: '/receipts', sign: 'document' }),
    body: form(lang, {
      action: '/share/review',
      csrf,
      submit: words.next,
      ...error === undefined ? {} : { errors: { types: error } },
      body: field(lang, {
        kind: 'checkboxes',
        name: 'types',
        label: words.choose,
        hint: words.chooseHint,
        error,
        values: offered.map(({ type }) => type),
        options: states.map((state) => ({
          value: state.type,
          label: names.name(state.type),
          hint: isOutage(state) ? `${documentStateText(lang, state)}. ${words.unavailableHint}` : documentStateText(lang, state),
          disabled: !offered.includes(state)
        }))
      })
    })
  })
}

function reviewPage ({ lang, csrf, identity, page }: Visit, states: readonly DocumentState[]): Html {
  const [words, names] = [shareWordsOf(lang), documentWordsOf(lang)]
  const ready = states.flatMap((state) => state.state === 'ready' ? [state.document] : [])
  const absent = states.flatMap((state) => state.state === 'ready' ? [] : [state])
  return page({
    title: words.review,
    lead: words.reviewLead,
    breadcrumbs: [{ href: '/share', label: words.title }],
    body: html`${card({
      title: words.title,
      body: descriptionList(lang, [
        { term: words.toWhom, value: words.toWhomValue }, { term: words.why, value: words.whyValue }, { term: words.ground, value: words.groundValue },
        { term: words.price, value: words.priceValue }, { term: words.how, value: words.howValue }
      ])
    })}
${ready.length === 0 ? undefined : section({ title: words.sent, body: ready.map((document) => card({ title: names.name(document.type), level: 3, body: documentFacts(lang, document, identity.name, 3) })) })}
${absent.length === 0 ? undefined : section({ title: words.notSent, body: absent.map((state) => html`<h3>${names.name(state.type)}</h3><p>${names.reason(missingReason(state))}</p>${documentAbsence(lang, state)}`) })}
${actions(
  actionForm({ action: '/share/send', csrf, label: words.confirm, kind: 'primary', sign: 'publish', fields: { types: states.map(({ type }) => type).join(',') } }),
  linkButton({ label: words.change, href: '/share', kind: 'quiet' })
)}`
  })
}

function stateBadge (lang: Lang, state: ShareState): Html {
  const words = shareWordsOf(lang)
  return state === 'received' ? statusBadge('ok', words.received) : state === 'sending' ? statusBadge('wait', words.sending) : statusBadge('bad', words.refused)
}

function receiptsPage ({ lang, page }: Visit, shares: readonly Share[]): Html {
  const words = shareWordsOf(lang)
  return page({
    title: words.receipts,
    lead: words.receiptsLead,
    breadcrumbs: [{ href: '/share', label: words.title }],
    body: dataTable(lang, {
      caption: words.receipts,
      rows: shares,
      empty: emptyState({ title: words.noReceipts, action: linkButton({ label: words.title, href: '/share' }), sign: 'document' }),
      columns: [
        { key: 'when', label: words.when, heading: true, render: ({ id, createdAt }) => html`<a href="/receipts/${id}">${dateTime(createdAt, lang)}</a>` },
        { key: 'documents', label: words.documents, render: ({ summary }) => words.count(summary.sent.length) },
        { key: 'state', label: words.state, render: ({ state }) => stateBadge(lang, state) }
      ]
    })
  })
}

function receiptPage ({ lang, page }: Visit, share: Share): Html {
  const [words, names] = [shareWordsOf(lang), documentWordsOf(lang)]
  const { receipt, summary } = share
  const nameOf = (type: string): string => isDocumentType(type) ? names.name(type) : type
  const rows = [
    ...summary.sent.map(({ type }) => {
      const verdict = receipt?.verdicts.find((one) => one.type === type)
      return { type, verdict: verdict === undefined ? undefined : verdict.verdict, reason: verdict?.reason === undefined ? undefined : words.reasonOf(verdict.reason) }
    }),
    ...summary.missing.map(({ type, reason }) => ({ type, verdict: 'MISSING', reason: names.reason(reason) }))
  ]
  const optional = (term: string, value: string | undefined): Term[] => value === undefined ? [] : [{ term, value: identifier(value) }]
  return page({
    title: words.receipt,
    status: stateBadge(lang, share.state),
    breadcrumbs: [{ href: '/receipts', label: words.receipts }],
    ...share.state === 'sending' ? { refreshSeconds: REFRESH_SECONDS } : {},
    body: html`${share.state === 'sending' ? alert(lang, { kind: 'info', title: words.sending, body: words.sendingText }) : undefined}
${share.state === 'refused' ? alert(lang, { kind: 'bad', title: words.refused, body: words.refusal(share.failure) }) : undefined}
${descriptionList(lang, [
  { term: words.toWhom, value: words.toWhomValue },
  { term: words.when, value: dateTime(share.createdAt, lang) },
  ...receipt?.receivedAt === undefined ? [] : [{ term: words.receivedAt, value: dateTime(receipt.receivedAt, lang) }],
  ...optional(words.receiptId, receipt?.receiptId),
  ...optional(words.exchange, receipt?.exchangeId),
  ...optional(words.shareId, share.id),
  ...share.state === 'received' ? [] : optional(words.failure, share.failure)
])}
${dataTable(lang, {
  caption: words.documents,
  captionHidden: false,
  rows,
  columns: [
    { key: 'document', label: words.document, heading: true, render: ({ type }) => nameOf(type) },
    { key: 'verdict', label: words.verdict, render: ({ verdict }) => verdictBadge(lang, verdict) },
    { key: 'reason', label: words.reason, render: ({ reason }) => reason }
  ]
})}
${actions(linkButton({ label: words.again, href: '/share' }))}`
  })
}

function verdictBadge (lang: Lang, verdict: string | undefined): Html {
  const words = shareWordsOf(lang)
  if (verdict === undefined) return statusBadge('wait', words.sending)
  const kind = verdict === 'ACCEPTED' || verdict === 'ALREADY_HELD' ? 'ok' : verdict === 'MISSING' ? 'idle' : 'bad'
  return statusBadge(kind, words.verdictOf(verdict))
}
