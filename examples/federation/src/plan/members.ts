import type { JoiningMember } from '@trembita/testnet/joining'

/** Codes of the members, by what they are. */
export const MEMBERS = {
  holder: '90000015',
  administrator: '90000021',
  justice: '90000038',
  tax: '90000044',
  entrepreneurship: '90000050',
  portal: '90000067',
  civilService: '90000073',
  centres: '90000080',
  socialPolicy: '90000096',
  monitor: '90000104',
  bureau: '90000127',
  hromada: '90000133'
} as const

export const INSTANCE = 'SEVDEIR-DEMO'

/** `GOV/CODE/SUBSYSTEM` */
export function subsystem (member: keyof typeof MEMBERS, code: string): string {
  return `GOV/${MEMBERS[member]}/${code}`
}

/** As information systems write it: `SEVDEIR-DEMO/GOV/CODE/SUBSYSTEM`. */
export function clientId (member: keyof typeof MEMBERS, code: string): string {
  return `${INSTANCE}/${subsystem(member, code)}`
}

/** As the administration APIs write it. */
export function encodedClientId (member: keyof typeof MEMBERS, code: string): string {
  return clientId(member, code).replaceAll('/', ':')
}

export const MEMBER_LIST: readonly JoiningMember[] = [
  member('holder', 'Держатель системи'),
  member('administrator', 'Адміністратор системи'),
  member('justice', 'Міністерство юстиції'),
  member('tax', 'Державна податкова служба'),
  member('entrepreneurship', 'Офіс з розвитку підприємництва та експорту'),
  member('portal', 'Оператор Порталу Дія'),
  member('civilService', 'Агентство з питань державної служби'),
  member('centres', 'Платформа Центрів Дії'),
  member('socialPolicy', 'Міністерство соціальної політики'),
  member('monitor', 'Оператор моніторингу доступу до персональних даних'),
  member('bureau', 'Бюро кредитних історій', 'enterprise'),
  member('hromada', 'Громада з власною електронною чергою', 'localGovernment')
]

function member (which: keyof typeof MEMBERS, name: string, kind: NonNullable<JoiningMember['kind']> = 'authority'): JoiningMember {
  return { memberClass: 'GOV', memberCode: MEMBERS[which], name, kind }
}
