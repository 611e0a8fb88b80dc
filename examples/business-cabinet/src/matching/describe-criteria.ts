import type { Programme } from '../programmes/programme.ts'
import { bilingual, type Bilingual } from '../words.ts'
import type { Criterion } from './match.ts'

const REGIONS: Readonly<Record<string, Bilingual>> = {
  UA12: bilingual('Дніпропетровська область', 'Dnipropetrovsk oblast'),
  UA18: bilingual('Житомирська область', 'Zhytomyr oblast'),
  UA32: bilingual('Київська область', 'Kyiv oblast'),
  UA46: bilingual('Львівська область', 'Lviv oblast'),
  UA53: bilingual('Полтавська область', 'Poltava oblast'),
  UA63: bilingual('Харківська область', 'Kharkiv oblast'),
  UA80: bilingual('місто Київ', 'city of Kyiv')
}

/** Each criterion of a programme in words: the same for the public page and for the reasons of an offer. */
export function describeCriteria ({ criteria, window }: Programme): Record<Criterion, Bilingual> {
  const { subjectKinds = [], territory = [], kved, taxSystems = [], registered, income, employees } = criteria
  return {
    window: window.until === undefined ? bilingual(`заявки приймають з ${window.from}`, `applications from ${window.from}`) : bilingual(`заявки приймають з ${window.from} до ${window.until}`, `applications from ${window.from} to ${window.until}`),
    active: bilingual('господарську діяльність не припинено', 'the business is not terminated'),
    subjectKind: bilingual(subjectKinds.map((kind) => kind === 'FOP' ? 'ФОП' : 'юридична особа').join(' або '), subjectKinds.map((kind) => kind === 'FOP' ? 'sole entrepreneur' : 'legal entity').join(' or ')),
    territory: bilingual(territory.map((code) => REGIONS[code]?.uk ?? code).join(', '), territory.map((code) => REGIONS[code]?.en ?? code).join(', ')),
    kved: kvedWords(kved?.include, kved?.exclude),
    taxSystem: bilingual(taxSystems.map(({ code, groups }) => code === 'GENERAL' ? 'загальна система' : `спрощена система${groups === undefined ? '' : `, групи ${groups.join(', ')}`}`).join(' або '), taxSystems.map(({ code, groups }) => code === 'GENERAL' ? 'general system' : `simplified system${groups === undefined ? '' : `, groups ${groups.join(', ')}`}`).join(' or ')),
    registered: registrationWords(registered?.notBefore, registered?.notAfter),
    income: range(income?.min, income?.max, 'дохід за останній закритий рік, грн:', 'income of the last closed year, UAH:'),
    employees: range(employees?.min, employees?.max, 'найманих працівників:', 'hired workers:'),
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

function registrationWords (notBefore: string | undefined, notAfter: string | undefined): Bilingual {
  if (notBefore !== undefined && notAfter !== undefined) return bilingual(`зареєстровано з ${notBefore} по ${notAfter}`, `registered between ${notBefore} and ${notAfter}`)
  return notBefore !== undefined
    ? bilingual(`зареєстровано не раніше ${notBefore}`, `registered on ${notBefore} or later`)
    : bilingual(`зареєстровано не пізніше ${notAfter ?? ''}`, `registered not later than ${notAfter ?? ''}`)
}

function range (least: string | number | undefined, most: string | number | undefined, uk: string, en: string): Bilingual {
  if (least !== undefined && most !== undefined) return bilingual(`${uk} від ${least} до ${most}`, `${en} from ${least} to ${most}`)
  if (least !== undefined) return bilingual(`${uk} від ${least}`, `${en} ${least} or more`)
  return bilingual(`${uk} до ${most ?? ''}`, `${en} up to ${most ?? ''}`)
}
