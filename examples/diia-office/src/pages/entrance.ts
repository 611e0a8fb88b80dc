import { alert, button, card, confirm, csrfInput, dataTable, dateTime, descriptionList, field, html, identifier, linkButton, statusBadge, texts, timeline, type Html, type Lang } from '@trembita/web'
import type { Enrolment, EnrolmentEvent } from '../bodies/index.ts'
import { fullName } from '../desk/index.ts'
import { nameOf, noAccess, type OfficialVisit, type Pages, type Visit } from './visit.ts'
import { wordsOf as frameWordsOf } from './texts.ts'

const wordsOf = texts({
  uk: {
    title: 'Дія.Офіс',
    lead: 'Листування, опитування, завдання та довідник для посадових осіб державних органів.',
    join: 'Приєднатися',
    joinTitle: 'Доступ за вашим бажанням',
    joinAbout: 'Дія.Офіс доступний за бажанням. Виберіть орган, у якому працюєте: ваш орган через свій шлюз запитає кадрову систему, чи ви його посадова особа. Цей запит є доступом до ваших персональних даних.',
    body: 'Орган',
    agree: 'Я хочу користуватися Дія.Офіс і знаю, що мою посаду перевірятимуть у кадровій системі',
    noBodies: 'Ще жодного органу не підключено.',
    noNumber: 'Потрібен РНОКПП',
    noNumberAbout: 'Кадрова система знаходить посадових осіб за РНОКПП, а ваша ідентифікація його не містить. Тому доступ надати неможливо (порядок, пункт 4). Якщо номер у вас є, увійдіть способом, який його передає.',
    work: 'До роботи',
    choose: 'Ваші органи',
    status: 'Стан',
    statuses: (status: Enrolment['status']) => ({ active: 'працює', suspended: 'призупинено', dismissed: 'звільнено', unknown: 'не підтверджено' })[status],
    me: 'Мій доступ',
    post: 'Посада',
    unit: 'Підрозділ',
    checked: 'Посаду перевірено',
    joined: 'Приєдналися',
    exchange: 'Обмін, яким перевірено',
    leave: 'Вийти з Дія.Офіс',
    leaveAbout: 'Доступ завершиться одразу. Ваші листи залишаться в органі. Повернутися можна будь-коли.',
    history: 'Що відбувалося',
    events: (action: EnrolmentEvent['action']) => ({ joined: 'Ви приєдналися', left: 'Ви вийшли', active: 'Кадрова система: працює', suspended: 'Кадрова система: призупинено', dismissed: 'Кадрова система: звільнено', unknown: 'Кадрова система не підтвердила посаду' })[action],
    you: 'ви',
    system: 'кадрова система'
  },
  en: {
    title: 'Diia.Office',
    lead: 'Letters, surveys, tasks and a directory for officials of public bodies.',
    join: 'Join',
    joinTitle: 'Access as you wish',
    joinAbout: 'Diia.Office is voluntary. Choose the body you work for: your body asks the personnel system through its own gateway whether you are its official. That question is an access to your personal data.',
    body: 'Body',
    agree: 'I want to use Diia.Office and know that my post will be checked in the personnel system',
    noBodies: 'No body is connected yet.',
    noNumber: 'A taxpayer number (РНОКПП) is needed',
    noNumberAbout: 'The personnel system finds officials by their РНОКПП, and your identification has none. So access cannot be given (order, item 4). If you have a number, sign in by a means that tells it.',
    work: 'To work',
    choose: 'Your bodies',
    status: 'Status',
    statuses: (status: Enrolment['status']) => ({ active: 'serving', suspended: 'suspended', dismissed: 'dismissed', unknown: 'not confirmed' })[status],
    me: 'My access',
    post: 'Post',
    unit: 'Unit',
    checked: 'Post checked',
    joined: 'Joined',
    exchange: 'Exchange of the check',
    leave: 'Leave Diia.Office',
    leaveAbout: 'Your access ends at once. Your letters stay with the body. You may come back at any time.',
    history: 'What happened',
    events: (action: EnrolmentEvent['action']) => ({ joined: 'You joined', left: 'You left', active: 'Personnel system: serving', suspended: 'Personnel system: suspended', dismissed: 'Personnel system: dismissed', unknown: 'The personnel system did not confirm the post' })[action],
    you: 'you',
    system: 'personnel system'
  }
})

/** The way in: who one is, which body one works for, joining and leaving. */
export function entrancePages (pages: Pages): void {
  const { registry, enrolments } = pages.office

  pages.get('/', async (visit) => {
    const { lang, identity, technicalAdministrator } = visit
    const words = wordsOf(lang)
    if (identity.rnokpp === undefined) {
      return { status: 403, page: visit.page({ title: words.noNumber, body: alert(lang, { kind: 'bad', title: frameWordsOf(lang).noAccess, body: words.noNumberAbout }) }) }
    }
    const joined = (await enrolments.of(identity.subject)).filter(({ leftAt }) => leftAt === null)
    const [only, ...others] = joined
    if (only !== undefined && others.length === 0 && visit.query.said === undefined && only.status === 'active') return { to: `/b/${only.body}/today` }
    if (only === undefined && technicalAdministrator) return { to: '/admin/bodies' }
    const open = (await registry.active()).filter(({ code }) => !joined.some(({ body }) => body === code))
    return visit.page({
      title: words.title,
      lead: words.lead,
      body: html`${joined.length === 0 ? undefined : card({ title: words.choose, body: await bodyList(pages, visit, joined) })}${joined.length > 0 && open.length === 0 ? undefined : joinCard(visit, open.map((body) => ({ value: body.code, label: `${nameOf(lang, body)} (${body.code})` })))}`
    })
  })

  pages.post('/join', async (visit) => {
    const { identity, form, session } = visit
    const code = form.text('body')
    if (identity.rnokpp === undefined || !form.flag('agree')) return { to: '/' }
    const access = await enrolments.join(identity.subject, identity.rnokpp, code, session)
    return access.kind === 'official' ? { to: `/b/${code}/today`, said: 'joined' } : noAccess(visit, access, code)
  })

  pages.getAs('/me', async (visit) => await accessPage(pages, visit))

  pages.postAs('/leave', async ({ identity, me }) => {
    await enrolments.leave(identity.subject, me.body)
    return { to: '/', said: 'left' }
  })
}

async function bodyList (pages: Pages, { lang }: Visit, joined: readonly Enrolment[]): Promise<Html> {
  const words = wordsOf(lang)
  const bodies = new Map((await pages.office.registry.list()).map((body) => [body.code, nameOf(lang, body)]))
  return dataTable<Enrolment>(lang, {
    caption: words.choose,
    rows: joined,
    columns: [
      { key: 'body', label: words.body, render: ({ body }) => bodies.get(body) ?? body },
      { key: 'post', label: words.post, render: ({ official }) => lang === 'uk' ? official.post : official.postEn },
      { key: 'status', label: words.status, narrow: true, render: ({ status }) => statusBadge(status === 'active' ? 'ok' : 'bad', words.statuses(status)) },
      { key: 'work', label: words.work, narrow: true, render: ({ body }) => linkButton({ label: words.work, href: `/b/${body}/today`, kind: 'primary' }) }
    ]
  })
}

function joinCard ({ lang, csrf }: Visit, options: readonly { value: string, label: string }[]): Html {
  const words = wordsOf(lang)
  return card({
    title: words.joinTitle,
    body: options.length === 0
      ? html`<p>${words.noBodies}</p>`
      : html`<p>${words.joinAbout}</p><form class="form" method="post" action="/join">${csrfInput(csrf)}${field(lang, { kind: 'radios', name: 'body', label: words.body, options, required: true })}${field(lang, { kind: 'checkbox', name: 'agree', label: words.agree, required: true })}<div class="actions">${button({ label: words.join, kind: 'primary' })}</div></form>`
  })
}

async function accessPage (pages: Pages, visit: OfficialVisit): Promise<Html> {
  const { lang, identity, me, csrf, base } = visit
  const words = wordsOf(lang)
  const enrolment = (await pages.office.enrolments.of(identity.subject)).find(({ body }) => body === me.body)!
  const events = await pages.office.enrolments.events(identity.subject, me.body)
  return visit.page({
    title: words.me,
    status: statusBadge('ok', words.statuses(enrolment.status)),
    body: html`${card({
      title: fullName(enrolment.official),
      body: descriptionList(lang, [
        { term: words.post, value: lang === 'uk' ? enrolment.official.post : enrolment.official.postEn },
        { term: words.unit, value: enrolment.official.unitName },
        { term: words.joined, value: dateTime(enrolment.joinedAt, lang) },
        { term: words.checked, value: dateTime(enrolment.checkedAt, lang) },
        { term: words.exchange, value: proofLink(base, enrolment.exchangeId, lang) }
      ])
    })}${card({ title: words.history, body: timeline(lang, events.map(({ at, action }) => ({ at, actor: action === 'joined' || action === 'left' ? words.you : words.system, action: words.events(action) }))) })}
${confirm(lang, { label: words.leave, title: words.leave, body: html`<p>${words.leaveAbout}</p>`, action: `${base}/leave`, csrf, submit: words.leave })}`
  })
}

/** An exchange by its id, with the way to the sealed messages. */
export function proofLink (base: string, exchangeId: string, lang: Lang): Html {
  return html`${identifier(exchangeId)} <a href="${base}/exchanges/${exchangeId}">${lang === 'uk' ? 'доказ' : 'proof'}</a>`
}
