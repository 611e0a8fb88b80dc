import { FIXTURE_PERSONS } from './fixture-persons.ts'
import { OFFICIALS } from './officials.ts'
import type { DevelopmentPerson } from './person.ts'

/** One for each role of X-Road and of the holder, two holders since some decisions take two, and one without any role. */
const OPERATORS: readonly DevelopmentPerson[] = [
  {
    id: 'dev-registration',
    name: 'Олена Коваль',
    duty: { uk: 'реєстраторка: учасники, підсистеми, заяви шлюзів, клієнти', en: 'registration officer: members, subsystems, requests of gateways, clients' },
    roles: ['XROAD_REGISTRATION_OFFICER']
  },
  {
    id: 'dev-security',
    name: 'Андрій Мельник',
    duty: { uk: 'адміністратор безпеки: ключі, якорі, сертифікати', en: 'security officer: keys, anchors, certificates' },
    roles: ['XROAD_SECURITY_OFFICER']
  },
  {
    id: 'dev-system',
    name: 'Наталія Бондар',
    duty: { uk: 'системна адміністраторка: довірчі послуги, резервні копії, ключі API', en: 'system administrator: trust services, backups, API keys' },
    roles: ['XROAD_SYSTEM_ADMINISTRATOR']
  },
  {
    id: 'dev-services',
    name: 'Юрій Савченко',
    duty: { uk: 'адміністратор сервісів шлюзу: сервіси та права доступу', en: 'service administrator of a gateway: services and access rights' },
    roles: ['XROAD_SERVICE_ADMINISTRATOR']
  },
  {
    id: 'dev-holder',
    name: 'Ірина Шевченко',
    duty: { uk: 'представниця держателя: зупинення, договори, погодження', en: 'for the holder of the system: suspensions, agreements, approvals' },
    roles: ['TREMBITA_HOLDER']
  },
  {
    id: 'dev-holder-second',
    name: 'Василь Ткачук',
    duty: { uk: 'другий представник держателя: погодження вдвох', en: 'second for the holder: approvals that take two' },
    roles: ['TREMBITA_HOLDER']
  },
  {
    id: 'dev-auditor',
    name: 'Марія Лисенко',
    duty: { uk: 'аудиторка: бачить усе, не змінює нічого', en: 'auditor: sees everything, changes nothing' },
    roles: ['TREMBITA_AUDITOR', 'XROAD_SECURITYSERVER_OBSERVER']
  },
  {
    id: 'dev-all',
    name: 'Тарас Гнатюк',
    duty: { uk: 'усі ролі адміністрування, щоб спробувати систему самотужки', en: 'all administrative roles, to try the system alone' },
    roles: [
      'XROAD_SECURITY_OFFICER', 'XROAD_REGISTRATION_OFFICER', 'XROAD_SYSTEM_ADMINISTRATOR', 'XROAD_SERVICE_ADMINISTRATOR', 'TREMBITA_HOLDER', 'TREMBITA_AUDITOR'
    ]
  },
  {
    id: 'dev-nobody',
    name: 'Петро Гриценко',
    duty: { uk: 'без жодної ролі', en: 'without any role' },
    roles: []
  }
]

/** Everybody who may sign in: entrepreneurs and citizens of the fixtures, officials, operators of the exchange. */
export const DEVELOPMENT_PERSONS: readonly DevelopmentPerson[] = [...FIXTURE_PERSONS, ...OFFICIALS, ...OPERATORS]

/** @throws {RangeError} for an id that nobody has. */
export function developmentPerson (id: string): DevelopmentPerson {
  const person = DEVELOPMENT_PERSONS.find((one) => one.id === id)
  if (person === undefined) throw new RangeError(`no development person ${id}`)
  return person
}
