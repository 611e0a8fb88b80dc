import { actions, card, confirm, dataTable, emptyState, field, form, html, identifier, type FieldErrors, type Html } from '@trembita/web'
import { after, type Console, type Visit } from './console.ts'
import { errorsOf } from './listing.ts'
import type { MemberClass } from './member-form.ts'
import { registryWordsOf as wordsOf } from './registry-texts.ts'

const OFFICER = 'XROAD_SECURITY_OFFICER'

/** Member classes: few, so all of it is one page. */
export function memberClassPages (console: Console): void {
  console.get('/member-classes', (visit) => classesPage(visit))
  console.post('/member-classes', async (visit) =>
    after(await visit.api.post('/member-classes', { code: visit.form.text('code'), description: visit.form.text('description') }), '/member-classes', 'classAdded'),
  async (visit, problem) => await classesPage(visit, errorsOf(problem, wordsOf(visit.lang).problem)))
  console.post('/member-classes/:code/description', async (visit) =>
    after(await visit.api.patch(apiPathOf(visit), { description: visit.form.text('description') }), '/member-classes', 'classSaved'),
  async (visit, problem) => await classesPage(visit, { '': wordsOf(visit.lang).problem(problem.code) || problem.message }))
  console.post('/member-classes/:code/deletion', async (visit) => after(await visit.api.delete(apiPathOf(visit)), '/member-classes', 'classDeleted'),
    async (visit, problem) => await classesPage(visit, { '': wordsOf(visit.lang).problem(problem.code) || problem.message }))
}

function apiPathOf ({ params }: Visit): string {
  return `/member-classes/${encodeURIComponent(params.code ?? '')}`
}

async function classesPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api, csrf, form: sent } = visit
  const words = wordsOf(lang)
  const rows = await api.get<MemberClass[]>('/member-classes')
  const officer = visit.may(OFFICER)
  const pathOf = ({ code }: MemberClass): string => `/member-classes/${encodeURIComponent(code)}`
  return visit.page({
    title: words.classes,
    lead: words.classesLead,
    body: html`${dataTable(lang, {
      caption: words.classes,
      rows,
      empty: emptyState({ title: words.noClasses, body: words.noClassesBody, sign: 'classifier' }),
      columns: [
        { key: 'code', label: words.code, heading: true, narrow: true, render: ({ code }) => html`<a href="/members?member_class=${encodeURIComponent(code)}">${identifier(code)}</a>` },
        { key: 'description', label: words.description, render: ({ description }) => description },
        ...officer
          ? [{
              key: 'change',
              label: words.edit,
              narrow: true,
              render: (row: MemberClass) => actions(
                confirm(lang, {
                  label: words.edit,
                  title: `${words.memberClass} ${row.code}`,
                  kind: 'secondary',
                  body: '',
                  action: `${pathOf(row)}/description`,
                  csrf,
                  submit: words.save,
                  inputs: field(lang, { name: 'description', id: `f-description-${row.code}`, label: words.description, value: row.description, required: true })
                }),
                confirm(lang, { label: words.delete, title: `${words.deleteClass} ${row.code}`, body: words.deleteClassBody, action: `${pathOf(row)}/deletion`, csrf, submit: words.deleteClass })
              )
            }]
          : []
      ]
    })}${officer
      ? card({
        title: words.addClass,
        body: form(lang, {
          action: '/member-classes',
          csrf,
          errors,
          submit: words.addClass,
          submitKind: 'secondary',
          body: html`${[
            field(lang, { name: 'code', label: words.code, value: sent.text('code'), error: errors.code, required: true, code: true, width: 12 }),
            field(lang, { name: 'description', label: words.description, value: sent.text('description'), error: errors.description, required: true })
          ]}`
        })
      })
      : undefined}`
  })
}
