import { dataTable, html, texts } from '@trembita/web'
import { Refused } from '../desk/index.ts'
import { PLUGINS, type Plugin } from '../plugins/index.ts'
import { proofLink } from './entrance.ts'
import { wordsOf as frameWordsOf } from './texts.ts'
import { nameOf, type Pages } from './visit.ts'

const wordsOf = texts({
  uk: { lead: 'Інші сервіси для посадових осіб; кожен має власні права.', name: 'Сервіс', about: 'Що дає' },
  en: { lead: 'Further services for officials, each with rights of its own.', name: 'Service', about: 'What it gives' }
})

/** Further services of the office (order, item 5.5). One that an official may not use does not exist for that official. */
export function servicePages (pages: Pages): void {
  pages.getAs('/services', async (visit) => {
    const { lang, me, base } = visit
    const words = wordsOf(lang)
    return visit.page({
      title: frameWordsOf(lang).services,
      lead: words.lead,
      body: dataTable<Plugin>(lang, {
        caption: frameWordsOf(lang).services,
        rows: PLUGINS.filter((plugin) => plugin.mayUse(me)),
        columns: [
          { key: 'name', label: words.name, render: (plugin) => html`<a href="${base}/services/${plugin.code}">${plugin.title(lang)}</a>` },
          { key: 'about', label: words.about, render: (plugin) => plugin.about(lang) }
        ]
      })
    })
  })

  pages.getAs('/services/:code', async (visit) => {
    const { lang, me, base, body, desk, params } = visit
    const plugin = PLUGINS.find(({ code }) => code === params.code)
    if (plugin?.mayUse(me) !== true) throw new Refused('unknown')
    return visit.page({
      title: plugin.title(lang),
      lead: plugin.about(lang),
      breadcrumbs: [{ href: `${base}/services`, label: frameWordsOf(lang).services }],
      body: await plugin.open({
        lang,
        me,
        bodyName: nameOf(lang, body),
        myCard: async () => await pages.office.personnelOf(me.body).officials({ body: me.body, id: me.id }),
        waiting: async () => await desk.outbox.waiting(),
        proof: (exchangeId) => proofLink(base, exchangeId, lang)
      })
    })
  })
}
