import type { Money, Year } from './taxpayer.ts'

/** Income that a tax agent paid to a person in a quarter, as the register of individuals – taxpayers keeps it. */
export interface IncomeTax {
  readonly incomeAccrued: Money
  readonly incomePaid: Money
  readonly taxCharged: Money
  readonly taxTransferred: Money
  readonly militaryLevyCharged: Money
  readonly militaryLevyTransferred: Money
  /** Sign of the kind of income: 101 salary, 157 income of an entrepreneur. */
  readonly signOfIncome: string
  readonly year: Year
  readonly quarter: 1 | 2 | 3 | 4
}

export interface IncomeSource {
  readonly agent: string
  readonly agentName: string
  readonly employedSince: string | null
  readonly incomes: readonly IncomeTax[]
}

/** A person of the register (ДРФО). */
export interface Individual {
  readonly rnokpp: string
  readonly surname: string
  readonly name: string
  readonly patronymic: string | null
  readonly birthDate: string
  /** Deceased, or the number was changed: nobody may be confirmed by it. */
  readonly isClosed?: boolean
  readonly isDuplicate?: boolean
  readonly sources: readonly IncomeSource[]
}

const QUARTERS = [1, 2, 3, 4] as const

/** Hundredths to a decimal text. */
function money (hundredths: number): Money {
  return `${Math.trunc(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`
}

function salary (agent: string, agentName: string, employedSince: string, monthly: number, years: readonly Year[], sign = '101'): IncomeSource {
  const incomes = years.flatMap((year, i) => QUARTERS.map((quarter): IncomeTax => {
    const accrued = monthly * 3 + i * 15_000
    const tax = Math.round(accrued * 0.18)
    const levy = Math.round(accrued * 0.05)
    return {
      incomeAccrued: money(accrued),
      incomePaid: money(accrued - tax - levy),
      taxCharged: money(tax),
      taxTransferred: money(tax),
      militaryLevyCharged: money(levy),
      militaryLevyTransferred: money(levy),
      signOfIncome: sign,
      year,
      quarter
    }
  }))
  return { agent, agentName, employedSince, incomes }
}

/** Synthetic persons; none of them exists. Birth dates are not derived from the codes. */
export function individuals (now: Date): Individual[] {
  const closed = [3, 2, 1].map((ago) => String(now.getUTCFullYear() - ago))
  const office = (years = closed): IncomeSource => salary('91000075', 'ДП «ЗРАЗКОВИЙ ЦЕНТР»', '2020-02-03', 2_150_000, years)
  const sole = (code: string, name: string, monthly: number): IncomeSource => salary(code, name, '2018-02-14', monthly, closed, '157')
  return [
    { rnokpp: '7000100119', surname: 'Ґонта', name: "Дем'ян", patronymic: 'Євгенович', birthDate: '1985-03-12', sources: [sole('7000100119', "ФОП Ґонта Дем'ян Євгенович", 10_400_000), office()] },
    { rnokpp: '7000200223', surname: 'Їжак', name: 'Єлизавета', patronymic: 'Петрівна', birthDate: '1990-07-30', sources: [sole('7000200223', 'ФОП Їжак Єлизавета Петрівна', 2_600_000)] },
    { rnokpp: '7000300315', surname: 'Коваль-Щирий', name: 'Юрій', patronymic: 'Степанович', birthDate: '1978-11-02', sources: [sole('7000300315', 'ФОП Коваль-Щирий Юрій Степанович', 7_250_000)] },
    { rnokpp: '7000400442', surname: 'Мельник', name: 'Ганна', patronymic: 'Іллівна', birthDate: '1969-01-24', sources: [] },
    { rnokpp: '7000500534', surname: 'Кравець', name: 'Роман', patronymic: 'Ілліч', birthDate: '1995-05-19', sources: [office(closed.slice(1))] },
    { rnokpp: '7000600649', surname: 'Сорока-Біла', name: 'Аліна', patronymic: 'Вікторівна', birthDate: '1988-09-08', sources: [sole('7000600649', 'ФОП Сорока-Біла Аліна Вікторівна', 750_000)] },
    { rnokpp: '7000700718', surname: 'Грім', name: 'Остап', patronymic: 'Маркович', birthDate: '1973-12-15', isDuplicate: true, sources: [office()] },
    { rnokpp: '7000800822', surname: 'Яворська', name: 'Ксенія', patronymic: 'Олегівна', birthDate: '1992-02-27', sources: [sole('7000800822', 'ФОП Яворська Ксенія Олегівна', 1_900_000)] },
    { rnokpp: '7000900950', surname: 'Левченко', name: 'Павло', patronymic: 'Андрійович', birthDate: '1981-06-06', sources: [salary('90000038', 'Міністерство юстиції (синтетичні дані)', '2019-09-02', 3_300_000, closed)] },
    { rnokpp: '7001001060', surname: "Прип'ять", name: 'Олена', patronymic: null, birthDate: '1997-10-10', sources: [sole('7001001060', "ФОП Прип'ять Олена", 1_100_000)] },
    { rnokpp: '7001101139', surname: 'Шевчук', name: 'Богдан', patronymic: 'Тарасович', birthDate: '2001-04-01', sources: [] },
    { rnokpp: '7001201243', surname: 'Щур', name: 'Тетяна', patronymic: 'Андріївна', birthDate: '1983-08-21', isClosed: true, sources: [] }
  ]
}
