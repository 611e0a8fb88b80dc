import {
  button, dataTable, dateTime, field, fieldGroup, form, html, linkButton, section, statusBadge, type Field, type FieldErrors, type Html, type StatusKind
} from '@trembita/web'
import type { Cabinet } from '../cabinet.ts'
import { readProgramme, toFields } from '../programmes/check-programme.ts'
import { CURRENCIES, PROGRAMME_KINDS, PROVIDER_KINDS, type Programme, type ProgrammeStatus } from '../programmes/programme.ts'
import { VersionConflict, type ProgrammeVersion } from '../programmes/store.ts'
import { codesOf, say } from '../words.ts'
import { adminWordsOf as wordsOf } from './admin-texts.ts'
import { ROLES, type Answer, type Pages, type Visit } from './frame.ts'

const STATES: Readonly<Record<ProgrammeStatus, StatusKind>> = { published: 'ok', draft: 'wait', withdrawn: 'idle' }

type Values = Readonly<Record<string, string | readonly string[]>>

/** The administrator's editor of programmes: each change is a version, published or not (UP-3.1). */
export function adminProgrammePages ({ cabinet, get, post }: Pages): void {
  const access = [ROLES.administrator]
  get('/admin', access, (visit) => overviewPage(visit, cabinet))
  get('/admin/programmes/new', access, async (visit) => editorPage(visit, { id: '', version: 0, values: {} }))
  post('/admin/programmes/new', access, (visit) => save(visit, cabinet, undefined))
  get('/admin/programmes/:id', access, async (visit) => {
    const [programme, versions] = [await cabinet.programmes.get(visit.params.id ?? ''), await cabinet.programmes.versions(visit.params.id ?? '')]
    return programme === undefined ? { missing: true } : editorPage(visit, { id: programme.id, version: programme.version, values: toFields(programme) }, {}, versions)
  })
  post('/admin/programmes/:id', access, async (visit) => {
    const programme = await cabinet.programmes.get(visit.params.id ?? '')
    return programme === undefined ? { missing: true } : await save(visit, cabinet, programme)
  })
}

async function overviewPage ({ lang, page }: Visit, { programmes }: Cabinet): Promise<Html> {
  const words = wordsOf(lang)
  const all = await programmes.list(true)
  return page({
    title: words.title,
    lead: words.lead,
    actions: html`${linkButton({ label: words.newProgramme, href: '/admin/programmes/new', kind: 'primary', sign: 'plus' })}${linkButton({ label: words.maintenance, href: '/admin/maintenance' })}${linkButton({ label: words.report, href: '/admin/report' })}`,
    body: section({
      title: words.programmes,
      body: dataTable(lang, {
        caption: words.programmes,
        rows: all,
        columns: [
          { key: 'title', label: words.name, heading: true, render: (programme) => html`<a href="/admin/programmes/${programme.id}">${say(programme.titles, lang)}</a>` },
          { key: 'status', label: words.status, render: ({ status }) => statusBadge(STATES[status], codesOf(lang).status(status)) },
          { key: 'version', label: words.version, align: 'end', render: ({ version }) => version },
          { key: 'changed', label: words.changed, render: ({ changedAt }) => dateTime(changedAt, lang) }
        ]
      })
    })
  })
}

async function save (visit: Visit, cabinet: Cabinet, former: Programme | undefined): Promise<Answer> {
  const { lang, form: sent, signedIn } = visit
  const words = wordsOf(lang)
  const id = former?.id ?? sent.text('id')
  const was = Number(sent.text('version')) || 0
  const read = readProgramme((name) => sent.text(name), (name) => sent.texts(name), words.problem)
  const problems = { ...'problems' in read ? read.problems : {}, ...former === undefined && !/^[a-z0-9-]{3,60}$/.test(id) ? { id: words.idWrong } : {} }
  const again = (errors: FieldErrors): Html => editorPage(visit, { id, version: was, values: { ...sent.entries(), subjectKinds: sent.texts('subjectKinds'), taxSystems: sent.texts('taxSystems'), displaced: sent.texts('displaced') } }, errors)
  if ('problems' in read || Object.keys(problems).length > 0) return again(problems)
  const status = (['draft', 'withdrawn'] as const).find((one) => one === sent.text('status')) ?? 'published'
  try {
    await cabinet.programmes.save(id, was, status, read, signedIn!.id)
  } catch (thrown) {
    if (!(thrown instanceof VersionConflict)) throw thrown
    return again(former === undefined ? { id: words.idTaken } : { '': words.conflict })
  }
  await cabinet.offers.renewAll()
  void cabinet.worker.kick()
  return { to: '/admin', said: 'saved' }
}

function editorPage (visit: Visit, { id, version, values }: { readonly id: string, readonly version: number, readonly values: Values }, errors: FieldErrors = {}, versions: readonly ProgrammeVersion[] = []): Html {
  const { lang, csrf, page } = visit
  const words = wordsOf(lang)
  const isNew = version === 0
  return page({
    title: isNew ? words.newProgramme : words.edit,
    breadcrumbs: [{ href: '/admin', label: words.title }],
    body: html`${form(lang, {
      action: isNew ? '/admin/programmes/new' : `/admin/programmes/${id}`,
      csrf,
      errors,
      submit: words.publish,
      cancelHref: '/admin',
      fields: { version: String(version) },
      more: html`${button({ label: words.draft, name: 'status', value: 'draft' })}${isNew ? undefined : button({ label: words.withdraw, name: 'status', value: 'withdrawn', kind: 'danger' })}`,
      body: html`${isNew ? field(lang, { name: 'id', label: words.id, hint: words.idHint, value: id, error: errors.id, required: true, code: true, width: 32 }) : undefined}${groupsOf(visit, values, errors)}`
    })}${versions.length === 0
? undefined
: section({
      title: words.history,
      body: dataTable(lang, {
        caption: words.history,
        rows: versions,
        columns: [
          { key: 'version', label: words.version, heading: true, render: (row) => row.version },
          { key: 'status', label: words.status, render: ({ status }) => statusBadge(STATES[status], codesOf(lang).status(status)) },
          { key: 'title', label: words.name, render: ({ titles }) => say(titles, lang) },
          { key: 'changed', label: words.changed, render: ({ changedAt }) => dateTime(changedAt, lang) }
        ]
      })
    })}`
  })
}

function groupsOf ({ lang }: Visit, values: Values, errors: FieldErrors): Html {
  const words = wordsOf(lang)
  const codes = codesOf(lang)
  const text = (name: string): string => { const value = values[name]; return typeof value === 'string' ? value : '' }
  const list = (name: string): readonly string[] => { const value = values[name]; return typeof value === 'object' ? value : [] }
  const line = (name: keyof ReturnType<typeof wordsOf> & string, more: Partial<Extract<Field, { lengthMax?: number }>> = {}): Html =>
    field(lang, { name, label: words[name] as string, value: text(name), error: errors[name], ...more } as Field)
  const required = { required: true }
  const days = { kind: 'date', width: 12 } as const
  const figures = { width: 12 } as const
  return html`${fieldGroup(words.text, html`${line('titleUk', required)}${line('titleEn', required)}${line('summaryUk', { kind: 'textarea', ...required })}${line('summaryEn', { kind: 'textarea', ...required })}${line('conditionsUk', { kind: 'textarea', ...required })}${line('conditionsEn', { kind: 'textarea', ...required })}`)}
${fieldGroup(words.providerGroup, html`${field(lang, { kind: 'select', name: 'providerKind', label: words.providerKind, value: text('providerKind') || 'state', options: PROVIDER_KINDS.map((value) => ({ value, label: codes.provider(value) })) })}${line('providerUk', required)}${line('providerEn', required)}${field(lang, { kind: 'select', name: 'kind', label: words.kind, value: text('kind') || 'grant', options: PROGRAMME_KINDS.map((value) => ({ value, label: codes.kind(value) })) })}`)}
${fieldGroup(words.terms, html`${line('amountMin', figures)}${line('amountMax', figures)}${field(lang, { kind: 'select', name: 'currency', label: words.currency, value: text('currency') || 'UAH', options: CURRENCIES.map((value) => ({ value, label: value })) })}${line('from', { ...days, ...required })}${line('until', days)}${line('link', { kind: 'url', ...required })}`)}
${fieldGroup(words.criteria, html`${field(lang, { kind: 'checkboxes', name: 'subjectKinds', label: words.subjectKinds, values: list('subjectKinds'), options: (['FOP', 'ENTITY'] as const).map((value) => ({ value, label: codes.subject(value) })) })}${line('territory', { hint: words.territoryHint })}${line('kvedInclude')}${line('kvedExclude')}${line('kvedList', { width: 20 })}${field(lang, {
    kind: 'checkboxes',
    name: 'taxSystems',
    label: words.taxSystems,
    values: list('taxSystems').includes('SIMPLIFIED') ? [...list('taxSystems'), 'SIMPLIFIED_1', 'SIMPLIFIED_2', 'SIMPLIFIED_3', 'SIMPLIFIED_4'] : list('taxSystems'),
    options: [...[1, 2, 3, 4].map((group) => ({ value: `SIMPLIFIED_${group}`, label: words.simplified(group) })), { value: 'GENERAL', label: words.general }]
  })}${line('registeredNotBefore', days)}${line('registeredNotAfter', days)}${line('incomeMin', figures)}${line('incomeMax', figures)}${line('employeesMin', figures)}${line('employeesMax', figures)}${field(lang, { kind: 'checkboxes', name: 'displaced', label: words.displaced, values: list('displaced'), options: [{ value: 'yes', label: words.displacedOption }] })}`, words.criteriaHint)}`
}
