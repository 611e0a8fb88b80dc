import { dataTable, field, form, fromKyivInput, html, linkButton, section, type FieldErrors, type Html } from '@trembita/web'
import type { Cabinet } from '../cabinet.ts'
import { reportOf, type Report } from '../report.ts'
import { bilingual } from '../words.ts'
import { adminWordsOf as wordsOf } from './admin-texts.ts'
import { ROLES, type Answer, type Pages, type Visit } from './frame.ts'
import { maintenanceList } from './public.ts'

/** Notices of works (order 688, item 6), and the report on results (resolution 688, item 6). */
export function adminPages ({ cabinet, get, post }: Pages): void {
  const access = [ROLES.administrator]
  get('/admin/maintenance', access, (visit) => maintenancePage(visit, cabinet))
  post('/admin/maintenance', access, (visit) => publish(visit, cabinet))
  get('/admin/report', access, async (visit) => reportPage(visit, await reportOf(cabinet)))
}

async function publish (visit: Visit, cabinet: Cabinet): Promise<Answer> {
  const { lang, form: sent } = visit
  const words = wordsOf(lang)
  const [startsAt, endsAt] = [fromKyivInput(sent.text('startsAt')), fromKyivInput(sent.text('endsAt'))]
  const errors: Record<string, string> = {}
  for (const name of ['startsAt', 'endsAt', 'aboutUk', 'aboutEn']) if (sent.text(name) === '') errors[name] = words.noticeProblem('required')
  if (startsAt === undefined || endsAt === undefined || Object.keys(errors).length > 0) return await maintenancePage(visit, cabinet, errors)
  const problem = await cabinet.maintenance.publish({
    startsAt: startsAt.toISOString(),
    endsAt: endsAt.toISOString(),
    urgent: sent.flag('urgent'),
    ground: sent.text('ground'),
    about: bilingual(sent.text('aboutUk'), sent.text('aboutEn'))
  })
  if (problem === undefined) return { to: '/admin/maintenance', said: 'noticed' }
  return await maintenancePage(visit, cabinet, { [problem === 'groundMissing' ? 'ground' : problem === 'order' ? 'endsAt' : 'startsAt']: words.noticeProblem(problem) })
}

async function maintenancePage ({ lang, csrf, form: sent, page }: Visit, { maintenance }: Cabinet, errors: FieldErrors = {}): Promise<Html> {
  const words = wordsOf(lang)
  const notices = await maintenance.current()
  const line = (name: 'startsAt' | 'endsAt' | 'ground' | 'aboutUk' | 'aboutEn', more: { kind?: 'datetime', required?: boolean } = {}): Html =>
    field(lang, { name, label: words[name], value: sent.text(name), error: errors[name], ...more })
  return page({
    title: words.maintenance,
    lead: words.noticeLead,
    breadcrumbs: [{ href: '/admin', label: words.title }],
    body: html`${form(lang, {
      action: '/admin/maintenance',
      csrf,
      errors,
      submit: words.publishNotice,
      body: html`${line('startsAt', { kind: 'datetime', required: true })}${line('endsAt', { kind: 'datetime', required: true })}${field(lang, { kind: 'checkbox', name: 'urgent', label: words.urgent, checked: sent.flag('urgent') })}${line('ground')}${line('aboutUk', { required: true })}${line('aboutEn', { required: true })}`
    })}${notices.length === 0 ? undefined : section({ title: words.current, body: maintenanceList(lang, notices) })}`
  })
}

function reportPage ({ lang, page }: Visit, report: Report): Html {
  const words = wordsOf(lang)
  const part = (title: string, rows: readonly (readonly [string, number])[]): Html => section({
    title,
    body: dataTable(lang, {
      caption: title,
      rows,
      empty: html`<p class="hint">${words.nothing}</p>`,
      columns: [{ key: 'what', label: words.what, heading: true, render: ([what]) => what.split(' ').map(words.token).join(': ') }, { key: 'count', label: words.count, align: 'end', narrow: true, render: ([, count]) => count }]
    })
  })
  return page({
    title: words.report,
    lead: words.reportLead,
    breadcrumbs: [{ href: '/admin', label: words.title }],
    actions: linkButton({ label: words.reportJson, href: '/admin/report.json', download: true, sign: 'download' }),
    body: html`${part(words.participation, report.participation)}${part(words.exchanges, report.exchanges)}${part(words.outcomes, report.outcomes)}${part(words.offersMade, report.offers)}${part(words.feedback, report.feedback)}${part(words.deliveries, report.deliveries)}<p>${words.documents}: ${report.documents}</p>`
  })
}
