import {
  confirm, dataTable, emptyState, field, form, html, identifier, linkButton, section, type FieldErrors, type Html
} from '@trembita/web'
import { validUntil, type CertificateInfo } from './certificate-lines.ts'
import { certificationServicePages, type CertificationService } from './certification-service.ts'
import { after, type Console, type Visit } from './console.ts'
import { ignoreField, profileField, trustErrors, urlFields } from './trust-fields.ts'
import { trustWordsOf as wordsOf } from './trust-texts.ts'

interface TimestampingService { readonly id: number, readonly name: string, readonly url: string, readonly cost_type: string, readonly certificate: CertificateInfo }

const ADMINISTRATOR = 'XROAD_SYSTEM_ADMINISTRATOR'

/** Approved trust services: checked before they are saved, in force everywhere with the next configuration. */
export function trustServicePages (console: Console): void {
  console.get('/trust-services', (visit) => listPage(visit))
  console.get('/trust-services/certification/new', (visit) => newCaPage(visit))
  console.post('/trust-services/certification/new', async (visit) => {
    const { form } = visit
    const file = form.file('certificate')
    if (file === undefined) return await newCaPage(visit, { certificate: wordsOf(visit.lang).fileMissing })
    const done = await visit.api.post<{ id: number }>('/certification-services', {
      certificate: file.bytes.toString('base64'),
      ...form.optional('name') === undefined ? {} : { name: form.text('name') },
      certificate_profile_info: form.text('certificate_profile_info'),
      tls_auth: form.flag('tls_auth'),
      ignore_warnings: form.flag('ignore_warnings')
    })
    return after(done, done.waitsForApproval ? '/trust-services' : `/trust-services/certification/${done.value.id}`, 'caAdded')
  }, async (visit, problem) => await newCaPage(visit, trustErrors(visit, problem)))
  console.get('/trust-services/timestamping/new', (visit) => newTsaPage(visit))
  console.post('/trust-services/timestamping/new', async (visit) => {
    const { form } = visit
    const file = form.file('certificate')
    if (file === undefined) return await newTsaPage(visit, { certificate: wordsOf(visit.lang).fileMissing })
    const done = await visit.api.post('/timestamping-services', {
      url: form.text('url'),
      certificate: file.bytes.toString('base64'),
      ...form.optional('name') === undefined ? {} : { name: form.text('name') },
      cost_type: form.text('cost_type'),
      ignore_warnings: form.flag('ignore_warnings')
    })
    return after(done, '/trust-services', 'tsaAdded')
  }, async (visit, problem) => await newTsaPage(visit, trustErrors(visit, problem)))
  console.post('/trust-services/timestamping/:id/removal', async (visit) =>
    after(await visit.api.delete(`/timestamping-services/${encodeURIComponent(visit.params.id!)}${visit.form.flag('ignore_warnings') ? '?ignore_warnings=true' : ''}`), '/trust-services', 'tsaRemoved'),
  async (visit, problem) => await listPage(visit, { id: visit.params.id!, problem: Object.values(trustErrors(visit, problem)).join(' ') }))
  certificationServicePages(console)
  console.sentences((lang) => {
    const { caAdded, caSaved, caRemoved, intermediateAdded, intermediateRemoved, responderAdded, responderRemoved, tsaAdded, tsaRemoved } = wordsOf(lang)
    return { caAdded, caSaved, caRemoved, intermediateAdded, intermediateRemoved, responderAdded, responderRemoved, tsaAdded, tsaRemoved }
  })
}

async function listPage (visit: Visit, refused?: { readonly id: string, readonly problem: string }): Promise<Html> {
  const { lang, api, csrf } = visit
  const words = wordsOf(lang)
  const [cas, tsas] = await Promise.all([api.get<CertificationService[]>('/certification-services'), api.get<TimestampingService[]>('/timestamping-services')])
  const may = visit.may(ADMINISTRATOR)
  const add = (kind: string, label: string): { actions?: Html } => may ? { actions: linkButton({ label, href: `/trust-services/${kind}/new`, sign: 'plus' }) } : {}
  return visit.page({
    title: words.title,
    lead: words.lead,
    body: html`${section({
      title: words.cas,
      ...add('certification', words.addCa),
      body: dataTable(lang, {
        caption: words.cas,
        rows: cas,
        empty: emptyState({ title: words.noCas, body: words.noCasBody, sign: 'shield' }),
        columns: [
          { key: 'name', label: words.name, heading: true, render: (row) => html`<a href="/trust-services/certification/${row.id}">${row.name}</a>` },
          { key: 'purposes', label: words.purposes, render: (row) => row.tls_auth ? words.purposeTls : words.purposeAll },
          { key: 'profile', label: words.profile, render: (row) => identifier(row.certificate_profile_info.split('.').at(-1)!.replace(/CertificateProfileInfoProvider$/, '')) },
          { key: 'intermediates', label: words.intermediates, align: 'end', narrow: true, render: (row) => row.intermediate_cas },
          { key: 'responders', label: words.responders, align: 'end', narrow: true, render: (row) => row.ocsp_responders },
          { key: 'until', label: words.until, render: (row) => validUntil(lang, row) }
        ]
      })
    })}${section({
      title: words.tsas,
      ...add('timestamping', words.addTsa),
      body: dataTable(lang, {
        caption: words.tsas,
        rows: tsas,
        empty: emptyState({ title: words.noTsas, body: words.noTsasBody, sign: 'shield' }),
        columns: [
          { key: 'name', label: words.name, heading: true, render: ({ name }) => name },
          { key: 'url', label: words.url, render: ({ url }) => identifier(url) },
          { key: 'cost', label: words.cost, render: (row) => words.costs(row.cost_type) },
          { key: 'until', label: words.until, render: (row) => validUntil(lang, row.certificate) },
          ...may
            ? [{
                key: 'remove',
                label: words.remove,
                narrow: true,
                render: (row: TimestampingService) => {
                  const own = refused?.id === String(row.id) ? refused : undefined
                  return confirm(lang, {
                    label: words.remove,
                    title: words.removeTsaTitle,
                    body: html`<p>${own?.problem ?? words.removeTsaBody}</p>`,
                    action: `/trust-services/timestamping/${row.id}/removal`,
                    csrf,
                    submit: words.remove,
                    open: own !== undefined,
                    inputs: own === undefined ? undefined : field(lang, { kind: 'checkbox', name: 'ignore_warnings', id: `f-ignore-tsa-${row.id}`, label: words.ignoreRemoval, value: 'true' })
                  })
                }
              }]
            : []
        ]
      })
    })}`
  })
}

async function newCaPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, csrf, form: sent, page } = visit
  const words = wordsOf(lang)
  return page({
    title: words.addCa,
    breadcrumbs: [{ href: '/trust-services', label: words.title }],
    body: form(lang, {
      action: '/trust-services/certification/new',
      csrf,
      multipart: true,
      errors,
      submit: words.addCa,
      cancelHref: '/trust-services',
      body: html`${[
        field(lang, { kind: 'file', name: 'certificate', label: words.certificateFile, accept: '.pem,.crt,.cer,.der', error: errors.certificate, required: true }),
        field(lang, { name: 'name', label: words.name, hint: words.nameHint, value: sent.text('name'), error: errors.name, required: false }),
        profileField(visit, sent.text('certificate_profile_info'), errors),
        field(lang, { kind: 'checkbox', name: 'tls_auth', label: words.tlsOnly, checked: sent.flag('tls_auth') }),
        ignoreField(visit, errors)
      ]}`
    })
  })
}

async function newTsaPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, csrf, form: sent, page } = visit
  const words = wordsOf(lang)
  return page({
    title: words.addTsa,
    breadcrumbs: [{ href: '/trust-services', label: words.title }],
    body: form(lang, {
      action: '/trust-services/timestamping/new',
      csrf,
      multipart: true,
      errors,
      submit: words.addTsa,
      cancelHref: '/trust-services',
      body: html`${urlFields(visit, errors)}${[
        field(lang, { kind: 'file', name: 'certificate', label: words.certificateFile, accept: '.pem,.crt,.cer,.der', error: errors.certificate, required: true }),
        field(lang, { name: 'name', label: words.name, hint: words.nameHint, value: sent.text('name'), error: errors.name, required: false }),
        ignoreField(visit, errors)
      ]}`
    })
  })
}
