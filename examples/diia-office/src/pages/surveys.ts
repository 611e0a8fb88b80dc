import { askByRest } from '@trembita/example-consumer'
import { alert, card, dataTable, dateTime, field, fieldGroup, form, fromKyivInput, html, linkButton, section, statusBadge, tag, texts, toKyivInput, type FieldErrors, type Html, type Lang, type StatusKind } from '@trembita/web'
import type { UnitNode } from '../bodies/index.ts'
import { ANONYMOUS_MIN, ANSWER_CHARS_MAX, Refused, type Audience, type Question, type Survey, type SurveyResults } from '../desk/index.ts'
import { proofLink } from './entrance.ts'
import { wordsOf as frameWordsOf } from './texts.ts'
import { nameOf, type OfficialVisit, type Pages } from './visit.ts'

const DAY_MS = 86_400_000
/** On the form; a service takes up to ten. */
const QUESTIONS_SHOWN = 4

type Standing = Awaited<ReturnType<OfficialVisit['desk']['surveys']['standing']>>

const wordsOf = texts({
  uk: {
    surveys: 'Опитування',
    lead: 'Між посадовими особами свого та інших органів: відповіді до іншого органу йдуть через шлюзи.',
    new: 'Нове опитування',
    title: 'Назва',
    owner: 'Хто питає',
    deadline: 'Відповісти до',
    state: 'Стан',
    none: 'Опитувань для вас немає',
    standings: (standing: Standing) => ({ open: 'чекає на вас', answered: 'ви відповіли', waiting: 'відповідь передається', failed: 'відповідь не прийнято', over: 'завершено', foreign: 'ви автор' })[standing],
    question: (number: number) => `Запитання ${number}`,
    questionText: 'Текст запитання',
    options: 'Варіанти, кожен з нового рядка',
    optionsHint: 'Без варіантів відповідають своїми словами.',
    audience: 'Кого запитати',
    whole: (body: string) => `${body}: усі`,
    anonymous: 'Анонімне: ім’я того, хто відповів, не записується і не передається',
    openResults: 'Після завершення підсумки бачать усі, кого запитали',
    create: 'Розіслати',
    answer: 'Надіслати відповідь',
    yourAnswer: 'Ваша відповідь',
    anonymousTag: 'анонімне',
    named: 'іменне',
    results: 'Підсумки',
    answers: (count: number) => `Відповідей: ${count}`,
    hidden: (least: number) => `Анонімні підсумки показуються, коли відповідей щонайменше ${least}: менша кількість видала б, хто відповів.`,
    later: 'Підсумки відкриються після завершення.',
    restricted: 'Підсумки бачать лише автор і адміністратор органу.',
    nobody: 'Ще ніхто не відповів',
    came: 'Запрошення надійшло обміном'
  },
  en: {
    surveys: 'Surveys',
    lead: 'Between officials of this body and of others: answers to another body go through gateways.',
    new: 'New survey',
    title: 'Title',
    owner: 'Who asks',
    deadline: 'Answer until',
    state: 'State',
    none: 'No surveys for you',
    standings: (standing: Standing) => ({ open: 'waits for you', answered: 'you answered', waiting: 'answer under way', failed: 'answer not taken', over: 'over', foreign: 'you are its author' })[standing],
    question: (number: number) => `Question ${number}`,
    questionText: 'Text of the question',
    options: 'Options, one a line',
    optionsHint: 'Without options people answer in their own words.',
    audience: 'Whom to ask',
    whole: (body: string) => `${body}: everybody`,
    anonymous: 'Anonymous: the name of who answered is neither recorded nor handed over',
    openResults: 'When it is over, everybody who was asked sees the results',
    create: 'Send out',
    answer: 'Send the answer',
    yourAnswer: 'Your answer',
    anonymousTag: 'anonymous',
    named: 'named',
    results: 'Results',
    answers: (count: number) => `Answers: ${count}`,
    hidden: (least: number) => `Anonymous results are shown from ${least} answers on: fewer would tell who answered.`,
    later: 'Results open when it is over.',
    restricted: 'Only the author and the administrator of the body see the results.',
    nobody: 'Nobody has answered yet',
    came: 'The invitation came by exchange'
  }
})

const BADGES: Readonly<Record<Standing, StatusKind>> = { open: 'info', answered: 'ok', waiting: 'wait', failed: 'bad', over: 'idle', foreign: 'idle' }

/** Remote surveys between officials (order, item 5.2). */
export function surveyPages (pages: Pages): void {
  pages.getAs('/surveys', async (visit) => {
    const { lang, desk, me, base } = visit
    const words = wordsOf(lang)
    const surveys = await Promise.all((await desk.surveys.list(me)).map(async (survey) => ({ survey, standing: await desk.surveys.standing(me, survey) })))
    return visit.page({
      title: words.surveys,
      lead: words.lead,
      actions: linkButton({ label: words.new, href: `${base}/surveys/new`, kind: 'primary', sign: 'plus' }),
      body: dataTable(lang, {
        caption: words.surveys,
        rows: surveys,
        empty: html`<p class="hint">${words.none}</p>`,
        columns: [
          { key: 'title', label: words.title, render: ({ survey }) => html`<a href="${base}/surveys/${survey.id}">${survey.title}</a>` },
          { key: 'owner', label: words.owner, render: ({ survey }) => html`${survey.authorName}<br><span class="hint">${survey.ownerBody}</span>` },
          { key: 'state', label: words.state, narrow: true, render: ({ standing }) => statusBadge(BADGES[standing], words.standings(standing)) },
          { key: 'deadline', label: words.deadline, narrow: true, render: ({ survey }) => dateTime(survey.deadline, lang) }
        ]
      })
    })
  })

  pages.getAs('/surveys/new', async (visit) => await newSurvey(pages, visit))

  pages.postAs('/surveys', async ({ desk, me, form: sent, base }) => {
    const deadline = fromKyivInput(sent.text('deadline'))
    if (deadline === undefined) throw new Refused('badDate', 'deadline')
    const questions: Question[] = Array.from({ length: QUESTIONS_SHOWN }, (_none, index) => index + 1)
      .map((number) => ({ id: `q${number}`, text: sent.text(`question${number}`), options: sent.text(`options${number}`).split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '') }))
      .filter(({ text }) => text !== '')
    const audience: Audience[] = sent.texts('audience').map((value) => {
      const [body = '', unit] = value.split('/')
      return { body, ...unit === undefined ? {} : { unit } }
    })
    for (const { body } of audience) if (!await pages.office.isActive(body)) throw new Refused('badAnswer', 'audience')
    await desk.surveys.create(me, { title: sent.text('title'), questions, audience, anonymous: sent.flag('anonymous'), openResults: sent.flag('openResults'), deadline: deadline.toISOString() })
    void desk.outbox.deliver()
    return { to: `${base}/surveys`, said: 'surveyCreated' }
  }, async (visit, refused) => await newSurvey(pages, visit, refused))

  pages.getAs('/surveys/:id', async (visit) => await showSurvey(pages, visit, await visit.desk.surveys.find(visit.me, visit.params.id ?? '')))

  pages.postAs('/surveys/:id/answers', async ({ desk, me, params, form: sent, base }) => {
    const survey = await desk.surveys.find(me, params.id ?? '')
    await desk.surveys.answer(me, survey.id, Object.fromEntries(survey.questions.map(({ id }) => [id, sent.text(id)])))
    void desk.outbox.deliver()
    return { to: `${base}/surveys/${survey.id}`, said: 'answered' }
  }, async (visit, refused) => await showSurvey(pages, visit, await visit.desk.surveys.find(visit.me, visit.params.id ?? ''), refused))
}

async function newSurvey (pages: Pages, visit: OfficialVisit, refused?: Refused): Promise<Html> {
  const { lang, base, csrf, me, form: sent } = visit
  const words = wordsOf(lang)
  const bodies = await pages.office.registry.active()
  const personnel = pages.office.personnelOf(me.body)
  const options = (await Promise.all(bodies.map(async (body) => {
    const units = unitsOf((await personnel.structure(body.code)).answer.data?.units ?? [])
    return [{ value: body.code, label: words.whole(nameOf(lang, body)) }, ...units.map((unit) => ({ value: `${body.code}/${unit.id}`, label: `${nameOf(lang, body)}: ${lang === 'uk' ? unit.name : unit.nameEn}` }))]
  }))).flat()
  const errors: FieldErrors | undefined = refused === undefined ? undefined : { [refused.field]: frameWordsOf(lang).refused(refused.reason) }
  const nextWeek = `${toKyivInput(new Date(pages.office.clock.now().getTime() + 7 * DAY_MS)).slice(0, 11)}18:00`
  return visit.page({
    title: words.new,
    breadcrumbs: [{ href: `${base}/surveys`, label: words.surveys }],
    body: form(lang, {
      action: `${base}/surveys`,
      csrf,
      submit: words.create,
      cancelHref: `${base}/surveys`,
      ...errors === undefined ? {} : { errors },
      body: html`${field(lang, { name: 'title', label: words.title, value: sent.text('title'), lengthMax: 300, required: true, error: errors?.title })}
${Array.from({ length: QUESTIONS_SHOWN }, (_none, index) => index + 1).map((number) => fieldGroup(words.question(number), html`
${field(lang, { name: `question${number}`, label: words.questionText, value: sent.text(`question${number}`), lengthMax: 300, required: number === 1, error: errors?.[`question${number}`] })}
${field(lang, { kind: 'textarea', name: `options${number}`, label: words.options, hint: words.optionsHint, value: sent.text(`options${number}`), rows: 3, required: false })}`))}
${field(lang, { kind: 'checkboxes', name: 'audience', label: words.audience, values: sent.texts('audience'), options, error: errors?.audience })}
${field(lang, { kind: 'checkbox', name: 'anonymous', label: words.anonymous, checked: sent.flag('anonymous') })}
${field(lang, { kind: 'checkbox', name: 'openResults', label: words.openResults, checked: sent.flag('openResults') })}
${field(lang, { kind: 'datetime', name: 'deadline', label: words.deadline, value: sent.text('deadline') || nextWeek, required: true, error: errors?.deadline })}`
    })
  })
}

function unitsOf (nodes: readonly UnitNode[]): UnitNode[] {
  return nodes.flatMap((node) => [node, ...unitsOf(node.units)])
}

async function showSurvey (pages: Pages, visit: OfficialVisit, survey: Survey, refused?: Refused): Promise<Html> {
  const { lang, base, csrf, desk, me } = visit
  const words = wordsOf(lang)
  const standing = await desk.surveys.standing(me, survey)
  const errors: FieldErrors | undefined = refused === undefined ? undefined : { [refused.field]: frameWordsOf(lang).refused(refused.reason) }
  return visit.page({
    title: survey.title,
    breadcrumbs: [{ href: `${base}/surveys`, label: words.surveys }],
    status: statusBadge(BADGES[standing], words.standings(standing)),
    body: html`<p>${tag(survey.anonymous ? words.anonymousTag : words.named)} ${words.owner}: ${survey.authorName} (${survey.ownerBody}) · ${words.deadline}: ${dateTime(survey.deadline, lang)}</p>
${survey.exchangeId === null ? undefined : html`<p class="hint">${words.came}: ${proofLink(base, survey.exchangeId, lang)}</p>`}
${standing === 'open' ? answerForm(visit, survey, csrf, errors) : undefined}
${section({ title: words.results, body: await resultsPart(pages, visit, survey) })}`
  })
}

function answerForm ({ lang, base, form: sent }: OfficialVisit, survey: Survey, csrf: string, errors: FieldErrors | undefined): Html {
  const words = wordsOf(lang)
  return card({
    title: words.yourAnswer,
    body: form(lang, {
      action: `${base}/surveys/${survey.id}/answers`,
      csrf,
      submit: words.answer,
      ...errors === undefined ? {} : { errors },
      body: html`${survey.questions.map(({ id, text, options }) => options.length > 0
        ? field(lang, { kind: 'radios', name: id, label: text, value: sent.text(id), options: options.map((option) => ({ value: option, label: option })), required: true, error: errors?.[id] })
        : field(lang, { kind: 'textarea', name: id, label: text, value: sent.text(id), lengthMax: ANSWER_CHARS_MAX, required: false, error: errors?.[id] }))}`
    })
  })
}

async function resultsPart (pages: Pages, visit: OfficialVisit, survey: Survey): Promise<Html> {
  const { lang, desk, me } = visit
  const words = wordsOf(lang)
  try {
    const results = survey.ownerBody === me.body ? await desk.surveys.results(me, survey.id) : await foreignResults(pages, visit, survey)
    return showResults(lang, results)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return html`<p class="hint">${error.reason === 'notOpenYet' ? words.later : words.restricted}</p>`
  }
}

/** Asked of the owner's body when somebody looks, and kept nowhere here. @throws {Refused} */
async function foreignResults (pages: Pages, { desk }: OfficialVisit, survey: Survey): Promise<SurveyResults> {
  if (!survey.openResults) throw new Refused('notYours')
  if (survey.deadline > pages.office.clock.now().toISOString()) throw new Refused('notOpenYet')
  try {
    const { answer } = await askByRest<SurveyResults>(desk.gateway, { service: `${pages.office.officeOf(survey.ownerBody)}/surveyResults`, body: { surveyId: survey.id } })
    return answer.data ?? { answers: 0, hidden: true, questions: [] }
  } catch (error) {
    throw new Refused('notOpenYet', error instanceof Error ? error.name : '')
  }
}

function showResults (lang: Lang, { answers, hidden, questions }: SurveyResults): Html {
  const words = wordsOf(lang)
  if (answers === 0) return html`<p class="hint">${words.nobody}</p>`
  if (hidden) return alert(lang, { kind: 'info', title: words.answers(answers), body: words.hidden(ANONYMOUS_MIN) })
  return html`<p>${words.answers(answers)}</p>${questions.map(({ question, counts, texts: told }) => card({
    title: question.text,
    level: 3,
    body: counts.length > 0
      ? html`<dl class="facts">${counts.map(({ option, count }) => html`<div><dt>${option}</dt><dd>${count} <meter min="0" max="${answers}" value="${count}" aria-label="${option}">${count}</meter></dd></div>`)}</dl>`
      : html`<ul>${told.map(({ text, name }) => html`<li>${text}${name === null ? undefined : html` <span class="hint">${name}</span>`}</li>`)}</ul>`
  }))}`
}
