import { attributes, button, emptyState, field, html, linkButton, type Html, type Lang } from '@trembita/web'
import { CENTRES } from '../centres/index.ts'
import type { Platform } from '../platform.ts'
import { findCentres, type Filter } from '../search/index.ts'
import { ownPath } from './assets.ts'
import { centreWordsOf as wordsOf } from './centre-texts.ts'
import type { Look, Pages } from './frame.ts'
import { filterFields, filterOf, openBadge, queryOf } from './public.ts'

/** The interactive map (regulation, item 8(1)), with the same as a list: all of it where no scripts run. */
export function mapPages ({ platform, get }: Pages): void {
  get('/map', async (look) => mapPage(look, platform))
}

function mapPage (look: Look, { clock }: Platform): Html {
  const { lang, lowVision, page } = look
  const words = wordsOf(lang)
  const filter = filterOf(look)
  const found = findCentres(CENTRES, filter)
  const placed = found.flatMap((centre, i) => centre.coordinates === undefined ? [] : [{ number: i + 1, name: centre.name[lang], address: centre.address[lang], href: `/centres/${centre.id}`, ...centre.coordinates }])
  const withMap = !lowVision && placed.length > 0
  return page({
    title: words.mapTitle,
    lead: words.mapLead,
    actions: linkButton({ label: words.asList, href: `/?${queryOf(filter)}` }),
    body: html`${placeFilter(lang, filter)}
${withMap
      ? html`<div ${attributes({
        id: 'map',
        class: 'map',
        role: 'region',
        'aria-label': words.mapLabel,
        hidden: true,
        'data-ground': ownPath('ground.json'),
        'data-centres': JSON.stringify(placed),
        'data-zoom-in': words.zoomIn,
        'data-zoom-out': words.zoomOut,
        'data-close': words.close
      })}></div>`
      : undefined}
${found.length === 0
      ? emptyState({ title: words.none, body: words.noneBody, sign: 'search' })
      : html`<ol class="map-list">${found.map((centre) => html`<li><a href="/centres/${centre.id}">${centre.name[lang]}</a> ${openBadge(lang, centre, clock.now())}<br>${centre.address[lang]}</li>`)}</ol>`}`
  }, withMap
    ? html`<link rel="stylesheet" href="${ownPath('leaflet.css')}"><script src="${ownPath('leaflet.js')}" defer></script><script type="module" src="${ownPath('map.js')}"></script>`
    : undefined)
}

/** The filter as a form that loads the page anew: the map is drawn once a page. */
function placeFilter (lang: Lang, filter: Filter): Html {
  const words = wordsOf(lang)
  return html`<form class="filters" method="get" action="/map" role="search" aria-label="${words.filter}">${filterFields(lang, filter).map((it) => field(lang, it))}<div class="actions">${button({ label: words.show, sign: 'search' })}</div></form>`
}
