import type { Lang } from '@trembita/web'

/** What the audit log calls an event, in Ukrainian. In English it is the event's own name, as X-Road's. */
const NAMES: Readonly<Record<string, string>> = {
  'API key authentication failed': 'Ключ API не прийнято',
  'Access refused': 'У доступі відмовлено',
  'Add API endpoint': 'Названо операцію сервісу',
  'Add access rights to service': 'Надано права на сервіс',
  'Add access rights to subject': 'Надано права підсистемі чи групі',
  'Add client': 'Додано клієнта',
  'Add internal TLS certificate': 'Додано сертифікат інформаційної системи',
  'Add local group': 'Додано локальну групу',
  'Add members to local group': 'Додано до локальної групи',
  'Add service description': 'Додано опис сервісів',
  'Address locked': 'Адресу заблоковано через невдалі спроби',
  'Change owner': 'Зміна власника',
  'Change server address': 'Зміна адреси шлюзу',
  'Create API key': 'Створено ключ API',
  'Delete API endpoint': 'Вилучено операцію сервісу',
  'Delete CSR': 'Забуто запит на сертифікат',
  'Delete certificate': 'Вилучено сертифікат',
  'Delete client': 'Вилучено клієнта',
  'Delete internal TLS certificate': 'Вилучено сертифікат інформаційної системи',
  'Delete key': 'Вилучено ключ',
  'Delete local group': 'Вилучено локальну групу',
  'Delete service description': 'Вилучено опис сервісів',
  'Delete settings of personal data': 'Вилучено правила персональних даних',
  'Disable certificate': 'Вимкнено сертифікат',
  'Disable client subsystem': 'Призупинено підсистему',
  'Disable maintenance mode': 'Вимкнено режим обслуговування',
  'Disable service description': 'Вимкнено опис сервісів',
  'Download message container': 'Завантажено контейнер повідомлення',
  'Edit API endpoint': 'Змінено операцію сервісу',
  'Edit capture of personal data': 'Змінено правила персональних даних',
  'Edit local group description': 'Змінено опис локальної групи',
  'Edit monitoring': 'Змінено звітування про доступ до даних',
  'Edit service description': 'Змінено опис сервісів',
  'Edit service parameters': 'Змінено налаштування сервісу',
  'Enable certificate': 'Увімкнено сертифікат',
  'Enable client subsystem': 'Відновлено підсистему',
  'Enable maintenance mode': 'Увімкнено режим обслуговування',
  'Enable service description': 'Увімкнено опис сервісів',
  'Forged request refused': 'Відхилено підроблений запит',
  'Generate CSR': 'Створено запит на сертифікат',
  'Generate key': 'Створено ключ',
  'Generate key and CSR': 'Створено ключ і запит на сертифікат',
  'Import certificate from file': 'Завантажено сертифікат',
  'Initialize anchor': 'Завантажено перший якір',
  'Initialize server configuration': 'Шлюз отримав назву',
  'Log in user': 'Вхід до консолі',
  'Log out user': 'Вихід із консолі',
  'Read accesses to personal data': 'Перегляд доступів до персональних даних',
  'Refresh service description': 'Оновлено опис сервісів',
  'Register authentication certificate': 'Реєстрація сертифіката автентифікації',
  'Register client': 'Реєстрація клієнта',
  'Remove API key': 'Відкликано ключ API',
  'Remove access rights from service': 'Відкликано права на сервіс',
  'Remove access rights from subject': 'Відкликано права підсистеми чи групи',
  'Remove members from local group': 'Вилучено з локальної групи',
  'Rename client subsystem': 'Зміна назви підсистеми',
  'Seal agreement': 'Договір скріплено печаткою',
  'Session ended': 'Сеанс завершено',
  'Set connection type for servers in service consumer role': 'Змінено спосіб з’єднання',
  'Set friendly name to key': 'Змінено позначку ключа',
  'Skip unregistration of authentication certificate': 'Зняття сертифіката без запиту до ядра',
  'Timestamp message record': 'Отримано позначку часу',
  'Unregister authentication certificate': 'Зняття сертифіката автентифікації',
  'Unregister client': 'Зняття клієнта з реєстрації',
  'Update API key': 'Змінено ключ API',
  'Upload anchor': 'Замінено якір'
}

/** Whether the event was tried and not done. */
export function isFailed (event: string): boolean {
  return event.endsWith(' failed')
}

/** Name of an event in the language of the page, without saying whether it was done. */
export function eventName (lang: Lang, event: string): string {
  const name = event.replace(/ failed$/, '')
  return lang === 'uk' ? NAMES[event] ?? NAMES[name] ?? name : name
}
