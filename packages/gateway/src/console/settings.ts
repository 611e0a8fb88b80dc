import { actions, alert, confirm, descriptionList, field, html, identifier, linkButton, section, statusBadge, actionForm, type Html, type StatusKind } from '@trembita/web'
import { type ApiProblem, type Console, type Visit } from '@trembita/web/console'
import { certificateTerms, type CertificateDetails } from './certificate-lines.ts'
import { settingsWordsOf as wordsOf } from './settings-texts.ts'

interface Address { readonly current_address?: { readonly address: string }, readonly requested_change?: { readonly address: string } }
interface Maintenance { readonly status: string, readonly message?: string, readonly is_management_services_provider?: boolean }

const SYSTEM_ADMINISTRATOR = 'XROAD_SYSTEM_ADMINISTRATOR'
const PATH = '/settings'
const BADGES: Readonly<Record<string, StatusKind>> = { PENDING_ENABLE_MAINTENANCE_MODE: 'wait', ENABLED_MAINTENANCE_MODE: 'warn', PENDING_DISABLE_MAINTENANCE_MODE: 'wait', DISABLED_MAINTENANCE_MODE: 'ok' }

/** The gateway as a whole: address, maintenance, anchor, its certificate for information systems. */
export function settingsPages (console: Console): void {
  console.get(PATH, (visit) => settingsPage(visit))
  console.post(`${PATH}/address`, async ({ api, form }) => {
    await api.put('/system/server-address', { address: form.text('address') })
    return { to: PATH, said: 'addressChanged' }
  }, settingsPage)
  console.post(`${PATH}/maintenance/on`, async ({ api, form }) => {
    await api.put('/system/maintenance-mode/enable', { message: form.text('message') })
    return { to: PATH, said: 'maintenanceOn' }
  }, settingsPage)
  console.post(`${PATH}/maintenance/off`, async ({ api }) => {
    await api.put('/system/maintenance-mode/disable')
    return { to: PATH, said: 'maintenanceOff' }
  }, settingsPage)
  console.get(`${PATH}/certificate`, async ({ api }) => {
    const { bytes } = await api.download('/system/certificate/export')
    return { bytes, type: 'application/x-pem-file', fileName: 'gateway.crt' }
  })
  console.sentences((lang) => ({ addressChanged: wordsOf(lang).changed, maintenanceOn: wordsOf(lang).enabled, maintenanceOff: wordsOf(lang).disabled }))
}

async function settingsPage (visit: Visit, problem?: ApiProblem): Promise<Html> {
  const { lang, api } = visit
  const words = wordsOf(lang)
  const { is_server_code_initialized: named } = await api.get<{ is_server_code_initialized: boolean }>('/initialization/status')
  const anchor = section({ title: words.anchor, body: html`<p><a href="/setup/anchor">${words.toAnchor}</a></p>` })
  if (!named) return visit.page({ title: words.title, lead: words.lead, body: html`${alert(lang, { kind: 'info', title: words.notInitialised })}${anchor}` })
  const [address, maintenance, certificate] = await Promise.all([
    api.get<Address>('/system/server-address'), api.get<Maintenance>('/system/maintenance-mode'), api.get<CertificateDetails>('/system/certificate')
  ])
  const administrator = visit.may(SYSTEM_ADMINISTRATOR)
  return visit.page({
    title: words.title,
    lead: words.lead,
    body: html`${problem === undefined ? undefined : alert(lang, { kind: 'bad', title: words.problem(problem.code) || visit.problemText(problem), body: problem.message })}${addressSection(visit, address, administrator)}${maintenanceSection(visit, maintenance, administrator)}${anchor}${section({
      title: words.certificate,
      lead: words.certificateLead,
      actions: linkButton({ label: words.download, href: `${PATH}/certificate`, sign: 'download', download: true }),
      body: descriptionList(lang, certificateTerms(lang, certificate))
    })}`
  })
}

function addressSection ({ lang, csrf, form }: Visit, { current_address: current, requested_change: requested }: Address, administrator: boolean): Html {
  const words = wordsOf(lang)
  return section({
    title: words.address,
    ...administrator && current !== undefined
      ? {
          actions: actions(confirm(lang, {
            label: words.change,
            title: words.change,
            kind: 'secondary',
            body: words.changeBody,
            action: `${PATH}/address`,
            csrf,
            submit: words.change,
            inputs: field(lang, { name: 'address', label: words.address, hint: words.addressHint, value: form.text('address') || current.address, required: true, code: true })
          }))
        }
      : {},
    body: descriptionList(lang, [
      { term: words.current, value: current === undefined ? words.none : identifier(current.address) },
      ...requested === undefined ? [] : [{ term: words.requested, value: identifier(requested.address) }]
    ])
  })
}

function maintenanceSection ({ lang, csrf }: Visit, { status, message, is_management_services_provider: provider }: Maintenance, administrator: boolean): Html {
  const words = wordsOf(lang)
  const off = status === 'DISABLED_MAINTENANCE_MODE'
  return section({
    title: words.maintenance,
    lead: words.maintenanceLead,
    ...!administrator
      ? {}
      : {
          actions: off
            ? actions(confirm(lang, {
              label: words.enable,
              title: words.enable,
              body: html`${words.enableBody}${provider === true ? html` <strong>${words.managementProvider}</strong>` : undefined}`,
              action: `${PATH}/maintenance/on`,
              csrf,
              submit: words.enable,
              inputs: field(lang, { name: 'message', label: words.message, required: false, lengthMax: 255 })
            }))
            : actions(actionForm({ label: words.disable, action: `${PATH}/maintenance/off`, csrf }))
        },
    body: descriptionList(lang, [
      { term: words.state, value: statusBadge(BADGES[status] ?? 'idle', words.states(status)) },
      ...message === undefined || message === '' ? [] : [{ term: words.message, value: message }]
    ])
  })
}
