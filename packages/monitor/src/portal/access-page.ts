import {
  actionForm, alert, card, columns, confirm, dateTime, descriptionList, field, formatDateTime, html, identifier, linkButton, section, statusBadge, tag, type Html
} from '@trembita/web'
import { isOwnRequest } from '../notice/index.ts'
import { accessWordsOf as wordsOf } from './access-texts.ts'
import type { PortalDeps } from './deps.ts'
import { actorText, categoriesText, eventWordsOf, said } from './event-texts.ts'
import { listWordsOf } from './list-texts.ts'
import { findOwn, markRead, type OwnAccess } from './own-accesses.ts'
import { addQuestion, QUESTION_CHARACTERS_MAX, QUESTION_CHARACTERS_MIN } from './questions.ts'
import { staticPath } from './static-files.ts'
import { citizenOf, type Answer, type Pages, type Problem, type Visit } from './visit.ts'

/** `/accesses/:id`: one access, why it is allowed, whom to ask, and its proof. */
export function accessPages (pages: Pages, deps: PortalDeps): void {
  pages.get('/accesses/:id', 'signed-in', async (visit) => await accessPage(visit, deps))
  pages.post('/accesses/:id/ask', 'signed-in', async (visit) => await ask(visit, deps, 'question'))
  pages.post('/accesses/:id/complain', 'signed-in', async (visit) => await ask(visit, deps, 'complaint'))
}

export function notFound ({ lang }: Visit): Problem {
  const words = wordsOf(lang)
  return { status: 404, title: words.missingTitle, message: words.missing }
}

async function accessPage (visit: Visit, deps: PortalDeps, failed?: 'question' | 'complaint'): Promise<Answer> {
  const access = await findOwn(deps, citizenOf(visit), visit.params.id ?? '')
  if (access === undefined) return notFound(visit)
  await markRead(deps, citizenOf(visit), [access.event.eventId])
  const { lang } = visit
  const { event } = access
  const words = wordsOf(lang)
  return visit.page({
    title: said(event.recipient.name, lang),
    eyebrow: words.eyebrow,
    ...event.emergency === undefined ? {} : { status: statusBadge('bad', eventWordsOf(lang).emergency) },
    breadcrumbs: [{ href: '/accesses', label: listWordsOf(lang).title }],
    lead: html`${dateTime(event.occurredAt, lang)}. ${said(event.purpose.text, lang)}`,
    body: columns(
      html`${warnings(visit, access)}${facts(visit, access)}${technical(visit, access)}`,
      html`${allowed(visit, access)}${await contact(visit, deps, access, failed)}${proof(visit, access)}`
    )
  })
}

async function ask (visit: Visit, deps: PortalDeps, kind: 'question' | 'complaint'): Promise<Answer> {
  const access = await findOwn(deps, citizenOf(visit), visit.params.id ?? '')
  if (access === undefined) return notFound(visit)
  const text = visit.form.text('text').slice(0, QUESTION_CHARACTERS_MAX)
  if (text.length < QUESTION_CHARACTERS_MIN) return await accessPage(visit, deps, kind)
  await addQuestion(deps, citizenOf(visit), access.event, kind, text)
  return { to: '/questions', said: kind === 'question' ? 'asked' : 'complained' }
}

function warnings ({ lang }: Visit, { event, visibility }: OwnAccess): Html {
  const words = wordsOf(lang)
  const names = eventWordsOf(lang)
  // A decision to lift needs no reason: the one of the hiding is told.
  const why = visibility.reason ?? event.visibility.reason
  const reason = why === undefined ? '' : ` (${names.reason(why)})`
  return html`<div class="alerts">${visibility.state === 'lifted' ? alert(lang, { kind: 'info', title: words.delayedTitle, body: `${words.delayed(visibility.liftedAt === undefined ? '' : formatDateTime(visibility.liftedAt, lang))}${reason}` }) : undefined}${event.emergency === undefined ? undefined : alert(lang, { kind: 'bad', title: words.emergencyTitle, body: event.emergency.justification })}${event.subject?.role === 'related' ? alert(lang, { kind: 'info', title: words.relatedTitle, body: words.related }) : undefined}</div>`
}

function facts ({ lang }: Visit, { event }: OwnAccess): Html {
  const words = wordsOf(lang)
  const names = eventWordsOf(lang)
  const ground = names.ground(event.legalBasis.dpv ?? '')
  return section({
    title: words.facts,
    body: descriptionList(lang, [
      { term: words.who, value: said(event.recipient.name, lang), hint: words.code(event.recipient.code) },
      { term: words.system, value: event.recipient.system },
      { term: words.person, value: html`${actorText(event, lang)}${isOwnRequest(event) ? html` ${tag(names.own)}` : undefined}` },
      ...event.actor.handle === undefined ? [] : [{ term: words.handle, value: identifier(event.actor.handle), hint: words.handleHint }],
      { term: words.when, value: dateTime(event.occurredAt, lang) },
      { term: words.what, value: names.operation(event.operation) },
      { term: words.outcome, value: names.outcome(event.outcome), ...event.itemCount === undefined ? {} : { hint: words.items(event.itemCount) } },
      { term: words.categories, value: html`${categoriesText(event, lang)}${event.data.special ? html` ${statusBadge('warn', names.special)}` : undefined}` },
      { term: words.holder, value: said(event.holder.name, lang), hint: words.code(event.holder.code) },
      { term: words.registry, value: event.holder.registry },
      { term: words.purpose, value: said(event.purpose.text, lang) },
      { term: words.ground, value: event.legalBasis.citation, ...ground === '' ? {} : { hint: ground } }
    ])
  })
}

function technical ({ lang }: Visit, { event }: OwnAccess): Html {
  const words = wordsOf(lang)
  const code = (value: string | undefined): Html | undefined => value === undefined ? undefined : identifier(value)
  return section({
    title: words.technical,
    lead: words.print,
    body: descriptionList(lang, [
      { term: words.event, value: identifier(event.eventId) },
      { term: words.purposeId, value: identifier(event.purpose.declarationId) },
      { term: words.service, value: code(event.exchange.service) },
      { term: words.message, value: code(event.exchange.messageId) },
      ...event.caseRef === undefined ? [] : [{ term: words.case, value: identifier(event.caseRef) }]
    ])
  })
}

function allowed ({ lang }: Visit, { event }: OwnAccess): Html {
  const words = wordsOf(lang)
  return card({ title: words.allowed, body: html`<p>${words.allowedBody(event.legalBasis.citation)}</p>` })
}

async function contact (visit: Visit, deps: PortalDeps, { event }: OwnAccess, failed: 'question' | 'complaint' | undefined): Promise<Html> {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  const at = deps.contacts[event.recipient.code]
  const address = (action: string): string => `/accesses/${event.eventId}/${action}`
  const form = (kind: 'question' | 'complaint'): Html => confirm(lang, {
    label: kind === 'question' ? words.ask : words.complain,
    kind: kind === 'question' ? 'primary' : 'secondary',
    title: kind === 'question' ? words.askTitle : words.complainTitle,
    body: kind === 'question' ? words.askBody : words.complainBody,
    action: address(kind === 'question' ? 'ask' : 'complain'),
    csrf,
    submit: kind === 'question' ? words.askSubmit : words.complainSubmit,
    open: failed === kind,
    inputs: field(lang, {
      kind: 'textarea', name: 'text', id: `f-${kind}`, label: words.text, rows: 5, lengthMax: QUESTION_CHARACTERS_MAX, required: true, ...failed === kind ? { error: words.textTooShort, value: visit.form.text('text') } : {}
    })
  })
  const person = await deps.persons.find(citizenOf(visit).tag)
  const muted = person?.settings.muted.some((mute) => mute.recipientCode === event.recipient.code && mute.purposeId === event.purpose.declarationId) ?? false
  return card({
    title: words.contact,
    body: html`${at === undefined
      ? html`<p>${words.noContact}</p>`
      : html`<p><strong>${said(at.name, lang)}</strong></p>${at.officer === undefined ? undefined : html`<p>${words.officer}: ${said(at.officer, lang)}</p>`}<ul class="plain">${at.email === undefined ? undefined : html`<li><a href="mailto:${at.email}">${at.email}</a></li>`}${at.phone === undefined ? undefined : html`<li><a href="tel:${at.phone.replaceAll(/[^+\d]/g, '')}">${at.phone}</a></li>`}${at.url === undefined ? undefined : html`<li><a href="${at.url}">${at.url}</a></li>`}</ul>`}
<div class="actions">${form('question')}${form('complaint')}</div>
<div class="mute">${actionForm({ action: `/settings/${muted ? 'unmute' : 'mute'}`, csrf, label: muted ? words.unmute : words.mute, kind: 'quiet', sign: 'bell', fields: { event: event.eventId } })}<p class="hint">${words.muteHint}</p></div>`
  })
}

function proof ({ lang }: Visit, { event, inLog }: OwnAccess): Html {
  const words = wordsOf(lang)
  const at = `/accesses/${event.eventId}`
  return card({
    title: words.proof,
    id: 'proof',
    body: inLog
      ? html`<p>${words.proofLead}</p><div class="actions">${linkButton({ label: words.download, href: `${at}/receipt.zip`, sign: 'download', download: true })}<button class="button button--primary js-only" type="button" data-verify-receipt="${at}/receipt.json" data-script="${staticPath('verify-receipt.js')}" data-busy="${words.verifying}" data-failed="${words.failed}">${words.verifyHere}</button>${linkButton({ label: words.verifyThere, href: `${at}/verification`, kind: 'quiet' })}</div><div class="verdict" role="status" data-verdict></div>`
      : html`<p>${words.notYet}</p>`
  })
}
