import type { TaxProfile, Taxpayer, Year } from './taxpayer.ts'

/** Synthetic taxpayers: no entity, person or amount here is real. */

const KYIV = { katottg: 'UA80000000000093317', address: 'м. Київ, вул. Вигадана, 21' }
const LVIV = { katottg: 'UA46060250010015970', address: 'м. Львів, вул. Неіснуюча, 3' }
const POLTAVA = { katottg: 'UA53080370010073240', address: 'м. Полтава, вул. Польова, 14' }

const FIRST_YEAR = 2022

function years (from: number, now: Date): Year[] {
  const last = now.getUTCFullYear() - 1
  return Array.from({ length: Math.max(0, last - from + 1) }, (_, i) => String(from + i))
}

/** Amounts in hundredths, growing by a tenth a year: enough to see years apart. */
function amount (hundredths: number, index: number): string {
  const value = BigInt(Math.round(hundredths * 1.1 ** index))
  return `${value / 100n}.${String(value % 100n).padStart(2, '0')}`
}

function simplified (group: 1 | 2 | 3, income: number, employees: number | undefined, place: typeof KYIV, periods: readonly Year[]): TaxProfile {
  return {
    income: periods.map((period, i) => ({ period, amount: amount(income, i) })),
    paid: periods.flatMap((period, i) => [
      { kind: 'єдиний податок', period, amount: amount(income / 20, i) },
      { kind: 'єдиний соціальний внесок', period, amount: amount(1_900_800, i) }
    ]),
    taxSystem: { code: 'SIMPLIFIED', group, since: '2022-01-01' },
    activityPlaces: [place],
    ...(employees === undefined ? {} : { employees: periods.map((period) => ({ period, count: employees })) })
  }
}

function general (income: number, employees: number, periods: readonly Year[]): TaxProfile {
  return {
    income: periods.map((period, i) => ({ period, amount: amount(income, i) })),
    paid: periods.flatMap((period, i) => [
      { kind: 'податок на прибуток', period, amount: amount(income * 0.18, i) },
      { kind: 'податок на додану вартість', period, amount: amount(income / 5, i) }
    ]),
    taxSystem: { code: 'GENERAL', group: null, since: '2019-03-11' },
    employees: periods.map((period) => ({ period, count: employees }))
  }
}

export function fixtures (now: Date): Taxpayer[] {
  const closed = years(FIRST_YEAR, now)
  const thisYear = String(now.getUTCFullYear())
  const first = String(FIRST_YEAR)
  return [
    { code: '91000033', name: 'ТОВ «ҐАНОК»', version: 4, since: first, profile: general(482_000_000, 12, closed), vat: { number: '910000326591', registeredAt: '2019-04-01', annulledAt: null, annulmentReason: null } },
    { code: '91000046', name: 'ТОВ «УСЕ ПОТРОХУ»', version: 9, since: first, profile: general(1_275_000_000, 48, closed), vat: { number: '910000413042', annulledAt: null, annulmentReason: null } },
    { code: '91000069', name: 'ТОВ «ВЧОРАШНІЙ СНІГ»', version: 7, since: first, vat: { number: '910000620116', registeredAt: '2008-02-01', annulledAt: '2023-09-29', annulmentReason: 'припинення' } },
    { code: '91000075', name: 'ДП «ЗРАЗКОВИЙ ЦЕНТР»', version: 2, since: first, profile: general(9_100_000_000, 310, closed), vat: { number: '910000726500', registeredAt: '2004-01-01', annulledAt: null, annulmentReason: null } },
    { code: '91000098', name: 'ТОВ «ПЕРЕЇЗД-ЗАХІД»', version: 3, since: first, isInConflict: true },
    { code: '7000100119', name: "Ґонта Дем'ян Євгенович", version: 5, since: first, profile: simplified(3, 125_000_000, 3, KYIV, closed), vat: { number: '700010011900', registeredAt: '2022-07-01', annulledAt: null, annulmentReason: null } },
    { code: '7000200223', name: 'Їжак Єлизавета Петрівна', version: 2, since: first, profile: simplified(2, 31_400_000, undefined, LVIV, closed) },
    { code: '7000300315', name: 'Коваль-Щирий Юрій Степанович', version: 6, since: first, profile: general(87_000_000, 1, closed) },
    { code: '7000400442', name: 'Мельник Ганна Іллівна', version: 8, since: first, profile: simplified(2, 22_000_000, 0, KYIV, closed) },
    { code: '7000600649', name: 'Сорока-Біла Аліна Вікторівна', version: 1, since: first, profile: simplified(1, 9_000_000, 0, POLTAVA, closed), isInConflict: true },
    { code: '7000700718', name: 'Грім Остап Маркович', version: 1, since: first, isDuplicate: true },
    { code: '7001101139', name: 'Шевчук Богдан Тарасович', version: 1, since: thisYear, profile: simplified(3, 40_000_000, 0, KYIV, []) }
  ]
}
