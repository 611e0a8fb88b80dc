import { actions, alert, card, confirm, dataTable, dateTime, field, form, html, identifier, section, suggestionOptions, type Html } from '@trembita/web'
import { type ApiProblem, type Console, type Visit } from '@trembita/web/console'
import { clientsWordsOf as wordsOf } from './clients-texts.ts'
import type { LocalGroup } from './client-page.ts'
import { clientPath } from './clients.ts'

interface Candidate { readonly id: string, readonly name?: string }

const SERVICE_ADMINISTRATOR = 'XROAD_SERVICE_ADMINISTRATOR'
const SUGGESTIONS_MAX = 20
const pathOf = ({ params }: Visit): string => `${clientPath(params.id ?? '')}/groups/${encodeURIComponent(params.group ?? '')}`
const apiPathOf = ({ params }: Visit): string => `/local-groups/${encodeURIComponent(params.group ?? '')}`

/** One local group: who is in it. */
export function localGroupPages (console: Console): void {
  console.get('/clients/:id/groups/:group', (visit) => groupPage(visit))
  console.get('/clients/:id/candidates', async ({ api, params, query }) => {
    const found = await api.get<Candidate[]>(`${clientPath(params.id ?? '')}/service-client-candidates`, { member_name_group_description: query.id ?? query.q, service_client_type: 'SUBSYSTEM' })
    return suggestionOptions(found.slice(0, SUGGESTIONS_MAX).map(({ id, name }) => ({ value: id, label: name ?? id })))
  })
  console.post('/clients/:id/groups/:group/members', async (visit) => {
    await visit.api.post(`${apiPathOf(visit)}/members`, { items: [visit.form.text('id')] })
    return { to: pathOf(visit), said: 'groupMemberAdded' }
  }, groupPage)
  console.post('/clients/:id/groups/:group/members/removal', async (visit) => {
    await visit.api.post(`${apiPathOf(visit)}/members/delete`, { items: [visit.form.text('id')] })
    return { to: pathOf(visit), said: 'groupMemberRemoved' }
  }, groupPage)
  console.post('/clients/:id/groups/:group/description', async (visit) => {
    await visit.api.patch(apiPathOf(visit), { description: visit.form.text('description') })
    return { to: pathOf(visit), said: 'clientSaved' }
  }, groupPage)
  console.post('/clients/:id/groups/:group/removal', async (visit) => {
    await visit.api.delete(apiPathOf(visit))
    return { to: clientPath(visit.params.id ?? ''), said: 'groupDeleted' }
  }, groupPage)
  console.sentences((lang) => ({ groupMemberAdded: wordsOf(lang).memberAdded, groupMemberRemoved: wordsOf(lang).memberRemoved, groupDeleted: wordsOf(lang).groupDeleted }))
}

async function groupPage (visit: Visit, problem?: ApiProblem): Promise<Html> {
  const { lang, api, csrf, params, form: sent } = visit
  const words = wordsOf(lang)
  const group = await api.get<LocalGroup>(apiPathOf(visit))
  const path = pathOf(visit)
  const administrator = visit.may(SERVICE_ADMINISTRATOR)
  return visit.page({
    title: group.code,
    eyebrow: words.group,
    lead: group.description,
    breadcrumbs: [{ href: '/clients', label: words.title }, { href: clientPath(params.id ?? ''), label: params.id ?? '' }],
    ...administrator
      ? {
          actions: actions(
            confirm(lang, { label: words.describe, title: words.describe, kind: 'secondary', body: '', action: `${path}/description`, csrf, submit: words.save, inputs: field(lang, { name: 'description', label: words.description, value: group.description, required: false, lengthMax: 255, id: 'group-description' }) }),
            confirm(lang, { label: words.deleteGroup, title: words.deleteGroup, body: words.deleteGroupBody, action: `${path}/removal`, csrf, submit: words.deleteGroup, sign: 'trash' })
          )
        }
      : {},
    body: html`${problem === undefined ? undefined : alert(lang, { kind: 'bad', title: words.problem(problem.code) || visit.problemText(problem) })}${section({
      title: words.members,
      body: dataTable(lang, {
        caption: words.members,
        rows: group.members ?? [],
        empty: html`<p class="hint">${words.noMembers}</p>`,
        columns: [
          { key: 'id', label: words.id, heading: true, render: ({ id }) => identifier(id) },
          { key: 'name', label: words.name, render: ({ subsystem_name: subsystem, member_name: member }) => subsystem ?? member },
          { key: 'at', label: words.addedAt, render: ({ created_at: at }) => at === undefined ? undefined : dateTime(at, lang) },
          ...administrator
            ? [{ key: 'remove', label: words.removeMember, narrow: true, render: ({ id }: { readonly id: string }) => confirm(lang, { label: words.removeMember, title: words.removeMember, body: identifier(id), action: `${path}/members/removal`, csrf, submit: words.removeMember, fields: { id } }) }]
            : []
        ]
      })
    })}${administrator
      ? card({
        title: words.addMember,
        body: form(lang, {
          action: `${path}/members`,
          csrf,
          submit: words.addMember,
          submitKind: 'secondary',
          body: field(lang, { name: 'id', label: words.memberId, hint: words.memberIdHint, value: sent.text('id'), required: true, code: true, suggestFrom: `${clientPath(params.id ?? '')}/candidates` })
        })
      })
      : undefined}`
  })
}
