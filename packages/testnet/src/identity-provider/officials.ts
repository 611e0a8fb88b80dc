import { fullName, opaqueSubject, type DevelopmentPerson } from './person.ts'

interface Draft {
  readonly id: string
  readonly rnokpp: string
  readonly family: string
  readonly given: string
  readonly patronymic: string
  readonly birthdate: string
  readonly duty: DevelopmentPerson['duty']
  readonly rolesAt?: DevelopmentPerson['rolesAt']
  readonly claims?: DevelopmentPerson['claims']
}

/**
 * Officials, staff of centres and administrators of the example systems. Which body somebody works for is the personnel register's to
 * say, by their number; roles here are those that an application cannot know by itself.
 */
const DRAFTS: readonly Draft[] = [
  {
    id: 'o01', rnokpp: '7010200220', family: 'Гайдук', given: 'Соломія', patronymic: 'Романівна', birthdate: '1984-02-17', duty: { uk: 'Міністерство юстиції (90000038), начальниця відділу', en: 'ministry of justice (90000038), head of a unit' }
  },
  {
    id: 'o02', rnokpp: '7010100115', family: 'Дорошенко', given: 'Максим', patronymic: 'Олегович', birthdate: '1979-09-03', duty: { uk: 'Офіс розвитку підприємництва (90000050), головний спеціаліст', en: 'Entrepreneurship Office (90000050), chief specialist' }
  },
  {
    id: 'o03', rnokpp: '7010300311', family: 'Бойчук', given: 'Назар', patronymic: 'Петрович', birthdate: '1991-12-01', duty: { uk: 'Міністерство юстиції (90000038), державний реєстратор', en: 'ministry of justice (90000038), state registrar' }
  },
  {
    id: 'o04',
    rnokpp: '7010400426',
    family: 'Іваненко',
    given: 'Лідія',
    patronymic: 'Сергіївна',
    birthdate: '1986-05-25',
    duty: { uk: 'технічна адміністраторка «Дія.Офіс» (90000067)', en: 'technical administrator of Diia.Office (90000067)' },
    rolesAt: { 'diia-office': ['OFFICE_TECHNICAL_ADMINISTRATOR'] }
  },
  {
    id: 'o05',
    rnokpp: '7010600622',
    family: 'Залізняк',
    given: 'Віра',
    patronymic: 'Миколаївна',
    birthdate: '1982-07-11',
    duty: { uk: 'адміністраторка кабінету підприємця (90000050)', en: 'administrator of the business cabinet (90000050)' },
    rolesAt: { 'business-cabinet': ['CABINET_ADMINISTRATOR'], 'trembita-catalog': ['CATALOG_OWNER'] },
    claims: { organisations: ['90000050'] }
  },
  {
    id: 'o06',
    rnokpp: '7010500518',
    family: 'Руденко',
    given: 'Артем',
    patronymic: 'Васильович',
    birthdate: '1993-03-29',
    duty: { uk: 'адміністратор центру надання послуг (90000080)', en: 'staff of a service centre (90000080)' },
    rolesAt: { 'service-centres': ['CENTRE_STAFF'] }
  },
  {
    id: 'o07',
    rnokpp: '7010800829',
    family: 'Федорів',
    given: 'Оксана',
    patronymic: 'Ярославівна',
    birthdate: '1977-11-14',
    duty: { uk: 'керівниця центру, модераторка порталу центрів (90000080)', en: 'head of a centre, editor of the centres\' portal (90000080)' },
    rolesAt: { 'service-centres': ['CENTRE_STAFF', 'CENTRE_HEAD', 'CENTRES_EDITOR'] }
  },
  {
    id: 'o08',
    rnokpp: '7010700714',
    family: 'Кулик',
    given: 'Степан',
    patronymic: 'Григорович',
    birthdate: '1974-04-04',
    duty: { uk: 'технічний адміністратор платформи центрів (90000080)', en: 'technical administrator of the centres\' platform (90000080)' },
    rolesAt: { 'service-centres': ['CENTRES_TECHNICAL_ADMINISTRATOR'] }
  },
  {
    id: 'o09',
    rnokpp: '7011001020',
    family: 'Марченко',
    given: 'Катерина',
    patronymic: 'Ігорівна',
    birthdate: '1987-01-19',
    duty: { uk: 'відповідальна за захист персональних даних Мін\'юсту (90000038)', en: 'data-protection officer of the ministry of justice (90000038)' },
    rolesAt: { 'trembita-monitor': ['AGENCY_PRIVACY_OFFICER'], 'trembita-gateway': ['TREMBITA_DATA_PROTECTION_OFFICER'] }
  },
  {
    id: 'o10',
    rnokpp: '7010900910',
    family: 'Остапенко',
    given: 'Ігор',
    patronymic: 'Леонідович',
    birthdate: '1980-08-08',
    duty: { uk: 'оператор моніторингу доступу (90000104): стан складників, без даних про людей', en: 'operator of access monitoring (90000104): health of components, nothing about people' },
    rolesAt: { 'trembita-monitor': ['MONITOR_OPERATOR'] }
  },
  {
    id: 'o11',
    rnokpp: '7011201227',
    family: 'Панчук',
    given: 'Надія',
    patronymic: 'Богданівна',
    birthdate: '1972-10-31',
    duty: { uk: 'наглядова особа (секретаріат Уповноваженого)', en: 'oversight (secretariat of the Ombudsman)' },
    rolesAt: { 'trembita-monitor': ['MONITOR_OVERSIGHT'] }
  },
  {
    id: 'o12',
    rnokpp: '7011101112',
    family: 'Стець',
    given: 'Віктор',
    patronymic: 'Данилович',
    birthdate: '1989-06-20',
    duty: { uk: 'редактор каталогу (адміністратор системи, 90000021)', en: 'editor of the catalog (administrator of the system, 90000021)' },
    rolesAt: { 'trembita-catalog': ['CATALOG_EDITOR', 'CATALOG_ADMINISTRATOR'] }
  },
  {
    id: 'o13',
    rnokpp: '7011401423',
    family: 'Тимошик',
    given: 'Уляна',
    patronymic: 'Орестівна',
    birthdate: '1994-09-27',
    duty: { uk: 'відповідальна за описи сервісів Мін\'юсту в каталозі (90000038)', en: 'in charge of the ministry of justice\'s entries in the catalog (90000038)' },
    rolesAt: { 'trembita-catalog': ['CATALOG_OWNER'] },
    claims: { organisations: ['90000038'] }
  }
]

/** `o01` … `o13`. */
export const OFFICIALS: readonly DevelopmentPerson[] = DRAFTS.map(({ id, rnokpp, family, given, patronymic, birthdate, duty, rolesAt, claims }) => {
  const identity = { rnokpp, given_name: given, family_name: family, middle_name: patronymic, birthdate, email: `${id}@example.gov.ua.test` }
  return { id, subject: opaqueSubject(id), name: fullName(identity), duty, group: 'officials', roles: [], identity, ...rolesAt === undefined ? {} : { rolesAt }, ...claims === undefined ? {} : { claims } }
})
