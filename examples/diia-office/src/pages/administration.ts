import { actionForm, alert, confirm, dataTable, descriptionList, field, form, html, linkButton, section, statusBadge, steps, texts, timeline, type FieldErrors, type Html, type StatusKind, type StepState } from '@trembita/web'
import type { BodyState, ConnectedBody } from '../bodies/index.ts'
import { fullName, Refused } from '../desk/index.ts'
import { wordsOf as frameWordsOf } from './texts.ts'
import { nameOf, type Answer, type Pages, type Visit } from './visit.ts'

const wordsOf = texts({
  uk: {
    bodies: 'Підключення органів',
    lead: 'Заявка, перевірка в кадровій системі, призначення адміністратора органу, підключення.',
    add: 'Заявка на підключення',
    code: 'Код ЄДРПОУ органу',
    save: 'Записати заявку',
    name: 'Орган',
    state: 'Стан',
    administrator: 'Адміністратор органу',
    none: 'Ще жодної заявки',
    states: (state: BodyState) => ({ requested: 'заявка', checked: 'перевірено', refused: 'відмовлено', appointed: 'призначено адміністратора', active: 'підключено', disconnected: 'відключено' })[state],
    reasons: (reason: string) => ({ noRecord: 'У кадровій системі такого органу немає', noGateway: 'Для органу не налаштовано його шлюз' })[reason] ?? reason,
    check: 'Перевірити в кадровій системі',
    appoint: 'Призначити',
    official: 'Посадова особа органу',
    activate: 'Підключити орган',
    disconnect: 'Відключити',
    disconnectAbout: 'Посадові особи органу втратять доступ одразу. Записане ними залишиться в органі.',
    note: 'Підстава',
    history: 'Що відбувалося',
    sync: 'Звірити з кадровою системою',
    only: 'Лише для технічного адміністратора',
    procedure: 'Порядок підключення'
  },
  en: {
    bodies: 'Connection of bodies',
    lead: 'Request, check in the personnel system, appointment of the organisation administrator, connection.',
    add: 'Request for connection',
    code: 'Code of the body (ЄДРПОУ)',
    save: 'Record the request',
    name: 'Body',
    state: 'State',
    administrator: 'Organisation administrator',
    none: 'No requests yet',
    states: (state: BodyState) => ({ requested: 'requested', checked: 'checked', refused: 'refused', appointed: 'administrator appointed', active: 'connected', disconnected: 'disconnected' })[state],
    reasons: (reason: string) => ({ noRecord: 'The personnel system knows no such body', noGateway: 'The gateway of the body is not set up here' })[reason] ?? reason,
    check: 'Check in the personnel system',
    appoint: 'Appoint',
    official: 'Official of the body',
    activate: 'Connect the body',
    disconnect: 'Disconnect',
    disconnectAbout: 'The officials of the body lose access at once. What they recorded stays with the body.',
    note: 'Ground',
    history: 'What happened',
    sync: 'Compare with the personnel system',
    only: 'For the technical administrator only',
    procedure: 'Procedure of connection'
  }
})

const BADGES: Readonly<Record<BodyState, StatusKind>> = { requested: 'info', checked: 'wait', refused: 'bad', appointed: 'wait', active: 'ok', disconnected: 'idle' }
const PROCEDURE: readonly BodyState[] = ['requested', 'checked', 'appointed', 'active']

/** How bodies are connected by the technical administrator (order, item 6). */
export function administrationPages (pages: Pages): void {
  const { registry, enrolments, operatorPersonnel, desks } = pages.office

  pages.get('/admin/bodies', (visit) => forAdministrator(visit, async () => await listPage(pages, visit)))

  pages.post('/admin/bodies', (visit) => forAdministrator(visit, async () => {
    const code = visit.form.text('code')
    await registry.request(code, visit.identity.name)
    return { to: `/admin/bodies/${code}`, said: 'requested' }
  }), async (visit, refused) => await listPage(pages, visit, refused))

  pages.post('/admin/sync', (visit) => forAdministrator(visit, async () => {
    const { unanswered } = await enrolments.sync()
    return { to: '/admin/bodies', said: unanswered === 0 ? 'synced' : 'syncedPartly' }
  }))

  pages.get('/admin/bodies/:code', (visit) => forAdministrator(visit, async () => {
    const body = await registry.find(visit.params.code ?? '')
    if (body === undefined) throw new Refused('unknown')
    return await bodyPage(pages, visit, body)
  }))

  const step = (path: string, act: (visit: Visit, code: string) => Promise<string>): void => {
    pages.post(`/admin/bodies/:code/${path}`, (visit) => forAdministrator(visit, async () => {
      const code = visit.params.code ?? ''
      const said = await act(visit, code)
      return { to: `/admin/bodies/${code}`, said }
    }))
  }
  step('check', async ({ identity }, code) => {
    await registry.check(code, identity.name)
    return (await registry.find(code))?.state === 'refused' ? 'refusedBody' : 'checked'
  })
  step('appoint', async ({ identity, form: sent }, code) => {
    await registry.appoint(code, sent.text('official'), identity.name)
    return 'appointed'
  })
  step('activate', async ({ identity }, code) => {
    await registry.activate(code, identity.name)
    void desks.get(code)?.outbox.deliver()
    return 'activated'
  })
  step('disconnect', async ({ identity, form: sent }, code) => {
    await registry.disconnect(code, identity.name, sent.text('note').slice(0, 500))
    return 'disconnected'
  })

  async function bodyPage (_pages: Pages, visit: Visit, body: ConnectedBody): Promise<Html> {
    const { lang, csrf } = visit
    const words = wordsOf(lang)
    const action = (path: string): string => `/admin/bodies/${body.code}/${path}`
    const events = await registry.history(body.code)
    return visit.page({
      title: nameOf(lang, body),
      eyebrow: body.code,
      status: statusBadge(BADGES[body.state], words.states(body.state)),
      breadcrumbs: [{ href: '/admin/bodies', label: words.bodies }],
      actions: body.state === 'requested'
        ? actionForm({ action: action('check'), csrf, label: words.check, kind: 'primary' })
        : body.state === 'appointed' ? actionForm({ action: action('activate'), csrf, label: words.activate, kind: 'primary' }) : undefined,
      body: html`${body.reason === null ? undefined : alert(lang, { kind: 'bad', title: words.reasons(body.reason) })}
${section({ title: words.procedure, body: steps(lang, PROCEDURE.map((state) => ({ label: words.states(state), state: stepState(state, body) }))) })}
${descriptionList(lang, [{ term: words.administrator, value: body.administrator_name }])}
${body.state === 'checked' || body.state === 'appointed' || body.state === 'active' ? await appointForm(visit, body, action('appoint')) : undefined}
${section({ title: words.history, body: timeline(lang, events.map(({ at, actor, action: what, note }) => ({ at, actor, action: words.states(what), ...note === null ? {} : { note: words.reasons(note) } }))) })}
${body.state === 'refused' || body.state === 'disconnected' ? undefined : confirm(lang, { label: words.disconnect, title: words.disconnect, body: html`<p>${words.disconnectAbout}</p>`, inputs: field(lang, { name: 'note', label: words.note, required: false, lengthMax: 500 }), action: action('disconnect'), csrf, submit: words.disconnect })}`
    })
  }

  async function appointForm ({ lang, csrf }: Visit, body: ConnectedBody, action: string): Promise<Html> {
    const words = wordsOf(lang)
    const { answer } = await operatorPersonnel.officials({ body: body.code })
    const options = (answer.data?.items ?? []).map((card) => ({ value: card.id, label: `${fullName(card)}, ${lang === 'uk' ? card.post : card.postEn}` }))
    return section({
      title: words.administrator,
      body: form(lang, { action, csrf, submit: words.appoint, submitKind: body.state === 'checked' ? 'primary' : 'secondary', body: field(lang, { kind: 'select', name: 'official', label: words.official, value: body.administrator ?? '', options, required: true }) })
    })
  }
}

async function forAdministrator (visit: Visit, act: () => Promise<Answer>): Promise<Answer> {
  if (visit.technicalAdministrator) return await act()
  return { status: 403, page: visit.page({ title: wordsOf(visit.lang).only, body: linkButton({ label: frameWordsOf(visit.lang).home, href: '/' }) }) }
}

async function listPage ({ office: { registry } }: Pages, visit: Visit, refused?: Refused): Promise<Html> {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  const errors: FieldErrors | undefined = refused === undefined ? undefined : { [refused.field]: frameWordsOf(lang).refused(refused.reason) }
  return visit.page({
    title: words.bodies,
    lead: words.lead,
    actions: actionForm({ action: '/admin/sync', csrf, label: words.sync }),
    body: html`${dataTable<ConnectedBody>(lang, {
      caption: words.bodies,
      rows: await registry.list(),
      empty: html`<p class="hint">${words.none}</p>`,
      columns: [
        { key: 'name', label: words.name, render: (body) => html`<a href="/admin/bodies/${body.code}">${nameOf(lang, body)}</a>` },
        { key: 'code', label: words.code, narrow: true, render: ({ code }) => code },
        { key: 'administrator', label: words.administrator, render: (body) => body.administrator_name },
        { key: 'state', label: words.state, narrow: true, render: ({ state }) => statusBadge(BADGES[state], words.states(state)) }
      ]
    })}${section({ title: words.add, body: form(lang, { action: '/admin/bodies', csrf, submit: words.save, ...errors === undefined ? {} : { errors }, body: field(lang, { name: 'code', label: words.code, value: visit.form.text('code'), width: 12, code: true, required: true, error: errors?.code }) }) })}`
  })
}

function stepState (state: BodyState, body: ConnectedBody): StepState {
  const reached = PROCEDURE.indexOf(body.state)
  const index = PROCEDURE.indexOf(state)
  if (body.state === 'refused') return index === 0 ? 'done' : index === 1 ? 'failed' : 'todo'
  if (reached < 0) return 'todo'
  if (index < reached || body.state === 'active') return 'done'
  return index === reached ? 'done' : index === reached + 1 ? 'current' : 'todo'
}
