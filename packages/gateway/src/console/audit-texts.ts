import { texts } from '@trembita/web'

export const auditWordsOf = texts({
  uk: {
    title: 'Журнал аудиту',
    lead: 'Що адміністратори зробили й чого пробували. Записи лише додаються.',
    event: 'Подія',
    user: 'Хто',
    from: 'Від',
    to: 'До',
    at: 'Час',
    origin: 'Звідки',
    auth: 'Чим підтверджено',
    url: 'Запит',
    reason: 'Причина',
    number: 'Номер для журналу роботи',
    data: 'Відомості',
    noData: 'Відомостей немає',
    none: 'Подій не знайдено',
    keepLooking: 'На переглянутій ділянці журналу нічого не знайдено; шукати далі.',
    next: 'Далі',
    first: 'На початок',
    failed: 'не виконано',
    nobody: 'невідомо'
  },
  en: {
    title: 'Audit log',
    lead: 'What administrators did, and what they tried. Records are only ever added.',
    event: 'Event',
    user: 'Who',
    from: 'From',
    to: 'To',
    at: 'Time',
    origin: 'From where',
    auth: 'Known by',
    url: 'Request',
    reason: 'Reason',
    number: 'Number in the working log',
    data: 'Details',
    noData: 'No details',
    none: 'No events found',
    keepLooking: 'Nothing found in the part of the log that was looked at; look on.',
    next: 'Next',
    first: 'To the beginning',
    failed: 'not done',
    nobody: 'unknown'
  }
})
