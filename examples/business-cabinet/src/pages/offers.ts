import {
  actionForm, alert, dataTable, day, emptyState, html, linkButton, section, statusBadge, tag, type Html, type Lang, type StatusKind
} from '@trembita/web'
import type { Cabinet } from '../cabinet.ts'
import type { Participation } from '../join/participation.ts'
import { describeGap, registerName } from '../matching/describe-gap.ts'
import type { Match, Reason } from '../matching/match.ts'
import type { Offer } from '../offers/offers.ts'
import { isOver } from '../project.ts'
import type { Programme } from '../programmes/programme.ts'
import { codesOf, say } from '../words.ts'
import { cabinetWordsOf as wordsOf } from './cabinet-texts.ts'
import { ROLES, type Answer, type Pages, type Show, type Visit } from './frame.ts'
import { actCard } from './join.ts'
import { linkedCard } from './public.ts'

type Found = Offer & { readonly programme: Programme }

export const VERDICTS: Readonly<Record<Match['verdict'], StatusKind>> = { eligible: 'ok', notEligible: 'idle', cannotTell: 'wait' }
const RESULTS: Readonly<Record<Reason['verdict'], StatusKind>> = { met: 'ok', notMet: 'bad', unknown: 'wait' }

/** Shows a page to somebody who takes part, the invitation to anybody else. */
export function participantsOnly (cabinet: Cabinet, show: (visit: Visit, participation: Participation) => Promise<Answer>): Show {
  return async (visit) => {
    const participation = await cabinet.participations.of(visit.signedIn!.id)
    return participation?.state === 'joined' ? await show(visit, participation) : invitation(visit, participation)
  }
}

/** Offers with all that led to them. */
export function offerPages ({ cabinet, get, post }: Pages): void {
  const access = [ROLES.entrepreneur]
  get('/cabinet', access, participantsOnly(cabinet, (visit, participation) => offersPage(visit, cabinet, participation)))
  get('/cabinet/offers/:id', access, participantsOnly(cabinet, async (visit, { ref }) => {
    const offer = (await cabinet.offers.list(ref)).find(({ id }) => id === visit.params.id)
    if (offer === undefined) return { missing: true }
    await cabinet.offers.feedback(ref, offer.id, 'viewed')
    return offerPage(visit, offer, (await cabinet.deliveries.statesOf(ref)).get(offer.id))
  }))
  post('/cabinet/offers/:id/feedback', access, participantsOnly(cabinet, async ({ params, form }, { ref }) => {
    const feedback = form.text('feedback') === 'applied' ? 'applied' : 'dismissed'
    const state = await cabinet.offers.feedback(ref, params.id ?? '', feedback)
    return state === undefined ? { missing: true } : { to: '/cabinet', said: feedback }
  }))
}

function invitation (visit: Visit, participation: Participation | undefined): Html {
  const { lang, page } = visit
  const words = wordsOf(lang)
  const hasLeft = participation?.state === 'left'
  return page({
    title: words.inviteTitle,
    body: html`${emptyState({
      title: hasLeft ? words.leftBefore : words.invite,
      body: hasLeft ? words.leftBody : words.inviteBody,
      sign: 'agreement',
      action: linkButton({ label: words.join, href: '/cabinet/join', kind: 'primary' })
    })}${hasLeft ? actCard(visit, participation) : undefined}`
  })
}

async function offersPage ({ lang, page }: Visit, cabinet: Cabinet, { ref, name }: Participation): Promise<Html> {
  const words = wordsOf(lang)
  const all = await cabinet.offers.list(ref)
  const shown = all.filter(({ state }) => state !== 'dismissed')
  const [suits, unknown, others] = [of(shown, 'eligible'), of(shown, 'cannotTell'), of(shown, 'notEligible')]
  const dismissed = all.filter(({ state }) => state === 'dismissed')
  return page({
    title: words.offers,
    lead: words.offersLead(name ?? ''),
    body: html`${isOver(cabinet.project, cabinet.clock.now()) ? alert(lang, { kind: 'info', title: words.overTitle, body: words.overBody }) : undefined}${section({
      title: `${words.suits} (${suits.length})`,
      body: suits.length === 0 ? emptyState({ title: words.suitsNone, body: words.suitsNoneBody, sign: 'search' }) : html`<div class="grid">${suits.map((offer) => offerCard(lang, offer))}</div>`
    })}${unknown.length === 0 ? undefined : section({ title: `${words.cannotTell} (${unknown.length})`, lead: words.cannotTellLead, body: html`<div class="grid">${unknown.map((offer) => offerCard(lang, offer))}</div>` })}${others.length === 0 ? undefined : section({ title: `${words.notSuits} (${others.length})`, body: offerTable(lang, words.notSuits, others) })}${dismissed.length === 0 ? undefined : section({ title: `${words.dismissedOffers} (${dismissed.length})`, body: offerTable(lang, words.dismissedOffers, dismissed) })}<div class="actions">${linkButton({ label: words.leave, href: '/cabinet/leave', kind: 'quiet' })}</div>`
  })
}

function of (offers: readonly Found[], verdict: Offer['verdict']): Found[] {
  return offers.filter((offer) => offer.verdict === verdict)
}

function offerCard (lang: Lang, { id, programme, reasons, verdict, state }: Found): Html {
  const words = wordsOf(lang)
  const codes = codesOf(lang)
  const telling = reasons.filter((reason) => verdict === 'eligible' ? reason.verdict === 'met' && reason.criterion !== 'window' : reason.verdict === 'unknown')
  return linkedCard(`/cabinet/offers/${id}`, say(programme.titles, lang), html`<p>${tag(codes.kind(programme.kind))} ${statusBadge(VERDICTS[verdict], words.verdict(verdict))} ${state === 'applied' ? tag(words.state(state)) : undefined}</p>
<p class="hint">${verdict === 'eligible' ? words.why : words.missing(telling.length)}</p>
<ul>${telling.map((reason) => html`<li>${words.criterion(reason.criterion)}: ${reason.value === null ? html`${say(describeGap(reason.gap!), lang)} (${say(registerName(reason.source.register), lang)})` : say(reason.value, lang)}</li>`)}</ul>`)
}

function offerTable (lang: Lang, caption: string, offers: readonly Found[]): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption,
    rows: offers,
    columns: [
      { key: 'title', label: words.about, heading: true, render: ({ id, programme }) => html`<a href="/cabinet/offers/${id}">${say(programme.titles, lang)}</a>` },
      { key: 'why', label: words.why, render: ({ reasons }) => reasons.filter(({ verdict }) => verdict === 'notMet').map((reason) => words.criterion(reason.criterion)).join(', ') }
    ]
  })
}

function offerPage ({ lang, csrf, page }: Visit, offer: Found, delivery: string | undefined): Html {
  const { id, programme, reasons, verdict, state } = offer
  const words = wordsOf(lang)
  return page({
    title: say(programme.titles, lang),
    eyebrow: say(programme.provider.name, lang),
    status: statusBadge(VERDICTS[verdict], words.verdict(verdict)),
    lead: say(programme.summary, lang),
    breadcrumbs: [{ href: '/cabinet', label: words.offers }],
    body: html`${section({
      title: words.whyTitle,
      body: dataTable(lang, {
        caption: words.whyTitle,
        rows: reasons,
        columns: [
          { key: 'criterion', label: words.criterionColumn, heading: true, render: ({ criterion }) => words.criterion(criterion) },
          { key: 'required', label: words.required, render: ({ required }) => say(required, lang) },
          { key: 'value', label: words.value, render: ({ value, gap }) => value === null ? say(describeGap(gap!), lang) : say(value, lang) },
          { key: 'source', label: words.source, render: ({ source }) => html`${say(registerName(source.register), lang)}${source.asOf === undefined || source.register === 'CALENDAR' ? undefined : html` <span class="hint">${words.asOf} ${day(source.asOf, lang)}</span>`}` },
          { key: 'result', label: words.result, narrow: true, render: ({ verdict: result }) => statusBadge(RESULTS[result], words[result]) }
        ]
      })
    })}${delivery === undefined ? undefined : html`<p class="hint">${words.delivery}: ${words.deliveryState(delivery)}</p>`}<div class="actions">${linkButton({ label: words.apply, href: programme.link, kind: 'primary', sign: 'external' })}${linkButton({ label: words.about, href: `/programmes/${programme.id}` })}${state === 'applied' ? tag(words.state(state)) : actionForm({ action: `/cabinet/offers/${id}/feedback`, csrf, label: words.applied, fields: { feedback: 'applied' } })}${actionForm({ action: `/cabinet/offers/${id}/feedback`, csrf, label: words.dismiss, kind: 'quiet', fields: { feedback: 'dismissed' } })}</div>`
  })
}
