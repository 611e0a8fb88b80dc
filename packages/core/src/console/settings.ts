import {
  confirm, descriptionList, field, fieldGroup, form, html, identifier, section, type FieldErrors, type Html
} from '@trembita/web'
import { historyOf } from './audit.ts'
import { after, type Console, type Visit } from './console.ts'
import { firstSteps, type FirstStepsFacts } from './first-steps.ts'
import { managementServicesPages } from './management-services.ts'
import { settingsErrors, settingsTabs } from './settings-frame.ts'
import { settingsWordsOf as wordsOf } from './settings-texts.ts'

interface Status {
  readonly initialization_status: { readonly instance_identifier: string, readonly central_server_address: string }
  readonly high_availability_status: { readonly is_ha_configured: boolean, readonly node_name: string }
}

const SWITCHES = ['auto_approve_auth_cert_reg_requests', 'auto_approve_client_reg_requests', 'auto_approve_owner_change_requests', 'strict_identifiers', 'accession_required'] as const
const SECONDS = ['conf_expire_interval_seconds', 'ocsp_freshness_seconds', 'time_stamping_interval_seconds'] as const

type Parameters = Readonly<Record<typeof SWITCHES[number], boolean> & Record<typeof SECONDS[number], number>> & { readonly auth_cert_reg_url: string }

const MAY_INITIALISE = ['XROAD_SYSTEM_ADMINISTRATOR', 'XROAD_SECURITY_OFFICER']

/** What the whole instance is set to: its identifier and address, parameters, who gives the management services. */
export function settingsPages (console: Console): void {
  console.get('/settings', (visit) => instancePage(visit))
  console.post('/settings/initialisation', async (visit) => {
    const { form } = visit
    const address = form.text('central_server_address').trim()
    const done = await visit.api.post('/initialization', { instance_identifier: form.text('instance_identifier').trim(), ...address === '' ? {} : { central_server_address: address } })
    return after(done, '/', 'initialised')
  }, async (visit, problem) => await instancePage(visit, settingsErrors(visit, problem)))
  console.post('/settings/address', async (visit) =>
    after(await visit.api.put('/system/server-address', { central_server_address: visit.form.text('central_server_address').trim() }), '/settings', 'addressChanged'),
  async (visit, problem) => await instancePage(visit, settingsErrors(visit, problem)))
  console.get('/settings/parameters', (visit) => parametersPage(visit))
  console.post('/settings/parameters', async (visit) => after(await visit.api.patch('/system/parameters', sentParameters(visit)), '/settings/parameters', 'parametersSaved'),
    async (visit, problem) => await parametersPage(visit, settingsErrors(visit, problem)))
  managementServicesPages(console)
  console.sentences((lang) => {
    const { initialised, addressChanged, parametersSaved } = wordsOf(lang)
    return { initialised, addressChanged, parametersSaved }
  })
}

async function instancePage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api } = visit
  const words = wordsOf(lang)
  const [status, { info: version }, facts] = await Promise.all([
    api.get<Status>('/system/status'), api.get<{ info: string }>('/system/version'), api.get<FirstStepsFacts>('/overview')
  ])
  const { initialization_status: { instance_identifier: instance, central_server_address: address }, high_availability_status: { is_ha_configured: many, node_name: node } } = status
  const list = descriptionList(lang, [
    { term: words.instance, value: instance === '' ? words.notInitialised : identifier(instance) },
    { term: words.address, value: identifier(address) },
    { term: words.node, value: identifier(node), hint: many ? words.nodeOfMany : words.nodeAlone },
    { term: words.version, value: version }
  ])
  return visit.page({
    title: words.title,
    lead: words.lead,
    body: html`${settingsTabs(visit)}${instance === '' ? initialisation(visit, address, errors) : undefined}${section({
      title: words.instanceTab,
      ...instance !== '' && visit.may('XROAD_SECURITY_OFFICER') ? { actions: addressChange(visit, address, errors) } : {},
      body: list
    })}${await firstSteps(api, lang, facts)}${section({ title: words.history, body: instance === '' ? html`<p class="hint">${words.noHistory}</p>` : await historyOf(api, lang, 'instance', instance) })}`
  })
}

function initialisation ({ lang, csrf, form: sent, may }: Visit, address: string, errors: FieldErrors): Html {
  const words = wordsOf(lang)
  if (!may(...MAY_INITIALISE)) return section({ title: words.initialise, lead: words.initialiseLead, body: html`<p>${words.initialiseBy}</p>` })
  return section({
    title: words.initialise,
    lead: words.initialiseLead,
    body: form(lang, {
      action: '/settings/initialisation',
      csrf,
      errors,
      submit: words.initialise,
      body: html`${[
        field(lang, { name: 'instance_identifier', label: words.instance, hint: words.instanceHint, value: sent.text('instance_identifier'), error: errors.instance_identifier, required: true, code: true, width: 20 }),
        field(lang, { name: 'central_server_address', label: words.address, hint: words.addressHint, value: sent.optional('central_server_address') ?? address, error: errors.central_server_address, required: true, code: true, width: 32 })
      ]}`
    })
  })
}

function addressChange ({ lang, csrf, form: sent }: Visit, address: string, errors: FieldErrors): Html {
  const words = wordsOf(lang)
  const error = errors.central_server_address ?? errors['']
  return confirm(lang, {
    label: words.changeAddress,
    title: words.changeAddress,
    kind: 'secondary',
    body: words.changeAddressBody,
    action: '/settings/address',
    csrf,
    submit: words.changeAddress,
    open: error !== undefined,
    inputs: field(lang, { name: 'central_server_address', label: words.address, hint: words.addressHint, value: sent.optional('central_server_address') ?? address, error, required: true, code: true })
  })
}

function sentParameters ({ form }: Visit): Record<string, unknown> {
  const chosen = form.texts('switches')
  return {
    ...Object.fromEntries(SECONDS.map((name) => [name, Number(form.text(name))])),
    ...Object.fromEntries(SWITCHES.map((name) => [name, chosen.includes(name)])),
    auth_cert_reg_url: form.text('auth_cert_reg_url').trim()
  }
}

async function parametersPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api } = visit
  const words = wordsOf(lang)
  const parameters = await api.get<Parameters>('/system/parameters')
  return visit.page({
    title: words.parametersTab,
    breadcrumbs: [{ href: '/settings', label: words.title }],
    body: html`${settingsTabs(visit)}${visit.may(...MAY_INITIALISE) ? parametersForm(visit, parameters, errors) : parametersList(visit, parameters)}`
  })
}

function secondsOf ({ lang }: Visit): readonly { readonly name: typeof SECONDS[number], readonly label: string, readonly hint: string, readonly min: number, readonly max: number }[] {
  const words = wordsOf(lang)
  return [
    { name: 'conf_expire_interval_seconds', label: words.confExpire, hint: words.confExpireHint, min: 120, max: 86_400 },
    { name: 'ocsp_freshness_seconds', label: words.ocspFreshness, hint: words.ocspFreshnessHint, min: 60, max: 604_800 },
    { name: 'time_stamping_interval_seconds', label: words.stamping, hint: words.stampingHint, min: 1, max: 86_400 }
  ]
}

function switchesOf ({ lang }: Visit): { readonly approvals: readonly { value: typeof SWITCHES[number], label: string }[], readonly rules: readonly { value: typeof SWITCHES[number], label: string }[] } {
  const words = wordsOf(lang)
  return {
    approvals: [
      { value: 'auto_approve_auth_cert_reg_requests', label: words.autoAuth },
      { value: 'auto_approve_client_reg_requests', label: words.autoClient },
      { value: 'auto_approve_owner_change_requests', label: words.autoOwner }
    ],
    rules: [{ value: 'accession_required', label: words.accession }, { value: 'strict_identifiers', label: words.strict }]
  }
}

function parametersForm (visit: Visit, parameters: Parameters, errors: FieldErrors): Html {
  const { lang, csrf, form: sent } = visit
  const words = wordsOf(lang)
  const again = Object.keys(errors).length > 0
  const values = again ? sent.texts('switches') : SWITCHES.filter((name) => parameters[name])
  const { approvals, rules } = switchesOf(visit)
  return form(lang, {
    action: '/settings/parameters',
    csrf,
    errors,
    submit: words.save,
    body: html`${fieldGroup(words.timing, secondsOf(visit).map(({ name, ...rest }) =>
      field(lang, { ...rest, kind: 'number', name, value: again ? sent.text(name) : parameters[name], error: errors[name], required: true, width: 12, suffix: words.seconds })), words.timingHint)}${
    fieldGroup(words.registration, [
      field(lang, { kind: 'checkboxes', name: 'switches', label: words.autoApprove, values, options: approvals }),
      field(lang, { name: 'auth_cert_reg_url', label: words.registrationUrl, hint: words.registrationUrlHint, value: again ? sent.text('auth_cert_reg_url') : parameters.auth_cert_reg_url, error: errors.auth_cert_reg_url, code: true, required: false })
    ])}${field(lang, { kind: 'checkboxes', name: 'switches', id: 'f-rules', label: words.rules, values, options: rules })}`
  })
}

function parametersList (visit: Visit, parameters: Parameters): Html {
  const { lang } = visit
  const words = wordsOf(lang)
  const chosen = (options: readonly { value: typeof SWITCHES[number], label: string }[], none: string): Html | string => {
    const on = options.filter(({ value }) => parameters[value])
    return on.length === 0 ? none : html`<ul>${on.map(({ label }) => html`<li>${label}</li>`)}</ul>`
  }
  const { approvals, rules } = switchesOf(visit)
  return descriptionList(lang, [
    ...secondsOf(visit).map(({ name, label }) => ({ term: label, value: `${parameters[name]} ${words.seconds}` })),
    { term: words.autoApprove, value: chosen(approvals, words.autoNone) },
    { term: words.registrationUrl, value: parameters.auth_cert_reg_url === '' ? words.registrationUrlOwn : identifier(parameters.auth_cert_reg_url) },
    { term: words.rules, value: chosen(rules, words.noRules) }
  ])
}
