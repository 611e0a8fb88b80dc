import { queryOf } from '../proofs.ts'
import { localhost, PORTS } from '../plan/index.ts'
import type { StepLink } from './demonstration.ts'

const SIDES = {
  office: { ports: PORTS.consumer, label: { uk: 'Запис шлюзу Офісу', en: 'Record of the office’s gateway' } },
  justice: { ports: PORTS.provider, label: { uk: 'Запис шлюзу Мін’юсту', en: 'Record of the justice ministry’s gateway' } },
  administrator: { ports: PORTS.administrator, label: { uk: 'Запис шлюзу адміністратора', en: 'Record of the administrator’s gateway' } }
} as const

export type GatewaySide = keyof typeof SIDES

/** Where an exchange is found in a gateway's console, by the id that the information system gave it. */
export function recordLink (side: GatewaySide, exchangeId: string): StepLink {
  const { ports, label } = SIDES[side]
  return { label, href: localhost(ports.console, `/messages?${new URLSearchParams({ query_id: exchangeId }).toString()}`) }
}

/** The sealed container of an exchange, for anybody's tools. @param party `INSTANCE/CLASS/CODE/SUBSYSTEM` whose records they are. */
export function containerLink (side: GatewaySide, exchangeId: string, party: string): StepLink {
  return {
    label: { uk: 'Контейнер ASiC-E', en: 'ASiC-E container' },
    href: localhost(SIDES[side].ports.consumerHttp, `/asic?force&${queryOf(exchangeId, party)}`)
  }
}

/** The card of a service in the catalog. */
export function catalogLink (service: string): StepLink {
  return { label: { uk: 'Картка в каталозі', en: 'Card in the catalog' }, href: localhost(PORTS.core.admin, `/catalog/services/${service}`) }
}
