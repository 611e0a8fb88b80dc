import {
  card, dataTable, day, descriptionList, emptyState, field, filterBar, form, html, identifier, linkButton, pager, results, section, type FieldErrors, type Html
} from '@trembita/web'
import type { ApiProblem } from './api-client.ts'
import { classifierWordsOf as wordsOf } from './classifiers-texts.ts'
import { after, type Console, type Visit } from './console.ts'

interface Classifier {
  readonly code: string
  readonly format: string
  readonly name_uk: string
  readonly name_en: string
  readonly description: string
  readonly publisher: string
  readonly versions?: readonly { readonly number: number, readonly valid_from: string, readonly ground: string, readonly added: number, readonly changed: number, readonly removed: number }[]
}

interface Item { readonly code: string, readonly parent?: string, readonly category?: string, readonly name_uk: string, readonly name_en?: string, readonly valid_from: string, readonly valid_to?: string }
interface ItemPage { readonly items: readonly Item[], readonly paging_metadata: { readonly total_items: number, readonly limit: number, readonly offset: number } }

const KEEPER = 'XROAD_SYSTEM_ADMINISTRATOR'

/** Reference lists: what they hold on any day, and new versions (TR-7.5). */
export function classifierPages (console: Console): void {
  console.get('/classifiers', listPage)
  console.get('/classifiers/new', (visit) => newPage(visit))
  console.post('/classifiers/new', async (visit) => {
    const { form } = visit
    const body = { code: form.text('code'), format: form.text('format'), name_uk: form.text('name_uk'), name_en: form.text('name_en'), description: form.text('description'), publisher: form.text('publisher') }
    return after(await visit.api.post('/classifiers', body), `/classifiers/${encodeURIComponent(body.code)}`, 'classifierAdded')
  }, (visit, problem) => newPage(visit, errorsOf(visit, problem)))
  console.get('/classifiers/:code', (visit) => classifierPage(visit))
  console.post('/classifiers/:code/versions', async (visit) => {
    const file = visit.form.file('csv')
    if (file === undefined) return await classifierPage(visit, { csv: wordsOf(visit.lang).fileMissing })
    const path = `/classifiers/${encodeURIComponent(visit.params.code!)}`
    const done = await visit.api.post(`${path}/versions`, { valid_from: visit.form.text('valid_from'), ground: visit.form.text('ground'), csv: file.bytes.toString('utf8') })
    return after(done, path, 'classifierPublished')
  }, (visit, problem) => classifierPage(visit, errorsOf(visit, problem)))
  console.get('/classifiers/:code/items/:item', itemPage)
  console.sentences((lang) => ({ classifierAdded: wordsOf(lang).added, classifierPublished: wordsOf(lang).published }))
}

function errorsOf ({ lang }: Visit, { code, message, fields }: ApiProblem): FieldErrors {
  const known = Object.fromEntries(Object.entries(fields).map(([name, text]) => [name === 'items' ? 'csv' : name, text]))
  return Object.keys(known).length > 0 ? known : { '': wordsOf(lang).problem(code) || message }
}

function nameOf ({ lang }: Visit, { name_uk: uk, name_en: en }: { readonly name_uk: string, readonly name_en?: string }): string {
  return lang === 'en' ? en ?? uk : uk
}

async function listPage (visit: Visit): Promise<Html> {
  const words = wordsOf(visit.lang)
  const rows = await visit.api.get<Classifier[]>('/classifiers')
  return visit.page({
    title: words.title,
    lead: words.lead,
    ...visit.may(KEEPER) ? { actions: linkButton({ label: words.add, href: '/classifiers/new', kind: 'primary', sign: 'plus' }) } : {},
    body: dataTable(visit.lang, {
      caption: words.title,
      rows,
      empty: emptyState({ title: words.none }),
      columns: [
        { key: 'name', label: words.name, heading: true, render: (row) => html`<a href="/classifiers/${row.code}">${nameOf(visit, row)}</a>` },
        { key: 'code', label: words.code, render: ({ code }) => identifier(code) },
        { key: 'format', label: words.format, render: ({ format }) => words.formats(format) },
        { key: 'publisher', label: words.publisher, render: ({ publisher }) => publisher }
      ]
    })
  })
}

async function newPage ({ lang, form: sent, csrf, page }: Visit, errors: FieldErrors = {}): Promise<Html> {
  const words = wordsOf(lang)
  const value = (name: string): { name: string, value: string, error: string | undefined } => ({ name, value: sent.text(name), error: errors[name] })
  return page({
    title: words.add,
    breadcrumbs: [{ href: '/classifiers', label: words.title }],
    body: form(lang, {
      action: '/classifiers/new',
      csrf,
      errors,
      submit: words.add,
      cancelHref: '/classifiers',
      body: html`${[
        field(lang, { ...value('code'), label: words.code, required: true, code: true, width: 20 }),
        field(lang, { ...value('format'), kind: 'select', label: words.format, options: ['plain', 'kved', 'katottg'].map((format) => ({ value: format, label: words.formats(format) })) }),
        field(lang, { ...value('name_uk'), label: words.nameUk, required: true }),
        field(lang, { ...value('name_en'), label: words.nameEn, required: true }),
        field(lang, { ...value('description'), kind: 'textarea', label: words.description, rows: 3 }),
        field(lang, { ...value('publisher'), label: words.publisher })
      ]}`
    })
  })
}

async function classifierPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api, params, query } = visit
  const words = wordsOf(lang)
  const path = `/classifiers/${encodeURIComponent(params.code!)}`
  const classifier = await api.get<Classifier>(path)
  const filters = { at: query.at ?? '', q: query.q ?? '', parent: query.parent ?? '' }
  const { items, paging_metadata: { total_items: total, limit, offset } } = await api.get<ItemPage>(`${path}/items`, { ...filters, limit: 100, offset: Number(query.offset ?? 0) })
  return visit.page({
    title: nameOf(visit, classifier),
    eyebrow: classifier.code,
    breadcrumbs: [{ href: '/classifiers', label: words.title }],
    ...classifier.description === '' ? {} : { lead: classifier.description },
    body: html`${descriptionList(lang, [{ term: words.format, value: words.formats(classifier.format) }, { term: words.publisher, value: classifier.publisher }])}
${section({
  title: words.items,
  body: html`${filterBar(lang, {
    action: path,
    clearHref: path,
    fields: [
      { kind: 'search', name: 'q', label: words.search, value: filters.q },
      { kind: 'date', name: 'at', label: words.at, value: filters.at },
      { name: 'parent', label: words.parent, value: filters.parent, code: true, width: 20 }
    ]
  })}${results(html`${dataTable(lang, {
    caption: words.items,
    rows: items,
    empty: emptyState({ title: words.empty }),
    columns: [
      { key: 'code', label: words.code, heading: true, render: ({ code }) => html`<a href="${path}/items/${encodeURIComponent(code)}">${identifier(code)}</a>` },
      { key: 'name', label: words.name, render: (item) => nameOf(visit, item) },
      { key: 'parent', label: words.parent, render: ({ parent }) => parent === undefined ? undefined : html`<a href="${path}?parent=${encodeURIComponent(parent)}">${identifier(parent)}</a>` },
      ...classifier.format === 'katottg' ? [{ key: 'category', label: words.category, render: ({ category }: Item) => category }] : [],
      { key: 'since', label: words.since, render: ({ valid_from: from }) => day(from, lang) }
    ]
  })}${pager(lang, { total, limit, offset, href: (at) => `${path}?${new URLSearchParams({ ...filters, offset: String(at) }).toString()}` })}`)}`
})}
${section({ title: words.versions, body: versionTable(visit, classifier) })}
${visit.may(KEEPER) ? publishForm(visit, path, errors) : undefined}`
  })
}

function versionTable ({ lang }: Visit, { versions = [] }: Classifier): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: words.versions,
    rows: versions.toReversed(),
    columns: [
      { key: 'number', label: words.version, heading: true, render: ({ number }) => number },
      { key: 'from', label: words.validFrom, render: ({ valid_from: from }) => day(from, lang) },
      { key: 'ground', label: words.ground, render: ({ ground }) => ground },
      { key: 'changes', label: words.changes, render: ({ added, changed, removed }) => words.changed(added, changed, removed) }
    ]
  })
}

function publishForm ({ lang, csrf, form: sent }: Visit, path: string, errors: FieldErrors): Html {
  const words = wordsOf(lang)
  return card({
    title: words.publish,
    body: form(lang, {
      action: `${path}/versions`,
      csrf,
      multipart: true,
      errors,
      submit: words.publish,
      body: html`${[
        field(lang, { kind: 'date', name: 'valid_from', label: words.validFrom, value: sent.text('valid_from'), error: errors.valid_from, required: true }),
        field(lang, { name: 'ground', label: words.ground, value: sent.text('ground'), error: errors.ground, required: true }),
        field(lang, { kind: 'file', name: 'csv', label: words.csv, hint: words.csvHint, accept: '.csv,text/csv', error: errors.csv, required: true })
      ]}`
    })
  })
}

async function itemPage (visit: Visit): Promise<Html> {
  const { lang, api, params } = visit
  const words = wordsOf(lang)
  const path = `/classifiers/${encodeURIComponent(params.code!)}`
  const [classifier, history] = await Promise.all([api.get<Classifier>(path), api.get<Item[]>(`${path}/items/${encodeURIComponent(params.item!)}`)])
  return visit.page({
    title: params.item!,
    eyebrow: nameOf(visit, classifier),
    breadcrumbs: [{ href: '/classifiers', label: words.title }, { href: path, label: nameOf(visit, classifier) }],
    body: section({
      title: words.history,
      body: dataTable(lang, {
        caption: words.history,
        rows: history.toReversed(),
        columns: [
          { key: 'name', label: words.name, heading: true, render: (item) => nameOf(visit, item) },
          { key: 'parent', label: words.parent, render: ({ parent }) => parent === undefined ? undefined : identifier(parent) },
          { key: 'since', label: words.since, render: ({ valid_from: from }) => day(from, lang) },
          { key: 'until', label: words.until, render: ({ valid_to: to }) => to === undefined ? undefined : day(to, lang) }
        ]
      })
    })
  })
}
