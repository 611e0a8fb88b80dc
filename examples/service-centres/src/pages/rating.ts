import { randomUUID } from 'node:crypto'
import { alert, field, fieldGroup, form, html, linkButton, statusBadge, texts, type FieldErrors, type Html, type StatusKind } from '@trembita/web'
import { centreOf, kyivClock, serviceName, type Centre } from '../centres/index.ts'
import type { Scores } from '../exchange/index.ts'
import type { Platform } from '../platform.ts'
import type { RatingState } from '../ratings/index.ts'
import type { Answer, Look, Pages } from './frame.ts'
import { SCORES, scoreWordsOf } from './scores.ts'

const wordsOf = texts({
  uk: {
    title: 'Оцінка центру',
    lead: 'Анонімно: хто оцінює, ніде не записується.',
    scores: 'Оцінки від 1 (погано) до 5 (чудово)',
    missing: (score: string) => `Оберіть оцінку: ${score}`,
    service: 'Послуга',
    any: 'не вказано',
    remark: 'Зауваження чи пропозиція',
    remarkHint: 'Не пишіть імен, телефонів та інших особистих відомостей.',
    submit: 'Надіслати оцінку',
    thanks: 'Оцінку прийнято',
    thanksLead: 'Вона піде до системи моніторингу якості разом з іншими.',
    state: (state: string) => ({ waiting: 'чекає на передачу', delivered: 'передано до системи якості', refused: 'система якості не прийняла' })[state] ?? state,
    waitingBody: 'Якщо система якості не відповідає, оцінка чекає тут і буде передана рівно один раз.',
    toState: 'Якість і показники'
  },
  en: {
    title: 'Rating a centre',
    lead: 'Anonymous: nowhere is it written who rates.',
    scores: 'Scores from 1 (bad) to 5 (excellent)',
    missing: (score: string) => `Choose a score: ${score}`,
    service: 'Service',
    any: 'not told',
    remark: 'Remark or proposal',
    remarkHint: 'Write no names, telephones or other personal data.',
    submit: 'Send the rating',
    thanks: 'The rating was taken',
    thanksLead: 'It goes to the system of quality monitoring together with others.',
    state: (state: string) => ({ waiting: 'waits to be passed on', delivered: 'passed on to the quality system', refused: 'not taken by the quality system' })[state] ?? state,
    waitingBody: 'While the quality system does not answer, the rating waits here; it will be passed on exactly once.',
    toState: 'Quality and indicators'
  }
})

const BADGES: Readonly<Record<RatingState, StatusKind>> = { waiting: 'wait', delivered: 'ok', refused: 'bad' }
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const REMARK_MAX = 2000

/** Rating of a centre or a visit (regulation, item 7(3)): no identity is asked, taken or kept. */
export function ratingPages ({ platform, get, post }: Pages): void {
  get('/centres/:id/rate', async (look) => {
    const centre = centreOf(look.params.id ?? '')
    return centre === undefined ? { missing: true } : formPage(look, centre, {})
  })
  post('/centres/:id/rate', async (look) => {
    const centre = centreOf(look.params.id ?? '')
    return centre === undefined ? { missing: true } : await rate(look, platform, centre)
  })
  get('/ratings/:id', async (look) => {
    const state = await platform.ratings.stateOf(look.params.id ?? '')
    return state === undefined ? { missing: true } : thanksPage(look, state)
  })
}

function formPage ({ lang, csrf, page, query, form: sent }: Look, centre: Centre, errors: FieldErrors): Html {
  const words = wordsOf(lang)
  const { score } = scoreWordsOf(lang)
  return page({
    title: words.title,
    eyebrow: centre.name[lang],
    lead: words.lead,
    breadcrumbs: [{ href: `/centres/${centre.id}`, label: centre.name[lang] }],
    body: form(lang, {
      action: `/centres/${centre.id}/rate`,
      csrf,
      submit: words.submit,
      errors,
      fields: { id: randomUUID(), channel: (sent.optional('channel') ?? query.channel) === 'visit' ? 'visit' : 'page' },
      body: html`<div class="scores">${fieldGroup(words.scores, html`${SCORES.map((name) => field(lang, { kind: 'radios', name, label: score(name), value: sent.optional(name), required: true, inline: true, error: errors[name], options: ['1', '2', '3', '4', '5'].map((value) => ({ value, label: value })) }))}`)}</div>
${field(lang, { kind: 'select', name: 'service', label: words.service, value: sent.optional('service') ?? query.service, empty: words.any, options: centre.services.map((value) => ({ value, label: serviceName(value)[lang] })) })}
${field(lang, { kind: 'textarea', name: 'remark', label: words.remark, hint: words.remarkHint, value: sent.optional('remark'), lengthMax: REMARK_MAX, required: false })}`
    })
  })
}

async function rate (look: Look, { ratings, clock }: Platform, centre: Centre): Promise<Answer> {
  const { lang, form: sent } = look
  const words = wordsOf(lang)
  const { score } = scoreWordsOf(lang)
  const errors: Record<string, string> = {}
  const scores = Object.fromEntries(SCORES.map((name) => [name, Number(sent.text(name))])) as unknown as Scores
  for (const name of SCORES) if (!/^[1-5]$/.test(sent.text(name))) errors[name] = words.missing(score(name))
  const id = sent.text('id')
  if (Object.keys(errors).length > 0 || !UUID.test(id)) return { status: 400, shown: formPage(look, centre, errors) }
  await ratings.keep({
    ratingId: id,
    centre: centre.id,
    service: centre.services.find((one) => one === sent.text('service')),
    scores,
    remark: sent.optional('remark')?.slice(0, REMARK_MAX),
    channel: sent.text('channel') === 'visit' ? 'visit' : 'page',
    ratedOn: kyivClock(clock.now()).day
  })
  return { to: `/ratings/${id}` }
}

function thanksPage ({ lang, page }: Look, state: RatingState): Html {
  const words = wordsOf(lang)
  return page({
    title: words.thanks,
    status: statusBadge(BADGES[state], words.state(state)),
    lead: words.thanksLead,
    ...state === 'waiting' ? { refreshSeconds: 10 } : {},
    body: html`${state === 'waiting' ? html`<div class="alerts">${alert(lang, { kind: 'info', title: words.waitingBody })}</div>` : undefined}<div class="actions">${linkButton({ label: words.toState, href: '/state' })}</div>`
  })
}
