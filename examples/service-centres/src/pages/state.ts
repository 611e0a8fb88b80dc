import {
  alert, dataTable, dateTime, day, descriptionList, emptyState, formatNumber, html, linkButton, section, stats, statusBadge, texts, type Html
} from '@trembita/web'
import { centreOf, CENTRES, missingParts } from '../centres/index.ts'
import type { Platform } from '../platform.ts'
import { centreWordsOf } from './centre-texts.ts'
import type { Look, Pages } from './frame.ts'
import { SCORES, scoreWordsOf } from './scores.ts'

const wordsOf = texts({
  uk: {
    title: 'Якість і повнота',
    lead: 'Показники системи моніторингу якості, передача оцінок і повнота карток.',
    indicators: 'Показники якості',
    asOf: 'Станом на',
    pulled: 'Отримано',
    none: 'Показників ще не отримано',
    unreachable: 'Система якості зараз не відповідає: показано останнє отримане',
    centre: 'Центр',
    count: 'Оцінок',
    remarks: 'Зауважень',
    delivery: 'Передача оцінок',
    waiting: 'чекають',
    delivered: 'передано',
    refused: 'не прийнято',
    problem: 'Передача чекає: система якості не відповідає. Жодна оцінка не губиться й не подвоюється.',
    last: 'Остання передача',
    cards: 'Повнота карток',
    confirmed: 'Підтверджено',
    state: 'Стан',
    data: 'Відкриті дані',
    dataBody: 'Картки всіх центрів у відкритих форматах; через «Трембіту» — сервіс CENTRES/centres.'
  },
  en: {
    title: 'Quality and completeness',
    lead: 'Indicators of the quality system, the passing on of ratings, and how complete the cards are.',
    indicators: 'Indicators of quality',
    asOf: 'As of',
    pulled: 'Received',
    none: 'No indicators were received yet',
    unreachable: 'The quality system does not answer now: this is what it said last',
    centre: 'Centre',
    count: 'Ratings',
    remarks: 'Remarks',
    delivery: 'Passing on of ratings',
    waiting: 'waiting',
    delivered: 'passed on',
    refused: 'not taken',
    problem: 'The passing on waits: the quality system does not answer. No rating is lost or doubled.',
    last: 'Last passed on',
    cards: 'Completeness of the cards',
    confirmed: 'Confirmed',
    state: 'State',
    data: 'Open data',
    dataBody: 'The cards of all centres in open formats; by Trembita the service CENTRES/centres.'
  }
})

/** What the quality system says and how things stand (regulation, items 8(7), 16(1), 18, 19). */
export function statePages ({ platform, get }: Pages): void {
  get('/state', async (look) => await statePage(look, platform))
}

async function statePage (look: Look, platform: Platform): Promise<Html> {
  const { lang, page } = look
  const words = wordsOf(lang)
  return page({
    title: words.title,
    lead: words.lead,
    body: html`${await indicatorsSection(look, platform)}${await deliverySection(look, platform)}${cardsSection(look, platform.clock.now())}
${section({ title: words.data, lead: words.dataBody, body: html`<div class="actions">${['json', 'csv', 'jsonld'].map((format) => linkButton({ label: format === 'jsonld' ? 'JSON-LD' : format.toUpperCase(), href: `/data/centres.${format}`, sign: 'download' }))}</div>` })}`
  })
}

async function indicatorsSection ({ lang }: Look, { ratings }: Platform): Promise<Html> {
  const words = wordsOf(lang)
  const { score } = scoreWordsOf(lang)
  const { known, problem } = await ratings.indicators()
  const body = known === undefined
    ? emptyState({ title: words.none, sign: 'wait' })
    : html`${descriptionList(lang, [{ term: words.asOf, value: dateTime(known.asOf, lang) }, { term: words.pulled, value: dateTime(known.pulledAt, lang) }])}${dataTable(lang, {
      caption: words.indicators,
      rows: known.items,
      empty: html`<p class="hint">${centreWordsOf(lang).noRatings}</p>`,
      columns: [
        { key: 'centre', label: words.centre, render: ({ centre }) => html`<a href="/centres/${centre}">${centreOf(centre)?.name[lang] ?? centre}</a>` },
        ...SCORES.map((name) => ({ key: name, label: score(name), align: 'end' as const, render: ({ means }: { means: Record<typeof name, number> }) => formatNumber(means[name], lang) })),
        { key: 'count', label: words.count, align: 'end' as const, render: ({ count }) => count },
        { key: 'remarks', label: words.remarks, align: 'end' as const, render: ({ remarks }) => remarks }
      ]
    })}`
  return section({ title: words.indicators, body: html`${problem === undefined ? undefined : html`<div class="alerts">${alert(lang, { kind: 'warn', title: words.unreachable })}</div>`}${body}` })
}

async function deliverySection ({ lang }: Look, { ratings }: Platform): Promise<Html> {
  const words = wordsOf(lang)
  const { counts, problem, lastDeliveredAt } = await ratings.delivery()
  return section({
    title: words.delivery,
    body: html`${problem === undefined ? undefined : html`<div class="alerts">${alert(lang, { kind: 'warn', title: words.problem })}</div>`}${stats([
      { label: words.waiting, value: counts.waiting },
      { label: words.delivered, value: counts.delivered },
      ...counts.refused === 0 ? [] : [{ label: words.refused, value: counts.refused, status: 'bad' as const }]
    ])}${lastDeliveredAt === undefined ? undefined : html`<p class="hint">${words.last}: ${dateTime(lastDeliveredAt, lang)}</p>`}`
  })
}

function cardsSection ({ lang }: Look, now: Date): Html {
  const words = wordsOf(lang)
  const { complete, lacks } = centreWordsOf(lang)
  return section({
    title: words.cards,
    body: dataTable(lang, {
      caption: words.cards,
      rows: CENTRES,
      columns: [
        { key: 'centre', label: words.centre, render: ({ id, name }) => html`<a href="/centres/${id}">${name[lang]}</a>` },
        { key: 'confirmed', label: words.confirmed, render: ({ asOf }) => day(asOf, lang) },
        {
          key: 'state',
          label: words.state,
          render: (centre) => {
            const missing = missingParts(centre, now)
            return missing.length === 0 ? statusBadge('ok', complete) : statusBadge('warn', lacks(missing))
          }
        }
      ]
    })
  })
}
