import {
  actions, alert, card, confirm, dataTable, dateTime, descriptionList, emptyState, field, filterBar, form, formatNumber, html, identifier, linkButton, pager, results, section, tag, type FieldErrors, type Html
} from '@trembita/web'
import { historyOf } from './audit.ts'
import { after, type Console, type Visit } from './console.ts'
import { errorsOf, listingOf, type ListPage } from './listing.ts'
import type { ClientId } from './registry-marks.ts'
import { registryWordsOf as wordsOf } from './registry-texts.ts'

interface Group { readonly code: string, readonly description: string, readonly member_count: number, readonly built_in: boolean, readonly created_at: string }
interface GroupMember { readonly client_id: ClientId, readonly name?: string, readonly created_at: string }

const OFFICER = 'XROAD_REGISTRATION_OFFICER'

/** Global groups: who is in them, changed one by one or many at once. */
export function groupPages (console: Console): void {
  console.get('/global-groups', listPage)
  console.get('/global-groups/new', (visit) => newPage(visit))
  console.post('/global-groups/new', async (visit) => {
    const code = visit.form.text('code')
    const done = await visit.api.post('/global-groups', { code, description: visit.form.text('description') })
    return after(done, done.waitsForApproval ? '/global-groups' : pathOf(code), 'groupAdded')
  }, async (visit, problem) => await newPage(visit, errorsOf(problem, wordsOf(visit.lang).problem)))
  console.get('/global-groups/:code', (visit) => groupPage(visit))
  console.post('/global-groups/:code/description', async (visit) => after(await visit.api.patch(pathOf(visit.params.code!), { description: visit.form.text('description') }), pathOf(visit.params.code!), 'groupSaved'), refused)
  console.post('/global-groups/:code/deletion', async (visit) => after(await visit.api.delete(pathOf(visit.params.code!)), '/global-groups', 'groupDeleted'), refused)
  console.post('/global-groups/:code/members', async (visit) => {
    const items = visit.form.text('items').split(/[\s,;]+/).filter((item) => item !== '')
    return after(await visit.api.post(`${pathOf(visit.params.code!)}/members/add`, { items: [...new Set(items)] }), pathOf(visit.params.code!), 'groupMembersAdded')
  }, async (visit, { code, message, fields }) => await groupPage(visit, undefined, { items: [wordsOf(visit.lang).problem(code) || message, fields.items].filter(Boolean).join(' ') }))
  console.post('/global-groups/:code/members/removal', async (visit) =>
    after(await visit.api.delete(`${pathOf(visit.params.code!)}/members/${encodeURIComponent(visit.form.text('client'))}`), pathOf(visit.params.code!), 'groupMemberRemoved'), refused)
}

async function refused (visit: Visit, { code, message }: { readonly code: string, readonly message: string }): Promise<Html> {
  return await groupPage(visit, wordsOf(visit.lang).problem(code) || message)
}

function pathOf (code: string): string {
  return `/global-groups/${encodeURIComponent(code)}`
}

async function listPage (visit: Visit): Promise<Html> {
  const { lang } = visit
  const words = wordsOf(lang)
  const rows = await visit.api.get<Group[]>('/global-groups')
  return visit.page({
    title: words.groups,
    lead: words.groupsLead,
    ...visit.may(OFFICER) ? { actions: linkButton({ label: words.addGroup, href: '/global-groups/new', kind: 'primary', sign: 'plus' }) } : {},
    body: dataTable(lang, {
      caption: words.groups,
      rows,
      empty: emptyState({ title: words.noGroups, sign: 'group' }),
      columns: [
        { key: 'code', label: words.code, heading: true, render: ({ code }) => html`<a href="${pathOf(code)}">${identifier(code)}</a>` },
        { key: 'description', label: words.description, render: (row) => html`${row.description}${row.built_in ? html` ${tag(words.builtIn)}` : undefined}` },
        { key: 'size', label: words.size, align: 'end', narrow: true, render: (row) => formatNumber(row.member_count, lang) }
      ]
    })
  })
}

async function newPage ({ lang, csrf, form: sent, page }: Visit, errors: FieldErrors = {}): Promise<Html> {
  const words = wordsOf(lang)
  return page({
    title: words.addGroup,
    breadcrumbs: [{ href: '/global-groups', label: words.groups }],
    body: form(lang, {
      action: '/global-groups/new',
      csrf,
      errors,
      submit: words.addGroup,
      cancelHref: '/global-groups',
      body: html`${[
        field(lang, { name: 'code', label: words.code, value: sent.text('code'), error: errors.code, required: true, code: true, width: 32 }),
        field(lang, { name: 'description', label: words.description, value: sent.text('description'), error: errors.description, required: true })
      ]}`
    })
  })
}

async function groupPage (visit: Visit, refusal?: string, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api, csrf, params, form: sent } = visit
  const words = wordsOf(lang)
  const path = pathOf(params.code ?? '')
  const listing = listingOf({ ...visit, path }, ['q'])
  const [group, { items, paging_metadata: { total_items: total, limit, offset } }] = await Promise.all([api.get<Group>(path), api.get<ListPage<GroupMember>>(`${path}/members`, listing.query)])
  const officer = visit.may(OFFICER) && !group.built_in
  return visit.page({
    title: group.code,
    eyebrow: words.group,
    lead: group.description,
    ...group.built_in ? { status: tag(words.builtIn) } : {},
    breadcrumbs: [{ href: '/global-groups', label: words.groups }],
    ...officer
      ? {
          actions: actions(
            confirm(lang, {
              label: words.edit,
              title: words.description,
              kind: 'secondary',
              body: '',
              action: `${path}/description`,
              csrf,
              submit: words.save,
              inputs: field(lang, { name: 'description', label: words.description, value: group.description, required: true })
            }),
            confirm(lang, { label: words.deleteGroup, title: words.deleteGroup, body: words.deleteGroupBody, action: `${path}/deletion`, csrf, submit: words.deleteGroup, sign: 'trash' })
          )
        }
      : {},
    body: html`${refusal === undefined ? undefined : alert(lang, { kind: 'bad', title: refusal })}${descriptionList(lang, [
      { term: words.size, value: formatNumber(group.member_count, lang), ...group.built_in ? { hint: words.builtInBody } : {} },
      { term: words.created, value: dateTime(group.created_at, lang) }
    ])}${section({
      title: words.groupMembers,
      body: html`${filterBar(lang, { action: path, ...listing.filters.q === '' ? {} : { clearHref: path }, fields: [{ kind: 'search', name: 'q', label: words.search, value: listing.filters.q! }] })}${results(html`${dataTable(lang, {
        caption: words.groupMembers,
        rows: items,
        empty: emptyState({ title: listing.filters.q === '' ? words.noGroupMembers : words.none, sign: 'group' }),
        columns: [
          { key: 'id', label: words.id, heading: true, render: (row) => html`<a href="/${row.client_id.subsystem_code === undefined ? 'members' : 'subsystems'}/${encodeURIComponent(row.client_id.encoded_id)}">${identifier(row.client_id.encoded_id)}</a>` },
          { key: 'name', label: words.name, render: ({ name }) => name },
          { key: 'added', label: words.added, render: (row) => dateTime(row.created_at, lang) },
          ...officer
            ? [{
                key: 'remove',
                label: words.removeMember,
                narrow: true,
                render: (row: GroupMember) => confirm(lang, { label: words.removeMember, title: words.removeMember, body: identifier(row.client_id.encoded_id), action: `${path}/members/removal`, csrf, submit: words.removeMember, fields: { client: row.client_id.encoded_id } })
              }]
            : []
        ]
      })}${pager(lang, { total, limit, offset, href: listing.at })}`)}`
    })}${officer
      ? card({
        title: words.addMembers,
        body: form(lang, {
          action: `${path}/members`,
          csrf,
          errors,
          submit: words.addMembers,
          submitKind: 'secondary',
          body: field(lang, { kind: 'textarea', name: 'items', label: words.id, hint: words.addMembersHint, value: sent.text('items'), error: errors.items, required: true, code: true, rows: 3 })
        })
      })
      : undefined}${section({ title: words.history, body: await historyOf(api, lang, 'group', group.code) })}`
  })
}
