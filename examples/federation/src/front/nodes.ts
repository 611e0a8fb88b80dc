import { localhost, PORTS } from '../plan/index.ts'
import type { Words } from '../demonstrations/index.ts'

/** A system of the federation, as the page draws it. */
export interface FederationNode {
  readonly id: string
  readonly name: Words
  /** What people do there. */
  readonly about: Words
  /** Where they go; undefined for systems without pages. */
  readonly href?: string | undefined
  /** Answers 200 when it can work. */
  readonly health: string
  /** Subsystem at the gateway: `90000038/EDR`. */
  readonly subsystem?: string | undefined
  /** Name at the control of the registers, for those that may be stopped here. */
  readonly register?: string | undefined
}

/** A gateway with the systems that connect to it. */
export interface GatewayNode extends FederationNode {
  readonly systems: readonly FederationNode[]
}

export const CENTRE: readonly FederationNode[] = [
  { id: 'core', name: { uk: 'Ядро', en: 'Core' }, about: { uk: 'учасники, довіра, договори, зупинення', en: 'members, trust, agreements, suspension' }, href: localhost(PORTS.core.admin), health: localhost(PORTS.core.admin, '/health/ready') },
  { id: 'catalog', name: { uk: 'Каталог', en: 'Catalog' }, about: { uk: 'знайти сервіс, прочитати опис, просити доступ', en: 'find a service, read it, ask for access' }, href: localhost(PORTS.core.admin, '/catalog'), health: localhost(PORTS.core.admin, '/catalog/api/v1/status') },
  { id: 'monitor', name: { uk: 'Монітор доступу', en: 'Access monitor' }, about: { uk: 'хто, коли й навіщо дивився мої дані', en: 'who looked at my data, when and why' }, href: localhost(PORTS.monitor.portal), health: localhost(PORTS.monitor.admin, '/health/ready') },
  { id: 'identity', name: { uk: 'Ідентифікація', en: 'Identification' }, about: { uk: 'особи для показу, без паролів', en: 'persons to try with, no passwords' }, health: localhost(PORTS.identityProvider, '/.well-known/openid-configuration') }
]

export const GATEWAY_NODES: readonly GatewayNode[] = [
  gateway('GW-OFFICE', { uk: 'Шлюз Офісу підприємництва', en: 'Gateway of the Entrepreneurship Office' }, PORTS.consumer.console, [
    { id: 'cabinet', name: { uk: 'Кабінет підприємця', en: 'Business cabinet' }, about: { uk: 'програми та персональні пропозиції', en: 'programmes and personal offers' }, href: localhost(PORTS.cabinet.pages), health: localhost(PORTS.cabinet.pages, '/health'), subsystem: '90000050/CABINET' },
    { id: 'centres', name: { uk: 'Платформа Центрів', en: 'Centres platform' }, about: { uk: 'центри на мапі, запис у чергу, оцінки', en: 'centres on a map, booking, ratings' }, href: localhost(PORTS.centres.pages), health: localhost(PORTS.centres.pages, '/health'), subsystem: '90000080/CENTRES' },
    { id: 'bureau', name: { uk: 'Бюро кредитних історій', en: 'Credit bureau' }, about: { uk: 'перевіряє особу за договором', en: 'checks a person under a contract' }, href: localhost(PORTS.bureau), health: localhost(PORTS.bureau, '/health'), subsystem: '90000127/BUREAU' }
  ]),
  gateway('GW-ADMIN', { uk: 'Шлюз адміністратора', en: 'Gateway of the administrator' }, PORTS.administrator.console, [
    { id: 'portal', name: { uk: 'Портал Дія (модель)', en: 'Diia portal (a model)' }, about: { uk: 'документи, пропозиції, сповіщення', en: 'documents, offers, notices' }, href: localhost(PORTS.portal.pages), health: localhost(PORTS.portal.pages, '/health'), subsystem: '90000067/PORTAL' },
    { id: 'office', name: { uk: 'Дія.Офіс', en: 'Diia.Office' }, about: { uk: 'довідник, опитування, листи, завдання', en: 'directory, surveys, letters, tasks' }, href: localhost(PORTS.office.pages), health: localhost(PORTS.office.pages, '/health'), subsystem: '90000067/OFFICE' },
    register('quality', { uk: 'Моніторинг якості', en: 'Quality monitoring' }, { uk: 'приймає оцінки центрів', en: 'takes ratings of centres' }, PORTS.quality, '90000067/QUALITY')
  ]),
  gateway('GW-JUSTICE', { uk: 'Шлюз Мін’юсту', en: 'Gateway of the justice ministry' }, PORTS.provider.console, [
    register('edr', { uk: 'ЄДР', en: 'Legal entities (EDR)' }, { uk: 'юридичні особи та ФОП', en: 'legal entities and entrepreneurs' }, PORTS.edr, '90000038/EDR'),
    register('tax', { uk: 'Податкові, ДРФО, ПДВ', en: 'Tax, individuals, VAT' }, { uk: 'дохід, податки, платники', en: 'income, taxes, payers' }, PORTS.tax, '90000044/TAX'),
    register('displaced-persons', { uk: 'База ВПО', en: 'Displaced persons' }, { uk: 'довідки переміщених осіб', en: 'certificates of displaced persons' }, PORTS.displacedPersons, '90000096/IDP'),
    register('personnel', { uk: 'Кадрова система', en: 'Personnel' }, { uk: 'органи, посади, посадовці', en: 'bodies, posts, officials' }, PORTS.personnel, '90000073/HRM'),
    register('queue', { uk: 'Черга громади', en: 'Queue of a hromada' }, { uk: 'час прийому, записи', en: 'slots and bookings' }, PORTS.queue, '90000133/QUEUE')
  ])
]

function gateway (id: string, name: Words, consolePort: number, systems: readonly FederationNode[]): GatewayNode {
  return { id, name, about: { uk: 'ключі, сервіси, права, журнал повідомлень', en: 'keys, services, rights, message log' }, href: localhost(consolePort), health: localhost(consolePort, '/health/ready'), systems }
}

function register (name: string, title: Words, about: Words, port: number, subsystem: string): FederationNode {
  return { id: name, name: title, about, health: localhost(port, '/health'), subsystem, register: name }
}

export function allNodes (): FederationNode[] {
  return [...CENTRE, ...GATEWAY_NODES.flatMap((node) => [node, ...node.systems])]
}
