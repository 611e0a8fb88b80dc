import { assetPath } from './assets/index.ts'
import { alert, type AlertKind, csrfInput, icon, type IconName, count as figure } from './components/index.ts'
import { attributes, html, type Html, type HtmlValue, isPresent } from './html.ts'
import { type Lang, LANGS, texts } from './texts.ts'

export interface NavLink {
  readonly href: string
  readonly label: string
  readonly sign?: IconName
  /** What waits there: shown beside the label. */
  readonly count?: number | undefined
  /** Unless told: the link whose address is the longest beginning of the page's path. */
  readonly current?: boolean
}

/** Links under a heading of their own. */
export interface NavGroup {
  readonly label: string
  readonly items: readonly NavLink[]
}

export type NavItem = NavLink | NavGroup

/** Said once, on the page after the one where something was done. */
export interface Flash {
  readonly kind: AlertKind
  readonly title: string
  readonly body?: HtmlValue
}

export interface PageContext {
  readonly lang: Lang
  /** Path of the page, without query. */
  readonly path: string
  /** Query of the page, without `?`; kept when the language changes. */
  readonly query: string
  /** Which of our programs: `Ядро`. */
  readonly product: string
  readonly nav: readonly NavItem[]
  /** `side` (unless told) for many places and daily work, `top` for few places and the public. */
  readonly layout?: 'side' | 'top'
  /** Name of the environment; `trial` marks one where nothing is in earnest. */
  readonly environment?: string | undefined
  readonly trial?: boolean
  readonly actor?: { readonly name: string, readonly roles: readonly string[] } | undefined
  readonly csrf?: string | undefined
  readonly flash?: Flash | undefined
  /** Where the mark leads; `/` unless told. */
  readonly home?: string
  /** Where the sign-out form posts to; `/sign-out` unless told. */
  readonly signOut?: string
  /** Where to sign in: offered to whoever is not. */
  readonly signIn?: string
  /** Links below every page: version, accessibility, help. */
  readonly footer?: HtmlValue
  /** Further elements of the head: the manifest of an installable page, scripts and styles of its own. */
  readonly head?: Html
}

export interface Crumb {
  readonly href: string
  readonly label: string
}

export interface Page {
  readonly title: string
  /** What kind of thing the title names: above it, small. */
  readonly eyebrow?: string
  /** State of the thing, beside the title. */
  readonly status?: Html
  /** The way here, without the page itself. */
  readonly breadcrumbs?: readonly Crumb[]
  readonly lead?: HtmlValue
  readonly actions?: HtmlValue
  readonly body: HtmlValue
  /** The page asks for itself again after so long: for what moves by itself. Where scripts run, not while it is being worked on. */
  readonly refreshSeconds?: number
}

const wordsOf = texts({
  uk: {
    account: 'Обліковий запис',
    crumbs: 'Шлях до сторінки',
    environment: 'Середовище',
    language: 'Мова',
    languageName: 'Українська',
    main: 'Розділи',
    menu: 'Меню',
    name: 'Трембіта',
    signIn: 'Увійти',
    signOut: 'Вийти',
    skip: 'До вмісту'
  },
  en: {
    account: 'Account',
    crumbs: 'Breadcrumbs',
    environment: 'Environment',
    language: 'Language',
    languageName: 'English',
    main: 'Sections',
    menu: 'Menu',
    name: 'Trembita',
    signIn: 'Sign in',
    signOut: 'Sign out',
    skip: 'Skip to content'
  }
})

/** htmx without what a strict content security policy forbids, and without what our pages do not use. */
const HTMX_CONFIG = JSON.stringify({ includeIndicatorCSS: false, history: 'reload', defaultTimeout: 30_000, noSwap: [204, 304, '4xx', '5xx'] })

/** A whole page. */
export function document (context: PageContext, page: Page): Html {
  const { lang, layout = 'side' } = context
  const words = wordsOf(lang)
  const aside = layout === 'side' && context.nav.length > 0
  return html`<!DOCTYPE html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<title>${page.title} · ${context.product} · ${words.name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="htmx-config" content="${HTMX_CONFIG}">
${page.refreshSeconds === undefined ? undefined : html`<noscript><meta http-equiv="refresh" content="${page.refreshSeconds}"></noscript>`}
<link rel="icon" type="image/svg+xml" href="${assetPath('mark.svg')}">
<link rel="stylesheet" href="${assetPath('app.css')}">
<script type="module" src="${assetPath('app.js')}"></script>
${context.head}
</head>
<body ${attributes({ 'data-refresh': page.refreshSeconds })}>
<a class="skip" href="#main">${words.skip}</a>
${header(context)}
<div class="frame ${aside ? 'frame--side' : ''}">
${aside ? html`<nav class="side" aria-label="${words.main}">${menu(context)}</nav>` : undefined}
<div class="content"><div class="content__inner">
<main id="main" tabindex="-1">
${breadcrumbs(lang, page.breadcrumbs)}
${context.flash === undefined ? undefined : html`<div class="alerts" role="status">${alert(lang, context.flash)}</div>`}
${titleOf(page)}
<div class="body">${page.body}</div>
</main>
<footer class="foot"><p>${words.name} · ${context.product}</p>${context.footer}</footer>
</div></div>
</div>
</body>
</html>
`
}

function titleOf ({ title, eyebrow, status, lead, actions }: Page): Html {
  return html`<div class="title"><div class="title__main">${eyebrow === undefined ? undefined : html`<p class="title__eyebrow">${eyebrow}</p>`}<h1>${title}${status === undefined ? undefined : html` <span class="title__status">${status}</span>`}</h1>${isPresent(lead) ? html`<p class="lead">${lead}</p>` : undefined}</div>${isPresent(actions) ? html`<div class="actions">${actions}</div>` : undefined}</div>`
}

function breadcrumbs (lang: Lang, crumbs: readonly Crumb[] = []): Html | undefined {
  if (crumbs.length === 0) return undefined
  return html`<nav class="crumbs" aria-label="${wordsOf(lang).crumbs}"><ol>${crumbs.map(({ href, label }) => html`<li><a href="${href}">${label}</a></li>`)}</ol></nav>`
}

function header (context: PageContext): Html {
  const { lang, product, nav, layout = 'side', home = '/', signIn, actor } = context
  const words = wordsOf(lang)
  return html`<header class="bar"><div class="bar__inner">
${nav.length === 0 ? undefined : phoneMenu(context)}
<a class="brand" href="${home}"><img class="brand__mark" src="${assetPath('mark.svg')}" alt="" width="30" height="30"><span class="brand__text"><span class="brand__name">${words.name}</span> <span class="brand__product">${product}</span></span></a>
${environment(context)}
${layout === 'top' && nav.length > 0 ? html`<ul class="top-menu">${links(nav).map((link) => html`<li>${navLink(link, context)}</li>`)}</ul>` : undefined}
<div class="bar__end">${languages(context, nav.length === 0 ? 'langs langs--alone' : 'langs')}${actor === undefined ? (signIn === undefined ? undefined : html`<a class="button button--secondary" href="${signIn}">${words.signIn}</a>`) : account(context, actor)}</div>
</div></header>`
}

function environment ({ lang, environment: name, trial }: PageContext): Html | undefined {
  if (name === undefined) return undefined
  return html`<span class="environment${trial === true ? ' environment--trial' : ''}"><span class="sr-only">${wordsOf(lang).environment}: </span>${name}</span>`
}

function phoneMenu (context: PageContext): Html {
  const words = wordsOf(context.lang)
  return html`<details class="drop phone-menu"><summary>${icon('menu')}<span class="sr-only">${words.menu}</span></summary><div class="drop__panel"><nav aria-label="${words.main}">${menu(context)}</nav><div class="phone-menu__foot">${languages(context, 'langs')}${environment(context)}</div></div></details>`
}

function account ({ lang, csrf, signOut = '/sign-out' }: PageContext, { name, roles }: NonNullable<PageContext['actor']>): Html {
  const words = wordsOf(lang)
  return html`<details class="drop account"><summary>${icon('user')}<span class="sr-only">${words.account}: </span><span class="account__name">${name}</span>${icon('down')}</summary><div class="drop__panel"><p><strong>${name}</strong></p><ul class="account__roles">${roles.map((role) => html`<li>${role}</li>`)}</ul><form method="post" action="${signOut}">${csrfInput(csrf)}<button class="button button--secondary" type="submit">${icon('sign-out')}${words.signOut}</button></form></div></details>`
}

function languages ({ lang, path, query }: PageContext, className: string): Html {
  const link = (other: Lang): Html => {
    const asked = new URLSearchParams(query)
    asked.set('lang', other)
    return html`<li><a ${attributes({ href: `${path}?${asked.toString()}`, lang: other, hreflang: other, 'aria-current': other === lang ? 'true' : undefined })}>${wordsOf(other).languageName}</a></li>`
  }
  return html`<ul class="${className}" aria-label="${wordsOf(lang).language}">${LANGS.map(link)}</ul>`
}

function isGroup (item: NavItem): item is NavGroup {
  return 'items' in item
}

function links (nav: readonly NavItem[]): NavLink[] {
  return nav.flatMap((item) => isGroup(item) ? item.items : [item])
}

function menu (context: PageContext): Html {
  return html`<ul class="menu">${context.nav.map((item) => isGroup(item)
    ? html`<li class="menu__group"><p class="menu__title">${item.label}</p><ul>${item.items.map((link) => html`<li>${navLink(link, context)}</li>`)}</ul></li>`
    : html`<li>${navLink(item, context)}</li>`)}</ul>`
}

function navLink (link: NavLink, { nav, path }: PageContext): Html {
  const current = link.current ?? currentLink(nav, path) === link
  return html`<a ${attributes({ href: link.href, 'aria-current': current ? 'page' : undefined })}>${link.sign === undefined ? undefined : icon(link.sign)}<span>${link.label}</span>${link.count === undefined || link.count === 0 ? undefined : html` ${figure(link.count)}`}</a>`
}

/** The link that the page stands under: the longest that its path begins with. */
function currentLink (nav: readonly NavItem[], path: string): NavLink | undefined {
  const under = links(nav).filter(({ href }) => path === href || path.startsWith(href.endsWith('/') ? href : `${href}/`))
  return under.sort((a, b) => b.href.length - a.href.length)[0]
}
