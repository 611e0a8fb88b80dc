import { alert, button, csrfInput, dataTable, descriptionList, field, html, linkButton, relativeTime, section, tag, texts, type Html, type Lang } from '@trembita/web'
import type { Exchanged } from '@trembita/example-consumer'
import type { Body, OfficialCard, StaffLine, UnitNode } from '../bodies/index.ts'
import { fullName } from '../desk/index.ts'
import { proofLink } from './entrance.ts'
import type { OfficialVisit, Pages } from './visit.ts'

const wordsOf = texts({
  uk: {
    bodies: 'Органи',
    bodiesLead: 'Державні органи за даними кадрової системи: назва, структура, штатний розпис, контакти.',
    name: 'Назва',
    code: 'Код',
    phone: 'Телефон',
    email: 'Електронна пошта',
    none: 'не зазначено',
    structure: 'Структура',
    staff: 'Штатний розпис',
    post: 'Посада',
    category: 'Категорія',
    rates: 'Штатних одиниць',
    filled: 'Зайнято',
    vacant: 'є вакансія',
    partial: 'Відповідь неповна',
    partialAbout: (phones: number, emails: number) => `Кадрова система не має${phones > 0 ? ` телефонів: ${phones}` : ''}${phones > 0 && emails > 0 ? ',' : ''}${emails > 0 ? ` електронних адрес: ${emails}` : ''}. Їх показано як «не зазначено».`,
    noBody: 'Такого органу кадрова система не знає',
    people: 'Посадові особи',
    peopleLead: 'Пошук за частинами слів: прізвища, імені, посади, підрозділу.',
    words: 'Слова або їх частини',
    body: 'Орган',
    any: 'Усі органи',
    search: 'Знайти',
    found: (count: number) => `Знайдено: ${count}`,
    nobody: 'Нікого не знайдено',
    unit: 'Підрозділ',
    contacts: 'Контакти',
    actions: 'Дії',
    write: 'Лист',
    give: 'Завдання',
    peopleOf: 'Посадові особи органу',
    source: 'Джерело'
  },
  en: {
    bodies: 'Bodies',
    bodiesLead: 'Public bodies as the personnel system knows them: name, structure, staff list, contacts.',
    name: 'Name',
    code: 'Code',
    phone: 'Phone',
    email: 'E-mail',
    none: 'not recorded',
    structure: 'Structure',
    staff: 'Staff list',
    post: 'Post',
    category: 'Category',
    rates: 'Rates',
    filled: 'Filled',
    vacant: 'vacant',
    partial: 'The answer is incomplete',
    partialAbout: (phones: number, emails: number) => `The personnel system lacks${phones > 0 ? ` phones: ${phones}` : ''}${phones > 0 && emails > 0 ? ',' : ''}${emails > 0 ? ` e-mail addresses: ${emails}` : ''}. They are shown as “not recorded”.`,
    noBody: 'The personnel system knows no such body',
    people: 'Officials',
    peopleLead: 'Search by parts of words: surname, given name, post, unit.',
    words: 'Words or parts of them',
    body: 'Body',
    any: 'All bodies',
    search: 'Search',
    found: (count: number) => `Found: ${count}`,
    nobody: 'Nobody found',
    unit: 'Unit',
    contacts: 'Contacts',
    actions: 'Actions',
    write: 'Letter',
    give: 'Task',
    peopleOf: 'Officials of the body',
    source: 'Source'
  }
})

interface Contacts { readonly phone?: string, readonly email?: string }

/** Bodies, their structure, staff and contacts, and officials: asked of the personnel system through the body's own gateway (order, item 5.1). */
export function directoryPages (pages: Pages): void {
  const personnelOf = ({ me }: OfficialVisit): ReturnType<typeof pages.office.personnelOf> => pages.office.personnelOf(me.body)

  pages.getAs('/directory', async (visit) => {
    const { lang, base } = visit
    const words = wordsOf(lang)
    const told = await personnelOf(visit).bodies()
    return visit.page({
      title: words.bodies,
      lead: words.bodiesLead,
      body: html`${gaps(lang, told)}${dataTable<Body>(lang, {
        caption: words.bodies,
        rows: told.answer.data?.items ?? [],
        columns: [
          { key: 'name', label: words.name, render: (body) => html`<a href="${base}/directory/${body.code}">${lang === 'uk' ? body.name : body.nameEn}</a>` },
          { key: 'code', label: words.code, narrow: true, render: ({ code }) => code },
          { key: 'phone', label: words.phone, render: (body) => phone(lang, body) },
          { key: 'email', label: words.email, render: (body) => email(lang, body) }
        ]
      })}${source(visit, told)}`
    })
  })

  pages.getAs('/directory/:code', async (visit) => {
    const { lang, base, params } = visit
    const words = wordsOf(lang)
    const code = params.code ?? ''
    const [structure, staff] = await Promise.all([personnelOf(visit).structure(code), personnelOf(visit).staff(code)])
    const crumbs = [{ href: `${base}/directory`, label: words.bodies }]
    const { data } = structure.answer
    if (data === null) return { status: 404, page: visit.page({ title: words.noBody, breadcrumbs: crumbs, body: source(visit, structure) }) }
    const { body, units } = data
    return visit.page({
      title: lang === 'uk' ? body.name : body.nameEn,
      eyebrow: body.code,
      breadcrumbs: crumbs,
      actions: [linkButton({ label: words.peopleOf, href: `${base}/officials?body=${code}`, sign: 'group' })],
      body: html`${gaps(lang, structure)}
${descriptionList(lang, [{ term: words.phone, value: phone(lang, body) }, { term: words.email, value: email(lang, body) }])}
${section({ title: words.structure, body: tree(lang, units) })}
${section({ title: words.staff, body: staffTable(lang, staff.answer.data?.items ?? [], units) })}
${source(visit, structure)}`
    })
  })

  pages.getAs('/officials', async (visit) => await searchPage(pages, visit, visit.query.body ?? '', ''))
  pages.postAs('/officials', async (visit) => await searchPage(pages, visit, visit.form.text('body'), visit.form.text('words')))
}

/** By POST: what somebody looks for is a name, and addresses are logged on the way. */
async function searchPage (pages: Pages, visit: OfficialVisit, body: string, words_: string): Promise<Html> {
  const { lang, base, csrf, me } = visit
  const words = wordsOf(lang)
  const personnel = pages.office.personnelOf(me.body)
  const [bodies, told] = await Promise.all([personnel.bodies(), personnel.officials({ ...body === '' ? {} : { body }, ...words_ === '' ? {} : { words: words_.slice(0, 200) } })])
  const options = (bodies.answer.data?.items ?? []).map(({ code, name, nameEn }) => ({ value: code, label: lang === 'uk' ? name : nameEn }))
  const items = told.answer.data?.items ?? []
  return visit.page({
    title: words.people,
    lead: words.peopleLead,
    body: html`<form class="form" role="search" method="post" action="${base}/officials">${csrfInput(csrf)}${field(lang, { kind: 'search', name: 'words', label: words.words, value: words_, lengthMax: 200, required: false })}${field(lang, { kind: 'select', name: 'body', label: words.body, value: body, options, empty: words.any })}<div class="actions">${button({ label: words.search, kind: 'primary', sign: 'search' })}</div></form>
${section({
 title: words.found(told.answer.data?.total ?? 0),
body: html`${gaps(lang, told)}${dataTable<OfficialCard>(lang, {
      caption: words.people,
      rows: items,
      empty: html`<p class="hint">${words.nobody}</p>`,
      columns: [
        { key: 'name', label: words.name, render: fullName },
        { key: 'post', label: words.post, render: (card) => html`${lang === 'uk' ? card.post : card.postEn}<br><span class="hint">${card.unitName} · ${card.body}</span>` },
        { key: 'contacts', label: words.contacts, render: (card) => html`${phone(lang, card)}<br>${email(lang, card)}` },
        { key: 'actions', label: words.actions, narrow: true, render: (card) => options.some(({ value }) => value === card.body) ? html`<a href="${base}/letters/new?to=${card.body}&amp;official=${card.id}">${words.write}<span class="sr-only"> ${fullName(card)}</span></a> · <a href="${base}/tasks/new?for=${card.body}&amp;official=${card.id}">${words.give}<span class="sr-only"> ${fullName(card)}</span></a>` : undefined }
      ]
    })}`
})}${source(visit, told)}`
  })
}

function phone (lang: Lang, { phone: number }: Contacts): Html {
  return number === undefined ? html`<span class="hint">${wordsOf(lang).none}</span>` : html`<a href="tel:${number}">${number}</a>`
}

function email (lang: Lang, { email: address }: Contacts): Html {
  return address === undefined ? html`<span class="hint">${wordsOf(lang).none}</span>` : html`<a href="mailto:${address}">${address}</a>`
}

/** What the register could not give, in words: a gap is no value. */
function gaps (lang: Lang, { answer }: Exchanged<unknown>): Html | undefined {
  if (answer.outcome !== 'PARTIAL') return undefined
  const words = wordsOf(lang)
  const count = (name: string): number => answer.missing.filter(({ field: at }) => at.endsWith(`/${name}`)).length
  return alert(lang, { kind: 'info', title: words.partial, body: words.partialAbout(count('phone'), count('email')) })
}

function tree (lang: Lang, units: readonly UnitNode[]): Html {
  return html`<ul>${units.map((unit) => html`<li><strong>${lang === 'uk' ? unit.name : unit.nameEn}</strong><br>${phone(lang, unit)} · ${email(lang, unit)}${unit.units.length === 0 ? undefined : tree(lang, unit.units)}</li>`)}</ul>`
}

function staffTable (lang: Lang, lines: readonly StaffLine[], units: readonly UnitNode[]): Html {
  const words = wordsOf(lang)
  const names = new Map<string, string>()
  const gather = (nodes: readonly UnitNode[]): void => {
    for (const node of nodes) {
      names.set(node.id, lang === 'uk' ? node.name : node.nameEn)
      gather(node.units)
    }
  }
  gather(units)
  return dataTable<StaffLine>(lang, {
    caption: words.staff,
    rows: lines,
    columns: [
      { key: 'post', label: words.post, render: (line) => html`${lang === 'uk' ? line.title : line.titleEn} ${line.vacant ? tag(words.vacant) : undefined}` },
      { key: 'unit', label: words.unit, render: ({ unit }) => names.get(unit) },
      { key: 'category', label: words.category, narrow: true, render: ({ category }) => category },
      { key: 'rates', label: words.rates, align: 'end', narrow: true, render: ({ rates }) => rates },
      { key: 'filled', label: words.filled, align: 'end', narrow: true, render: ({ filled }) => filled }
    ]
  })
}

function source ({ lang, base }: OfficialVisit, { source: told, id }: Exchanged<unknown>): Html {
  return html`<p class="hint">${wordsOf(lang).source}: ${told.register} · ${relativeTime(told.asOf, lang)}<br>${proofLink(base, id, lang)}</p>`
}
