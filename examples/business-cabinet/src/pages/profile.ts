import { actionForm, alert, card, dataTable, dateTime, descriptionList, formatDate, formatDateTime, html, identifier, statusBadge, type Html, type HtmlValue, type Lang, type StatusKind } from '@trembita/web'
import type { Outcome } from '@trembita/example-information-system'
import { FIELDS, REGISTERS, type KeptAnswer, type Register } from '../analysis/kept-answer.ts'
import type { QuestionState } from '../analysis/store.ts'
import { placeWords } from '../matching/describe-criteria.ts'
import { describeGap } from '../matching/describe-gap.ts'
import type { Gap } from '../matching/profile.ts'
import { say } from '../words.ts'
import { cabinetWordsOf as wordsOf } from './cabinet-texts.ts'
import { ROLES, type Pages, type Visit } from './frame.ts'
import { participantsOnly } from './offers.ts'
import { proofLinks } from './proofs.ts'

const OUTCOMES: Readonly<Record<Outcome, StatusKind>> = { FOUND: 'ok', PARTIAL: 'warn', NO_DATA: 'idle', DISCREPANCY: 'bad' }
const REFRESH_SECONDS = 10
/** How often a person may ask the registers by hand. */
const ASK_EVERY_SECONDS = 60

/** What proves an exchange, as far as this person may have it. */
type ProofOf = (lang: Lang, exchangeId: string) => Html

/** What each register said, in words: found, partial, absent, contradicting; and an outage as an outage (UP-12). */
export function profilePages ({ cabinet, proofHref, get, post }: Pages): void {
  const access = [ROLES.entrepreneur]
  get('/cabinet/profile', access, participantsOnly(cabinet, async (visit, { ref }) => {
    const [{ latest }, questions] = [await cabinet.analysis.answers(ref), await cabinet.analysis.questions(ref)]
    const own = await cabinet.analysis.ownExchanges(ref)
    return profilePage(visit, latest, questions, (lang, id) => proofLinks(lang, id, proofHref(id), own.has(id)))
  }))
  post('/cabinet/profile', access, participantsOnly(cabinet, async (_visit, { ref }) => {
    const [{ latest }, questions] = [await cabinet.analysis.answers(ref), await cabinet.analysis.questions(ref)]
    const since = new Date(cabinet.clock.now().getTime() - ASK_EVERY_SECONDS * 1000).toISOString()
    // Somebody impatient asks the same thing again: the answer is a moment old.
    if (questions.every(({ register, problem }) => problem === undefined && (latest[register]?.receivedAt ?? '') > since)) return { to: '/cabinet/profile', said: 'fresh' }
    await cabinet.analysis.askNow(ref)
    await cabinet.worker.kick()
    return { to: '/cabinet/profile', said: 'asked' }
  }))
}

function profilePage (visit: Visit, latest: Partial<Readonly<Record<Register, KeptAnswer>>>, questions: readonly QuestionState[], proofOf: ProofOf): Html {
  const { lang, csrf, page } = visit
  const words = wordsOf(lang)
  return page({
    title: words.profile,
    lead: words.profileLead,
    actions: actionForm({ action: '/cabinet/profile', csrf, label: words.refresh }),
    ...REGISTERS.some((register) => latest[register] === undefined) ? { refreshSeconds: REFRESH_SECONDS } : {},
    body: html`<div class="grid">${REGISTERS.map((register) => registerCard(lang, register, latest[register], questions.find((one) => one.register === register), proofOf))}</div>`
  })
}

function registerCard (lang: Lang, register: Register, answer: KeptAnswer | undefined, question: QuestionState | undefined, proofOf: ProofOf): Html {
  const words = wordsOf(lang)
  const at = question === undefined ? '' : formatDateTime(question.dueAt, lang)
  return card({
    title: words.register(register),
    ...answer === undefined ? {} : { actions: statusBadge(OUTCOMES[answer.outcome], words.outcome(answer.outcome)) },
    body: html`${question?.problem === 'unavailable' ? alert(lang, { kind: 'warn', title: words.outage, body: `${words.outageBody(at)}${answer === undefined ? '' : ` ${words.outageKept}`}` }) : undefined}${question?.problem === 'refused' ? alert(lang, { kind: 'bad', title: words.refused, body: words.refusedBody(at) }) : undefined}${answer === undefined
      ? question?.problem === undefined ? html`<p><strong>${words.notYet}</strong></p><p>${words.notYetBody}</p>` : undefined
      : answerBody(lang, answer, at, proofOf)}`
  })
}

function answerBody (lang: Lang, answer: KeptAnswer, nextAt: string, proofOf: ProofOf): Html {
  const words = wordsOf(lang)
  const { register, outcome, exchangeId, damaged } = answer
  return html`${damaged ? alert(lang, { kind: 'bad', title: words.damaged, body: words.damagedBody }) : undefined}<p>${words.outcomeBody(outcome)}</p>${dataTable(lang, {
    caption: words.register(register),
    rows: FIELDS[register],
    columns: [
      { key: 'field', label: words.fieldColumn, heading: true, render: (field) => words.field(field) },
      { key: 'value', label: words.value, render: (field) => valueOf(lang, answer, field) }
    ]
  })}${descriptionList(lang, [
    { term: words.receivedAt, value: dateTime(answer.receivedAt, lang), hint: html`${words.asOf} ${dateTime(answer.asOf, lang)}, ${answer.source}` },
    { term: words.nextAsk, value: nextAt },
    { term: words.exchange, value: identifier(exchangeId), hint: proofOf(lang, exchangeId) },
    ...answer.checksum === null ? [] : [{ term: words.checksum, value: identifier(answer.checksum.slice(0, 16)) }],
    ...outcome === 'FOUND' ? [] : [{ term: words.correct, value: words.correctBody(register) }]
  ])}`
}

/** A value, or in words why there is none; never an empty cell. */
function valueOf (lang: Lang, { data, damaged, missing, discrepancies }: KeptAnswer, field: string): HtmlValue {
  const gap = (reason: Gap): Html => html`<em>${say(describeGap(reason), lang)}</em>`
  if (damaged) return gap('DAMAGED')
  const value = data !== null && Object.hasOwn(data, field) ? data[field] : undefined
  const within = missing.filter((one) => one.field.startsWith(`/${field}/`))
  if (value === undefined) return gap(missing.find((one) => one.field === `/${field}`)?.reason ?? within[0]?.reason ?? discrepancies[0]?.kind ?? missing.find((one) => one.field === '')?.reason ?? 'NOT_RECORDED')
  const partly = within.map((one) => html`<br><em>${one.field.split('/').at(-1)}: ${say(describeGap(one.reason), lang)}</em>`)
  return html`${shown(lang, value)}${partly}`
}

function shown (lang: Lang, value: unknown): HtmlValue {
  const words = wordsOf(lang)
  if (value === null) return words.none
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)) return formatDate(value, lang)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) {
    return html`<ul>${value.map((row: Record<string, unknown>) => html`<li>${[row.period, row.kind, row.katottg, row.amount, row.count].filter((part) => part !== undefined && part !== null).map(String).join(' · ')}</li>`)}</ul>`
  }
  const { code, version, katottg, group } = value as { code?: string, version?: string, katottg?: string, group?: number | null }
  if (katottg !== undefined) return say(placeWords(katottg), lang)
  if (code === 'GENERAL') return words.general
  if (code === 'SIMPLIFIED') return words.simplified(group ?? null)
  return [code, version].filter((part) => part !== undefined).join(' · ')
}
