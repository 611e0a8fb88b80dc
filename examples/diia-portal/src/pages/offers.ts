import {
  actionForm, actions, alert, card, dateTime, day, descriptionList, emptyState, grid, html, type Html, type Lang, linkButton, statusBadge
} from '@trembita/web'
import type { Identity } from '@trembita/daemon/accounts'
import { ExchangeFailure, type FailureKind, type Gateway } from '../exchange/index.ts'
import { askOffers, type CabinetOffers, type Deliveries, type FeedbackOutbox, type OfferView } from '../offers/index.ts'
import { isAllowedLink } from '../services/index.ts'
import { documentWordsOf } from './document-texts.ts'
import { offerWordsOf } from './offer-texts.ts'
import { noRnokppPage, type Pages, type Visit } from './pages.ts'

export interface OfferPagesDeps {
  readonly gateway: Gateway
  readonly purpose: string | undefined
  readonly deliveries: Deliveries
  readonly feedback: FeedbackOutbox
  readonly cabinetUrl: string
  readonly linkOrigins: readonly string[]
}

interface Found {
  readonly offers: readonly OfferView[]
  readonly cabinet: CabinetOffers | FailureKind | 'legalEntity'
}

/** Offers that were delivered, and those the cabinet has formed by now, for sole entrepreneurs with a number. */
export const offerPages = (deps: OfferPagesDeps) => (pages: Pages): void => {
  const { deliveries, feedback } = deps
  const findOffer = async (identity: Identity, id: string): Promise<OfferView | undefined> => (await findOffers(deps, identity)).offers.find(({ offerId }) => offerId === id)

  pages.sentences((lang) => {
    const words = offerWordsOf(lang)
    return { dismissed: words.saidDismissed, applied: words.saidApplied }
  })

  pages.get('/offers', async (visit) => visit.identity.rnokpp === undefined ? noRnokppPage(visit) : listPage(visit, await findOffers(deps, visit.identity), deps.cabinetUrl))

  pages.get('/offers/:id', async (visit) => {
    const { identity, params: { id = '' } } = visit
    if (identity.rnokpp === undefined) return noRnokppPage(visit)
    const offer = await findOffer(identity, id)
    if (offer === undefined) return undefined
    if (offer.state === 'new') {
      await deliveries.note(identity.subject, id, 'viewed')
      await feedback.give(identity, id, 'viewed')
    }
    return offerPage(visit, offer, deps.linkOrigins)
  })

  for (const word of ['dismissed', 'applied'] as const) {
    pages.post(`/offers/:id/${word}`, async (visit) => {
      const { identity, params: { id = '' } } = visit
      if (identity.rnokpp === undefined) return noRnokppPage(visit)
      if (await findOffer(identity, id) === undefined) return undefined
      await deliveries.note(identity.subject, id, word)
      await feedback.give(identity, id, word)
      return { to: `/offers?said=${word}` }
    })
  }
}

/** Of one offer that came both ways, what was delivered is shown. */
async function findOffers ({ gateway, purpose, deliveries }: OfferPagesDeps, identity: Identity): Promise<Found> {
  const delivered = await deliveries.list(identity.subject)
  try {
    const cabinet = await askOffers(gateway, identity, purpose)
    const known = new Set(delivered.map(({ offerId }) => offerId))
    return { offers: [...delivered, ...cabinet.offers.filter(({ offerId }) => !known.has(offerId))], cabinet }
  } catch (error) {
    if (!(error instanceof ExchangeFailure)) throw error
    return { offers: delivered, cabinet: saidNo(error) }
  }
}

/** The cabinet's own reasons for saying no are answers to the person (order on the cabinet, item 7). */
function saidNo ({ kind, code }: ExchangeFailure): Found['cabinet'] {
  if (code === 'not-joined') return { joined: false, offers: [], missing: [] }
  return code === 'channel-for-entrepreneurs-only' ? 'legalEntity' : kind
}

function listPage ({ lang, page }: Visit, { offers, cabinet }: Found, cabinetUrl: string): Html {
  const words = offerWordsOf(lang)
  return page({
    title: words.title,
    lead: words.lead,
    body: html`${notes(lang, cabinet, cabinetUrl)}${offers.length === 0
      ? (typeof cabinet === 'object' ? emptyState({ title: words.none, body: words.noneText, sign: 'inbox' }) : undefined)
      : grid(...offers.map((offer) => offerCard(lang, offer)))}`
  })
}

/** What the cabinet could not say, and why. */
function notes (lang: Lang, cabinet: Found['cabinet'], cabinetUrl: string): Html | undefined {
  const words = offerWordsOf(lang)
  const toCabinet = linkButton({ label: words.toCabinet, href: cabinetUrl, sign: 'external' })
  if (cabinet === 'unavailable') return alert(lang, { kind: 'bad', title: words.unavailable, body: words.unavailableText })
  if (cabinet === 'refused') return alert(lang, { kind: 'warn', title: words.refused, body: words.refusedText })
  if (cabinet === 'legalEntity') return alert(lang, { kind: 'info', title: words.legalEntity, body: words.legalEntityText, actions: toCabinet })
  if (!cabinet.joined) return alert(lang, { kind: 'info', title: words.notJoined, body: words.notJoinedText, actions: toCabinet })
  if (cabinet.missing.length === 0) return undefined
  return alert(lang, {
    kind: 'warn',
    title: words.missing,
    body: html`<p>${words.missingText}</p><ul>${cabinet.missing.map(({ register, what }) => html`<li>${what[lang]} (${documentWordsOf(lang).register(register)})</li>`)}</ul>`
  })
}

function badges (lang: Lang, { state, uncertain }: OfferView): Html {
  const words = offerWordsOf(lang)
  const badge = state === 'new' ? statusBadge('info', words.isNew) : state === 'applied' ? statusBadge('ok', words.applied) : statusBadge('idle', words[state])
  return html`${badge}${uncertain ? html` ${statusBadge('warn', words.uncertain)}` : undefined}`
}

function offerCard (lang: Lang, offer: OfferView): Html {
  const words = offerWordsOf(lang)
  return card({
    title: offer.title[lang],
    body: html`<p>${badges(lang, offer)}</p><p>${offer.body[lang]}</p>
${offer.validUntil === undefined ? undefined : html`<p class="hint">${words.until}: ${day(offer.validUntil, lang)}</p>`}
${actions(html`<a class="button button--secondary" href="/offers/${encodeURIComponent(offer.offerId)}" aria-label="${words.open}: ${offer.title[lang]}">${words.open}</a>`)}`
  })
}

function offerPage ({ lang, csrf, page }: Visit, offer: OfferView, linkOrigins: readonly string[]): Html {
  const words = offerWordsOf(lang)
  const path = `/offers/${encodeURIComponent(offer.offerId)}`
  return page({
    title: offer.title[lang],
    status: badges(lang, { ...offer, state: offer.state === 'new' ? 'viewed' : offer.state }),
    breadcrumbs: [{ href: '/offers', label: words.title }],
    lead: offer.body[lang],
    body: html`${card({
      title: words.why, body: offer.reasons.length === 0 ? html`<p>${words.noReasons}</p>` : html`<ul>${offer.reasons.map((reason) => html`<li>${reason[lang]}</li>`)}</ul>`
    })}
${descriptionList(lang, [
  ...offer.validUntil === undefined ? [] : [{ term: words.until, value: day(offer.validUntil, lang) }],
  ...offer.deliveredAt === undefined ? [] : [{ term: words.deliveredAt, value: dateTime(offer.deliveredAt, lang) }]
])}
${actions(
  isAllowedLink(offer.link, linkOrigins) ? linkButton({ label: words.inCabinet, href: offer.link, kind: 'primary', sign: 'external' }) : undefined,
  offer.state === 'applied' ? undefined : actionForm({ action: `${path}/applied`, csrf, label: words.apply }),
  offer.state === 'dismissed' ? undefined : actionForm({ action: `${path}/dismissed`, csrf, label: words.dismiss, kind: 'quiet' })
)}`
  })
}
