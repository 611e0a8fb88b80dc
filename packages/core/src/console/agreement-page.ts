import {
  actions, alert, card, confirm, dataTable, dateTime, day, descriptionList, emptyState, field, fingerprint, form, html, identifier, linkButton, section, statusBadge,
  type FieldErrors, type Html, type StatusKind
} from '@trembita/web'
import type { OperationLine, PurposeLine, ServiceLines } from './agreement-lines.ts'
import { agreementWordsOf as wordsOf } from './agreement-texts.ts'
import { historyOf } from './audit.ts'
import type { Visit } from './console.ts'

/** An agreement as the API tells it in lists. */
export interface AgreementItem {
  readonly id: string
  readonly version: number
  readonly number: string
  readonly state: string
  readonly consumer_id: string
  readonly provider_id: string
  readonly consumer_name?: string
  readonly provider_name?: string
  readonly from: string
  readonly until: string
  readonly stopped_by: string | null
  readonly replaced_from: string | null
  readonly container_sha256: string
}

/** The same with what was sealed. */
export interface AgreementDetails extends AgreementItem {
  readonly date: string
  readonly price: { readonly amount: string, readonly currency: string }
  readonly purposes: readonly PurposeLine[]
  readonly services: readonly ServiceLines[]
  readonly seals: readonly { readonly side: string, readonly verdict: string, readonly reason?: string, readonly member_id?: string, readonly sealed_at: string | null, readonly timestamped_at: string | null, readonly certificate_subject?: string }[]
  readonly decisions: readonly { readonly at: string, readonly decision: string, readonly decided_by: string, readonly ground: string, readonly actor: string }[]
  readonly versions: readonly AgreementItem[]
}

const STATUS: Readonly<Record<string, StatusKind>> = {
  draft: 'idle', sealed_by_consumer: 'wait', sealed_by_provider: 'wait', concluded: 'info', in_force: 'ok', suspended: 'warn', ended: 'bad', expired: 'bad', replaced: 'idle'
}

/** The state in a word. */
export function stateBadge ({ lang }: Visit, state: string): Html {
  return statusBadge(STATUS[state] ?? 'idle', wordsOf(lang).stateName(state))
}

/** Address of a version's page. */
export function hrefOf ({ id, version }: Pick<AgreementItem, 'id' | 'version'>): string {
  return `/agreements/${encodeURIComponent(id)}/${version}`
}

/** All of one version: what was agreed, who sealed it, what was decided. */
export async function agreementPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api, params, may } = visit
  const words = wordsOf(lang)
  const it = await api.get<AgreementDetails>(`/agreements/${encodeURIComponent(params.id!)}/versions/${encodeURIComponent(params.version!)}`)
  const href = hrefOf(it)
  const keeper = may('XROAD_REGISTRATION_OFFICER', 'TREMBITA_HOLDER')
  const isLast = it.versions[0]?.version === it.version
  const open = ['draft', 'sealed_by_consumer', 'sealed_by_provider'].includes(it.state)
  return visit.page({
    title: `${it.id}, ${it.number}`,
    breadcrumbs: [{ href: '/agreements', label: words.title }],
    lead: stateBadge(visit, it.state),
    actions: actions(
      linkButton({ label: words.document, href: `${href}/document`, sign: 'download', download: true }),
      linkButton({ label: words.container, href: `${href}/container`, sign: 'download', download: true }),
      keeper && isLast && !open ? linkButton({ label: words.newVersion, href: `/agreements/new?after=${encodeURIComponent(it.id)}`, sign: 'plus' }) : undefined
    ),
    body: html`${errors[''] === undefined ? undefined : alert(lang, { kind: 'bad', title: errors[''] })}
${facts(visit, it)}
${section({ title: words.purposes, body: purposeTable(visit, it) })}
${section({ title: words.services, body: operationTable(visit, it) })}
${section({ title: words.seals, body: sealTable(visit, it) })}
${keeper && open ? sealForm(visit, href, errors) : undefined}
${section({ title: words.decisions, body: decisionTable(visit, it), ...keeper ? { actions: decisions(visit, it, href, open) } : {} })}
${it.versions.length > 1 ? section({ title: words.versions, body: versionTable(visit, it) }) : undefined}
${section({ title: words.history, body: await historyOf(api, lang, 'agreement', `${it.id}/${it.version}`) })}`
  })
}

function facts ({ lang }: Visit, it: AgreementDetails): Html {
  const words = wordsOf(lang)
  return descriptionList(lang, [
    { term: words.number, value: it.number },
    { term: words.version, value: it.version },
    { term: words.date, value: day(it.date, lang) },
    { term: words.consumer, value: it.consumer_name ?? identifier(it.consumer_id), hint: it.consumer_name === undefined ? undefined : identifier(it.consumer_id) },
    { term: words.provider, value: it.provider_name ?? identifier(it.provider_id), hint: it.provider_name === undefined ? undefined : identifier(it.provider_id) },
    { term: words.from, value: dateTime(it.from, lang) },
    { term: words.until, value: dateTime(it.until, lang) },
    { term: words.price, value: it.price.amount === '0.00' ? words.free : `${it.price.amount} ${it.price.currency}` },
    ...it.replaced_from === null ? [] : [{ term: words.replacedFrom, value: dateTime(it.replaced_from, lang) }],
    { term: words.hash, value: fingerprint(it.container_sha256, 'SHA-256') }
  ])
}

function purposeTable ({ lang }: Visit, { purposes }: AgreementDetails): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: words.purposes,
    rows: purposes,
    columns: [
      { key: 'code', label: words.purposeCode, heading: true, render: ({ code }) => identifier(code) },
      { key: 'name', label: words.purposeName, render: ({ name }) => name },
      { key: 'ground', label: words.purposeGround, render: ({ ground }) => ground }
    ]
  })
}

function operationTable ({ lang }: Visit, { services }: AgreementDetails): Html {
  const words = wordsOf(lang)
  const rows = services.flatMap(({ code, version, operations }) => operations.map((operation) => ({ ...operation, service: version === undefined ? code : `${code}/${version}` })))
  return dataTable<OperationLine & { service: string }>(lang, {
    caption: words.services,
    rows,
    columns: [
      { key: 'service', label: words.service, heading: true, render: ({ service }) => identifier(service) },
      { key: 'operation', label: words.operation, render: ({ method, path }) => method === '*' && path === '**' ? words.wholeService : identifier(`${method} ${path}`) },
      {
        key: 'fields',
        label: words.fields,
        render: ({ json, xml, media }) => {
          const fields = [...json.map((pointer) => pointer === '' ? '/' : pointer), ...xml, ...media]
          return fields.length === 0 ? words.noFields : html`<ul>${fields.map((name) => html`<li>${identifier(name)}</li>`)}</ul>`
        }
      }
    ]
  })
}

function sealTable ({ lang }: Visit, { seals }: AgreementDetails): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: words.seals,
    rows: seals,
    empty: emptyState({ title: words.noSeals, sign: 'shield' }),
    columns: [
      { key: 'side', label: words.side, heading: true, render: ({ side }) => words.sideName(side) },
      { key: 'member', label: words.member, render: ({ member_id: id, certificate_subject: subject }) => html`${id === undefined ? undefined : identifier(id)}<div class="hint">${subject}</div>` },
      { key: 'at', label: words.sealedAt, render: ({ sealed_at: at, timestamped_at: stamped }) => html`${dateTime(at ?? undefined, lang)}<div class="hint">${stamped === null ? words.notStamped : words.stamped}</div>` },
      { key: 'verdict', label: words.sealVerdict, render: ({ verdict, reason }) => html`${statusBadge(verdict === 'verified' ? 'ok' : 'bad', verdict === 'verified' ? words.verified : words.notVerified)}${reason === undefined ? undefined : html`<div class="hint">${reason}</div>`}` }
    ]
  })
}

function sealForm ({ lang, csrf }: Visit, href: string, errors: FieldErrors): Html {
  const words = wordsOf(lang)
  return card({
    title: words.addSeal,
    body: form(lang, {
      action: `${href}/seals`, csrf, multipart: true, submit: words.addSeal, submitKind: 'secondary', body: field(lang, { kind: 'file', name: 'container', label: words.sealFile, accept: '.asice', error: errors.container, required: true })
    })
  })
}

function decisionTable ({ lang }: Visit, { decisions }: AgreementDetails): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: words.decisions,
    rows: decisions,
    empty: html`<p class="hint">${words.noDecisions}</p>`,
    columns: [
      { key: 'at', label: words.sealedAt, heading: true, render: ({ at }) => dateTime(at, lang) },
      { key: 'decision', label: words.state, render: ({ decision }) => words.decision(decision) },
      { key: 'by', label: words.decidedBy, render: ({ decided_by: by, actor }) => html`${words.decider(by)}<div class="hint">${actor}</div>` },
      { key: 'ground', label: words.ground, render: ({ ground }) => ground }
    ]
  })
}

function decisions ({ lang, csrf, may }: Visit, { state }: AgreementDetails, href: string, open: boolean): Html {
  const words = wordsOf(lang)
  if (open) return confirm(lang, { label: words.withdraw, title: words.withdraw, body: words.withdrawBody, action: `${href}/withdraw`, csrf, submit: words.withdraw })
  const inputs = (name: string): Html => html`${field(lang, {
    kind: 'select',
    name: 'decided_by',
    id: `${name}-by`,
    label: words.decidedBy,
    options: ['consumer', 'provider', ...may('TREMBITA_HOLDER') ? ['holder'] : []].map((value) => ({ value, label: words.decider(value) }))
  })}${field(lang, { name: 'ground', id: `${name}-ground`, label: words.ground, hint: words.groundHint, required: true, lengthMax: 1000 })}`
  const ask = (name: 'suspend' | 'resume' | 'end', kind: 'danger' | 'secondary'): Html => confirm(lang, {
    label: words[name], title: words[name], body: words[`${name}Body`], action: `${href}/${name}`, csrf, submit: words[name], kind, inputs: inputs(name)
  })
  return html`${state === 'concluded' || state === 'in_force' ? ask('suspend', 'danger') : undefined}${state === 'suspended' ? ask('resume', 'secondary') : undefined}${['concluded', 'in_force', 'suspended'].includes(state) ? ask('end', 'danger') : undefined}`
}

function versionTable (visit: Visit, { versions }: AgreementDetails): Html {
  const { lang } = visit
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: words.versions,
    rows: versions,
    columns: [
      { key: 'version', label: words.version, heading: true, render: (row) => html`<a href="${hrefOf(row)}">${row.version}</a>` },
      { key: 'state', label: words.state, render: ({ state }) => stateBadge(visit, state) },
      { key: 'from', label: words.from, render: ({ from }) => dateTime(from, lang) },
      { key: 'until', label: words.until, render: ({ until }) => dateTime(until, lang) }
    ]
  })
}
