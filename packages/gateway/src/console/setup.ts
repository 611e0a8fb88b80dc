import { alert, card, dateTime, descriptionList, field, fingerprint, form, html, identifier, linkButton, section, type FieldErrors, type Html } from '@trembita/web'
import { type ApiProblem, type Console, errorsOf, type Visit } from '@trembita/web/console'
import { setupWordsOf as wordsOf } from './setup-texts.ts'

interface Anchor { readonly hash: string, readonly created_at?: string, readonly instance_id: string, readonly download_urls?: readonly string[] }
interface Status { readonly is_anchor_imported: boolean, readonly is_server_code_initialized: boolean }

const INITIALISERS = ['XROAD_SYSTEM_ADMINISTRATOR', 'XROAD_SECURITY_OFFICER']
const ANCHOR = '/setup/anchor'
const NAME = '/setup/name'

/** A new gateway's first two steps: whom it trusts, and who it is. */
export function setupPages (console: Console): void {
  console.get(ANCHOR, (visit) => anchorPage(visit))
  console.post(`${ANCHOR}/check`, checkAnchor, (visit, problem) => anchorPage(visit, fileErrors(visit, problem)))
  console.post(ANCHOR, async ({ api, form }) => {
    const bytes = Buffer.from(form.text('anchor'), 'base64')
    const { is_anchor_imported: imported, is_server_code_initialized: named } = await api.get<Status>('/initialization/status')
    await api.upload('/system/anchor', bytes, imported ? 'PUT' : 'POST')
    return { to: named ? ANCHOR : NAME, said: 'anchorImported' }
  }, (visit, problem) => anchorPage(visit, fileErrors(visit, problem)))
  console.get(`${ANCHOR}/download`, async ({ api }) => {
    const { bytes } = await api.download('/system/anchor/download')
    return { bytes, type: 'application/xml', fileName: 'configuration-anchor.xml' }
  })
  console.get(NAME, (visit) => namePage(visit))
  console.post(NAME, async ({ api, form }) => {
    await api.post('/initialization', {
      owner_member_class: form.text('owner_member_class'), owner_member_code: form.text('owner_member_code'), security_server_code: form.text('security_server_code'), ignore_warnings: form.flag('ignore_warnings')
    })
    return { to: '/', said: 'gatewayInitialised' }
  }, (visit, problem) => namePage(visit, problem))
  console.sentences((lang) => ({ anchorImported: wordsOf(lang).imported, gatewayInitialised: wordsOf(lang).initialised }))
}

function fileErrors (visit: Visit, problem: ApiProblem): FieldErrors {
  return { anchor: visit.problemText(problem) }
}

async function anchorPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api, csrf } = visit
  const words = wordsOf(lang)
  const { is_anchor_imported: imported } = await api.get<Status>('/initialization/status')
  const anchor = imported ? await api.get<Anchor>('/system/anchor') : undefined
  const may = imported ? visit.may('XROAD_SECURITY_OFFICER') : visit.may(...INITIALISERS)
  const upload = form(lang, {
    action: `${ANCHOR}/check`,
    csrf,
    errors,
    multipart: true,
    submit: words.check,
    body: field(lang, { kind: 'file', name: 'anchor', label: words.file, hint: words.fileHint, accept: '.xml,application/xml', required: true, error: errors.anchor })
  })
  return visit.page({
    title: words.anchor,
    lead: words.anchorLead,
    ...anchor === undefined ? {} : { actions: linkButton({ label: words.download, href: `${ANCHOR}/download`, sign: 'download', download: true }) },
    body: html`${anchor === undefined ? undefined : section({ title: words.current, body: anchorLines(visit, anchor) })}${!may ? undefined : anchor === undefined ? card({ title: words.file, body: upload }) : card({ title: words.replaceTitle, body: upload })}`
  })
}

function anchorLines ({ lang }: Visit, { hash, created_at: created, instance_id: instance, download_urls: urls = [] }: Anchor): Html {
  const words = wordsOf(lang)
  return descriptionList(lang, [
    { term: words.instance, value: instance },
    { term: words.created, value: dateTime(created, lang) },
    { term: words.fingerprint, value: fingerprint(hash) },
    { term: words.sources, value: urls.map((url) => html`<div>${identifier(url)}</div>`) }
  ])
}

/** What the file says, to be compared before it is trusted; the file goes with the form, nothing is kept meanwhile. */
async function checkAnchor (visit: Visit): Promise<Html> {
  const { lang, api, csrf } = visit
  const words = wordsOf(lang)
  const file = visit.form.file('anchor')
  if (file === undefined) return await anchorPage(visit, { anchor: words.fileMissing })
  const { value } = await api.upload<Anchor>('/system/anchor/previews', file.bytes)
  return visit.page({
    title: words.anchor,
    breadcrumbs: [{ href: ANCHOR, label: words.anchor }],
    body: html`${alert(lang, { kind: 'info', title: words.checked })}${anchorLines(visit, value)}${form(lang, { action: ANCHOR, csrf, submit: words.trust, cancelHref: ANCHOR, fields: { anchor: file.bytes.toString('base64') }, body: '' })}`
  })
}

async function namePage (visit: Visit, problem?: ApiProblem): Promise<Html> {
  const { lang, api, csrf, form: sent } = visit
  const words = wordsOf(lang)
  const status = await api.get<Status>('/initialization/status')
  const frame = { title: words.name, lead: words.nameLead }
  if (status.is_server_code_initialized) return visit.page({ ...frame, body: alert(lang, { kind: 'ok', title: words.done }) })
  if (!status.is_anchor_imported) return visit.page({ ...frame, body: alert(lang, { kind: 'info', title: words.noAnchor, actions: linkButton({ label: words.anchor, href: ANCHOR, kind: 'primary' }) }) })
  if (!visit.may(...INITIALISERS)) return visit.page({ ...frame, body: '' })
  const classes = await api.get<string[]>('/member-classes')
  const warnings = problem?.warnings ?? []
  const errors: FieldErrors = problem === undefined || warnings.length > 0 ? {} : errorsOf(problem, (code) => words.problem(code) || visit.problemText(problem))
  return visit.page({
    ...frame,
    body: html`${warnings.length === 0 ? undefined : alert(lang, { kind: 'warn', title: warnings.map(({ code, metadata }) => words.warnings(code, metadata.join(', '))).join(' ') })}${form(lang, {
      action: NAME,
      csrf,
      errors,
      submit: words.initialise,
      body: html`${field(lang, { kind: 'select', name: 'owner_member_class', label: words.ownerClass, value: sent.text('owner_member_class'), options: classes.map((value) => ({ value, label: value })), required: true, error: errors.owner_member_class })}
${field(lang, { name: 'owner_member_code', label: words.ownerCode, hint: words.ownerCodeHint, value: sent.text('owner_member_code'), required: true, code: true, width: 20, error: errors.owner_member_code })}
${field(lang, { name: 'security_server_code', label: words.serverCode, hint: words.serverCodeHint, value: sent.text('security_server_code'), required: true, code: true, width: 20, error: errors.security_server_code })}
${warnings.length === 0 ? undefined : field(lang, { kind: 'checkbox', name: 'ignore_warnings', label: words.ignore })}`
    })}`
  })
}
