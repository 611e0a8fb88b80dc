import { reaches } from './assurance.ts'
import { escape, page, type Language } from './pages.ts'
import { ASSURANCES, type Assurance, type DevelopmentPerson, type PersonGroup } from './person.ts'

export interface SignInPage {
  readonly language: Language
  /** Where the choice goes. */
  readonly path: string
  /** Name of the application. */
  readonly client: string
  readonly persons: readonly DevelopmentPerson[]
  /** The client takes no lower level. */
  readonly least: Assurance
  /** The client asks who people are: those of the fixtures come first, otherwise the operators. */
  readonly identifies: boolean
  /** What was searched for. */
  readonly wanted: string
}

const TEXTS = {
  uk: {
    title: 'Вхід (середовище розробки)',
    choose: 'Ким увійти?',
    to: 'Вхід до системи',
    cancel: 'Скасувати вхід',
    search: 'Пошук за іменем або роллю',
    find: 'Знайти',
    all: 'Показати всіх',
    nobody: 'Нікого не знайдено.',
    groups: 'Групи людей',
    assurance: 'Рівень довіри входу',
    least: 'Система приймає рівень не нижчий за вибраний тут найнижчий.',
    low: 'низький',
    substantial: 'середній',
    high: 'високий',
    entrepreneurs: 'Підприємці',
    citizens: 'Громадяни',
    officials: 'Посадовці та працівники',
    operators: 'Оператори обміну'
  },
  en: {
    title: 'Sign in (development)',
    choose: 'Who are you?',
    to: 'Signing in to',
    cancel: 'Cancel',
    search: 'Search by name or role',
    find: 'Search',
    all: 'Show everybody',
    nobody: 'Nobody was found.',
    groups: 'Groups of people',
    assurance: 'Level of assurance of this sign-in',
    least: 'The system takes no level below the lowest offered here.',
    low: 'low',
    substantial: 'substantial',
    high: 'high',
    entrepreneurs: 'Entrepreneurs',
    citizens: 'Citizens',
    officials: 'Officials and staff',
    operators: 'Operators of the exchange'
  }
} as const

const PEOPLE_FIRST: readonly PersonGroup[] = ['entrepreneurs', 'citizens', 'officials', 'operators']
const OPERATORS_FIRST: readonly PersonGroup[] = ['operators', 'officials', 'entrepreneurs', 'citizens']

/** Everybody there is, by groups, with a search and the level of assurance. Works without scripts: there are none. */
export function signInPage ({ language, path, client, persons, least, identifies, wanted }: SignInPage): string {
  const texts = TEXTS[language]
  const found = persons.filter((person) => fits(person, wanted, language))
  const groups = (identifies ? PEOPLE_FIRST : OPERATORS_FIRST).filter((group) => found.some((person) => groupOf(person) === group))
  const sections = groups.map((group) => `<section aria-labelledby="${group}"><h3 id="${group}">${texts[group]}</h3><ul>
${found.filter((person) => groupOf(person) === group).map((person) => button(person, language)).join('\n')}
</ul></section>`)
  const other = new URLSearchParams({ lang: language === 'uk' ? 'en' : 'uk', ...wanted === '' ? {} : { q: wanted } })
  return page(language, texts.title, `<p>${texts.to}: ${escape(client)}</p>
<form class="search" method="get" action="${escape(path)}" role="search"><input type="hidden" name="lang" value="${language}"><label>${texts.search}<input type="search" name="q" maxlength="100" value="${escape(wanted)}"></label><button>${texts.find}</button></form>
${wanted === '' ? '' : `<p><a href="${escape(`${path}?lang=${language}`)}">${texts.all}</a></p>`}
<form method="post" action="${escape(path)}">
${assurance(language, least, identifies)}
<h2>${texts.choose}</h2>
${groups.length < 2 ? '' : `<nav class="groups" aria-label="${texts.groups}">${groups.map((group) => `<a href="#${group}">${texts[group]}</a>`).join(' ')}</nav>`}
${sections.length === 0 ? `<p role="status">${texts.nobody}</p>` : sections.join('\n')}
<button class="cancel" name="cancel" value="yes">${texts.cancel}</button></form>`, `${path}?${other.toString()}`)
}

function button ({ id, name, duty }: DevelopmentPerson, language: Language): string {
  return `<li><button name="person" value="${escape(id)}"><strong>${escape(name)}</strong><span>${escape(duty[language])}</span></button></li>`
}

/** Consoles do not ask how surely somebody is known: nothing is offered there. */
function assurance (language: Language, least: Assurance, identifies: boolean): string {
  if (!identifies && least === 'low') return ''
  const texts = TEXTS[language]
  const offered = ASSURANCES.filter((level) => reaches(level, least))
  const first = offered.includes('substantial') ? 'substantial' : offered[0]
  return `<fieldset><legend>${texts.assurance}</legend>${offered.map((level) =>
    `<label><input type="radio" name="acr" value="${level}"${level === first ? ' checked' : ''}>${texts[level]}</label>`).join('\n')}${least === 'low' ? '' : `<p>${texts.least}</p>`}</fieldset>`
}

function groupOf ({ group }: DevelopmentPerson): PersonGroup {
  return group ?? 'operators'
}

/** Every word that was typed stands somewhere in the name or in what they do. */
function fits ({ name, duty }: DevelopmentPerson, wanted: string, language: Language): boolean {
  const text = `${name} ${duty[language]}`.toLocaleLowerCase('uk')
  return wanted.toLocaleLowerCase('uk').split(/\s+/).every((word) => text.includes(word))
}
