import {
  actions, confirm, dataTable, dateTime, emptyState, field, fingerprint, html, section, statusBadge, alert, type Html
} from '@trembita/web'
import { configurationTabs, OFFICER, refusalOf, SOURCE_KINDS } from './configuration-frame.ts'
import { configurationWordsOf as wordsOf } from './configuration-texts.ts'
import { after, type Console, type Visit } from './console.ts'

interface SigningKey {
  readonly id: number
  readonly node: string
  readonly own: boolean
  readonly key_label: string
  readonly key_type: string
  readonly key_hash: string
  readonly active: boolean
  readonly created_at: string
  readonly ready_at?: string
  readonly warning?: string
  readonly possible_actions: readonly string[]
}

const PATH = '/configuration/keys'

/** Keys of the configuration: made, known everywhere, activated, deleted, without a gateway noticing. */
export function signingKeyPages (console: Console): void {
  console.get(PATH, (visit) => keysPage(visit))
  console.post(PATH, async (visit) => {
    const { form } = visit
    const kind = form.text('kind') === 'EXTERNAL' ? 'EXTERNAL' : 'INTERNAL'
    const label = form.optional('key_label')
    return after(await visit.api.post(`/configuration-sources/${kind}/signing-keys`, { key_type: form.text('key_type'), ...label === undefined ? {} : { key_label: label } }), PATH, 'signingKeyAdded')
  }, refused)
  console.post(`${PATH}/:id/activation`, async (visit) =>
    after(await visit.api.put(`/signing-keys/${encodeURIComponent(visit.params.id!)}/activate${visit.form.flag('ignore_warnings') ? '?ignore_warnings=true' : ''}`), PATH, 'signingKeyActivated'), refused)
  console.post(`${PATH}/:id/deletion`, async (visit) => after(await visit.api.delete(`/signing-keys/${encodeURIComponent(visit.params.id!)}`), PATH, 'signingKeyDeleted'), refused)
  console.sentences((lang) => {
    const words = wordsOf(lang)
    return { signingKeyAdded: words.keyAdded, signingKeyActivated: words.activated, signingKeyDeleted: words.keyDeleted }
  })
}

async function refused (visit: Visit, problem: Parameters<typeof refusalOf>[1]): Promise<Html> {
  return await keysPage(visit, refusalOf(visit, problem))
}

async function keysPage (visit: Visit, refusal?: string): Promise<Html> {
  const { lang, api } = visit
  const words = wordsOf(lang)
  const sources = await Promise.all(SOURCE_KINDS.map(async (kind) => ({ kind, keys: await api.get<SigningKey[]>(`/configuration-sources/${kind}/signing-keys`) })))
  return visit.page({
    title: words.keys,
    breadcrumbs: [{ href: '/configuration', label: words.title }],
    lead: words.keysLead,
    body: html`${refusal === undefined ? undefined : alert(lang, { kind: 'bad', title: refusal })}${configurationTabs(visit)}${sources.map(({ kind, keys }) => section({
      title: words.keysOf(kind),
      ...visit.may(OFFICER) ? { actions: addition(visit, kind) } : {},
      body: keyTable(visit, kind, keys)
    }))}`
  })
}

function addition ({ lang, csrf }: Visit, kind: string): Html {
  const words = wordsOf(lang)
  return confirm(lang, {
    label: words.addKey,
    title: `${words.addKey}: ${words.kinds(kind)}`,
    kind: 'secondary',
    sign: 'plus',
    body: '',
    action: PATH,
    csrf,
    submit: words.addKey,
    fields: { kind },
    inputs: html`${[
      field(lang, { name: 'key_label', id: `f-key_label-${kind}`, label: words.keyLabel, required: false }),
      field(lang, { kind: 'radios', name: 'key_type', id: `f-key_type-${kind}`, label: words.keyType, value: 'rsa', options: ['rsa', 'ec'].map((value) => ({ value, label: words.keyTypes(value) })) })
    ]}`
  })
}

function keyTable ({ lang, csrf, may }: Visit, kind: string, rows: readonly SigningKey[]): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: words.keysOf(kind),
    rows,
    empty: emptyState({ title: words.noKeys, sign: 'key' }),
    columns: [
      { key: 'label', label: words.key, heading: true, render: (row) => html`${row.key_label}<div class="hint">${row.key_type.toUpperCase()} · ${row.node}</div>` },
      { key: 'hash', label: 'SHA-256', render: (row) => fingerprint(row.key_hash) },
      { key: 'created', label: words.createdAt, render: (row) => dateTime(row.created_at, lang) },
      { key: 'state', label: words.state, render: (row) => stateOf(lang, row) },
      ...may(OFFICER) && rows.some(({ possible_actions: possible }) => possible.length > 0)
        ? [{
            key: 'actions',
            label: words.actions,
            narrow: true,
            render: (row: SigningKey) => actions(
              row.possible_actions.includes('ACTIVATE')
                ? confirm(lang, {
                  label: words.activate,
                  title: words.activateTitle,
                  kind: row.warning === undefined ? 'primary' : 'danger',
                  body: row.warning === undefined ? words.activateBody : words.problem('signing_key_too_new'),
                  action: `${PATH}/${row.id}/activation`,
                  csrf,
                  submit: words.activate,
                  inputs: row.warning === undefined ? undefined : field(lang, { kind: 'checkbox', name: 'ignore_warnings', id: `f-ignore-${row.id}`, label: words.activateEarly, value: 'true', required: true })
                })
                : undefined,
              row.possible_actions.includes('DELETE')
                ? confirm(lang, { label: words.remove, title: words.deleteKey, body: words.deleteKeyBody, action: `${PATH}/${row.id}/deletion`, csrf, submit: words.remove })
                : undefined
            )
          }]
        : []
    ]
  })
}

function stateOf (lang: Visit['lang'], { active, warning, ready_at: readyAt }: SigningKey): Html {
  const words = wordsOf(lang)
  if (active) return statusBadge('ok', words.active)
  if (warning === undefined) return statusBadge('info', words.waiting)
  return html`${statusBadge('wait', words.notReady)}${readyAt === undefined ? undefined : html`<div class="hint">${words.readyAt} ${dateTime(readyAt, lang)}</div>`}`
}
