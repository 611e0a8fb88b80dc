import { bilingual, type Bilingual } from '../words.ts'
import type { Gap } from './profile.ts'

/** Each reason for a gap in words that an entrepreneur understands (UP-12). An outage never reads like an absence. */
const GAPS: Readonly<Record<Gap, Bilingual>> = {
  NO_RECORD: bilingual('у реєстрі немає запису', 'the register has no record'),
  NOT_RECORDED: bilingual('у реєстрі не зазначено', 'not recorded in the register'),
  NOT_APPLICABLE: bilingual('для вас не ведеться', 'not kept for you'),
  PERIOD_OPEN: bilingual('звітний період ще не закрито', 'the reporting period is not closed yet'),
  DISCREPANCY_INTERNAL: bilingual('записи реєстру суперечать один одному', 'records of the register contradict each other'),
  DISCREPANCY_SOURCES: bilingual('дані різних реєстрів розходяться', 'registers contradict each other'),
  TECHNICALLY_IMPOSSIBLE: bilingual('технічно неможливо передати', 'cannot be passed for technical reasons'),
  ASSERTED_MISMATCH: bilingual('надані дані не збігаються із записом', 'what was given does not fit the record'),
  CLOSED_RECORD: bilingual('запис закрито', 'the record is closed'),
  DUPLICATE_RECORD: bilingual('у реєстрі два записи', 'the register has two records'),
  SOURCE_CONFLICT: bilingual('реєстри розходяться щодо того, хто це', 'registers contradict each other on who this is'),
  NOT_ASKED: bilingual('реєстр ще не запитано', 'the register was not asked yet'),
  OUTAGE: bilingual('реєстр тимчасово недоступний', 'the register is unavailable for the moment'),
  NOT_SHARED: bilingual('документ не передано', 'the document was not shared'),
  OTHER_LIST: bilingual('код належить до іншого переліку', 'the code is of another list'),
  DAMAGED: bilingual('контрольна сума не збіглася, дані не використано', 'the checksum does not fit, the data were not used')
}

export function describeGap (gap: Gap): Bilingual {
  return GAPS[gap]
}

const REGISTERS: Readonly<Record<string, Bilingual>> = {
  EDR: bilingual('ЄДР', 'EDR (register of entities)'),
  TAX: bilingual('Інформаційні системи ДПС', 'Tax service'),
  JOIN: bilingual('Ваша заява про приєднання', 'Your declaration of joining'),
  CALENDAR: bilingual('Календар', 'Calendar'),
  'DOCUMENT:displaced-certificate': bilingual('Довідка ВПО з Порталу Дія', 'Certificate of displacement, by the portal')
}

export function registerName (register: string): Bilingual {
  return REGISTERS[register] ?? bilingual(register, register)
}
