import type { Programme } from '../programmes/programme.ts'
import { bilingual, dayWords, moneyWords, type Bilingual } from '../words.ts'
import type { Criterion } from './match.ts'

const REGIONS: Readonly<Record<string, Bilingual>> = {
  UA05: bilingual('Вінницька область', 'Vinnytsia oblast'),
  UA12: bilingual('Дніпропетровська область', 'Dnipropetrovsk oblast'),
  UA18: bilingual('Житомирська область', 'Zhytomyr oblast'),
  UA26: bilingual('Івано-Франківська область', 'Ivano-Frankivsk oblast'),
  UA32: bilingual('Київська область', 'Kyiv oblast'),
  UA46: bilingual('Львівська область', 'Lviv oblast'),
  UA53: bilingual('Полтавська область', 'Poltava oblast'),
  UA63: bilingual('Харківська область', 'Kharkiv oblast'),
  UA80: bilingual('місто Київ', 'city of Kyiv')
}

/** Where a code of the КАТОТТГ is, as far as its oblast. */
export function placeWords (code: string): Bilingual {
  const region = REGIONS[code.slice(0, 4)]
  return region === undefined ? bilingual(code, code) : code.length === 4 ? region : bilingual(`${region.uk} (${code})`, `${region.en} (${code})`)
}

/** Each criterion of a programme in words: the same for the public page and for the reasons of an offer. */
export function describeCriteria ({ criteria, window }: Programme): Record<Criterion, Bilingual> {
  const { subjectKinds = [], territory = [], kved, taxSystems = [], registered, income, employees } = criteria
  return {
    window: windowWords(window),
    active: bilingual('господарську діяльність не припинено', 'the business is not terminated'),
    subjectKind: bilingual(subjectKinds.map((kind) => kind === 'FOP' ? 'ФОП' : 'юридична особа').join(' або '), subjectKinds.map((kind) => kind === 'FOP' ? 'sole entrepreneur' : 'legal entity').join(' or ')),
    territory: bilingual(territory.map((code) => placeWords(code).uk).join(', '), territory.map((code) => placeWords(code).en).join(', ')),
    kved: kvedWords(kved?.include, kved?.exclude),
    taxSystem: bilingual(taxSystems.map(({ code, groups }) => code === 'GENERAL' ? 'загальна система' : `спрощена система${groups === undefined ? '' : `, групи ${groups.join(', ')}`}`).join(' або '), taxSystems.map(({ code, groups }) => code === 'GENERAL' ? 'general system' : `simplified system${groups === undefined ? '' : `, groups ${groups.join(', ')}`}`).join(' or ')),
    registered: registrationWords(registered?.notBefore, registered?.notAfter),
    income: range(amount(income?.min), amount(income?.max), 'дохід за останній закритий рік:', 'income of the last closed year:'),
    employees: range(count(employees?.min), count(employees?.max), 'найманих працівників:', 'hired workers:'),
    displaced: bilingual('чинна довідка внутрішньо переміщеної особи', 'certificate of an internally displaced person in force')
  }
}

function kvedWords (include: readonly string[] | undefined, exclude: readonly string[] | undefined): Bilingual {
  const parts = [
    ...include === undefined ? [] : [bilingual(`основний КВЕД: ${include.join(', ')}`, `main activity (КВЕД): ${include.join(', ')}`)],
    ...exclude === undefined ? [] : [bilingual(`крім КВЕД ${exclude.join(', ')}`, `except КВЕД ${exclude.join(', ')}`)]
  ]
  return bilingual(parts.map(({ uk }) => uk).join('; '), parts.map(({ en }) => en).join('; '))
}

function windowWords ({ from, until }: Programme['window']): Bilingual {
  const first = dayWords(from)
  if (until === undefined) return bilingual(`заявки приймають з ${first.uk}`, `applications from ${first.en}`)
  const last = dayWords(until)
  return bilingual(`заявки приймають з ${first.uk} до ${last.uk}`, `applications from ${first.en} to ${last.en}`)
}

function registrationWords (notBefore: string | undefined, notAfter: string | undefined): Bilingual {
  const [first, last] = [notBefore, notAfter].map((day) => day === undefined ? undefined : dayWords(day))
  if (first !== undefined && last !== undefined) return bilingual(`зареєстровано з ${first.uk} по ${last.uk}`, `registered between ${first.en} and ${last.en}`)
  return first !== undefined
    ? bilingual(`зареєстровано не раніше ${first.uk}`, `registered on ${first.en} or later`)
    : bilingual(`зареєстровано не пізніше ${last?.uk ?? ''}`, `registered not later than ${last?.en ?? ''}`)
}

function amount (value: string | undefined): Bilingual | undefined {
  return value === undefined ? undefined : moneyWords(value)
}

function count (value: number | undefined): Bilingual | undefined {
  return value === undefined ? undefined : bilingual(String(value), String(value))
}

function range (least: Bilingual | undefined, most: Bilingual | undefined, uk: string, en: string): Bilingual {
  if (least !== undefined && most !== undefined) return bilingual(`${uk} від ${least.uk} до ${most.uk}`, `${en} from ${least.en} to ${most.en}`)
  if (least !== undefined) return bilingual(`${uk} від ${least.uk}`, `${en} ${least.en} or more`)
  return bilingual(`${uk} до ${most?.uk ?? ''}`, `${en} up to ${most?.en ?? ''}`)
}
