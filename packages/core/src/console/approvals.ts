import {
  actions, alert, card, codeBlock, confirm, dataTable, dateTime, descriptionList, emptyState, field, filterBar, form, html, identifier, pager, results,
  section, statusBadge, tabs, type Html, type Lang, type StatusKind
} from '@trembita/web'
import { ApiProblem } from './api-client.ts'
import { approvalWordsOf as wordsOf } from './approvals-texts.ts'
import { historyOf } from './audit.ts'
import { after, type Console, type Visit } from './console.ts'

interface Person {
  readonly kind: string
  readonly id: string
  readonly name: string
}

/** A proposal as the API tells it. */
interface Approval {
  readonly id: number
  readonly operation: string
  readonly summary: string
  readonly method: string
  readonly url: string
  readonly body?: unknown
  readonly reason: string
  readonly proposer: Person
  readonly proposed_at: string
  readonly expires_at: string
  readonly state: string
  readonly decided_by?: Person
  readonly decided_at?: string
  readonly decision_reason?: string
  readonly result_status?: number
  readonly may_approve: boolean
  readonly may_decline: boolean
}

interface ApprovalPage {
  readonly items: readonly Approval[]
  readonly paging_metadata: { readonly total_items: number, readonly limit: number, readonly offset: number }
}

interface Policy {
  readonly operations: readonly string[]
  readonly available: readonly { readonly name: string, readonly summary: string }[]
}

const STATES = ['waiting', 'carryingOut', 'done', 'failed', 'declined', 'withdrawn', 'expired', 'interrupted']
const BADGES: Readonly<Record<string, StatusKind>> = { waiting: 'wait', carryingOut: 'info', done: 'ok', failed: 'bad', interrupted: 'warn' }
const REASON_CHARACTERS_MAX = 1000

/** What waits for a second person, the decision, and which operations take two. */
export function approvalPages (console: Console): void {
  console.get('/approvals', listPage)
  console.get('/approvals/policy', (visit) => policyPage(visit))
  console.post('/approvals/policy', async (visit) =>
    after(await visit.api.put('/approvals/policy', { operations: visit.form.texts('operations') }), '/approvals/policy', 'approvalPolicySaved'))
  console.get('/approvals/:id', (visit) => detailPage(visit))
  console.post('/approvals/:id/approve', async (visit) => {
    const { value } = await visit.api.post<{ approval: Approval }>(`${pathOf(visit)}/approve`, reasonOf(visit))
    return { to: pathOf(visit), ...value.approval.state === 'done' ? { said: 'approvalDone' } : {} }
  }, again)
  console.post('/approvals/:id/decline', async (visit) => after(await visit.api.post(`${pathOf(visit)}/decline`, reasonOf(visit)), pathOf(visit), 'approvalDeclined'), again)
  console.sentences((lang) => {
    const words = wordsOf(lang)
    return { approvalDone: words.approved, approvalDeclined: words.declined, approvalPolicySaved: words.saved }
  })
}

function pathOf ({ params }: Visit): string {
  return `/approvals/${encodeURIComponent(params.id ?? '')}`
}

function reasonOf ({ form }: Visit): object {
  const reason = form.optional('reason')
  return reason === undefined ? {} : { reason }
}

async function again (visit: Visit, problem: ApiProblem): Promise<Html> {
  if (problem.status === 404) throw problem
  return await detailPage(visit, wordsOf(visit.lang).problem(problem.code) || problem.message)
}

/** As the audit log names them. */
function whoIs ({ kind, id }: Person): Html {
  return identifier(`${kind} ${id}`)
}

function stateBadge (lang: Lang, state: string): Html {
  return statusBadge(BADGES[state] ?? 'idle', wordsOf(lang).states(state))
}

async function listPage (visit: Visit): Promise<Html> {
  const { lang, query, api } = visit
  const words = wordsOf(lang)
  const state = query.state ?? 'waiting'
  const { items, paging_metadata: { total_items: total, limit, offset } } =
    await api.get<ApprovalPage>('/approvals', { q: query.q, state, limit: 50, offset: Number(query.offset ?? 0), desc: state !== 'waiting' })
  const href = (at: number): string => `/approvals?${new URLSearchParams({ q: query.q ?? '', state, offset: String(at) }).toString()}`
  return visit.page({
    title: words.title,
    lead: words.lead,
    body: html`${tabs(words.title, [
      { href: '/approvals', label: words.waiting, current: state === 'waiting' },
      { href: '/approvals?state=', label: words.all, current: state !== 'waiting' },
      { href: '/approvals/policy', label: words.policy }
    ])}${filterBar(lang, {
      action: '/approvals',
      clearHref: '/approvals?state=',
      fields: [
        { kind: 'search', name: 'q', label: words.search, value: query.q },
        { kind: 'select', name: 'state', label: words.state, value: state, empty: words.anyState, options: STATES.map((value) => ({ value, label: words.states(value) })) }
      ]
    })}${results(html`${dataTable(lang, {
      caption: words.title,
      rows: items,
      empty: emptyState({ title: state === 'waiting' ? words.none : words.noneFound, sign: 'ok' }),
      columns: [
        { key: 'operation', label: words.operation, heading: true, render: ({ id, operation, summary }) => html`<a href="/approvals/${id}">${words.operationName(operation, summary)}</a>` },
        { key: 'reason', label: words.reason, render: ({ reason }) => reason },
        { key: 'proposer', label: words.proposer, render: ({ proposer }) => proposer.name },
        { key: 'at', label: words.proposedAt, render: ({ proposed_at: at }) => dateTime(at, lang) },
        { key: 'until', label: words.expiresAt, render: ({ expires_at: at }) => dateTime(at, lang) },
        { key: 'state', label: words.state, render: ({ state }) => stateBadge(lang, state) }
      ]
    })}${pager(lang, { total, limit, offset, href })}`)}`
  })
}

async function detailPage (visit: Visit, problem?: string): Promise<Html> {
  const { lang, api } = visit
  const words = wordsOf(lang)
  const approval = await api.get<Approval>(pathOf(visit))
  const { state, decided_by: decidedBy } = approval
  return visit.page({
    title: words.proposal(approval.id),
    lead: words.operationName(approval.operation, approval.summary),
    breadcrumbs: [{ href: '/approvals', label: words.title }],
    body: html`${problem === undefined ? undefined : alert(lang, { kind: 'bad', title: problem })}${state === 'interrupted' ? alert(lang, { kind: 'warn', title: words.interrupted }) : undefined}${descriptionList(lang, [
      { term: words.state, value: stateBadge(lang, state) },
      { term: words.reason, value: approval.reason === '' ? undefined : approval.reason },
      { term: words.proposer, value: approval.proposer.name, hint: whoIs(approval.proposer) },
      { term: words.proposedAt, value: dateTime(approval.proposed_at, lang) },
      { term: words.expiresAt, value: dateTime(approval.expires_at, lang) },
      { term: words.call, value: identifier(`${approval.method} ${approval.url}`) },
      ...decidedBy === undefined
        ? []
        : [
            { term: words.decidedBy, value: decidedBy.name, hint: whoIs(decidedBy) },
            { term: words.decidedAt, value: dateTime(approval.decided_at, lang) },
            { term: words.decisionReason, value: approval.decision_reason }
          ],
      ...approval.result_status === undefined ? [] : [{ term: words.result, value: identifier(`HTTP ${approval.result_status}`) }]
    ])}${approval.body === undefined ? undefined : codeBlock(lang, { text: JSON.stringify(approval.body, undefined, 2), label: words.body, wrap: true })}
${state === 'waiting' ? decision(visit, approval) : undefined}
${section({ title: words.history, body: await historyOf(api, lang, 'approval', String(approval.id)) })}`
  })
}

function decision ({ lang, csrf }: Visit, { id, may_approve: mayApprove, may_decline: mayDecline }: Approval): Html {
  const words = wordsOf(lang)
  const own = mayDecline && !mayApprove
  const reason = (name: string): Html => field(lang, { kind: 'textarea', name: 'reason', id: `reason-${name}`, label: words.comment, required: false, rows: 2, lengthMax: REASON_CHARACTERS_MAX })
  if (!mayDecline) return alert(lang, { kind: 'info', title: words.notYours })
  return html`${own ? alert(lang, { kind: 'info', title: words.own }) : undefined}${actions(
    mayApprove
      ? confirm(lang, {
        label: words.approve, title: words.approveTitle, body: words.approveBody, action: `/approvals/${id}/approve`, csrf, submit: words.approve, kind: 'primary', inputs: reason('approve')
      })
      : undefined,
    confirm(lang, {
      label: own ? words.withdraw : words.decline,
      title: own ? words.withdrawTitle : words.declineTitle,
      body: words.declineBody,
      action: `/approvals/${id}/decline`,
      csrf,
      submit: own ? words.withdraw : words.decline,
      inputs: reason('decline')
    })
  )}`
}

async function policyPage ({ lang, csrf, api, may, page }: Visit): Promise<Html> {
  const words = wordsOf(lang)
  const { operations, available } = await api.get<Policy>('/approvals/policy')
  const mayChange = may('TREMBITA_HOLDER')
  const choices = field(lang, {
    kind: 'checkboxes',
    name: 'operations',
    label: words.policyLegend,
    values: operations,
    options: available.map(({ name, summary }) => ({ value: name, label: words.operationName(name, summary), hint: name, disabled: !mayChange }))
  })
  return page({
    title: words.policyTitle,
    lead: words.policyLead,
    breadcrumbs: [{ href: '/approvals', label: words.title }],
    body: mayChange
      ? form(lang, { action: '/approvals/policy', csrf, submit: words.save, body: choices })
      : card({ title: words.policyLegend, lead: words.readOnly, body: choices })
  })
}
