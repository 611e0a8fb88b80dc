import { card, columns, formatNumber, html, linkButton, section, stats, type Html } from '@trembita/web'
import type { LogState, PortalDeps, PublicFigures } from './deps.ts'
import { frontWordsOf as wordsOf } from './front-texts.ts'
import { logSection } from './receipt-pages.ts'
import { delayAlert, sourcesSection } from './sources.ts'
import type { Pages, Visit } from './visit.ts'

/** `/`: what this is, for anybody. */
export function frontPage (pages: Pages, deps: PortalDeps): void {
  pages.get('/', 'public', async (visit) => {
    const { lang, citizen } = visit
    const words = wordsOf(lang)
    const [components, figures, log] = await Promise.all([deps.components(), deps.figures(), deps.logState()])
    return visit.page({
      title: words.title,
      lead: words.lead,
      actions: citizen === undefined && deps.openId === undefined
        ? html`<p class="hint">${words.unable}</p>`
        : linkButton({ label: citizen === undefined ? words.signIn : words.open, href: citizen === undefined ? '/sign-in?return=/accesses' : '/accesses', kind: 'primary' }),
      body: html`${delayAlert(lang, components)}${numbers(visit, figures, log)}${columns(explanation(visit), aside(visit))}${sourcesSection(lang, components)}${logSection(lang, log)}`
    })
  })
}

function numbers ({ lang }: Visit, { events, hidden, registries }: PublicFigures, log: LogState | undefined): Html {
  const words = wordsOf(lang)
  const figure = (label: string, value: number, hint?: string): { label: string, value: string, hint?: string } => ({ label, value: formatNumber(value, lang), ...hint === undefined ? {} : { hint } })
  return section({
    title: words.figures,
    body: stats([figure(words.events, events), figure(words.registries, registries), figure(words.hidden, hidden, words.hiddenHint), figure(words.log, log?.size ?? 0)])
  })
}

function explanation ({ lang }: Visit): Html {
  const words = wordsOf(lang)
  const list = (...items: readonly string[]): Html => html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`
  return html`${section({ title: words.shown, body: list(words.shown1, words.shown2, words.shown3, words.shown4, words.shown5) })}${section({ title: words.never, body: list(words.never1, words.never2, words.never3, words.never4) })}`
}

function aside ({ lang }: Visit): Html {
  const words = wordsOf(lang)
  return html`${card({ title: words.how, body: html`<p>${words.howBody}</p>${linkButton({ label: words.verification, href: '/verification' })}` })}${card({ title: words.rights, body: html`<p>${words.rightsBody}</p><p class="hint">${words.representatives}</p>` })}`
}
