import { STATE_TEXTS, type ActivityKind, type Address, type StoredSubject, type Subject, type SubjectState } from './subject.ts'

/** Synthetic records: no entity, person, street or number here is real. Codes are of ranges that nobody has. */

const ACTIVITIES: Readonly<Record<string, string>> = {
  '01.11': 'Вирощування зернових культур (крім рису), бобових культур і насіння олійних культур',
  10.71: 'Виробництво хліба та хлібобулочних виробів; виробництво борошняних кондитерських виробів, тортів і тістечок нетривалого зберігання',
  47.11: 'Роздрібна торгівля в неспеціалізованих магазинах переважно продуктами харчування, напоями та тютюновими виробами',
  56.1: 'Діяльність ресторанів, надання послуг мобільного харчування',
  62.01: "Комп'ютерне програмування",
  84.11: 'Державне управління загального характеру'
}

const UNITS: Readonly<Record<string, readonly [katottg: string, zip: string]>> = {
  'м. Київ': ['UA80000000000093317', '01001'],
  'м. Львів': ['UA46060250010015970', '79000'],
  'м. Харків': ['UA63120270010096107', '61000'],
  'м. Дніпро': ['UA12020010010037010', '49000'],
  'м. Полтава': ['UA53080370010073240', '36000']
}

function activities (primary: string | undefined, ...others: string[]): ActivityKind[] {
  const codes = primary === undefined ? others : [primary, ...others]
  return codes.map((code) => ({ code, name: ACTIVITIES[code] ?? ACTIVITIES[String(Number(code))]!, list: 'KVED-2010', isPrimary: code === primary }))
}

function at (atu: string, street: string, house: string, num?: string): Address {
  const [katottg, zip] = UNITS[atu]!
  const text = `${zip}, ${atu}, ${street}, буд. ${house}${num === undefined ? '' : `, кв. ${num}`}`
  return { zip, country: 'УКРАЇНА', text, katottg, parts: { atu, street, house, ...(num === undefined ? {} : { num }) } }
}

interface Draft {
  readonly code: string
  readonly state?: SubjectState
  readonly name: string
  readonly short?: string
  readonly nameEn?: string
  readonly form: readonly [code: string, name: string]
  readonly address: Address
  readonly activities: ActivityKind[]
  readonly head?: string
  readonly founders?: Subject['founders']
  readonly registered: string
  readonly termination?: Subject['termination']
  readonly inConflict?: readonly (keyof Subject)[]
}

const TOV = ['240', 'Товариство з обмеженою відповідальністю'] as const
const STATE_ENTERPRISE = ['140', 'Державне підприємство'] as const
const FARM = ['110', 'Фермерське господарство'] as const
const ENTREPRENEUR = ['910', 'Фізична особа-підприємець'] as const

function store (draft: Draft, index: number): StoredSubject {
  const state = draft.state ?? 1
  const number = String(1_000_000_000_000 + index * 1_000_017)
  return {
    version: 1 + index % 3,
    inConflict: draft.inConflict ?? [],
    subject: {
      id: String(7_000_000 + index),
      code: draft.code,
      state,
      stateText: STATE_TEXTS[state],
      names: { name: draft.name, ...(draft.short === undefined ? {} : { short: draft.short }), ...(draft.nameEn === undefined ? {} : { nameEn: draft.nameEn }) },
      legalForm: { code: draft.form[0], name: draft.form[1] },
      address: draft.address,
      activityKinds: draft.activities,
      heads: draft.head === undefined ? [] : [{ name: draft.head, post: 'керівник' }],
      founders: draft.founders ?? [],
      registration: { date: draft.registered, recordNumber: number, recordDate: draft.registered },
      termination: draft.termination ?? null,
      contacts: { phone: `+3800000${String(10_000 + index)}`, email: `office${index}@example.org` }
    }
  }
}

/** L01 … L08, the entrepreneurs among F01 … F12, and one without a number. F05, F07 and F09 are in other registers only. */
export function fixtures (now: Date): StoredSubject[] {
  const yesterday = new Date(now.getTime() - 86_400_000).toISOString().slice(0, 10)
  const lastYear = now.getUTCFullYear() - 1
  const drafts: Draft[] = [
    { code: '91000033', name: 'ТОВАРИСТВО З ОБМЕЖЕНОЮ ВІДПОВІДАЛЬНІСТЮ «ҐАНОК»', short: 'ТОВ «ҐАНОК»', nameEn: '«GANOK» LLC', form: TOV, address: at('м. Київ', 'вул. Вигадана', '7'), activities: activities('62.01', '47.11'), head: "В'юн Єва Олексіївна", founders: [{ name: "В'юн Єва Олексіївна", share: '100.00' }], registered: '2019-03-11' },
    { code: '91000046', name: 'ТОВАРИСТВО З ОБМЕЖЕНОЮ ВІДПОВІДАЛЬНІСТЮ «УСЕ ПОТРОХУ»', short: 'ТОВ «УСЕ ПОТРОХУ»', form: TOV, address: at('м. Львів', 'вул. Неіснуюча', '12а'), activities: activities(undefined, '10.71', '47.11', '56.10', '62.01'), head: 'Їжакевич Ґерард Павлович', founders: [{ name: 'Їжакевич Ґерард Павлович', share: '60.00' }, { name: 'John Sample', share: '40.00' }], registered: '2015-10-02' },
    { code: '91000052', state: 2, name: 'ТОВАРИСТВО З ОБМЕЖЕНОЮ ВІДПОВІДАЛЬНІСТЮ «ТИХИЙ ПОРІГ»', form: TOV, address: at('м. Дніпро', 'просп. Умовний', '3'), activities: activities('47.11'), head: 'Синиця-Зоря Марта Іванівна', registered: '2010-06-21' },
    { code: '91000069', state: 3, name: 'ТОВАРИСТВО З ОБМЕЖЕНОЮ ВІДПОВІДАЛЬНІСТЮ «ВЧОРАШНІЙ СНІГ»', form: TOV, address: at('м. Харків', 'вул. Колишня', '40'), activities: activities('56.10'), registered: '2008-01-15', termination: { date: '2023-09-29', recordNumber: '1000000999993', recordDate: '2023-09-29', cause: 'за рішенням учасників' } },
    { code: '91000075', name: 'ДЕРЖАВНЕ ПІДПРИЄМСТВО «ЗРАЗКОВИЙ ЦЕНТР»', short: 'ДП «ЗРАЗКОВИЙ ЦЕНТР»', nameEn: 'SE «SAMPLE CENTRE»', form: STATE_ENTERPRISE, address: at('м. Київ', 'вул. Зразкова', '1'), activities: activities('84.11', '62.01'), head: 'Єрмак-Ґудзь Їван Семенович', registered: '2003-12-01' },
    { code: '91000081', name: 'ФЕРМЕРСЬКЕ ГОСПОДАРСТВО «КОЛОС-7»', short: 'ФГ «КОЛОС-7»', form: FARM, address: at('м. Полтава', 'вул. Польова', '5'), activities: activities('01.11'), head: "Лук'янець Дем'ян Опанасович", registered: '2012-04-18' },
    { code: '91000098', name: 'ТОВАРИСТВО З ОБМЕЖЕНОЮ ВІДПОВІДАЛЬНІСТЮ «ПЕРЕЇЗД»', short: 'ТОВ «ПЕРЕЇЗД»', form: TOV, address: at('м. Львів', 'вул. Нова', '8'), activities: activities('10.71'), head: 'Петренко Соломія Юріївна', registered: '2017-07-07', inConflict: ['address'] },
    { code: '91000106', name: 'ТОВАРИСТВО З ОБМЕЖЕНОЮ ВІДПОВІДАЛЬНІСТЮ «ПЕРШИЙ ДЕНЬ»', short: 'ТОВ «ПЕРШИЙ ДЕНЬ»', form: TOV, address: at('м. Київ', 'вул. Початкова', '2'), activities: activities('62.01'), head: 'Новак Ірина Ґеоргіївна', registered: yesterday },
    { code: '7000100119', name: "Ґонта Дем'ян Євгенович", form: ENTREPRENEUR, address: at('м. Київ', 'вул. Вигадана', '21', '4'), activities: activities('62.01'), registered: '2018-02-14' },
    { code: '7000200223', name: 'Їжак Єлизавета Петрівна', form: ENTREPRENEUR, address: at('м. Львів', 'вул. Неіснуюча', '3', '11'), activities: activities('47.11'), registered: '2020-09-01' },
    { code: '7000300315', name: 'Коваль-Щирий Юрій Степанович', form: ENTREPRENEUR, address: at('м. Дніпро', 'просп. Умовний', '77'), activities: activities('10.71', '56.10'), registered: '2016-05-30' },
    { code: '7000400442', state: 3, name: 'Мельник Ганна Іллівна', form: ENTREPRENEUR, address: at('м. Харків', 'вул. Колишня', '9'), activities: activities('47.11'), registered: '2014-11-11', termination: { date: `${lastYear}-06-30`, recordNumber: '2000000000017', recordDate: `${lastYear}-06-30`, cause: 'за власним рішенням' } },
    { code: '7000600649', name: 'Сорока Аліна Вікторівна', form: ENTREPRENEUR, address: at('м. Полтава', 'вул. Польова', '14'), activities: activities('56.10'), registered: '2021-03-08' },
    { code: '7000800822', name: 'Яворська Ксенія Олегівна', form: ENTREPRENEUR, address: at('м. Львів', 'вул. Нова', '19', '2'), activities: activities('62.01'), registered: '2022-12-05' },
    { code: '7001001060', name: "Прип'ять Олена", form: ENTREPRENEUR, address: at('м. Київ', 'вул. Зразкова', '30'), activities: activities('10.71'), registered: '2023-01-19' },
    { code: '7001101139', name: 'Шевчук Богдан Тарасович', form: ENTREPRENEUR, address: at('м. Київ', 'вул. Початкова', '6'), activities: activities('62.01'), registered: '2024-08-22' },
    { code: '7001201243', name: 'Щур Тетяна Андріївна', form: ENTREPRENEUR, address: at('м. Дніпро', 'просп. Умовний', '15'), activities: activities('47.11'), registered: '2019-10-10' },
    { code: 'ЯЯ000001', name: 'Мороз Ілля Захарович', form: ENTREPRENEUR, address: at('м. Полтава', 'вул. Польова', '33'), activities: activities('01.11'), registered: '2011-05-05' }
  ]
  return drafts.map(store)
}
