export type Language = 'uk' | 'en'

const TEXTS = {
  uk: {
    title: 'Вхід (середовище розробки)',
    warning: 'Постачальник ідентифікації для розробки: паролів немає, людей вигадано. Не для справжніх даних.',
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
:root { color-scheme: light dark; --line: light-dark(#5c6b7a, #9aa8b5); --ground: light-dark(#fff, #15191d); --text: light-dark(#15191d, #f2f5f7); --soft: light-dark(#eef2f5, #232a31); --accent: light-dark(#0b57a4, #7db8f5) }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 62rem; margin: 0 auto; padding: 1rem }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.2rem }
h3 { margin: 1.25rem 0 .5rem; font-size: 1rem }
.warning { border-inline-start: .4rem solid #c77700; background: var(--soft); padding: .5rem 1rem }
ul { list-style: none; padding: 0; margin: 0; display: grid; gap: .5rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)) }
.groups { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .75rem 0 }
.search { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: .75rem 0 }
.search label { display: grid; flex: 1 1 14rem; font-weight: 600 }
.search button { width: auto }
input[type=search] { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .75rem; width: 100% }
fieldset { border: 1px solid var(--line); border-radius: .4rem; margin: 1rem 0; padding: .5rem 1rem .75rem; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem }
legend { font-weight: 600; padding: 0 .25rem }
fieldset label { display: flex; gap: .5rem; align-items: center; min-height: 2rem }
fieldset p { margin: 0; flex-basis: 100% }
input:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
button { font: inherit; text-align: start; width: 100%; height: 100%; padding: .65rem 1rem; color: inherit; background: var(--soft); border: 1px solid var(--line); border-radius: .4rem; cursor: pointer }
button:hover, button:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px }
button strong, button span { display: block }
button span { font-size: .9rem }
.cancel { margin-top: 1.5rem; width: auto }
a { color: inherit }
header { display: flex; justify-content: flex-end; padding: .5rem 1rem }
`

export function escape (text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

/** `body` is markup. */
export function page (language: Language, title: string, body: string, otherLanguage?: string): string {
  const other = language === 'uk' ? 'en' : 'uk'
  const change = otherLanguage === undefined ? '' : `<header><a href="${escape(otherLanguage)}" lang="${other}" hreflang="${other}">${TEXTS[language].other}</a></header>`
  return `<!DOCTYPE html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}</title><link rel="stylesheet" href="/style.css"></head>
<body>${change}<main><h1>${escape(title)}</h1><p class="warning">${TEXTS[language].warning}</p>${body}</main></body></html>
`
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
