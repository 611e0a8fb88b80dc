import { alert, card, confirm, dataTable, field, form, html, identifier, linkButton, section, tag, descriptionList, type FieldErrors, type Html } from '@trembita/web'
import { type ApiProblem, type Console, type Visit } from '@trembita/web/console'
import { clientPath } from './clients.ts'
import { personalDataSection } from './service-personal-data.ts'
import { servicesWordsOf as wordsOf } from './services-texts.ts'
import { SERVICE_ADMINISTRATOR, serviceErrors, servicePath, type Endpoint, type Service } from './services.ts'

const METHODS = ['*', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE']
const MODES = ['none', 'refuse', 'remove']
const pathOf = ({ params }: Visit): string => servicePath(params.id ?? '')
const apiPathOf = ({ params }: Visit): string => `/services/${encodeURIComponent(params.id ?? '')}`

/** What was refused on a page with several forms. */
interface Refused { readonly what: 'settings' | 'endpoint', readonly errors: FieldErrors }

/** Whose service it is, by its identifier. */
export function clientOfService (id: string): string {
  return id.slice(0, id.lastIndexOf(':'))
}

/** One service: where it is, what it asks for, its operations. */
export function oneServicePages (console: Console): void {
  console.get('/services/one/:id', (visit) => servicePage(visit))
  const again = (what: Refused['what']) => async (visit: Visit, problem: ApiProblem): Promise<Html> => await servicePage(visit, { what, errors: serviceErrors(visit, problem) })
  console.post('/services/one/:id/settings', async (visit) => {
    const { form } = visit
    const all = form.flag('all')
    await visit.api.patch(apiPathOf(visit), {
      url: form.text('url'), timeout: Number(form.text('timeout')), ssl_auth: form.flag('ssl_auth'), agreement: form.text('agreement'), url_all: all, timeout_all: all, ssl_auth_all: all
    })
    return { to: pathOf(visit), said: 'serviceSaved' }
  }, again('settings'))
  console.post('/services/one/:id/endpoints', async (visit) => {
    await visit.api.post(`${apiPathOf(visit)}/endpoints`, { method: visit.form.text('method'), path: visit.form.text('path') })
    return { to: pathOf(visit), said: 'endpointAdded' }
  }, again('endpoint'))
  console.post('/services/one/:id/endpoints/removal', async (visit) => {
    await visit.api.delete(`/endpoints/${encodeURIComponent(visit.form.text('endpoint'))}`)
    return { to: pathOf(visit), said: 'endpointRemoved' }
  }, again('endpoint'))
  console.sentences((lang) => ({ serviceSaved: wordsOf(lang).saved, endpointAdded: wordsOf(lang).endpointAdded, endpointRemoved: wordsOf(lang).endpointRemoved }))
}

async function servicePage (visit: Visit, refused?: Refused): Promise<Html> {
  const { lang, api } = visit
  const words = wordsOf(lang)
  const service = await api.get<Service>(apiPathOf(visit))
  const client = clientOfService(service.id)
  const administrator = visit.may(SERVICE_ADMINISTRATOR)
  return visit.page({
    title: service.full_service_code,
    eyebrow: words.service,
    lead: service.title ?? '',
    breadcrumbs: [{ href: '/services', label: words.title }],
    actions: linkButton({ label: words.rights, href: `${pathOf(visit)}/rights`, kind: administrator ? 'primary' : 'secondary', sign: 'user' }),
    body: html`${refused === undefined ? undefined : alert(lang, { kind: 'bad', title: Object.values(refused.errors).join(' ') })}${descriptionList(lang, [
      { term: words.client, value: html`<a href="${clientPath(client)}">${identifier(client)}</a>` },
      { term: words.subjects, value: String(service.subjects_count ?? 0) },
      ...administrator
        ? []
        : [
            { term: words.url, value: identifier(service.url) },
            { term: words.timeout, value: `${service.timeout} ${words.seconds}` },
            { term: words.agreement, value: words.agreements(service.agreement) }
          ]
    ])}${administrator ? settings(visit, service, refused?.what === 'settings' ? refused.errors : {}) : undefined}${endpoints(visit, service, administrator, refused?.what === 'endpoint' ? refused.errors : {})}${await personalDataSection(visit)}`
  })
}

function settings (visit: Visit, service: Service, errors: FieldErrors): Html {
  const { lang, csrf, form: sent } = visit
  const words = wordsOf(lang)
  return card({
    title: words.settings,
    body: form(lang, {
      action: `${pathOf(visit)}/settings`,
      csrf,
      submit: words.save,
      submitKind: 'secondary',
      body: html`${field(lang, { kind: 'url', name: 'url', label: words.url, value: sent.text('url') || service.url, required: true, code: true, error: errors.url })}
${field(lang, { kind: 'number', name: 'timeout', label: words.timeout, value: sent.text('timeout') || service.timeout, min: 1, max: 86_400, width: 8, suffix: words.seconds, required: true, error: errors.timeout })}
${field(lang, { kind: 'checkbox', name: 'ssl_auth', label: words.tls, hint: words.tlsHint, checked: service.ssl_auth })}
${field(lang, { kind: 'radios', name: 'agreement', label: words.agreement, value: service.agreement, options: MODES.map((value) => ({ value, label: words.agreements(value) })) })}
${field(lang, { kind: 'checkbox', name: 'all', label: words.allServices })}`
    })
  })
}

function endpoints (visit: Visit, service: Service, administrator: boolean, errors: FieldErrors): Html {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  const path = pathOf(visit)
  return section({
    title: words.endpoints,
    lead: words.endpointsLead,
    body: html`${dataTable(lang, {
      caption: words.endpoints,
      rows: service.endpoints ?? [],
      empty: html`<p class="hint">${words.noEndpoints}</p>`,
      columns: [
        { key: 'path', label: words.path, heading: true, render: (row) => html`<a href="${path}/endpoints/${row.id}/rights">${identifier(row.path)}</a>` },
        { key: 'method', label: words.method, narrow: true, render: ({ method }) => tag(method) },
        { key: 'from', label: words.description, narrow: true, render: ({ generated }) => generated === true ? words.fromDescription : words.byHand },
        ...administrator
          ? [{
              key: 'remove',
              label: words.removeEndpoint,
              narrow: true,
              render: ({ id, generated }: Endpoint) => generated === true ? undefined : confirm(lang, { label: words.removeEndpoint, title: words.removeEndpoint, body: words.removeEndpointBody, action: `${path}/endpoints/removal`, csrf, submit: words.removeEndpoint, fields: { endpoint: id } })
            }]
          : []
      ]
    })}${administrator
      ? card({
        title: words.addEndpoint,
        level: 3,
        body: form(lang, {
          action: `${path}/endpoints`,
          csrf,
          submit: words.addEndpoint,
          submitKind: 'secondary',
          body: html`${field(lang, { kind: 'select', name: 'method', label: words.method, value: visit.form.text('method') || 'GET', options: METHODS.map((value) => ({ value, label: value })) })}
${field(lang, { name: 'path', label: words.path, hint: words.pathHint, value: visit.form.text('path'), required: true, code: true, error: errors.path ?? errors[''] })}`
        })
      })
      : undefined}`
  })
}
