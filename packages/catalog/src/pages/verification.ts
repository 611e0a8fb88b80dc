import { actionForm, alert, card, dataTable, dateTime, descriptionList, html, identifier, linkButton, section, stats, texts, type Html } from '@trembita/web'
import { maySeeAll } from '../entry/index.ts'
import { countVerdicts, findRun, GROUPS, groupOf, sealedReport, toJUnit, type Check, type Group, type RunReport } from '../verification/index.ts'
import { runBadge, verdictBadge } from './labels.ts'
import { at, nothingHere, type Site, type Visit } from './site.ts'

const wordsOf = texts({
  uk: {
    title: 'Перевірка',
    my: 'Моя організація',
    progress: (done: number, total: number) => `Виконано ${done} з ${total} кроків`,
    running: 'Перевірка триває. Сторінка оновлюється сама.',
    cancel: 'Скасувати перевірку',
    again: 'Перевірити ще раз',
    passed: 'Пройдено',
    warnings: 'Зауважень',
    failed: 'Не пройдено',
    started: 'Початок',
    ended: 'Кінець',
    validUntil: 'Можна публікувати до',
    tuple: 'Прив’язка до описів і середовища',
    sealed: 'Звіт з печаткою',
    sealMessage: 'Повідомлення з печаткою',
    group: (group: Group): string => ({ identity: 'Хто надає', description: 'Опис', metadata: 'Картка', reachability: 'Виклик через шлюз', conformity: 'Відповіді за описом', negative: 'Помилкові запити' })[group],
    code: 'Код',
    what: 'Що перевірено',
    expected: 'Очікувано',
    observed: 'Отримано',
    place: 'Місце',
    message: 'Повідомлення',
    verdict: 'Підсумок',
    allPassed: (count: number) => `Пройдено перевірок: ${count}`,
    whatToDo: 'Що виправити'
  },
  en: {
    title: 'Verification',
    my: 'My organisation',
    progress: (done: number, total: number) => `${done} of ${total} steps done`,
    running: 'The verification is running. The page refreshes by itself.',
    cancel: 'Cancel the verification',
    again: 'Verify again',
    passed: 'Passed',
    warnings: 'Warnings',
    failed: 'Failed',
    started: 'Begun',
    ended: 'Ended',
    validUntil: 'May be published until',
    tuple: 'Bound to these descriptions and this environment',
    sealed: 'Sealed report',
    sealMessage: 'Sealed message',
    group: (group: Group): string => ({ identity: 'Who provides', description: 'Description', metadata: 'Card', reachability: 'Call through the gateway', conformity: 'Answers as described', negative: 'Wrong requests' })[group],
    code: 'Code',
    what: 'What was checked',
    expected: 'Expected',
    observed: 'Observed',
    place: 'Place',
    message: 'Message',
    verdict: 'Verdict',
    allPassed: (count: number) => `Checks passed: ${count}`,
    whatToDo: 'What to mend'
  }
})

/** `/runs/…`: how a verification goes, and its report in four forms. */
export const verificationPages = (site: Site): void => {
  const { store, verifications } = site.parts
  site.get('/runs/:id', async (visit) => runPage(visit, await found(site, visit)), 'signed-in')
  site.get('/runs/:id/report.json', async (visit) => ({ bytes: JSON.stringify(await found(site, visit), null, 2), type: 'application/json; charset=utf-8' }), 'signed-in')
  site.get('/runs/:id/report.xml', async (visit) => ({ bytes: toJUnit(await found(site, visit)), type: 'application/xml; charset=utf-8' }), 'signed-in')
  site.get('/runs/:id/report.asice', async (visit) => {
    const { id } = await found(site, visit)
    const bytes = await sealedReport(store, id)
    if (bytes === undefined) throw nothingHere()
    return { bytes, type: 'application/vnd.etsi.asic-e+zip', fileName: `verification-${id}.asice` }
  }, 'signed-in')
  site.post('/runs/:id/cancel', async ({ actor, params }) => {
    await verifications.cancel(actor, params.id!)
    return { to: `/runs/${params.id!}`, said: 'cancelled' }
  })
}

async function found ({ parts: { store, applications } }: Site, { params, viewer }: Visit): Promise<RunReport> {
  const report = await findRun(store, params.id ?? '')
  if (report === undefined || !maySeeAll(viewer, (await applications.find(report.versionId)).one.organisationId)) throw nothingHere()
  return report
}

function runPage (visit: Visit, report: RunReport): Html {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  const { id, state, checks, steps, versionId } = report
  const counts = countVerdicts(checks)
  const groups = Map.groupBy(checks, groupOf)
  const path = `/runs/${id}`
  return visit.page({
    title: `${words.title}: ${report.interfaceName} ${report.version}`,
    status: runBadge(state, lang),
    breadcrumbs: [{ href: at('/my'), label: words.my }, { href: at(`/versions/${versionId}`), label: `${report.interfaceName} ${report.version}` }],
    ...state === 'running' ? { refreshSeconds: 2 } : {},
    actions: state === 'running'
      ? actionForm({ action: at(`${path}/cancel`), csrf, label: words.cancel, sign: 'close' })
      : html`${actionForm({ action: at(`/versions/${versionId}/verify`), csrf, label: words.again, sign: 'check' })}${linkButton({ label: 'JSON', href: at(`${path}/report.json`) })}${linkButton({ label: 'JUnit', href: at(`${path}/report.xml`) })}${report.sealed ? linkButton({ label: words.sealed, href: at(`${path}/report.asice`), sign: 'download', download: true }) : undefined}`,
    body: html`${state === 'running' ? alert(lang, { kind: 'info', title: words.running, body: html`${words.progress(steps.done, steps.total)} <progress max="${steps.total}" value="${steps.done}" aria-label="${words.progress(steps.done, steps.total)}"></progress>` }) : undefined}
${stats([{ label: words.passed, value: counts.pass, status: 'ok' }, { label: words.warnings, value: counts.warn, ...counts.warn > 0 ? { status: 'warn' as const } : {} }, { label: words.failed, value: counts.fail, ...counts.fail > 0 ? { status: 'bad' as const } : {} }])}
${GROUPS.filter((group) => groups.has(group)).map((group) => section({ title: words.group(group), body: groupBody(words.group(group), groups.get(group)!, visit) }))}
${card({
 title: words.title,
body: descriptionList(lang, [
  { term: words.started, value: dateTime(report.startedAt, lang) },
  { term: words.ended, value: report.endedAt === undefined ? undefined : dateTime(report.endedAt, lang) },
  { term: words.validUntil, value: report.validUntil === undefined ? undefined : dateTime(report.validUntil, lang) },
  { term: words.tuple, value: identifier(report.tuple) },
  ...report.sealMessageId === undefined ? [] : [{ term: words.sealMessage, value: identifier(report.sealMessageId) }]
])
})}`
  })
}

/** What is wrong stands first and whole; what passed is counted. */
function groupBody (caption: string, checks: readonly Check[], { lang }: Visit): Html {
  const words = wordsOf(lang)
  const order = { fail: 0, warn: 1, notApplicable: 2, pass: 3 }
  const shown = checks.filter(({ verdict, code }) => verdict === 'fail' || verdict === 'warn' || code === 'RE-2').toSorted((a, b) => order[a.verdict] - order[b.verdict])
  const passed = checks.filter(({ verdict }) => verdict === 'pass').length
  return html`${shown.length === 0
    ? undefined
    : dataTable(lang, {
      caption,
      rows: shown,
      columns: [
        { key: 'code', label: words.code, heading: true, narrow: true, render: ({ code }) => code.replace('-', '\u2011') },
        { key: 'what', label: words.what, render: ({ operation, sample, service, hint }) => html`${[operation ?? service?.split('/').slice(4).join('/'), sample].filter((part) => part !== undefined).join(' · ')}${hint === undefined ? undefined : html`<br><span class="hint">${hint[lang]}</span>`}` },
        { key: 'place', label: words.place, render: ({ place }) => place === undefined ? undefined : identifier(place) },
        { key: 'expected', label: words.expected, render: ({ expected }) => expected },
        { key: 'observed', label: words.observed, render: ({ observed }) => observed },
        { key: 'message', label: words.message, render: ({ messageId }) => messageId === undefined ? undefined : identifier(messageId) },
        { key: 'verdict', label: words.verdict, render: ({ verdict }) => verdictBadge(verdict, lang) }
      ]
    })}<p class="hint">${words.allPassed(passed)}</p>`
}
