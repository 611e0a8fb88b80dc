import type { Appointment, Body, Personnel, Position, Unit } from './personnel.ts'

/** Synthetic records: no body's real structure, no real person or number. Codes of persons are of ranges that nobody has. */

const BODIES: readonly Body[] = [
  { code: '90000038', name: 'Міністерство юстиції (модель)', nameEn: 'Ministry of Justice (model)', phone: '+380000010038', email: 'office@justice.gov.ua.test' },
  { code: '90000050', name: 'Офіс з розвитку підприємництва та експорту (модель)', nameEn: 'Entrepreneurship and Export Promotion Office (model)', phone: '+380000010050', email: 'office@eepo.gov.ua.test' },
  { code: '90000073', name: 'Агентство з питань державної служби (модель)', nameEn: 'Civil Service Agency (model)', phone: '+380000010073' }
]

const UNITS: readonly Unit[] = [
  { id: 'u-38', body: '90000038', name: 'Апарат міністерства', nameEn: 'Office of the ministry', phone: '+380000020380', email: 'apparatus@justice.gov.ua.test' },
  { id: 'u-38-1', body: '90000038', parent: 'u-38', name: 'Департамент державної реєстрації', nameEn: 'State registration department', phone: '+380000020381', email: 'registration@justice.gov.ua.test' },
  { id: 'u-38-1-1', body: '90000038', parent: 'u-38-1', name: 'Відділ методології', nameEn: 'Methodology division', email: 'methodology@justice.gov.ua.test' },
  { id: 'u-38-2', body: '90000038', parent: 'u-38', name: 'Управління документообігу', nameEn: 'Records directorate', phone: '+380000020382', email: 'records@justice.gov.ua.test' },
  { id: 'u-50', body: '90000050', name: 'Керівництво', nameEn: 'Leadership', phone: '+380000020500', email: 'lead@eepo.gov.ua.test' },
  { id: 'u-50-1', body: '90000050', parent: 'u-50', name: 'Відділ програм підтримки', nameEn: 'Support programmes division', phone: '+380000020501', email: 'programmes@eepo.gov.ua.test' },
  { id: 'u-50-2', body: '90000050', parent: 'u-50', name: 'Відділ сервісів для підприємців', nameEn: 'Services for entrepreneurs division', phone: '+380000020502', email: 'services@eepo.gov.ua.test' },
  { id: 'u-73', body: '90000073', name: 'Апарат агентства', nameEn: 'Office of the agency', phone: '+380000020730', email: 'apparatus@nads.gov.ua.test' }
]

const POSITIONS: readonly Position[] = [
  { id: 'p-381', unit: 'u-38', title: 'державний секретар міністерства', titleEn: 'state secretary of the ministry', category: 'А', rates: 1 },
  { id: 'p-382', unit: 'u-38-1', title: 'директор департаменту', titleEn: 'director of the department', category: 'Б', rates: 1 },
  { id: 'p-383', unit: 'u-38-1', title: 'головний спеціаліст', titleEn: 'chief specialist', category: 'В', rates: 3 },
  { id: 'p-384', unit: 'u-38-1-1', title: 'провідний спеціаліст', titleEn: 'leading specialist', category: 'В', rates: 2 },
  { id: 'p-385', unit: 'u-38-2', title: 'начальник управління', titleEn: 'head of the directorate', category: 'Б', rates: 1 },
  { id: 'p-386', unit: 'u-38-2', title: 'головний спеціаліст із захисту персональних даних', titleEn: 'chief specialist for protection of personal data', category: 'В', rates: 1 },
  { id: 'p-501', unit: 'u-50', title: 'голова Офісу', titleEn: 'head of the Office', category: 'А', rates: 1 },
  { id: 'p-502', unit: 'u-50-1', title: 'начальник відділу', titleEn: 'head of the division', category: 'Б', rates: 1 },
  { id: 'p-503', unit: 'u-50-1', title: 'головний спеціаліст', titleEn: 'chief specialist', category: 'В', rates: 3 },
  { id: 'p-504', unit: 'u-50-2', title: 'спеціаліст', titleEn: 'specialist', category: 'В', rates: 4 },
  { id: 'p-731', unit: 'u-73', title: 'керівник служби', titleEn: 'head of the service', category: 'Б', rates: 1 }
]

const APPOINTMENTS: readonly Appointment[] = [
  { id: 'o-38-01', rnokpp: '7010200220', surname: 'Гайдук', givenName: 'Соломія', patronymic: 'Романівна', position: 'p-382', phone: '+380000030101', email: 's.haiduk@justice.gov.ua.test', status: 'active' },
  { id: 'o-38-06', rnokpp: '7010300311', surname: 'Бойчук', givenName: 'Назар', patronymic: 'Петрович', position: 'p-383', phone: '+380000030106', email: 'n.boichuk@justice.gov.ua.test', status: 'active' },
  { id: 'o-38-07', rnokpp: '7011001020', surname: 'Марченко', givenName: 'Катерина', patronymic: 'Ігорівна', position: 'p-386', phone: '+380000030107', email: 'k.marchenko@justice.gov.ua.test', status: 'active' },
  { id: 'o-38-02', rnokpp: '7002300328', surname: 'Ґедзь', givenName: 'Їволга', patronymic: 'Дем\'янівна', position: 'p-383', phone: '+380000030102', email: 'i.gedz@justice.gov.ua.test', status: 'active' },
  // No patronymic, and a name in Latin letters: both are right as they stand.
  { id: 'o-38-03', rnokpp: '7002500524', surname: 'Sample', givenName: 'Joan', position: 'p-384', email: 'j.sample@justice.gov.ua.test', status: 'active' },
  { id: 'o-38-04', rnokpp: '7002600616', surname: 'Щасний-В\'юн', givenName: 'Юліан', patronymic: 'Єремійович', position: 'p-385', phone: '+380000030104', email: 'y.shchasnyi@justice.gov.ua.test', status: 'active' },
  { id: 'o-38-09', rnokpp: '7000900950', surname: 'Левченко', givenName: 'Павло', patronymic: 'Андрійович', position: 'p-383', phone: '+380000030109', email: 'p.levchenko@justice.gov.ua.test', status: 'active' },
  { id: 'o-38-05', rnokpp: '7002700720', surname: 'Цимбал', givenName: 'Ждан', patronymic: 'Іванович', position: 'p-383', phone: '+380000030105', email: 'z.tsymbal@justice.gov.ua.test', status: 'dismissed' },
  { id: 'o-50-01', rnokpp: '7010100115', surname: 'Дорошенко', givenName: 'Максим', patronymic: 'Олегович', position: 'p-503', phone: '+380000030201', email: 'm.doroshenko@eepo.gov.ua.test', status: 'active' },
  { id: 'o-50-05', rnokpp: '7010600622', surname: 'Залізняк', givenName: 'Віра', patronymic: 'Миколаївна', position: 'p-501', phone: '+380000030205', email: 'v.zalizniak@eepo.gov.ua.test', status: 'active' },
  { id: 'o-50-02', rnokpp: '7002800812', surname: 'Яр', givenName: 'Мальва', patronymic: 'Устимівна', position: 'p-503', phone: '+380000030202', email: 'm.yar@eepo.gov.ua.test', status: 'active' },
  { id: 'o-50-03', rnokpp: '7002900927', surname: 'Кий', givenName: 'Тур', patronymic: 'Борисович', position: 'p-504', phone: '+380000030203', email: 't.kyi@eepo.gov.ua.test', status: 'suspended' },
  { id: 'o-50-09', rnokpp: '7000900950', surname: 'Левченко', givenName: 'Павло', patronymic: 'Андрійович', position: 'p-503', phone: '+380000030209', email: 'p.levchenko@eepo.gov.ua.test', status: 'active' },
  // Two records for one code in one body: the register says so, and gives neither.
  { id: 'o-73-01', rnokpp: '7003001014', surname: 'Дзвін', givenName: 'Єлисей', patronymic: 'Карпович', position: 'p-731', phone: '+380000030301', email: 'ye.dzvin@nads.gov.ua.test', status: 'active' },
  { id: 'o-73-02', rnokpp: '7003001014', surname: 'Дзвінка', givenName: 'Єлисей', patronymic: 'Карпович', position: 'p-731', phone: '+380000030302', email: 'ye.dzvinka@nads.gov.ua.test', status: 'active' }
]

export const FIXTURES: Personnel = { bodies: BODIES, units: UNITS, positions: POSITIONS, appointments: APPOINTMENTS }
