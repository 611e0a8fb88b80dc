import type { DevelopmentPerson } from './persons.ts'

export type Language = 'uk' | 'en'

const TEXTS = {
  uk: {
    title: 'Вхід (середовище розробки)',
    warning: 'Постачальник ідентифікації для розробки: паролів немає, людей вигадано. Не для справжніх даних.',
    choose: 'Ким увійти?',
    to: 'Вхід до системи',
    cancel: 'Скасувати вхід',
    other: 'English',
    signOut: 'Вихід',
    signOutAsk: 'Завершити сеанс у постачальника ідентифікації?',
    yes: 'Так, вийти',
    no: 'Ні, залишитися',
    signedOut: 'Ви вийшли',
    problem: 'Не вдалося',
    expired: 'Цей вхід застарів. Поверніться до системи й почніть знову.'
  },
  en: {
    title: 'Sign in (development)',
    warning: 'Identity provider for development: no passwords, invented people. Not for real data.',
    choose: 'Who are you?',
    to: 'Signing in to',
    cancel: 'Cancel',
    other: 'Українська',
    signOut: 'Sign out',
    signOutAsk: 'End your session at the identity provider?',
    yes: 'Yes, sign out',
    no: 'No, stay',
    signedOut: 'You have signed out',
    problem: 'That did not work',
    expired: 'This sign-in is out of date. Go back to the system and start again.'
  }
} as const

export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#5c6b7a, #9aa8b5); --ground: light-dark(#fff, #15191d); --text: light-dark(#15191d, #f2f5f7); --soft: light-dark(#eef2f5, #232a31) }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 40rem; margin: 0 auto; padding: 1rem }
.warning { border-inline-start: .4rem solid #c77700; background: var(--soft); padding: .5rem 1rem }
ul { list-style: none; padding: 0; display: grid; gap: .5rem }
button { font: inherit; text-align: start; width: 100%; padding: .75rem 1rem; color: inherit; background: var(--soft); border: 1px solid var(--line); border-radius: .4rem; cursor: pointer }
button:hover, button:focus-visible { outline: 3px solid #1769c2; outline-offset: 1px }
button strong, button span { display: block }
a { color: inherit }
header { display: flex; justify-content: flex-end; padding: .5rem 1rem }
`

function escape (text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

function page (language: Language, title: string, body: string, otherLanguage?: string): string {
  const other = language === 'uk' ? 'en' : 'uk'
  const change = otherLanguage === undefined ? '' : `<header><a href="${escape(otherLanguage)}" lang="${other}" hreflang="${other}">${TEXTS[language].other}</a></header>`
  return `<!DOCTYPE html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}</title><link rel="stylesheet" href="/style.css"></head>
<body>${change}<main><h1>${escape(title)}</h1><p class="warning">${TEXTS[language].warning}</p>${body}</main></body></html>
`
}

/** The list of people. `path` is where the choice goes. */
export function signInPage (language: Language, path: string, client: string, persons: readonly DevelopmentPerson[]): string {
  const texts = TEXTS[language]
  const people = persons.map(({ id, name, duty }) =>
    `<li><button name="person" value="${escape(id)}"><strong>${escape(name)}</strong><span>${escape(duty[language])}</span></button></li>`)
  return page(language, texts.title, `<p>${texts.to}: ${escape(client)}</p><h2>${texts.choose}</h2>
<form method="post" action="${escape(path)}"><ul>${people.join('\n')}</ul><button name="cancel" value="yes">${texts.cancel}</button></form>`,
  `${path}?lang=${language === 'uk' ? 'en' : 'uk'}`)
}

/** @param form of the provider, with its token; has no buttons. */
export function signOutPage (language: Language, form: string): string {
  const texts = TEXTS[language]
  return page(language, texts.signOut, `<p>${texts.signOutAsk}</p>${form}
<ul><li><button type="submit" form="op.logoutForm" name="logout" value="yes">${texts.yes}</button></li><li><button type="submit" form="op.logoutForm">${texts.no}</button></li></ul>`)
}

export function signedOutPage (language: Language): string {
  return page(language, TEXTS[language].signedOut, '')
}

export function problemPage (language: Language, details?: string): string {
  return page(language, TEXTS[language].problem, `<p>${details === undefined ? TEXTS[language].expired : escape(details)}</p>`)
}
