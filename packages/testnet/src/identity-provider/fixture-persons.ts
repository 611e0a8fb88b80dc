import { fullName, opaqueSubject, type DevelopmentPerson, type IdentityClaims, type PersonGroup } from './person.ts'

type Row = readonly [
  id: string, rnokpp: string | undefined, family: string, given: string, patronymic: string | undefined, birthdate: string, group: PersonGroup, uk: string, en: string
]

/**
 * Persons of the fixtures, as the example registers know them: names are those of the register of entrepreneurs.
 * Numbers are of a range that nobody has; the date of birth is not the one in the number.
 */
const ROWS: readonly Row[] = [
  ['f01', '7000100119', 'Ґонта', "Дем'ян", 'Євгенович', '1985-03-12', 'entrepreneurs', 'ФОП, єдиний податок, 3 група; усі дані є', 'sole entrepreneur, simplified tax group 3; all data'],
  ['f02', '7000200223', 'Їжак', 'Єлизавета', 'Петрівна', '1990-07-30', 'entrepreneurs', 'ФОП, 2 група; немає даних про працівників', 'sole entrepreneur, group 2; no record of employees'],
  ['f03', '7000300315', 'Коваль-Щирий', 'Юрій', 'Степанович', '1978-11-02', 'entrepreneurs', 'ФОП на загальній системі', 'sole entrepreneur, general tax system'],
  ['f04', '7000400442', 'Мельник', 'Ганна', 'Іллівна', '1969-01-24', 'entrepreneurs', 'ФОП, припинено торік', 'sole entrepreneur, terminated last year'],
  ['f05', '7000500534', 'Кравець', 'Роман', 'Ілліч', '1995-05-19', 'citizens', 'не підприємець', 'no entrepreneur'],
  ['f06', '7000600649', 'Сорока', 'Аліна', 'Вікторівна', '1988-09-08', 'entrepreneurs', 'ФОП; прізвище в реєстрах різне', 'sole entrepreneur; registers know different surnames'],
  ['f07', '7000700718', 'Грім', 'Остап', 'Маркович', '1973-12-15', 'citizens', 'має два записи у ДРФО', 'two records in the register of taxpayers'],
  ['f08', '7000800822', 'Яворська', 'Ксенія', 'Олегівна', '1992-02-27', 'entrepreneurs', 'ФОП, внутрішньо переміщена особа', 'sole entrepreneur, internally displaced'],
  ['f09', '7000900950', 'Левченко', 'Павло', 'Андрійович', '1981-06-06', 'officials', 'посадовець двох органів, якого звільняють', 'official of two bodies, to be dismissed'],
  ['f10', '7001001060', "Прип'ять", 'Олена', undefined, '1997-10-10', 'entrepreneurs', 'ФОП без по батькові', 'sole entrepreneur without a patronymic'],
  ['f11', '7001101139', 'Шевчук', 'Богдан', 'Тарасович', '2001-04-01', 'entrepreneurs', 'ФОП; звітних періодів ще немає', 'sole entrepreneur; no closed period yet'],
  ['f12', '7001201243', 'Щур', 'Тетяна', 'Андріївна', '1983-08-21', 'entrepreneurs', 'ФОП, вийшла з проєкту', 'sole entrepreneur, left the project'],
  ['l01', '9000200127', "В'юн", 'Єва', 'Олексіївна', '1980-12-03', 'entrepreneurs', 'керівниця ТОВ «ҐАНОК» (91000033)', 'head of «GANOK» LLC (91000033)'],
  ['f13', undefined, 'Мороз', 'Ілля', 'Захарович', '1976-02-09', 'citizens', 'без РНОКПП, за серією та номером паспорта', 'without a tax number, known by passport']
]

/** F01 … F13, and the head of L01. */
export const FIXTURE_PERSONS: readonly DevelopmentPerson[] = ROWS.map(([id, rnokpp, family, given, patronymic, birthdate, group, uk, en]) => {
  const identity: IdentityClaims = {
    ...rnokpp === undefined ? {} : { rnokpp },
    given_name: given,
    family_name: family,
    ...patronymic === undefined ? {} : { middle_name: patronymic },
    birthdate,
    email: `${id}@example.org`
  }
  return { id, subject: opaqueSubject(id), name: fullName(identity), duty: { uk, en }, group, roles: [], identity }
})
