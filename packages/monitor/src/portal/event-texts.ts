import type { AccessEvent, AccessOperation, AccessOutcome, Multilingual, VisibilityReason } from '@trembita/protocol/accessevent'
import { texts, type Lang } from '@trembita/web'

/** Words for what stands in an event, at reading level B1. */
export const eventWordsOf = texts({
  uk: {
    operation: (operation: AccessOperation): string => ({
      consult: 'переглянуто', query: 'перевірено за запитом', retrieve: 'отримано', disclose: 'передано', export: 'вивантажено', modify: 'змінено', erase: 'вилучено', match: 'зіставлено з іншими даними', infer: 'зроблено висновок', 'make-available': 'надано доступ'
    })[operation],
    outcome: (outcome: AccessOutcome): string => ({ ok: 'дані надано', empty: 'даних про вас не знайдено', denied: 'у доступі відмовлено', error: 'запит не вдався' })[outcome],
    category: (code: string): string => (({
      name: 'прізвище та ім’я',
      address: 'адреса',
      contact: 'контакти',
      identifier: 'номер документа або код',
      'birth-date': 'дата народження',
      income: 'доходи',
      tax: 'податки',
      displacement: 'статус внутрішньо переміщеної особи',
      employment: 'робота і посада',
      registration: 'відомості про реєстрацію',
      activity: 'види діяльності',
      document: 'документи',
      photo: 'фотографія',
      citizenship: 'громадянство',
      family: 'родинні зв’язки',
      health: 'здоров’я',
      credit: 'кредитна історія',
      property: 'майно'
    }) as Record<string, string>)[code] ?? code,
    noCategories: 'не зазначено',
    special: 'чутливі дані',
    own: 'ваш запит',
    unread: 'нове',
    emergency: 'екстрений доступ',
    lifted: 'показано із затримкою',
    related: 'ваші дані згадано у справі іншої особи',
    system: 'Програма без участі людини',
    automated: 'Автоматизоване рішення',
    official: (role: string) => role === '' ? 'Посадова особа' : `Посадова особа: ${role}`,
    reason: (reason: VisibilityReason): string => ({
      CrimeInvestigationImpaired: 'щоб не зашкодити розслідуванню злочину',
      CrimePreventionImpaired: 'щоб не зашкодити запобіганню злочинам',
      CrimePenaltyExecutionImpaired: 'щоб не зашкодити виконанню покарання',
      JudicialProceedingsImpaired: 'щоб не зашкодити судовому провадженню',
      NationalSecurityImpaired: 'заради національної безпеки',
      DefenceImpaired: 'заради оборони',
      PublicSecurityImpaired: 'заради громадської безпеки',
      ThirdPartyRightsImpaired: 'щоб не порушити прав інших людей'
    })[reason],
    ground: (dpv: string): string => (({
      LegalObligation: 'обов’язок за законом', PublicInterest: 'суспільний інтерес', OfficialAuthorityOfController: 'повноваження органу', Consent: 'ваша згода', VitalInterest: 'життєво важливі інтереси'
    }) as Record<string, string>)[dpv.replace(/^.*[#/]/, '')] ?? ''
  },
  en: {
    operation: (operation: AccessOperation): string => ({
      consult: 'viewed', query: 'checked on request', retrieve: 'obtained', disclose: 'passed on', export: 'exported', modify: 'changed', erase: 'erased', match: 'compared with other data', infer: 'drawn a conclusion from', 'make-available': 'made available'
    })[operation],
    outcome: (outcome: AccessOutcome): string => ({ ok: 'data were given', empty: 'no data about you were found', denied: 'access was refused', error: 'the request failed' })[outcome],
    category: (code: string): string => (({
      name: 'name',
      address: 'address',
      contact: 'contacts',
      identifier: 'number of a document or code',
      'birth-date': 'date of birth',
      income: 'income',
      tax: 'taxes',
      displacement: 'status of a displaced person',
      employment: 'work and position',
      registration: 'registration',
      activity: 'kinds of activity',
      document: 'documents',
      photo: 'photograph',
      citizenship: 'citizenship',
      family: 'family relations',
      health: 'health',
      credit: 'credit history',
      property: 'property'
    }) as Record<string, string>)[code] ?? code,
    noCategories: 'not stated',
    special: 'sensitive data',
    own: 'your request',
    unread: 'new',
    emergency: 'emergency access',
    lifted: 'shown with a delay',
    related: 'your data stand in the case of another person',
    system: 'A program, no person took part',
    automated: 'An automated decision',
    official: (role: string) => role === '' ? 'An official' : `An official: ${role}`,
    reason: (reason: VisibilityReason): string => ({
      CrimeInvestigationImpaired: 'so as not to harm the investigation of a crime',
      CrimePreventionImpaired: 'so as not to harm the prevention of crime',
      CrimePenaltyExecutionImpaired: 'so as not to harm the execution of a penalty',
      JudicialProceedingsImpaired: 'so as not to harm court proceedings',
      NationalSecurityImpaired: 'for national security',
      DefenceImpaired: 'for defence',
      PublicSecurityImpaired: 'for public security',
      ThirdPartyRightsImpaired: 'so as not to harm the rights of others'
    })[reason],
    ground: (dpv: string): string => (({
      LegalObligation: 'legal obligation', PublicInterest: 'public interest', OfficialAuthorityOfController: 'official authority', Consent: 'your consent', VitalInterest: 'vital interests'
    }) as Record<string, string>)[dpv.replace(/^.*[#/]/, '')] ?? ''
  }
})

/** A text in the reader's language; Ukrainian where there is no other. */
export function said (text: Multilingual, lang: Lang): string {
  return lang === 'en' ? text.en ?? text.uk : text.uk
}

/** Who acted, without a name: role and what the body can find them by. */
export function actorText ({ actor }: AccessEvent, lang: Lang): string {
  const words = eventWordsOf(lang)
  if (actor.kind === 'system') return words.system
  if (actor.kind === 'automated-decision') return words.automated
  return words.official([actor.role, actor.unit].filter((part) => part !== undefined).join(', '))
}

export function categoriesText ({ data }: AccessEvent, lang: Lang): string {
  const words = eventWordsOf(lang)
  return data.categories.length === 0 ? words.noCategories : data.categories.map((code) => words.category(code)).join(', ')
}
