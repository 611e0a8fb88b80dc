import { dataTable, descriptionList, html, identifier, section, tag, texts, type Html } from '@trembita/web'
import { ApiProblem, type Visit } from '@trembita/web/console'

interface Rule {
  readonly id: string
  readonly match: { readonly method: string, readonly path: string }
  readonly subjects: readonly { readonly phase: string, readonly select: string, readonly type: string, readonly role: string }[]
  readonly operation: string
  readonly categories: readonly string[]
  readonly special?: boolean
}

interface Effective { readonly policy: string, readonly source: string, readonly rules: readonly Rule[], readonly version?: string }

const wordsOf = texts({
  uk: {
    title: 'Персональні дані',
    lead: 'За цими правилами шлюз знаходить осіб у зверненнях і відповідях та звітує про доступ до їхніх даних.',
    policy: 'Спосіб',
    policies: (policy: string): string => (({ strict: 'суворий: відповідь іде лише після запису про доступ', lenient: 'м’який: запис разом з іншими', off: 'доступ не фіксується' }) as Record<string, string>)[policy] ?? policy,
    source: 'Звідки правила',
    sources: (source: string): string => (({ settings: 'налаштування сервісу', description: 'позначки в описі сервісу', none: 'правил немає' }) as Record<string, string>)[source] ?? source,
    version: 'Версія правил',
    rule: 'Правило',
    where: 'Операція сервісу',
    subject: 'Де особа',
    phases: (phase: string): string => phase === 'request' ? 'у зверненні' : 'у відповіді',
    operation: 'Дія',
    categories: 'Види даних',
    special: 'чутливі дані'
  },
  en: {
    title: 'Personal data',
    lead: 'By these rules the gateway finds persons in calls and answers, and reports accesses to their data.',
    policy: 'Policy',
    policies: (policy: string): string => (({ strict: 'strict: an answer leaves only after the access is written down', lenient: 'lenient: written together with others', off: 'accesses are not captured' }) as Record<string, string>)[policy] ?? policy,
    source: 'Where the rules come from',
    sources: (source: string): string => (({ settings: 'settings of the service', description: 'annotations of the description', none: 'there are none' }) as Record<string, string>)[source] ?? source,
    version: 'Version of the rules',
    rule: 'Rule',
    where: 'Operation of the service',
    subject: 'Where the person is',
    phases: (phase: string): string => phase === 'request' ? 'in the call' : 'in the answer',
    operation: 'Action',
    categories: 'Kinds of data',
    special: 'special category'
  }
})

/** How accesses to the personal data of a service are captured. */
export async function personalDataSection ({ lang, api, params }: Visit): Promise<Html | undefined> {
  const words = wordsOf(lang)
  let found: Effective
  try {
    found = await api.get<Effective>(`/services/${encodeURIComponent(params.id ?? '')}/personal-data`)
  } catch (thrown) {
    // Whoever may see the service may not see this.
    if (thrown instanceof ApiProblem && thrown.status === 403) return undefined
    throw thrown
  }
  return section({
    title: words.title,
    lead: words.lead,
    body: html`${descriptionList(lang, [
      { term: words.policy, value: words.policies(found.policy) },
      { term: words.source, value: words.sources(found.source) },
      ...found.version === undefined ? [] : [{ term: words.version, value: identifier(found.version) }]
    ])}${found.rules.length === 0
      ? undefined
      : dataTable(lang, {
        caption: words.title,
        rows: found.rules,
        columns: [
          { key: 'id', label: words.rule, heading: true, render: ({ id }) => identifier(id) },
          { key: 'where', label: words.where, render: ({ match }) => html`${tag(match.method)} ${identifier(match.path)}` },
          { key: 'subject', label: words.subject, render: ({ subjects }) => subjects.map(({ phase, select, type }) => html`<div>${tag(type)} ${words.phases(phase)}: ${identifier(select)}</div>`) },
          { key: 'operation', label: words.operation, render: ({ operation }) => operation },
          { key: 'categories', label: words.categories, render: ({ categories, special }) => html`${categories.map((one) => html`${tag(one)} `)}${special === true ? tag(words.special) : undefined}` }
        ]
      })}`
  })
}
