import type { TwoTexts } from '../offers/index.ts'

/** A message with stubs `{name}` that parameters fill. */
export interface Template {
  readonly title: TwoTexts
  readonly body: TwoTexts
  /** Where the notice leads, unless the distribution says otherwise. */
  readonly link?: string | undefined
}

export type Parameters = Readonly<Record<string, string>>

/** A stub without a value. */
export class MissingParameter extends Error {
  override readonly name = 'MissingParameter'
  readonly parameter: string

  constructor (parameter: string) {
    super(`parameter ${parameter} is missing`)
    this.parameter = parameter
  }
}

/** Parameters of a language of their own end in `_uk` or `_en`: `{body}` takes `body_en` in English where it is given. @throws {MissingParameter} */
export function fillTemplate ({ title, body }: Template, parameters: Parameters): { readonly title: TwoTexts, readonly body: TwoTexts } {
  const fill = (text: string, lang: 'uk' | 'en'): string => text.replaceAll(/\{(\w{1,50})\}/g, (_stub, name: string) => {
    const value = [`${name}_${lang}`, name, `${name}_uk`].map((key) => Object.hasOwn(parameters, key) ? parameters[key] : undefined).find((one) => one !== undefined)
    if (value === undefined) throw new MissingParameter(name)
    return value
  })
  const both = (texts: TwoTexts): TwoTexts => ({ uk: fill(texts.uk, 'uk'), en: fill(texts.en, 'en') })
  return { title: both(title), body: both(body) }
}

/** Templates that every partner has. A notice of access names the body alone: what was seen stands in the monitor, after sign-in. */
export function builtInTemplates (monitorInbox: string): Readonly<Record<string, Template>> {
  return {
    'access-notice': {
      title: { uk: 'Хтось переглянув ваші дані', en: 'Somebody looked at your data' },
      body: { uk: '{body} отримує ваші дані з державного реєстру. Хто саме, навіщо й на якій підставі, видно в моніторингу доступу.', en: '{body} obtained data about you from a state register. Who, why and on what ground stands in the access monitor.' },
      link: monitorInbox
    },
    'plain-message': { title: { uk: '{title}', en: '{title}' }, body: { uk: '{text}', en: '{text}' } }
  }
}
