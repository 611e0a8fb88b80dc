import {
  alert, card, confirm, dateTime, descriptionList, field, form, formatDateTime, html, identifier, linkButton, section, statusBadge, steps, type FieldErrors, type Html, type StepState
} from '@trembita/web'
import { isEdrpou } from '@trembita/example-information-system'
import type { Cabinet } from '../cabinet.ts'
import type { JoinCheck } from '../join/checks.ts'
import { DECLARATION, DECLARATION_HASH } from '../join/declaration.ts'
import type { Participation } from '../join/participation.ts'
import { say } from '../words.ts'
import { cabinetWordsOf } from './cabinet-texts.ts'
import { ROLES, type Answer, type Pages, type Visit } from './frame.ts'
import { joinWordsOf as wordsOf } from './join-texts.ts'
import { proofLinks } from './proofs.ts'

const REFRESH_SECONDS = 15

/** Joining: the register is asked, its answer shown whatever it says, the declaration signed. Leaving, with its act. */
export function joinPages ({ cabinet, proofHref, get, post }: Pages): void {
  const access = [ROLES.entrepreneur]
  get('/cabinet/join', access, async (visit) => joinPage(visit))
  post('/cabinet/join', access, (visit) => ask(visit, cabinet))
  get('/cabinet/join/:id', access, async (visit) => {
    const check = await ownCheck(visit, cabinet)
    return check === undefined ? { missing: true } : checkPage(visit, check, proofHref)
  })
  post('/cabinet/join/:id', access, (visit) => sign(visit, cabinet, proofHref))
  get('/cabinet/leave', access, async (visit) => {
    const participation = await cabinet.participations.of(visit.signedIn!.id)
    return participation === undefined || participation.state === 'left' ? { to: '/cabinet' } : leavePage(visit)
  })
  post('/cabinet/leave', access, async (visit) => {
    const participation = await cabinet.participations.of(visit.signedIn!.id)
    if (participation?.state === 'joined') await cabinet.participations.leave(participation.ref)
    return { to: '/cabinet', said: 'left' }
  })
}

async function ownCheck ({ params, signedIn }: Visit, { checks }: Cabinet): Promise<JoinCheck | undefined> {
  const check = await checks.get(params.id ?? '')
  return check?.person === signedIn?.id ? check : undefined
}

function joinPage (visit: Visit, errors: FieldErrors = {}): Html {
  const { lang, csrf, identity, form: sent, page } = visit
  const words = wordsOf(lang)
  return page({
    title: words.title,
    lead: words.lead,
    body: html`${progress(visit, 'current', 'todo')}${identity?.rnokpp === undefined ? alert(lang, { kind: 'warn', title: words.noNumber, body: words.noNumberBody }) : undefined}${form(lang, {
      action: '/cabinet/join',
      csrf,
      errors,
      submit: words.ask,
      body: html`${field(lang, {
        kind: 'radios',
        name: 'kind',
        label: words.who,
        required: true,
        value: sent.optional('kind') ?? (identity?.rnokpp === undefined ? 'ENTITY' : 'FOP'),
        options: [{ value: 'FOP', label: words.fop, hint: words.fopHint, disabled: identity?.rnokpp === undefined }, { value: 'ENTITY', label: words.entity, hint: words.entityHint }]
      })}${field(lang, { name: 'code', label: words.code, hint: words.codeHint, value: sent.text('code'), error: errors.code, code: true, width: 12, lengthMax: 8 })}`
    })}`
  })
}

async function ask (visit: Visit, { checks }: Cabinet): Promise<Answer> {
  const { lang, form: sent, identity, signedIn } = visit
  const words = wordsOf(lang)
  if (sent.text('kind') === 'FOP') {
    if (identity?.rnokpp === undefined) return joinPage(visit, { '': words.noNumber })
    // By the name of the identification, so that the register says whether it means the same person.
    const { id } = await checks.begin(signedIn!.id, { kind: 'FOP', code: identity.rnokpp, name: fullName(identity) })
    return { to: `/cabinet/join/${id}` }
  }
  const code = sent.text('code')
  if (!isEdrpou(code)) return joinPage(visit, { code: words.codeWrong })
  const { id } = await checks.begin(signedIn!.id, { kind: 'ENTITY', code, name: identity === undefined ? signedIn!.name : fullName(identity) })
  return { to: `/cabinet/join/${id}` }
}

function fullName ({ familyName, givenName, patronymicName, name }: NonNullable<Visit['identity']>): string {
  return familyName === undefined || givenName === undefined ? name : [familyName, givenName, patronymicName].filter((part) => part !== undefined).join(' ')
}

function checkPage (visit: Visit, check: JoinCheck, proofHref: Pages['proofHref'], errors: FieldErrors = {}): Html {
  const { lang, csrf, identity, page } = visit
  const words = wordsOf(lang)
  const passed = check.verdict === 'registered'
  const failed = check.state === 'refused' || (check.state === 'answered' && !passed)
  return page({
    title: words.checkTitle,
    breadcrumbs: [{ href: '/cabinet/join', label: words.title }],
    ...check.state === 'waiting' ? { refreshSeconds: REFRESH_SECONDS } : {},
    body: html`${progress(visit, passed ? 'done' : failed ? 'failed' : 'current', passed ? 'current' : 'todo')}${verdictAlert(visit, check)}${check.state === 'waiting' ? undefined : section({ title: words.kept, lead: words.keptBody, body: answerFacts(visit, check, proofHref) })}${passed
      ? html`${section({ title: words.declaration, body: html`<p>${say(DECLARATION, lang)}</p><p class="hint">${words.hash}: ${identifier(DECLARATION_HASH)}</p>` })}${form(lang, {
          action: `/cabinet/join/${check.id}`,
          csrf,
          errors,
          submit: words.sign,
          body: field(lang, { kind: 'checkbox', name: 'agree', label: words.agree, error: errors.agree })
        })}${card({ title: words.honest, body: html`<p>${words.honestBody(words.assurance(identity?.assurance ?? 'low'))}</p>` })}`
      : check.state === 'waiting' ? undefined : html`<div class="actions">${linkButton({ label: words.again, href: '/cabinet/join' })}</div>`}`
  })
}

function verdictAlert ({ lang }: Visit, { state, verdict, dueAt }: JoinCheck): Html {
  const words = wordsOf(lang)
  if (state === 'waiting') return alert(lang, { kind: 'warn', title: words.waiting, body: words.waitingBody(formatDateTime(dueAt, lang)) })
  if (state === 'refused') return alert(lang, { kind: 'bad', title: words.refusedByGateway, body: words.refusedByGatewayBody })
  return verdict === 'registered'
    ? alert(lang, { kind: 'ok', title: words.registered })
    : alert(lang, { kind: 'bad', title: words.refusal(verdict ?? ''), body: words.refusalBody(verdict ?? '') })
}

function answerFacts ({ lang }: Visit, { exchangeId, answer, answeredAt }: JoinCheck, proofHref: Pages['proofHref']): Html {
  const words = wordsOf(lang)
  const { data } = answer ?? {}
  return descriptionList(lang, [
    ...answer === undefined ? [] : [{ term: words.outcome, value: statusBadge(answer.outcome === 'FOUND' ? 'ok' : answer.outcome === 'PARTIAL' ? 'warn' : 'idle', cabinetWordsOf(lang).outcome(answer.outcome)) }],
    ...data?.names === undefined ? [] : [{ term: words.recordName, value: data.names.name }],
    ...data?.stateText === undefined ? [] : [{ term: words.recordState, value: data.stateText }],
    ...answer === undefined ? [] : [{ term: words.source, value: answer.source.register }],
    ...answeredAt === undefined ? [] : [{ term: words.asked, value: dateTime(answeredAt, lang) }],
    { term: words.exchange, value: identifier(exchangeId), hint: proofLinks(lang, exchangeId, proofHref(exchangeId), true) }
  ])
}

async function sign (visit: Visit, cabinet: Cabinet, proofHref: Pages['proofHref']): Promise<Answer> {
  const { lang, form: sent, signedIn, identity, since } = visit
  const words = wordsOf(lang)
  const check = await ownCheck(visit, cabinet)
  if (check === undefined) return { missing: true }
  if (!sent.flag('agree')) return checkPage(visit, check, proofHref, { agree: words.agreeRequired })
  const joined = await cabinet.participations.join(check.id, { person: signedIn!.id, assurance: identity?.assurance ?? 'low', at: since ?? cabinet.clock.now() })
  if (typeof joined === 'string') return checkPage(visit, check, proofHref, { '': words.problem(joined) })
  void cabinet.worker.kick()
  return { to: '/cabinet', said: 'joined' }
}

function progress ({ lang }: Visit, check: StepState, declaration: StepState): Html {
  const words = wordsOf(lang)
  return steps(lang, [{ label: words.step1, state: check }, { label: words.step2, state: declaration }, { label: words.step3, state: 'todo' }])
}

function leavePage ({ lang, csrf, page }: Visit): Html {
  const words = wordsOf(lang)
  return page({
    title: words.leaveTitle,
    lead: words.leaveLead,
    body: html`<p>${words.leaveBody}</p><div class="actions">${confirm(lang, { label: words.leave, title: words.leaveQuestion, body: words.leaveBody, action: '/cabinet/leave', csrf, submit: words.leave })}</div>`
  })
}

/** What stands where offers would, for somebody who has left: the act. */
export function actCard ({ lang }: Visit, { act }: Participation): Html | undefined {
  if (act === undefined) return undefined
  const words = wordsOf(lang)
  const { record: { erased, at }, signature } = act
  return card({
    title: words.actTitle,
    body: html`<p>${words.actBody(erased.answers, erased.offers, erased.documents)}</p>${descriptionList(lang, [{ term: words.at, value: dateTime(at, lang) }, { term: words.signature, value: identifier(signature) }])}`
  })
}
