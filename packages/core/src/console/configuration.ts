import {
  card, confirm, dataTable, dateTime, field, fingerprint, form, formatBytes, html, identifier, linkButton, section, statusBadge, actions, type FieldErrors, type Html, type StatusKind
} from '@trembita/web'
import { ApiProblem } from './api-client.ts'
import { configurationHistoryPages } from './configuration-history.ts'
import { configurationTabs, OFFICER, refusalOf, SOURCE_KINDS } from './configuration-frame.ts'
import { configurationWordsOf as wordsOf } from './configuration-texts.ts'
import { after, type Answer, type Console, type Visit } from './console.ts'
import { downloadPages } from './downloads.ts'
import { signingKeyPages } from './signing-keys.ts'

interface Anchor { readonly file_name: string, readonly hash: string, readonly created_at: string }
interface Part { readonly content_identifier: string, readonly file_name?: string, readonly optional: boolean, readonly published: boolean, readonly size?: number, readonly versions: readonly number[], readonly file_updated_at?: string }
interface Cluster {
  readonly nodes: readonly {
    readonly node_name: string, readonly node_address: string, readonly own: boolean, readonly status: string, readonly last_configuration_generated?: string, readonly expires_at?: string, readonly duration_ms?: number, readonly failure?: string
  }[]
}

const ADMINISTRATOR = 'XROAD_SYSTEM_ADMINISTRATOR'
const STATES: Readonly<Record<string, StatusKind>> = { OK: 'ok', WARN: 'warn', ERROR: 'bad', UNKNOWN: 'idle' }

/** The signed configuration: nodes, anchors and parts; keys; what was published; who fetches it. */
export function configurationPages (console: Console): void {
  console.get('/configuration', (visit) => publicationPage(visit))
  for (const kind of SOURCE_KINDS) {
    const path = `/configuration/anchors/${kind.toLowerCase()}`
    console.get(path, async ({ api }) => {
      const { file_name: fileName } = await api.get<Anchor>(`/configuration-sources/${kind}/anchor`)
      return { bytes: (await api.download(`/configuration-sources/${kind}/anchor/download`)).bytes, type: 'application/xml', fileName }
    })
    console.post(`${path}/re-create`, async ({ api }) => after(await api.put(`/configuration-sources/${kind}/anchor/re-create`), '/configuration', 'anchorRecreated'))
  }
  console.get('/configuration/parts/:name/:version', async ({ api, params }): Promise<Answer> => {
    const { bytes, headers } = await api.download(`/configuration-sources/INTERNAL/configuration-parts/${encodeURIComponent(params.name!)}/${encodeURIComponent(params.version!)}/download`)
    return { bytes, type: 'application/xml', fileName: /filename="([^"]+)"/.exec(headers['content-disposition'] ?? '')?.[1] ?? `${params.name!}.xml` }
  })
  console.post('/configuration/parts', async (visit) => {
    const file = visit.form.file('file')
    if (file === undefined) return await publicationPage(visit, { file: wordsOf(visit.lang).fileMissing })
    const body = { content_identifier: visit.form.text('content_identifier'), file: file.bytes.toString('base64'), ignore_warnings: visit.form.flag('ignore_warnings') }
    return after(await visit.api.post('/configuration-sources/INTERNAL/configuration-parts', body), '/configuration', 'partUploaded')
  }, async (visit, problem) => await publicationPage(visit, { file: refusalOf(visit, problem) }))
  console.post('/configuration/parts/:name/removal', async (visit) =>
    after(await visit.api.delete(`/configuration-sources/INTERNAL/configuration-parts/${encodeURIComponent(visit.params.name!)}`), '/configuration', 'partRemoved'))
  signingKeyPages(console)
  configurationHistoryPages(console)
  downloadPages(console)
  console.sentences((lang) => {
    const words = wordsOf(lang)
    return { anchorRecreated: words.recreated, partUploaded: words.uploaded, partRemoved: words.removed }
  })
}

async function publicationPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api } = visit
  const words = wordsOf(lang)
  const [{ nodes }, parts, anchors] = await Promise.all([
    api.get<Cluster>('/system/high-availability-cluster/status'),
    api.get<Part[]>('/configuration-sources/INTERNAL/configuration-parts'),
    Promise.all(SOURCE_KINDS.map(async (kind) => ({ kind, anchor: await anchorOf(visit, kind) })))
  ])
  return visit.page({
    title: words.title,
    lead: words.lead,
    body: html`${configurationTabs(visit)}${section({
      title: words.nodes,
      body: dataTable(lang, {
        caption: words.nodes,
        rows: nodes,
        columns: [
          { key: 'node', label: words.node, heading: true, render: (row) => html`${identifier(row.node_name)}${row.own ? html` <span class="hint">${words.ownNode}</span>` : undefined}` },
          { key: 'address', label: words.address, render: (row) => identifier(row.node_address) },
          { key: 'published', label: words.publishedAt, render: (row) => dateTime(row.last_configuration_generated, lang) },
          { key: 'expires', label: words.expiresAt, render: (row) => dateTime(row.expires_at, lang) },
          { key: 'duration', label: words.duration, align: 'end', render: ({ duration_ms: ms }) => ms === undefined ? undefined : `${(ms / 1000).toLocaleString(lang, { maximumFractionDigits: 2 })} ${lang === 'uk' ? 'с' : 's'}` },
          { key: 'state', label: words.state, narrow: true, render: (row) => html`${statusBadge(STATES[row.status] ?? 'idle', words.nodeStates(row.status))}${row.failure === undefined ? undefined : html`<div class="hint">${row.failure}</div>`}` }
        ]
      })
    })}${section({ title: words.anchors, lead: words.anchorsLead, body: anchorTable(visit, anchors) })}${section({ title: words.parts, body: partTable(visit, parts) })}${visit.may(ADMINISTRATOR) ? uploadForm(visit, parts, errors) : undefined}`
  })
}

async function anchorOf ({ api }: Visit, kind: string): Promise<Anchor | undefined> {
  try {
    return await api.get<Anchor>(`/configuration-sources/${kind}/anchor`)
  } catch (problem) {
    if (problem instanceof ApiProblem && problem.code === 'not_initialised') return undefined
    throw problem
  }
}

function anchorTable ({ lang, csrf, may }: Visit, rows: readonly { readonly kind: string, readonly anchor: Anchor | undefined }[]): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: words.anchors,
    rows,
    columns: [
      { key: 'kind', label: words.anchor, heading: true, narrow: true, render: ({ kind }) => kind === 'INTERNAL' ? words.internal : words.external },
      { key: 'hash', label: words.fingerprint, render: ({ anchor }) => anchor === undefined ? words.noAnchor : fingerprint(anchor.hash) },
      { key: 'created', label: words.createdAt, render: ({ anchor }) => anchor === undefined ? undefined : dateTime(anchor.created_at, lang) },
      {
        key: 'actions',
        label: words.download,
        narrow: true,
        render: ({ kind, anchor }) => anchor === undefined
          ? undefined
          : actions(
            linkButton({ label: words.download, href: `/configuration/anchors/${kind.toLowerCase()}`, sign: 'download', download: true }),
            may(OFFICER) ? confirm(lang, { label: words.recreate, title: words.recreateTitle, kind: 'secondary', body: words.recreateBody, action: `/configuration/anchors/${kind.toLowerCase()}/re-create`, csrf, submit: words.recreate }) : undefined
          )
      }
    ]
  })
}

function partTable ({ lang, csrf, may }: Visit, rows: readonly Part[]): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: words.parts,
    rows,
    columns: [
      { key: 'name', label: words.part, heading: true, render: (row) => identifier(row.content_identifier) },
      { key: 'state', label: words.state, narrow: true, render: (row) => row.published ? statusBadge('ok', words.published) : statusBadge('idle', words.notPublished) },
      { key: 'size', label: words.size, align: 'end', narrow: true, render: ({ size }) => size === undefined ? undefined : formatBytes(size, lang) },
      { key: 'uploaded', label: words.uploadedAt, render: ({ file_updated_at: at }) => at === undefined ? undefined : dateTime(at, lang) },
      { key: 'versions', label: words.versions, render: (row) => row.versions.length === 0 ? undefined : html`${row.versions.map((version) => html`<a href="/configuration/parts/${row.content_identifier}/${version}" download>${version}</a> `)}` },
      ...may(ADMINISTRATOR)
        ? [{
            key: 'remove',
            label: words.remove,
            narrow: true,
            render: (row: Part) => row.file_updated_at === undefined ? undefined : confirm(lang, { label: words.remove, title: words.removePart, body: words.removePartBody, action: `/configuration/parts/${row.content_identifier}/removal`, csrf, submit: words.remove })
          }]
        : []
    ]
  })
}

function uploadForm ({ lang, csrf, form: sent }: Visit, parts: readonly Part[], errors: FieldErrors): Html {
  const words = wordsOf(lang)
  return card({
    title: words.upload,
    lead: words.uploadHint,
    body: form(lang, {
      action: '/configuration/parts',
      csrf,
      multipart: true,
      errors,
      submit: words.upload,
      submitKind: 'secondary',
      body: html`${[
        field(lang, { kind: 'select', name: 'content_identifier', label: words.part, value: sent.text('content_identifier'), required: true, options: parts.filter(({ optional }) => optional).map(({ content_identifier: name }) => ({ value: name, label: name })) }),
        field(lang, { kind: 'file', name: 'file', label: words.file, accept: '.xml,application/xml', error: errors.file, required: true }),
        errors.file === undefined ? undefined : field(lang, { kind: 'checkbox', name: 'ignore_warnings', label: words.ignore, value: 'true' })
      ]}`
    })
  })
}
