import { actionForm, actions, alert, confirm, dateTime, descriptionList, field, formatDateTime, html, identifier, linkButton, section, tag, type Html, type Lang } from '@trembita/web'
import { type ApiProblem, type ApiWarning, type Console, type Visit } from '@trembita/web/console'
import { clientPath } from './clients.ts'
import { servicesWordsOf as wordsOf } from './services-texts.ts'
import { descriptionState, SERVICE_ADMINISTRATOR, serviceErrors, serviceTable, type Description } from './services.ts'

interface Changes { readonly checked_at: string, readonly changes: readonly ApiWarning[], readonly failure?: string }

const pathOf = ({ params }: Visit): string => `/services/descriptions/${encodeURIComponent(params.id ?? '')}`
const apiPathOf = ({ params }: Visit): string => `/service-descriptions/${encodeURIComponent(params.id ?? '')}`

/** One description: its services, whether it is still what the information system says, on or off. */
export function descriptionPages (console: Console): void {
  console.get('/services/descriptions/:id', (visit) => descriptionPage(visit))
  console.post('/services/descriptions/:id/enable', async (visit) => {
    await visit.api.put(`${apiPathOf(visit)}/enable`)
    return { to: pathOf(visit), said: 'descriptionEnabled' }
  }, descriptionPage)
  console.post('/services/descriptions/:id/disable', async (visit) => {
    await visit.api.put(`${apiPathOf(visit)}/disable`, { disabled_notice: visit.form.text('notice') })
    return { to: pathOf(visit), said: 'descriptionDisabled' }
  }, descriptionPage)
  console.post('/services/descriptions/:id/refresh', async (visit) => {
    await visit.api.put(`${apiPathOf(visit)}/refresh`, { ignore_warnings: visit.form.flag('ignore_warnings') })
    return { to: pathOf(visit), said: 'descriptionRefreshed' }
  }, descriptionPage)
  console.post('/services/descriptions/:id/address', async (visit) => {
    const { type } = await visit.api.get<Description>(apiPathOf(visit))
    await visit.api.patch(apiPathOf(visit), { url: visit.form.text('url'), type, ignore_warnings: visit.form.flag('ignore_warnings') })
    return { to: pathOf(visit), said: 'descriptionMoved' }
  }, descriptionPage)
  console.post('/services/descriptions/:id/removal', async (visit) => {
    await visit.api.delete(apiPathOf(visit))
    return { to: '/services', said: 'descriptionDeleted' }
  })
  console.sentences((lang) => {
    const words = wordsOf(lang)
    return { descriptionEnabled: words.enabledSaid, descriptionDisabled: words.disabledSaid, descriptionRefreshed: words.refreshed2, descriptionMoved: words.moved, descriptionDeleted: words.deleted }
  })
}

async function descriptionPage (visit: Visit, problem?: ApiProblem): Promise<Html> {
  const { lang, api, query } = visit
  const words = wordsOf(lang)
  const description = await api.get<Description>(apiPathOf(visit))
  const checked = query.check === undefined ? undefined : await api.get<Changes>(`${apiPathOf(visit)}/changes`)
  const administrator = visit.may(SERVICE_ADMINISTRATOR)
  return visit.page({
    title: description.url,
    eyebrow: words.description,
    status: descriptionState(lang, description),
    breadcrumbs: [{ href: '/services', label: words.title }],
    actions: possible(visit, description, administrator),
    body: html`${problem === undefined ? undefined : refusal(visit, problem)}${checked === undefined ? undefined : outcome(visit, checked, administrator)}${descriptionList(lang, [
      { term: words.client, value: html`<a href="${clientPath(description.client_id)}">${identifier(description.client_id)}</a>` },
      { term: words.kind, value: tag(words.kinds(description.type)) },
      { term: words.refreshed, value: dateTime(description.refreshed_at, lang) },
      ...description.disabled && (description.disabled_notice ?? '') !== '' ? [{ term: words.notice, value: description.disabled_notice }] : []
    ])}${section({ title: words.services, body: serviceTable(lang, description.services, words.services) })}`
  })
}

function possible (visit: Visit, description: Description, administrator: boolean): Html {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  const path = pathOf(visit)
  return actions(
    administrator && description.disabled ? actionForm({ label: words.enable, kind: 'primary', action: `${path}/enable`, csrf }) : undefined,
    description.type === 'REST' ? undefined : linkButton({ label: words.check, href: `${path}?check=1`, sign: 'search' }),
    administrator && description.type !== 'REST' ? actionForm({ label: words.refresh, action: `${path}/refresh`, csrf }) : undefined,
    administrator ? confirm(lang, { label: words.move, title: words.move, kind: 'secondary', body: '', action: `${path}/address`, csrf, submit: words.save, inputs: field(lang, { kind: 'url', name: 'url', label: words.url, value: description.url, required: true, code: true }) }) : undefined,
    administrator && !description.disabled
      ? confirm(lang, { label: words.disable, title: words.disable, body: words.disableBody, action: `${path}/disable`, csrf, submit: words.disable, inputs: field(lang, { name: 'notice', label: words.notice, hint: words.noticeHint, required: false, lengthMax: 1000 }) })
      : undefined,
    administrator ? confirm(lang, { label: words.delete, title: words.delete, body: words.deleteBody, action: `${path}/removal`, csrf, submit: words.delete, sign: 'trash' }) : undefined
  )
}

/** What is different is shown before it is taken over. */
function refusal (visit: Visit, problem: ApiProblem): Html {
  const { lang, form, path } = visit
  const words = wordsOf(lang)
  if (problem.warnings.length === 0) return alert(lang, { kind: 'bad', title: Object.values(serviceErrors(visit, problem)).join(' '), body: problem.message })
  const fields = { ignore_warnings: 'yes', ...form.text('url') === '' ? {} : { url: form.text('url') } }
  return alert(lang, { kind: 'warn', title: words.changed, body: changeLines(lang, problem.warnings), actions: actionForm({ label: words.takeOver, kind: 'primary', action: path, csrf: visit.csrf, fields }) })
}

function outcome (visit: Visit, { checked_at: at, changes, failure }: Changes, administrator: boolean): Html {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  const when = words.checked(formatDateTime(at, lang))
  if (failure !== undefined) return alert(lang, { kind: 'bad', title: words.unreadable, body: html`${failure} · ${when}` })
  if (changes.length === 0) return alert(lang, { kind: 'ok', title: words.same, body: when })
  return alert(lang, {
    kind: 'warn',
    title: words.changed,
    body: html`${changeLines(lang, changes)}<p class="hint">${when}</p>`,
    ...administrator ? { actions: actionForm({ label: words.takeOver, kind: 'primary', action: `${pathOf(visit)}/refresh`, csrf, fields: { ignore_warnings: 'yes' } }) } : {}
  })
}

function changeLines (lang: Lang, changes: readonly ApiWarning[]): Html {
  return html`<ul>${changes.map(({ code, metadata }) => html`<li>${wordsOf(lang).changes(code)}: ${metadata.map((one, index) => html`${index === 0 ? '' : ', '}${identifier(one)}`)}</li>`)}</ul>`
}
