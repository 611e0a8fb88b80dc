import {
  alert, card, confirm, dataTable, dateTime, descriptionList, emptyState, field, fingerprint, form, html, identifier, linkButton, type FieldErrors, type Html
} from '@trembita/web'
import { OFFICER, refusalOf } from './configuration-frame.ts'
import { configurationWordsOf as wordsOf } from './configuration-texts.ts'
import { after, type Console, type Visit } from './console.ts'

interface TrustedAnchor {
  readonly hash: string
  readonly instance_identifier: string
  readonly generated_at?: string
  readonly uploaded_at: string
  readonly sources: readonly { readonly url: string, readonly keys: number }[]
}
interface Preview extends Omit<TrustedAnchor, 'uploaded_at'> {
  readonly replaces?: string
  readonly configuration?: { readonly url: string, readonly version: number, readonly expires_at: string, readonly members: number, readonly security_servers: number }
  readonly problem?: string
}

/** Other environments: their anchors are looked at first, then trusted. */
export function federationPages (console: Console): void {
  console.get('/federation', (visit) => listPage(visit))
  console.post('/federation/check', async (visit) => {
    const file = visit.form.file('anchor')
    if (file === undefined) return await listPage(visit, { anchor: wordsOf(visit.lang).fileMissing })
    const anchor = file.bytes.toString('base64')
    return previewPage(visit, anchor, (await visit.api.post<Preview>('/trusted-anchors/preview', { anchor })).value)
  }, async (visit, problem) => await listPage(visit, { anchor: refusalOf(visit, problem) }))
  console.post('/federation', async (visit) => after(await visit.api.post('/trusted-anchors', { anchor: visit.form.text('anchor') }), '/federation', 'trustedAnchorAdded'),
    async (visit, problem) => await listPage(visit, { anchor: refusalOf(visit, problem) }))
  console.get('/federation/:hash/anchor', async ({ api, params }) => {
    const { bytes, headers } = await api.download(`/trusted-anchors/${encodeURIComponent(params.hash!)}/download`)
    return { bytes, type: 'application/xml', fileName: /filename="([^"]+)"/.exec(headers['content-disposition'] ?? '')?.[1] ?? 'anchor.xml' }
  })
  console.post('/federation/:hash/removal', async (visit) => after(await visit.api.delete(`/trusted-anchors/${encodeURIComponent(visit.params.hash!)}`), '/federation', 'trustedAnchorRemoved'))
  console.sentences((lang) => ({ trustedAnchorAdded: wordsOf(lang).anchorAdded, trustedAnchorRemoved: wordsOf(lang).anchorRemoved }))
}

async function listPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api, csrf } = visit
  const words = wordsOf(lang)
  const rows = await api.get<TrustedAnchor[]>('/trusted-anchors')
  const officer = visit.may(OFFICER)
  return visit.page({
    title: words.federation,
    lead: words.federationLead,
    actions: linkButton({ label: words.ourAnchor, href: '/configuration/anchors/external', sign: 'download', download: true }),
    body: html`${dataTable(lang, {
      caption: words.federation,
      rows,
      empty: emptyState({ title: words.noAnchors, body: words.noAnchorsBody, sign: 'globe' }),
      columns: [
        { key: 'instance', label: words.instance, heading: true, render: (row) => identifier(row.instance_identifier) },
        { key: 'hash', label: words.fingerprint, render: (row) => html`<a href="/federation/${encodeURIComponent(row.hash)}/anchor" download>${fingerprint(row.hash)}</a>` },
        { key: 'uploaded', label: words.uploadedAt, render: (row) => html`${dateTime(row.uploaded_at, lang)}<div class="hint">${words.generatedAt}: ${dateTime(row.generated_at, lang)}</div>` },
        { key: 'sources', label: words.sources, render: ({ sources }) => sourceList(visit, sources) },
        ...officer
          ? [{
              key: 'end',
              label: words.actions,
              narrow: true,
              render: (row: TrustedAnchor) => confirm(lang, { label: words.endFederation, title: words.endFederationTitle, body: words.endFederationBody, action: `/federation/${encodeURIComponent(row.hash)}/removal`, csrf, submit: words.endFederation })
            }]
          : []
      ]
    })}${officer
      ? card({
        title: words.addAnchor,
        body: form(lang, {
          action: '/federation/check',
          csrf,
          multipart: true,
          errors,
          submit: words.check,
          submitKind: 'secondary',
          body: field(lang, { kind: 'file', name: 'anchor', label: words.anchorFile, hint: words.anchorHint, accept: '.xml,application/xml', error: errors.anchor, required: true })
        })
      })
      : undefined}`
  })
}

function sourceList ({ lang }: Visit, sources: TrustedAnchor['sources']): Html {
  const words = wordsOf(lang)
  return html`${sources.map(({ url, keys }) => html`<div>${identifier(url)} <span class="hint">${words.sourceKeys(keys)}</span></div>`)}`
}

function previewPage (visit: Visit, anchor: string, preview: Preview): Html {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  const { configuration, problem, replaces } = preview
  return visit.page({
    title: words.checkTitle,
    eyebrow: preview.instance_identifier,
    breadcrumbs: [{ href: '/federation', label: words.federation }],
    lead: words.checkLead,
    body: html`${problem === undefined ? undefined : alert(lang, { kind: 'bad', title: words.unusable, body: problem })}${descriptionList(lang, [
      { term: words.instance, value: identifier(preview.instance_identifier) },
      { term: words.fingerprint, value: fingerprint(preview.hash) },
      { term: words.generatedAt, value: dateTime(preview.generated_at, lang) },
      { term: words.sources, value: sourceList(visit, preview.sources) },
      ...replaces === undefined ? [] : [{ term: words.replaces, value: fingerprint(replaces) }],
      ...configuration === undefined
        ? []
        : [
            { term: words.version, value: configuration.version },
            { term: words.expiresAt, value: dateTime(configuration.expires_at, lang) },
            { term: words.members, value: configuration.members },
            { term: words.gateways, value: configuration.security_servers }
          ]
    ])}${problem === undefined ? form(lang, { action: '/federation', csrf, fields: { anchor }, body: '', submit: words.confirmAnchor, cancelHref: '/federation' }) : undefined}`
  })
}
