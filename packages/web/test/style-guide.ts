import {
  actionForm, actions, alert, bulkSelection, button, card, changesBetween, codeBlock, columns, confirm, dataTable, dateTime, day, descriptionList, diff,
  document, emptyState, field, type FieldErrors, fieldGroup, filterBar, fingerprint, form, formatBytes, grid, html, type Html, identifier, type Lang,
  linkButton, type PageContext, pager, relativeTime, results, section, stats, statusBadge, steps, tabs, tag, texts, timeline
} from '@trembita/web'

/** Every component on a few pages, with the words and figures of real work: looked at in a browser, checked by axe. */

const wordsOf = texts({
  uk: {
    product: 'Ядро',
    overview: 'Огляд',
    members: 'Учасники',
    requests: 'Заявки',
    gateways: 'Шлюзи безпечного обміну',
    registry: 'Реєстр',
    trust: 'Довіра',
    services: 'Надавачі довірчих послуг',
    configuration: 'Конфігурація',
    control: 'Нагляд',
    audit: 'Журнал аудиту',
    settings: 'Налаштування'
  },
  en: {
    product: 'Core',
    overview: 'Overview',
    members: 'Members',
    requests: 'Requests',
    gateways: 'Security gateways',
    registry: 'Registry',
    trust: 'Trust',
    services: 'Trust service providers',
    configuration: 'Configuration',
    control: 'Oversight',
    audit: 'Audit log',
    settings: 'Settings'
  }
})

export function contextOf (lang: Lang, path: string): PageContext {
  const words = wordsOf(lang)
  return {
    lang,
    path,
    query: 'limit=25',
    product: words.product,
    environment: 'SEVDEIR-DEMO',
    trial: true,
    csrf: 'token-of-the-session',
    actor: { name: lang === 'uk' ? 'Оксана Коваленко' : 'Oksana Kovalenko', roles: lang === 'uk' ? ['Реєстратор', 'Офіцер безпеки'] : ['Registration officer', 'Security officer'] },
    nav: [
      { href: '/', label: words.overview, sign: 'overview', current: path === '/' },
      { href: '/requests', label: words.requests, sign: 'inbox', count: 12 },
      {
        label: words.registry,
        items: [
          { href: '/members', label: words.members, sign: 'organisation' },
          { href: '/gateways', label: words.gateways, sign: 'gateway' }
        ]
      },
      {
        label: words.trust,
        items: [
          { href: '/services', label: words.services, sign: 'shield' },
          { href: '/configuration', label: words.configuration, sign: 'publish' }
        ]
      },
      {
        label: words.control,
        items: [
          { href: '/audit', label: words.audit, sign: 'audit' },
          { href: '/settings', label: words.settings, sign: 'settings' }
        ]
      }
    ]
  }
}

interface Member {
  readonly name: string
  readonly id: string
  readonly kind: string
  readonly subsystems: number
  readonly since: string
  readonly state: 'ok' | 'warn' | 'bad' | 'wait'
}

const MEMBERS: readonly Member[] = [
  { name: 'Міністерство юстиції України', id: 'SEVDEIR-DEMO/GOV/00015622', kind: 'Орган державної влади', subsystems: 14, since: '2024-03-11', state: 'ok' },
  { name: 'Державна податкова служба України', id: 'SEVDEIR-DEMO/GOV/43005393', kind: 'Орган державної влади', subsystems: 23, since: '2023-11-02', state: 'ok' },
  { name: 'Виконавчий комітет Вінницької міської ради', id: 'SEVDEIR-DEMO/GOV/03084813', kind: 'Орган місцевого самоврядування', subsystems: 3, since: '2025-06-19', state: 'warn' },
  { name: 'Державне підприємство «Інфоресурс»', id: 'SEVDEIR-DEMO/COM/37533381', kind: 'Державне підприємство', subsystems: 6, since: '2025-01-30', state: 'wait' },
  { name: 'Пенсійний фонд України', id: 'SEVDEIR-DEMO/GOV/00035323', kind: 'Орган державної влади', subsystems: 9, since: '2024-08-08', state: 'bad' }
]

export function overviewPage (lang: Lang): Html {
  const uk = lang === 'uk'
  return document({ ...contextOf(lang, '/'), flash: { kind: 'ok', title: uk ? 'Заявку № 1042 схвалено' : 'Request no. 1042 approved', body: uk ? 'Шлюз GW-JUSTICE увійде до конфігурації за 30 секунд.' : 'Gateway GW-JUSTICE enters the configuration within 30 seconds.' } }, {
    title: uk ? 'Огляд' : 'Overview',
    lead: uk ? 'Стан середовища на цю хвилину.' : 'How the environment stands this minute.',
    actions: [linkButton({ label: uk ? 'Завантажити якір' : 'Download anchor', href: '/anchor', sign: 'download' }), linkButton({ label: uk ? 'Додати учасника' : 'Add member', href: '/members/new', kind: 'primary', sign: 'plus' })],
    body: html`
${alert(lang, { kind: 'warn', title: uk ? 'Сертифікат автентифікації шлюзу GW-TAX діє ще 9 днів' : 'The authentication certificate of gateway GW-TAX is valid for 9 more days', body: uk ? 'Після 1 грудня 2026 шлюз не зможе обмінюватися повідомленнями.' : 'After 1 December 2026 the gateway cannot exchange messages.', actions: linkButton({ label: uk ? 'До шлюзу' : 'Open gateway', href: '/gateways/1' }) })}
${stats([
  { label: uk ? 'Заявки на розгляді' : 'Requests waiting', value: 12, hint: uk ? 'найстаріша: 2 дні' : 'oldest: 2 days', href: '/requests', status: 'wait' },
  { label: uk ? 'Учасники' : 'Members', value: uk ? '1 248' : '1,248', hint: uk ? '+4 цього тижня' : '+4 this week', href: '/members' },
  { label: uk ? 'Шлюзи на зв’язку' : 'Gateways in touch', value: '318 / 320', hint: uk ? '2 не питали понад годину' : '2 silent for over an hour', href: '/gateways', status: 'warn' },
  { label: uk ? 'Конфігурація' : 'Configuration', value: uk ? 'версія 5 871' : 'version 5,871', hint: relativeTime(new Date(Date.now() - 41_000), lang), href: '/configuration', status: 'ok' }
])}
${columns([
  section({ title: uk ? 'Останні зміни' : 'Latest changes', actions: linkButton({ label: uk ? 'Увесь журнал' : 'Whole log', href: '/audit', kind: 'quiet' }), body: historyOf(lang) })
], [
  card({
 title: uk ? 'Приєднання учасника' : 'A member joins',
body: steps(lang, [
    { label: uk ? 'Заявку подано' : 'Request filed', state: 'done', detail: dateTime('2026-11-20T08:12:44Z', lang) },
    { label: uk ? 'Сертифікат перевірено' : 'Certificate checked', state: 'done' },
    { label: uk ? 'Рішення реєстратора' : 'Registrar decides', state: 'current', detail: uk ? 'призначено: О. Коваленко' : 'assigned: O. Kovalenko' },
    { label: uk ? 'Конфігурацію поширено' : 'Configuration distributed', state: 'todo' }
  ])
}),
  card({
 title: uk ? 'Ключ підпису конфігурації' : 'Configuration signing key',
body: descriptionList(lang, [
    { term: uk ? 'Стан' : 'State', value: statusBadge('ok', uk ? 'Активний' : 'Active') },
    { term: uk ? 'Створено' : 'Created', value: day('2026-01-15', lang) },
    { term: uk ? 'Алгоритм' : 'Algorithm', value: 'RSA-4096, SHA-512' },
    { term: uk ? 'Відбиток' : 'Fingerprint', value: fingerprint('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 'SHA-256') }
  ])
})
])}`
  })
}

function historyOf (lang: Lang): Html {
  const uk = lang === 'uk'
  return timeline(lang, [
    { at: '2026-11-22T14:05:09Z', actor: uk ? 'Оксана Коваленко' : 'Oksana Kovalenko', action: uk ? 'Змінено адресу шлюзу GW-JUSTICE' : 'Address of gateway GW-JUSTICE changed', changes: changesBetween({ address: '198.51.100.7', name: 'GW-JUSTICE' }, { address: 'gw.minjust.example', name: 'GW-JUSTICE', maintenance: false }), href: '/audit/981' },
    { at: '2026-11-22T11:40:00Z', actor: 'SEVDEIR-DEMO/GOV/43005393/GW-TAX', action: uk ? 'Надійшла заявка на реєстрацію підсистеми' : 'Request to register a subsystem arrived' },
    { at: '2026-11-21T16:22:31Z', actor: uk ? 'Система' : 'System', action: uk ? 'Ключ підпису конфігурації змінено за розкладом' : 'Configuration signing key rotated on schedule', note: uk ? 'Попередній ключ діє ще 7 днів.' : 'The previous key is good for 7 more days.' }
  ])
}

export function listPage (lang: Lang, q = ''): Html {
  const uk = lang === 'uk'
  const states = { ok: uk ? 'Діє' : 'Active', warn: uk ? 'Сертифікат спливає' : 'Certificate expiring', bad: uk ? 'Зупинено' : 'Suspended', wait: uk ? 'На розгляді' : 'Waiting' }
  return document(contextOf(lang, '/members'), {
    title: uk ? 'Учасники' : 'Members',
    lead: uk ? 'Органи, громади та підприємства, зареєстровані в середовищі.' : 'Authorities, communities and enterprises registered in the environment.',
    actions: linkButton({ label: uk ? 'Додати учасника' : 'Add member', href: '/members/new', kind: 'primary', sign: 'plus' }),
    body: html`
${filterBar(lang, {
 action: '/members',
clearHref: '/members',
fields: [
  { kind: 'search', name: 'q', label: uk ? 'Назва або код' : 'Name or code', value: q },
  { kind: 'select', name: 'class', label: uk ? 'Клас' : 'Class', empty: uk ? 'усі' : 'all', options: [{ value: 'GOV', label: 'GOV' }, { value: 'COM', label: 'COM' }] },
  { kind: 'select', name: 'state', label: uk ? 'Стан' : 'State', empty: uk ? 'усі' : 'all', options: Object.entries(states).map(([value, label]) => ({ value, label })) }
]
})}
${results(bulkSelection(lang, {
  action: '/members/bulk',
  csrf: 'token-of-the-session',
  body: [
    dataTable(lang, {
      caption: uk ? 'Учасники' : 'Members',
      rows: MEMBERS.filter(({ name }) => name.toLowerCase().includes(q.toLowerCase())),
      sortedBy: { key: 'name', desc: false },
      href: (sort, desc) => `/members?sort=${sort}&desc=${desc}`,
      selection: { name: 'id', value: ({ id }) => id, label: ({ name }) => name, enabled: ({ state }) => state !== 'bad' },
      columns: [
        { key: 'name', label: uk ? 'Назва' : 'Name', sort: true, heading: true, render: ({ name, id }) => html`<a href="/members/1">${name}</a><div class="hint">${identifier(id)}</div>` },
        { key: 'kind', label: uk ? 'Вид' : 'Kind', render: ({ kind }) => kind },
        { key: 'class', label: uk ? 'Клас' : 'Class', sort: true, narrow: true, render: ({ id }) => tag(id.split('/')[1]!) },
        { key: 'subsystems', label: uk ? 'Підсистеми' : 'Subsystems', sort: true, align: 'end', narrow: true, render: ({ subsystems }) => subsystems },
        { key: 'since', label: uk ? 'Зареєстровано' : 'Registered', sort: true, narrow: true, render: ({ since }) => day(since, lang) },
        { key: 'state', label: uk ? 'Стан' : 'State', narrow: true, render: ({ state }) => statusBadge(state, states[state]) }
      ]
    }),
    pager(lang, { total: 1248, limit: 25, offset: 125, href: (offset) => `/members?offset=${offset}` })
  ],
  actions: [button({ label: uk ? 'Вивантажити' : 'Export', name: 'do', value: 'export', sign: 'download' }), button({ label: uk ? 'Схвалити' : 'Approve', name: 'do', value: 'approve', kind: 'primary' })]
}))}`
  })
}

export function formPage (lang: Lang, errors?: FieldErrors): Html {
  const uk = lang === 'uk'
  return document(contextOf(lang, '/members'), {
    title: uk ? 'Новий учасник' : 'New member',
    breadcrumbs: [{ href: '/members', label: uk ? 'Учасники' : 'Members' }],
    body: form(lang, {
      action: '/members',
      csrf: 'token-of-the-session',
      submit: uk ? 'Додати учасника' : 'Add member',
      cancelHref: '/members',
      multipart: true,
      ...(errors === undefined ? {} : { errors }),
      body: [
        field(lang, { name: 'name', label: uk ? 'Повна назва' : 'Full name', required: true, autocomplete: 'organization', error: errors?.name }),
        field(lang, { name: 'code', label: uk ? 'Код ЄДРПОУ' : 'EDRPOU code', required: true, width: 12, code: true, hint: uk ? 'Вісім цифр, як у реєстрі юридичних осіб' : 'Eight digits, as in the register of legal entities', error: errors?.code }),
        field(lang, { kind: 'radios', name: 'class', label: uk ? 'Клас учасника' : 'Member class', value: 'GOV', options: [{ value: 'GOV', label: 'GOV', hint: uk ? 'орган влади чи громада' : 'authority or community' }, { value: 'COM', label: 'COM', hint: uk ? 'підприємство' : 'enterprise' }] }),
        fieldGroup(uk ? 'Контактна особа' : 'Contact', [
          field(lang, { kind: 'email', name: 'mail', label: uk ? 'Електронна пошта' : 'E-mail', required: false, autocomplete: 'email', width: 32 }),
          field(lang, { kind: 'checkboxes', name: 'roles', label: uk ? 'Ролі в середовищі' : 'Roles in the environment', values: ['provider'], options: [{ value: 'provider', label: uk ? 'Надає дані' : 'Provides data' }, { value: 'consumer', label: uk ? 'Отримує дані' : 'Consumes data' }, { value: 'operator', label: uk ? 'Технічний адміністратор' : 'Technical operator', disabled: true }] })
        ]),
        fieldGroup(uk ? 'Підстава' : 'Ground', [
          field(lang, { kind: 'select', name: 'ground', label: uk ? 'Документ' : 'Document', empty: uk ? 'Виберіть' : 'Choose', options: [{ value: '1', label: uk ? 'Договір про приєднання' : 'Accession agreement' }, { value: '2', label: uk ? 'Рішення держателя' : 'Decision of the holder' }], error: errors?.ground }),
          field(lang, { kind: 'date', name: 'day', label: uk ? 'Дата документа' : 'Date of the document', value: '2026-11-20' }),
          field(lang, { kind: 'datetime', name: 'from', label: uk ? 'Діє з' : 'In force from', value: '2026-12-01T09:00' }),
          field(lang, { kind: 'number', name: 'days', label: uk ? 'Строк' : 'Term', value: 365, width: 4, min: 1, suffix: uk ? 'днів' : 'days' }),
          field(lang, { kind: 'file', name: 'scan', label: uk ? 'Підписаний документ' : 'Signed document', accept: '.asice,.pdf', hint: `ASiC-E, PDF; ${formatBytes(10 * 1024 * 1024, lang)}` }),
          field(lang, { kind: 'textarea', name: 'note', label: uk ? 'Примітка' : 'Note', required: false }),
          field(lang, { kind: 'checkbox', name: 'sure', label: uk ? 'Повноваження представника перевірено' : 'The powers of the representative were checked', error: errors?.sure }),
          field(lang, { kind: 'hidden', name: 'revision', value: '17' })
        ])
      ]
    })
  })
}

const OLD_XML = '<conf:sharedParameters><instanceIdentifier>SEVDEIR-DEMO</instanceIdentifier><securityServer id="id3"><owner>id1</owner><serverCode>GW-JUSTICE</serverCode><address>198.51.100.7</address></securityServer><globalSettings><ocspFreshnessSeconds>3600</ocspFreshnessSeconds></globalSettings></conf:sharedParameters>'
const NEW_XML = OLD_XML.replace('198.51.100.7', 'gw.minjust.example').replace('</securityServer>', '<client>id2</client></securityServer>')

export function detailPage (lang: Lang): Html {
  const uk = lang === 'uk'
  return document(contextOf(lang, '/requests'), {
    eyebrow: uk ? 'Заявка № 1042 · реєстрація сертифіката автентифікації' : 'Request no. 1042 · authentication certificate registration',
    title: 'GW-JUSTICE',
    status: statusBadge('wait', uk ? 'Чекає рішення' : 'Waiting for decision'),
    breadcrumbs: [{ href: '/requests', label: uk ? 'Заявки' : 'Requests' }],
    actions: [
      confirm(lang, {
        label: uk ? 'Відхилити' : 'Decline',
        title: uk ? 'Відхилити заявку № 1042?' : 'Decline request no. 1042?',
        body: html`<p>${uk ? 'Шлюз отримає відмову і матиме подати заявку знову.' : 'The gateway is refused and has to file the request again.'}</p>`,
        inputs: field(lang, { kind: 'textarea', name: 'reason', label: uk ? 'Причина' : 'Reason', required: true, rows: 3 }),
        action: '/requests/1042/decline',
        csrf: 'token-of-the-session',
        submit: uk ? 'Відхилити заявку' : 'Decline request'
      }),
      actionForm({ label: uk ? 'Схвалити' : 'Approve', kind: 'primary', sign: 'check', action: '/requests/1042/approve', csrf: 'token-of-the-session' })
    ],
    body: html`
${tabs(uk ? 'Заявка' : 'Request', [{ href: '/requests/1042', label: uk ? 'Зміст' : 'Content', current: true }, { href: '/requests/1042/signatures', label: uk ? 'Підписи' : 'Signatures', count: 2 }, { href: '/requests/1042/history', label: uk ? 'Історія' : 'History' }])}
${descriptionList(lang, [
  { term: uk ? 'Шлюз' : 'Gateway', value: identifier('SEVDEIR-DEMO/GOV/00015622/GW-JUSTICE') },
  { term: uk ? 'Власник' : 'Owner', value: html`<a href="/members/1">Міністерство юстиції України</a>` },
  { term: uk ? 'Адреса' : 'Address', value: identifier('gw.minjust.example'), hint: uk ? 'порти 5500 і 5577 відповідають' : 'ports 5500 and 5577 answer' },
  { term: uk ? 'Надійшла' : 'Arrived', value: dateTime('2026-11-22T14:05:09Z', lang) },
  { term: uk ? 'Рішення' : 'Decision', value: undefined },
  { term: uk ? 'Сертифікат' : 'Certificate', value: fingerprint('a3f5c2d1884c7d659a2feaa0c55ad015a3bf4f1b', 'SHA-1') }
])}
${section({ title: uk ? 'Що зміниться в конфігурації' : 'What changes in the configuration', lead: 'shared-params.xml', body: diff(lang, { before: OLD_XML, after: NEW_XML, format: 'xml', label: 'shared-params.xml' }) })}
${grid(
  codeBlock(lang, { label: uk ? 'Команда' : 'Command', text: 'curl --fail --header "Authorization: X-Road-ApiKey token=…" \\\n  https://core.example/api/v1/management-requests/1042' }),
  codeBlock(lang, { label: 'JSON', text: JSON.stringify({ id: 1042, type: 'AUTH_CERT_REGISTRATION_REQUEST', status: 'WAITING' }, null, 2) })
)}
${grid(
  alert(lang, { kind: 'info', title: uk ? 'Потрібне друге схвалення' : 'A second approval is needed' }),
  alert(lang, { kind: 'ok', title: uk ? 'Підпис дійсний' : 'The signature is valid' }),
  alert(lang, { kind: 'bad', title: uk ? 'Відповідач OCSP мовчить' : 'The OCSP responder is silent', body: 'http://ocsp.example/' })
)}
${section({ title: uk ? 'Стани' : 'States', body: html`<p>${[statusBadge('ok', uk ? 'Діє' : 'Active'), ' ', statusBadge('warn', uk ? 'Спливає' : 'Expiring'), ' ', statusBadge('bad', uk ? 'Відмовлено' : 'Refused'), ' ', statusBadge('info', uk ? 'Нове' : 'New'), ' ', statusBadge('idle', uk ? 'Вимкнено' : 'Off'), ' ', statusBadge('wait', uk ? 'Чекає' : 'Waiting')]}</p>${actions(button({ label: uk ? 'Основна' : 'Primary', kind: 'primary' }), button({ label: uk ? 'Звичайна' : 'Secondary' }), button({ label: uk ? 'Тиха' : 'Quiet', kind: 'quiet' }), button({ label: uk ? 'Вилучити' : 'Delete', kind: 'danger', sign: 'trash' }), button({ label: uk ? 'Недоступна' : 'Disabled', disabled: true }))}` })}
${section({ title: uk ? 'Пов’язані угоди' : 'Agreements', body: emptyState({ title: uk ? 'Угод ще немає' : 'No agreements yet', body: uk ? 'Вони з’являться, коли сторони їх підпишуть.' : 'They appear once both sides have sealed them.', action: linkButton({ label: uk ? 'Скласти угоду' : 'Draft an agreement', href: '/agreements/new', sign: 'plus' }) }) })}`
  })
}

/** A page for everybody: few places, no account, a question with suggestions, and figures that move by themselves. */
export function publicPage (lang: Lang, seen: number): Html {
  const uk = lang === 'uk'
  return document({
    lang,
    path: '/public',
    query: '',
    product: uk ? 'Каталог' : 'Catalog',
    layout: 'top',
    nav: [
      { href: '/public', label: uk ? 'Сервіси' : 'Services' },
      { href: '/providers', label: uk ? 'Надавачі' : 'Providers' },
      { href: '/help', label: uk ? 'Довідка' : 'Help' }
    ],
    signIn: '/sign-in',
    footer: html`<p><a href="/accessibility">${uk ? 'Доступність' : 'Accessibility'}</a></p>`
  }, {
    title: uk ? 'Сервіси даних' : 'Data services',
    lead: uk ? 'Що можна запитати через Трембіту, у кого і на якій підставі.' : 'What can be asked for through Trembita, of whom and on what ground.',
    refreshSeconds: 1,
    body: html`
${filterBar(lang, { action: '/public', fields: [{ kind: 'search', name: 'service', label: uk ? 'Сервіс' : 'Service', suggestFrom: '/suggest' }] })}
${results(card({ title: uk ? 'Запити сьогодні' : 'Requests today', body: html`<p class="seen">${seen}</p><details><summary>${uk ? 'Як це рахується' : 'How it is counted'}</summary><p>${uk ? 'За журналами шлюзів.' : 'By the logs of the gateways.'}</p></details>` }))}`
  })
}
