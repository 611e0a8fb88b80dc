import { dataTable, dateTime, emptyState, filterBar, html, identifier, linkButton, pager, results, type Html } from '@trembita/web'
import { agreementFormAgain, createAgreement, newAgreementPage } from './agreement-form.ts'
import { agreementPage, hrefOf, stateBadge, type AgreementItem } from './agreement-page.ts'
import { agreementWordsOf as wordsOf } from './agreement-texts.ts'
import type { ApiProblem } from './api-client.ts'
import { after, type Answer, type Console, type Visit } from './console.ts'

const STATES = ['draft', 'sealed_by_consumer', 'sealed_by_provider', 'concluded', 'in_force', 'suspended', 'ended', 'expired', 'replaced'] as const
const FILTERS = ['q', 'state', 'party', 'all_versions'] as const
const LIMIT = 50

interface AgreementPageOf {
  readonly items: readonly AgreementItem[]
  readonly paging_metadata: { readonly total_items: number, readonly limit: number, readonly offset: number }
}

/** Agreements: found, drafted, sealed, suspended, ended. */
export function agreementPages (console: Console): void {
  const apiPath = ({ params }: Visit, action = ''): string => `/agreements/${encodeURIComponent(params.id!)}/versions/${encodeURIComponent(params.version!)}${action}`
  const page = ({ params }: Visit): string => hrefOf({ id: params.id!, version: Number(params.version) })
  const again = async (visit: Visit, problem: ApiProblem): Promise<Html> => await agreementPage(visit, { '': wordsOf(visit.lang).problem(problem.code) || problem.message })

  console.get('/agreements', listPage)
  console.get('/agreements/new', newAgreementPage)
  console.post('/agreements/new', createAgreement, agreementFormAgain)
  console.get('/agreements/:id/:version', (visit) => agreementPage(visit))
  console.get('/agreements/:id/:version/document', async (visit) => await download(visit, apiPath(visit, '/document'), 'xml'))
  console.get('/agreements/:id/:version/container', async (visit) => await download(visit, apiPath(visit, '/container'), 'asice'))
  console.post('/agreements/:id/:version/seals', async (visit) => {
    const file = visit.form.file('container')
    if (file === undefined) return await agreementPage(visit, { container: wordsOf(visit.lang).fileMissing })
    return after(await visit.api.post(apiPath(visit, '/seals'), { container: file.bytes.toString('base64') }), page(visit), 'agreementSealed')
  }, again)
  for (const decision of ['suspend', 'resume', 'end']) {
    console.post(`/agreements/:id/:version/${decision}`, async (visit) => {
      const { form, api } = visit
      return after(await api.post(apiPath(visit, `/${decision}`), { decided_by: form.text('decided_by'), ground: form.text('ground') }), page(visit), 'agreementDecided')
    }, again)
  }
  console.post('/agreements/:id/:version/withdraw', async (visit) => after(await visit.api.delete(apiPath(visit)), '/agreements', 'agreementWithdrawn'), again)
  console.sentences((lang) => {
    const words = wordsOf(lang)
    return { agreementCreated: words.created, agreementSealed: words.sealed, agreementDecided: words.decided, agreementWithdrawn: words.withdrawn }
  })
}

async function download ({ api, params }: Visit, path: string, ending: 'xml' | 'asice'): Promise<Answer> {
  const { bytes } = await api.download(path)
  return { bytes, type: ending === 'xml' ? 'application/xml' : 'application/vnd.etsi.asic-e+zip', fileName: `${params.id!}-${params.version!}.${ending}` }
}

async function listPage (visit: Visit): Promise<Html> {
  const { lang, query, api, may } = visit
  const words = wordsOf(lang)
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query[name] ?? '']))
  const page = await api.get<AgreementPageOf>('/agreements', { ...filters, desc: true, limit: LIMIT, offset: Number(query.offset ?? 0) })
  const { total_items: total, limit, offset } = page.paging_metadata
  const href = (at: number): string => `/agreements?${new URLSearchParams({ ...filters, offset: String(at) }).toString()}`
  return visit.page({
    title: words.title,
    lead: words.lead,
    ...may('XROAD_REGISTRATION_OFFICER', 'TREMBITA_HOLDER') ? { actions: linkButton({ label: words.create, href: '/agreements/new', kind: 'primary', sign: 'plus' }) } : {},
    body: html`${filterBar(lang, {
      action: '/agreements',
      clearHref: '/agreements',
      fields: [
        { kind: 'search', name: 'q', label: words.search, value: filters.q },
        { kind: 'select', name: 'state', label: words.state, value: filters.state, empty: words.anyState, options: STATES.map((value) => ({ value, label: words.stateName(value) })) },
        { name: 'party', label: words.party, hint: words.partyHint, value: filters.party, code: true },
        { kind: 'checkbox', name: 'all_versions', value: 'true', label: words.allVersions, checked: filters.all_versions === 'true' }
      ]
    })}${results(html`${dataTable(lang, {
      caption: words.title,
      rows: page.items,
      empty: emptyState({ title: words.empty, sign: 'agreement' }),
      columns: [
        { key: 'id', label: words.id, heading: true, render: (row) => html`<a href="${hrefOf(row)}">${identifier(row.id)}</a>` },
        { key: 'number', label: words.number, render: ({ number, version }) => html`${number}<div class="hint">${words.version} ${version}</div>` },
        { key: 'state', label: words.state, render: ({ state }) => stateBadge(visit, state) },
        { key: 'consumer', label: words.consumer, render: ({ consumer_id: id, consumer_name: name }) => html`${name}<div class="hint">${identifier(id)}</div>` },
        { key: 'provider', label: words.provider, render: ({ provider_id: id, provider_name: name }) => html`${name}<div class="hint">${identifier(id)}</div>` },
        { key: 'until', label: words.until, render: ({ until }) => dateTime(until, lang) }
      ]
    })}${pager(lang, { total, limit, offset, href })}`)}`
  })
}
