import { countEn, countUk, type Lang } from '@trembita/web'

const UK = {
  title: 'Пошук у каталозі',
  lead: 'Слово в будь-якій формі або його частина, абревіатура, код організації, код сервісу чи назва поля.',
  query: 'Що шукати',
  hint: 'Наприклад: реєстрів, юридична особа, ЄДР, 90000038',
  any: 'Будь-що',
  name: 'Назва',
  facets: {
    kind: 'Вид запису', organisation: 'Організація', protocol: 'Протокол', status: 'Стан', personalData: 'Персональні дані'
  },
  values: {
    organisation: 'організація',
    resource: 'ресурс',
    interface: 'інтерфейс',
    service: 'сервіс',
    yes: 'обробляються',
    no: 'не обробляються',
    active: 'учасник',
    suspended: 'доступ зупинено',
    left: 'більше не учасник',
    planned: 'заплановано',
    establishing: 'створюється',
    inUse: 'у роботі',
    closing: 'закривається',
    closed: 'закрито',
    draft: 'чернетка',
    verifying: 'перевіряється',
    verified: 'перевірено',
    verificationFailed: 'перевірку не пройдено',
    awaitingApproval: 'очікує погодження',
    rejected: 'відхилено',
    published: 'опубліковано',
    drifted: 'розходиться з описом',
    deprecated: 'застаріла',
    withdrawn: 'вилучено',
    archived: 'в архіві'
  } as Readonly<Record<string, string>>,
  found: (count: number) => `Знайдено: ${countUk(count, 'запис', 'записи', 'записів')}`,
  readings: {
    asTyped: undefined,
    otherLayout: (understood: string) => `Схоже, була ввімкнена інша розкладка. Показано знайдене за словами «${understood}».`,
    transliterated: () => 'Слово прочитано як записане латиницею.',
    mistyped: () => 'Точного збігу немає. Показано записи зі схожими словами.',
    someWords: () => 'Усіх слів разом немає в жодному записі. Показано записи, де є частина з них.'
  },
  nothing: 'Нічого не знайдено',
  nothingHints: [
    'Спробуйте одне слово замість кількох або його частину, хоча б три літери.',
    'Код організації складається з восьми цифр, код сервісу пишеться латиницею.',
    'Неопубліковані сервіси та закриті описи видно після входу.'
  ],
  withoutFilters: 'Шукати без фільтрів',
  all: 'Усі інтерфейси'
}

const EN: typeof UK = {
  title: 'Search of the catalog',
  lead: 'A word in any form or a part of it, an abbreviation, the code of an organisation or a service, or the name of a field.',
  query: 'What to look for',
  hint: 'For example: реєстрів, юридична особа, ЄДР, 90000038',
  any: 'Anything',
  name: 'Name',
  facets: {
    kind: 'Kind of entry', organisation: 'Organisation', protocol: 'Protocol', status: 'State', personalData: 'Personal data'
  },
  values: {
    organisation: 'organisation',
    resource: 'resource',
    interface: 'interface',
    service: 'service',
    yes: 'processed',
    no: 'not processed',
    active: 'participant',
    suspended: 'access suspended',
    left: 'no longer a participant',
    planned: 'planned',
    establishing: 'being established',
    inUse: 'in use',
    closing: 'closing',
    closed: 'closed',
    draft: 'draft',
    verifying: 'being verified',
    verified: 'verified',
    verificationFailed: 'verification failed',
    awaitingApproval: 'awaiting approval',
    rejected: 'rejected',
    published: 'published',
    drifted: 'drifted',
    deprecated: 'deprecated',
    withdrawn: 'withdrawn',
    archived: 'archived'
  } as Readonly<Record<string, string>>,
  found: (count: number) => `Found: ${countEn(count, 'entry', 'entries')}`,
  readings: {
    asTyped: undefined,
    otherLayout: (understood: string) => `Another keyboard layout seems to have been on. These were found by “${understood}”.`,
    transliterated: () => 'The word was read as written in Latin letters.',
    mistyped: () => 'Nothing holds exactly this. These entries hold similar words.',
    someWords: () => 'No entry holds all the words. These hold some of them.'
  },
  nothing: 'Nothing found',
  nothingHints: [
    'Try one word instead of several, or a part of it, three letters at least.',
    'The code of an organisation has eight digits, the code of a service is in Latin letters.',
    'Services that are not published and closed descriptions are seen after signing in.'
  ],
  withoutFilters: 'Search without filters',
  all: 'All interfaces'
}

export const searchWordsOf = (lang: Lang): typeof UK => lang === 'uk' ? UK : EN
