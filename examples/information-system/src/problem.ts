const PROBLEMS = {
  'invalid-identifier': [400, 'Недійсний код', 'Invalid identifier'],
  'invalid-request': [400, 'Недійсний запит', 'Invalid request'],
  'personal-identifier-in-address': [400, 'Персональний код в адресі', 'Personal identifier in the address'],
  'wrong-pseudonym-key': [400, 'Інший ключ псевдонімів', 'Another key of pseudonyms'],
  'outside-agreement': [403, 'Поза межами угоди', 'Outside the agreement'],
  'not-joined': [403, 'Не бере участі', 'Does not take part'],
  'channel-for-entrepreneurs-only': [403, 'Лише для ФОП', 'For sole entrepreneurs only'],
  'person-without-number': [403, 'Немає РНОКПП', 'No registration number'],
  'unknown-offer': [404, 'Невідома пропозиція', 'Unknown offer'],
  'unknown-programme': [404, 'Невідома програма', 'Unknown programme'],
  'unknown-centre': [404, 'Невідомий центр', 'Unknown centre'],
  'not-acceptable': [406, 'Такого формату немає', 'No such format'],
  'unknown-slot': [404, 'Невідомий час прийому', 'Unknown appointment time'],
  'unknown-booking': [404, 'Запис не знайдено', 'Booking not found'],
  'slot-taken': [409, 'Час уже зайнято', 'The time is taken'],
  'request-conflict': [409, 'Повтор з іншим змістом', 'A repetition with another content'],
  'too-many-attempts': [429, 'Забагато спроб', 'Too many attempts'],
  'unknown-service': [404, 'Невідомий сервіс', 'Unknown service'],
  'source-unavailable': [503, 'Реєстр тимчасово недоступний', 'The register is not available']
} as const

export type ProblemCode = keyof typeof PROBLEMS

/** A request that cannot be answered, in Ukrainian and in English. Never names the code that was asked for. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly details: { readonly uk: string, readonly en: string }

  constructor (code: ProblemCode, uk: string, en: string) {
    super(en)
    this.code = code
    this.details = { uk, en }
  }

  get status (): number {
    return PROBLEMS[this.code][0]
  }

  /** RFC 9457, `title` and `detail` in the caller's language; `details` holds both. */
  toBody (language: 'uk' | 'en'): Record<string, unknown> {
    const [status, uk, en] = PROBLEMS[this.code]
    return {
      type: `urn:trembita:problem:${this.code}`,
      title: language === 'uk' ? uk : en,
      status,
      code: this.code,
      detail: this.details[language],
      details: this.details,
      retryable: status === 503
    }
  }
}
