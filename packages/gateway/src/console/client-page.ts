import { actions, alert, card, confirm, dataTable, dateTime, descriptionList, field, fingerprint, form, html, identifier, section, type FieldErrors, type Html } from '@trembita/web'
import { type ApiProblem, type Console, errorsOf, type Visit } from '@trembita/web/console'
import { certificateNameOf, validUntil, type CertificateDetails } from './certificate-lines.ts'
import { clientsWordsOf as wordsOf } from './clients-texts.ts'
import { clientPath, clientState, connectionField, nameOf, type Client } from './clients.ts'

export interface LocalGroup {
  readonly id: string
  readonly code: string
  readonly description: string
  readonly member_count?: number
  readonly updated_at?: string
  readonly members?: readonly { readonly id: string, readonly member_name?: string, readonly subsystem_name?: string, readonly created_at?: string }[]
}

interface Description { readonly services: readonly object[] }

const REGISTRATION_OFFICER = 'XROAD_REGISTRATION_OFFICER'
const SERVICE_ADMINISTRATOR = 'XROAD_SERVICE_ADMINISTRATOR'
/** States in which something can be asked of the core. */
const FROM: Readonly<Record<'register' | 'unregister' | 'disable' | 'enable', readonly string[]>> = {
  register: ['SAVED'],
  unregister: ['REGISTERED', 'REGISTRATION_IN_PROGRESS', 'GLOBAL_ERROR', 'DISABLED', 'DISABLING_IN_PROGRESS', 'ENABLING_IN_PROGRESS'],
  disable: ['REGISTERED'],
  enable: ['DISABLED']
}

const pathOf = ({ params }: Visit): string => clientPath(params.id ?? '')

/** One client: its registration, how its information systems connect, its certificates and groups. */
export function oneClientPages (console: Console): void {
  console.get('/clients/:id', (visit) => clientPage(visit))
  for (const step of Object.keys(FROM)) {
    console.post(`/clients/:id/${step}`, async (visit) => {
      await visit.api.put(`${pathOf(visit)}/${step}`)
      return { to: pathOf(visit), said: 'clientRequestSent' }
    }, clientPage)
  }
  console.post('/clients/:id/name', async (visit) => {
    await visit.api.put(`${pathOf(visit)}/rename`, { client_name: visit.form.text('client_name') })
    return { to: pathOf(visit), said: 'clientRenamed' }
  }, clientPage)
  console.post('/clients/:id/removal', async (visit) => {
    await visit.api.delete(pathOf(visit))
    return { to: '/clients', said: 'clientDeleted' }
  }, clientPage)
  console.post('/clients/:id/connection', async (visit) => {
    await visit.api.patch(pathOf(visit), { connection_type: visit.form.text('connection_type') })
    return { to: pathOf(visit), said: 'clientSaved' }
  }, clientPage)
  console.post('/clients/:id/certificates', async (visit) => {
    const file = visit.form.file('certificate')
    if (file === undefined) return await clientPage(visit, undefined, { certificate: wordsOf(visit.lang).fileMissing })
    await visit.api.upload(`${pathOf(visit)}/tls-certificates`, file.bytes)
    return { to: pathOf(visit), said: 'tlsCertificateAdded' }
  }, async (visit, problem) => await clientPage(visit, undefined, { certificate: wordsOf(visit.lang).problem(problem.code) || visit.problemText(problem) }))
  console.post('/clients/:id/certificates/removal', async (visit) => {
    await visit.api.delete(`${pathOf(visit)}/tls-certificates/${encodeURIComponent(visit.form.text('hash'))}`)
    return { to: pathOf(visit), said: 'tlsCertificateRemoved' }
  }, clientPage)
  console.post('/clients/:id/groups', async (visit) => {
    const { value } = await visit.api.post<LocalGroup>(`${pathOf(visit)}/local-groups`, { code: visit.form.text('code'), description: visit.form.text('description') })
    return { to: `${pathOf(visit)}/groups/${value.id}`, said: 'groupAdded' }
  }, async (visit, problem) => await clientPage(visit, undefined, errorsOf(problem, (code) => wordsOf(visit.lang).problem(code) || visit.problemText(problem))))
  console.sentences((lang) => {
    const words = wordsOf(lang)
    return {
      clientRequestSent: words.sent, clientRenamed: words.renamed, clientDeleted: words.deleted, clientSaved: words.saved, tlsCertificateAdded: words.certificateAdded, tlsCertificateRemoved: words.certificateRemoved, groupAdded: words.groupAdded
    }
  })
}

async function clientPage (visit: Visit, problem?: ApiProblem, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api } = visit
  const words = wordsOf(lang)
  const path = pathOf(visit)
  const [client, certificates, groups, descriptions] = await Promise.all([
    api.get<Client>(path), api.get<CertificateDetails[]>(`${path}/tls-certificates`), api.get<LocalGroup[]>(`${path}/local-groups`), api.get<Description[]>(`${path}/service-descriptions`)
  ])
  const services = descriptions.reduce((sum, one) => sum + one.services.length, 0)
  return visit.page({
    title: nameOf(client),
    eyebrow: client.subsystem_code === undefined ? words.member : words.subsystem,
    status: clientState(lang, client),
    breadcrumbs: [{ href: '/clients', label: words.title }],
    actions: possible(visit, client),
    body: html`${problem === undefined ? undefined : alert(lang, { kind: 'bad', title: words.problem(problem.code) || visit.problemText(problem), body: problem.message })}${descriptionList(lang, [
      { term: words.id, value: identifier(client.id) },
      { term: words.member, value: client.member_name },
      { term: words.connection, value: words.connections(client.connection_type ?? '') },
      { term: words.services, value: services === 0 ? words.noServices : html`<a href="/services?client=${encodeURIComponent(client.id)}">${words.toServices}: ${services}</a>` }
    ])}${visit.may(SERVICE_ADMINISTRATOR)
      ? card({ title: words.connection, body: form(lang, { action: `${path}/connection`, csrf: visit.csrf, submit: words.save, submitKind: 'secondary', body: connectionField(lang, client.connection_type ?? 'HTTPS') }) })
      : undefined}${certificateSection(visit, certificates, errors)}${groupSection(visit, groups, errors)}`
  })
}

function possible (visit: Visit, { status = '', owner, subsystem_code: subsystem, subsystem_name: name }: Client): Html {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  const path = pathOf(visit)
  const officer = visit.may(REGISTRATION_OFFICER) && owner !== true
  const may = (step: keyof typeof FROM): boolean => officer && FROM[step].includes(status)
  const ask = (step: keyof typeof FROM, label: string, body: string, kind: 'primary' | 'secondary' | 'danger'): Html | undefined => may(step)
    ? confirm(lang, { label, title: label, kind, body, action: `${path}/${step}`, csrf, submit: label })
    : undefined
  return actions(
    ask('register', words.register, words.registerBody, 'primary'),
    ask('enable', words.enable, words.enableBody, 'primary'),
    officer && subsystem !== undefined && ['SAVED', 'REGISTERED'].includes(status)
      ? confirm(lang, { label: words.rename, title: words.rename, kind: 'secondary', body: '', action: `${path}/name`, csrf, submit: words.save, inputs: field(lang, { name: 'client_name', label: words.subsystemName, value: name ?? '', required: true, lengthMax: 255 }) })
      : undefined,
    ask('disable', words.disable, words.disableBody, 'secondary'),
    ask('unregister', words.unregister, words.unregisterBody, 'danger'),
    officer && ['SAVED', 'DELETION_IN_PROGRESS', 'GLOBAL_ERROR'].includes(status) ? confirm(lang, { label: words.delete, title: words.delete, body: words.deleteBody, action: `${path}/removal`, csrf, submit: words.delete, sign: 'trash' }) : undefined
  )
}

function certificateSection (visit: Visit, rows: readonly CertificateDetails[], errors: FieldErrors): Html {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  const path = pathOf(visit)
  const administrator = visit.may(SERVICE_ADMINISTRATOR)
  return section({
    title: words.certificates,
    lead: words.certificatesLead,
    body: html`${dataTable(lang, {
      caption: words.certificates,
      rows,
      empty: html`<p class="hint">${words.noCertificates}</p>`,
      columns: [
        { key: 'name', label: words.certificate, heading: true, render: certificateNameOf },
        { key: 'until', label: words.until, render: (row) => validUntil(lang, row.not_after) },
        { key: 'hash', label: words.fingerprint, render: ({ hash }) => fingerprint(hash) },
        ...administrator
          ? [{
              key: 'remove',
              label: words.removeCertificate,
              narrow: true,
              render: (row: CertificateDetails) => confirm(lang, { label: words.removeCertificate, title: words.removeCertificate, body: words.removeCertificateBody, action: `${path}/certificates/removal`, csrf, submit: words.removeCertificate, fields: { hash: row.hash } })
            }]
          : []
      ]
    })}${administrator
      ? card({
        title: words.addCertificate,
        level: 3,
        body: form(lang, { action: `${path}/certificates`, csrf, multipart: true, submit: words.addCertificate, submitKind: 'secondary', body: field(lang, { kind: 'file', name: 'certificate', label: words.certificateFile, accept: '.pem,.crt,.cer,.der', required: true, error: errors.certificate }) })
      })
      : undefined}`
  })
}

function groupSection (visit: Visit, rows: readonly LocalGroup[], errors: FieldErrors): Html {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  const path = pathOf(visit)
  return section({
    title: words.groups,
    lead: words.groupsLead,
    ...visit.may(SERVICE_ADMINISTRATOR)
      ? {
          actions: actions(confirm(lang, {
            label: words.addGroup,
            title: words.addGroup,
            kind: 'secondary',
            body: '',
            open: errors.code !== undefined || errors[''] !== undefined,
            action: `${path}/groups`,
            csrf,
            submit: words.addGroup,
            inputs: html`${field(lang, { name: 'code', label: words.code, value: visit.form.text('code'), required: true, code: true, lengthMax: 255, error: errors.code ?? errors[''] })}${field(lang, { name: 'description', label: words.description, value: visit.form.text('description'), required: false, lengthMax: 255 })}`
          }))
        }
      : {},
    body: dataTable(lang, {
      caption: words.groups,
      rows,
      empty: html`<p class="hint">${words.noGroups}</p>`,
      columns: [
        { key: 'code', label: words.code, heading: true, render: ({ id, code }) => html`<a href="${path}/groups/${id}">${code}</a>` },
        { key: 'description', label: words.description, render: ({ description }) => description },
        { key: 'members', label: words.memberCount, align: 'end', narrow: true, render: ({ member_count: count = 0 }) => String(count) },
        { key: 'updated', label: words.updatedAt, render: ({ updated_at: at }) => at === undefined ? undefined : dateTime(at, lang) }
      ]
    })
  })
}
