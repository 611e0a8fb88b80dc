import { texts } from '@trembita/web'

/** Words of the frame: menu, roles, what the API refuses. Areas have their own beside their pages. */
export const wordsOf = texts({
  uk: {
    product: 'Ядро',
    overview: 'Огляд',
    participants: 'Учасники',
    members: 'Суб’єкти взаємодії',
    subsystems: 'Підсистеми',
    servers: 'Шлюзи',
    groups: 'Глобальні групи',
    memberClasses: 'Класи учасників',
    requests: 'Запити на реєстрацію',
    governance: 'Врядування',
    agreements: 'Договори',
    suspensions: 'Зупинення доступу',
    classifiers: 'Класифікатори',
    trust: 'Довіра та конфігурація',
    trustServices: 'Довірчі послуги',
    configuration: 'Підписана конфігурація',
    federation: 'Інші середовища',
    operation: 'Експлуатація',
    audit: 'Журнал аудиту',
    approvals: 'Погодження вдвох',
    backups: 'Резервні копії',
    access: 'Ключі API та сеанси',
    settings: 'Налаштування',
    problem: (status: number): string => status === 403 ? 'Немає доступу' : status === 404 ? 'Не знайдено' : 'Дію не виконано',
    roles: (role: string): string => (({
      XROAD_SECURITY_OFFICER: 'Адміністратор безпеки',
      XROAD_REGISTRATION_OFFICER: 'Реєстратор',
      XROAD_SYSTEM_ADMINISTRATOR: 'Системний адміністратор',
      XROAD_MANAGEMENT_SERVICE: 'Служба керування',
      TREMBITA_HOLDER: 'Держатель системи',
      TREMBITA_AUDITOR: 'Аудитор'
    }) as Record<string, string>)[role] ?? role,
    problems: (code: string): string => (({
      forbidden: 'Ваші ролі не дають права на цю дію.',
      not_initialised: 'Ядро ще не ініціалізовано: задайте ідентифікатор середовища в налаштуваннях.',
      validation_failure: 'Перевірте введені дані.'
    }) as Record<string, string>)[code] ?? ''
  },
  en: {
    product: 'Core',
    overview: 'Overview',
    participants: 'Participants',
    members: 'Members',
    subsystems: 'Subsystems',
    servers: 'Gateways',
    groups: 'Global groups',
    memberClasses: 'Member classes',
    requests: 'Registration requests',
    governance: 'Governance',
    agreements: 'Agreements',
    suspensions: 'Suspensions',
    classifiers: 'Classifiers',
    trust: 'Trust and configuration',
    trustServices: 'Trust services',
    configuration: 'Signed configuration',
    federation: 'Other environments',
    operation: 'Operation',
    audit: 'Audit log',
    approvals: 'Two-person approvals',
    backups: 'Backups',
    access: 'API keys and sessions',
    settings: 'Settings',
    problem: (status: number): string => status === 403 ? 'No access' : status === 404 ? 'Not found' : 'Not done',
    roles: (role: string): string => (({
      XROAD_SECURITY_OFFICER: 'Security officer',
      XROAD_REGISTRATION_OFFICER: 'Registration officer',
      XROAD_SYSTEM_ADMINISTRATOR: 'System administrator',
      XROAD_MANAGEMENT_SERVICE: 'Management service',
      TREMBITA_HOLDER: 'Holder of the system',
      TREMBITA_AUDITOR: 'Auditor'
    }) as Record<string, string>)[role] ?? role,
    problems: (code: string): string => (({
      forbidden: 'Your roles do not allow this.',
      not_initialised: 'The core is not initialised yet: set the instance identifier in the settings.',
      validation_failure: 'Check what you entered.'
    }) as Record<string, string>)[code] ?? ''
  }
})
