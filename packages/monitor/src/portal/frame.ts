import { html, type Html, type Lang, type NavItem } from '@trembita/web'
import { frameWordsOf } from './frame-texts.ts'
import { staticPath } from './static-files.ts'

export function navigation (lang: Lang, signedIn: boolean): NavItem[] {
  const words = frameWordsOf(lang)
  const verification: NavItem = { href: '/verification', label: words.verification }
  if (!signedIn) return [{ href: '/', label: words.about }, verification]
  // The mark leads to the page about the portal.
  return [{ href: '/accesses', label: words.accesses }, { href: '/questions', label: words.questions }, { href: '/settings', label: words.settings }, verification]
}

export function headOf (): Html {
  return html`<link rel="manifest" href="/manifest.webmanifest"><link rel="stylesheet" href="${staticPath('portal.css')}"><script type="module" src="${staticPath('portal.js')}"></script>`
}

export function footer (lang: Lang, synthetic: boolean): Html {
  const words = frameWordsOf(lang)
  return html`${synthetic ? html`<p>синтетичні дані · synthetic data</p>` : undefined}<p>${words.phishing}</p>`
}
