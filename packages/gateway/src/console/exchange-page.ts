import { actionForm, actions, alert, card, dateTime, descriptionList, html, identifier, linkButton, tag, type Html } from '@trembita/web'
import { ApiProblem, type Console, type Visit } from '@trembita/web/console'
import { messagesWordsOf as wordsOf } from './messages-texts.ts'
import { exchangePath, recordState, shownService, type MessageRecord } from './messages.ts'
import { verificationLines, type Verification } from './verification-lines.ts'

interface SealedRecord extends MessageRecord {
  readonly seal: {
    readonly algorithm?: string
    readonly signing_time?: string
    readonly certificate_subject?: string
    readonly certificate_issuer?: string
    readonly certificate_serial?: string
    readonly hash_chain: boolean
    readonly bodies: number
  }
  readonly stamp?: { readonly kind: string, readonly authority: string, readonly records: number, readonly position: number }
}

interface Exchange { readonly request_id: string, readonly records: readonly SealedRecord[] }

/** Who may take messages out of the log. */
const LOG_KEEPER = 'XROAD_SECURITY_OFFICER'

/** One exchange: who, when, and the proof of each of its messages. What they say is in the container alone. */
export function exchangePages (console: Console): void {
  console.get('/messages/exchanges/:id', (visit) => exchangePage(visit))
  console.get('/messages/records/:id/container', async ({ api, params }) => {
    const { bytes, headers } = await api.download(`/message-log/records/${encodeURIComponent(params.id ?? '')}/container`)
    return { bytes, type: 'application/vnd.etsi.asic-e+zip', fileName: /filename="([^"]+)"/.exec(headers['content-disposition'] ?? '')?.[1] ?? 'message.asice' }
  })
  console.post('/messages/exchanges/:id/timestamp', async ({ api, params, form }) => {
    await api.put(`/message-log/records/${encodeURIComponent(form.text('record'))}/timestamp`)
    return { to: exchangePath(params.id ?? ''), said: 'messageStamped' }
  }, exchangePage)
  console.sentences((lang) => ({ messageStamped: wordsOf(lang).stamped }))
}

async function exchangePage (visit: Visit, problem?: ApiProblem): Promise<Html> {
  const { lang, api, params, query } = visit
  const words = wordsOf(lang)
  const exchange = await api.get<Exchange>(`/message-log/exchanges/${encodeURIComponent(params.id ?? '')}`)
  const [first] = exchange.records
  const blocks = await Promise.all(exchange.records.map(async (record) => await recordBlock(visit, record, query.verify === String(record.id))))
  return visit.page({
    title: words.exchange,
    eyebrow: first!.protocol === 'soap' ? 'SOAP' : 'REST',
    lead: identifier(exchange.request_id),
    breadcrumbs: [{ href: '/messages', label: words.title }],
    body: html`${problem === undefined ? undefined : alert(lang, { kind: 'bad', title: words.problem(problem.code) || visit.problemText(problem), body: problem.message })}${descriptionList(lang, [
      { term: words.client, value: identifier(first!.client_id) },
      { term: words.service, value: identifier(shownService(first!.service_id)) },
      { term: words.queryId, value: html`<a href="/messages?query_id=${encodeURIComponent(first!.query_id)}">${identifier(first!.query_id)}</a>` },
      { term: words.at, value: dateTime(first!.at, lang) },
      { term: words.side, value: [...new Set(exchange.records.map(({ side }) => side))].map((side) => html`<div>${words.sides(side)}</div>`) }
    ])}${blocks}`
  })
}

async function recordBlock (visit: Visit, record: SealedRecord, verify: boolean): Promise<Html> {
  const { lang, csrf, params } = visit
  const words = wordsOf(lang)
  const { seal, stamp } = record
  const keeper = visit.may(LOG_KEEPER)
  const waits = record.status === 'waiting for time stamp'
  const here = exchangePath(params.id ?? '')
  return card({
    title: `${words.directions(record.direction)}`.replace(/^./, (letter) => letter.toUpperCase()),
    id: `record-${record.id}`,
    lead: html`${words.record(record.id)} · ${words.sides(record.side)}`,
    actions: actions(
      waits ? (keeper ? actionForm({ label: words.stampNow, action: `${here}/timestamp`, csrf, fields: { record: String(record.id) } }) : undefined) : linkButton({ label: words.verify, href: `${here}?verify=${record.id}#record-${record.id}`, sign: 'shield' }),
      keeper && !waits ? linkButton({ label: words.download, href: `/messages/records/${record.id}/container`, sign: 'download', download: true }) : undefined
    ),
    body: html`${verify ? await verification(visit, record) : undefined}${descriptionList(lang, [
      { term: words.state, value: recordState(lang, record.status) },
      { term: words.at, value: dateTime(record.at, lang) },
      { term: words.sealedBy, value: seal.certificate_subject === undefined ? undefined : identifier(seal.certificate_subject), hint: seal.certificate_issuer === undefined ? '' : html`${words.issuer}: ${identifier(seal.certificate_issuer)}` },
      { term: words.sealedAt, value: dateTime(seal.signing_time, lang), hint: words.bySignersClock },
      { term: words.algorithm, value: seal.algorithm },
      { term: words.chain, value: seal.hash_chain ? words.chained : words.notChained },
      { term: words.stamp, value: record.stamped_at === undefined ? words.noStamp : dateTime(record.stamped_at, lang), hint: stamp === undefined ? '' : html`${words.stampedBy}: ${stamp.authority}; ${stamp.kind === 'batch' ? words.stampBatch(stamp.position, stamp.records) : words.stampSingle}` },
      { term: words.completeness, value: words.completenesses(record.completeness), hint: seal.bodies === 0 ? '' : html`${words.bodies}: ${tag(String(seal.bodies))}` },
      ...record.archive === undefined ? [] : [{ term: words.archive, value: identifier(record.archive) }]
    ])}${keeper && !waits ? html`<p class="hint">${words.downloadHint}</p>` : undefined}`
  })
}

async function verification (visit: Visit, { id }: SealedRecord): Promise<Html> {
  const { lang, api } = visit
  try {
    return verificationLines(lang, await api.get<Verification>(`/message-log/records/${id}/verification`))
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem) || thrown.status >= 500) throw thrown
    return alert(lang, { kind: 'bad', title: wordsOf(lang).problem(thrown.code) || visit.problemText(thrown) })
  }
}
