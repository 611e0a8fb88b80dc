import { actions, confirm, dataTable, descriptionList, emptyState, field, html, identifier, linkButton, section, tag, type Html } from '@trembita/web'
import type { Console, Visit } from '@trembita/web/console'
import { validUntil } from './certificate-lines.ts'
import { keysWordsOf as wordsOf } from './keys-texts.ts'
import { certificateState, importCard, keeps, ocspState, type Key } from './keys.ts'

const pathOf = (visit: Visit): string => `/keys/${encodeURIComponent(visit.params.id ?? '')}`

/** One key: its certificates, and the requests that wait for one. */
export function oneKeyPages (console: Console): void {
  console.get('/keys/:id', keyPage)
  console.get('/keys/:id/requests/:request', async ({ api, params, query }) => {
    const format = query.format === 'DER' ? 'DER' : 'PEM'
    const { bytes, headers } = await api.download(`/keys/${encodeURIComponent(params.id ?? '')}/csrs/${encodeURIComponent(params.request ?? '')}?csr_format=${format}`)
    return { bytes, type: 'application/pkcs10', fileName: /filename="([^"]+)"/.exec(headers['content-disposition'] ?? '')?.[1] ?? `request.${format.toLowerCase()}` }
  })
  console.post('/keys/:id/requests/:request/removal', async (visit) => {
    await visit.api.delete(`${pathOf(visit)}/csrs/${encodeURIComponent(visit.params.request ?? '')}`)
    return { to: pathOf(visit), said: 'requestForgotten' }
  })
  console.post('/keys/:id/label', async (visit) => {
    await visit.api.patch(pathOf(visit), { name: visit.form.text('name') })
    return { to: pathOf(visit), said: 'keyRenamed' }
  })
  console.post('/keys/:id/removal', async (visit) => {
    await visit.api.delete(`${pathOf(visit)}?ignore_warnings=true`)
    return { to: '/keys', said: 'keyDeleted' }
  })
}

async function keyPage (visit: Visit): Promise<Html> {
  const { lang, api, csrf } = visit
  const words = wordsOf(lang)
  const key = await api.get<Key>(pathOf(visit))
  const keeper = keeps(visit, key.usage)
  const path = pathOf(visit)
  return visit.page({
    title: key.name,
    eyebrow: key.usage === undefined ? words.key : key.usage === 'AUTHENTICATION' ? words.auth : words.sign,
    status: tag(key.key_algorithm),
    breadcrumbs: [{ href: '/keys', label: words.title }],
    ...keeper
      ? {
          actions: actions(
            linkButton({ label: words.newRequest, href: `/keys/new?key=${encodeURIComponent(key.id)}`, sign: 'plus' }),
            confirm(lang, { label: words.rename, title: words.rename, kind: 'secondary', body: '', action: `${path}/label`, csrf, submit: words.save, inputs: field(lang, { name: 'name', label: words.label, value: key.label, required: true, lengthMax: 255 }) }),
            key.possible_actions.includes('DELETE') ? confirm(lang, { label: words.deleteKey, title: words.deleteKey, body: words.deleteKeyBody, action: `${path}/removal`, csrf, submit: words.deleteKey, sign: 'trash' }) : undefined
          )
        }
      : {},
    body: html`${descriptionList(lang, [{ term: 'ID', value: identifier(key.id) }])}${requests(visit, key, keeper)}${section({ title: words.certificates, body: certificates(visit, key) })}${keeper ? importCard(visit, {}) : undefined}`
  })
}

function requests (visit: Visit, key: Key, keeper: boolean): Html {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  const path = pathOf(visit)
  return section({
    title: words.requests,
    body: dataTable(lang, {
      caption: words.requests,
      rows: key.certificate_signing_requests,
      empty: html`<p class="hint">${words.noRequests}</p>`,
      columns: [
        { key: 'owner', label: words.owner, heading: true, render: ({ owner_id: owner }) => identifier(owner) },
        { key: 'profile', label: words.profile, render: ({ certificate_profile: profile }) => profile },
        {
          key: 'file',
          label: words.requestFile,
          narrow: true,
          render: ({ id }) => actions(...(['PEM', 'DER'] as const).map((format) => linkButton({ label: format === 'PEM' ? words.downloadPem : words.downloadDer, href: `${path}/requests/${encodeURIComponent(id)}?format=${format}`, sign: 'download', download: true })))
        },
        ...keeper
          ? [{
              key: 'forget',
              label: words.forget,
              narrow: true,
              render: ({ id }: { readonly id: string }) => confirm(lang, { label: words.forget, title: words.forget, body: words.forgetBody, action: `${path}/requests/${encodeURIComponent(id)}/removal`, csrf, submit: words.forget })
            }]
          : []
      ]
    })
  })
}

function certificates ({ lang }: Visit, key: Key): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: words.certificates,
    rows: key.certificates,
    empty: emptyState({ title: words.noCertificates, sign: 'document' }),
    columns: [
      { key: 'subject', label: words.certificate, heading: true, render: ({ certificate_details: { hash, subject_common_name: name, serial } }) => html`<a href="/keys/certificates/${hash}">${name ?? serial}</a>` },
      { key: 'until', label: words.until, render: ({ certificate_details: details }) => validUntil(lang, details.not_after) },
      { key: 'state', label: words.state, narrow: true, render: (row) => certificateState(lang, row) },
      { key: 'ocsp', label: words.ocsp, narrow: true, render: (row) => ocspState(lang, row) }
    ]
  })
}
