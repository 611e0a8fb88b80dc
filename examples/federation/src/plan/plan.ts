import type { JoiningGateway, JoiningPlan } from '@trembita/testnet/joining'
import { INSTANCE, MEMBER_LIST, MEMBERS, subsystem } from './members.ts'
import { GATEWAYS } from './ports.ts'
import {
  bodyOfficeClient, cabinetClient, catalogClient, centresClient, displacedPersonsClient, drfoClient, edrClient, LOCAL_COMPONENTS, monitorClient, personnelClient, portalClient, qualityClient, queueClient, taxClient,
  vatClient
} from './services.ts'

/**
 * Who takes part and at whose gateway. The justice ministry's gateway serves other subjects too, each of whom seals with its own key
 * (TR-12.3); so does the office's, and the administrator's. Each gateway has a local component that reports accesses to personal data.
 */
export const PLAN: JoiningPlan = {
  instance: INSTANCE,
  memberClasses: [{ code: 'GOV', description: 'Учасники системи' }],
  members: MEMBER_LIST,
  management: { provider: subsystem('administrator', 'MANAGEMENT'), gateway: 'GW-ADMIN' },
  globalGroups: [{ code: 'support-programmes', description: 'Учасники програм підтримки підприємців', members: [subsystem('entrepreneurship', 'CABINET')] }],
  gateways: [
    {
      ...gateway('GW-ADMIN', 'administrator', 0),
      clients: [
        catalogClient(),
        monitorClient(),
        portalClient(),
        qualityClient(),
        { id: subsystem('portal', 'OFFICE'), name: 'Дія.Офіс' },
        localComponent(0)
      ]
    },
    {
      ...gateway('GW-OFFICE', 'entrepreneurship', 1),
      clients: [
        cabinetClient(),
        { id: subsystem('bureau', 'BUREAU'), name: 'Бюро кредитних історій' },
        centresClient(),
        bodyOfficeClient('entrepreneurship', MEMBERS.entrepreneurship),
        localComponent(1)
      ]
    },
    {
      ...gateway('GW-JUSTICE', 'justice', 2),
      clients: [
        edrClient(), vatClient(), taxClient(), drfoClient(), displacedPersonsClient(), personnelClient(), queueClient(),
        bodyOfficeClient('justice', MEMBERS.justice),
        localComponent(2)
      ]
    }
  ]
}

function gateway (code: string, owner: keyof typeof MEMBERS, component: 0 | 1 | 2): Omit<JoiningGateway, 'clients'> {
  const client = LOCAL_COMPONENTS[component]
  return {
    code,
    owner: `GOV/${MEMBERS[owner]}`,
    address: `127.0.0.1:${GATEWAYS[code]!.messages}`,
    monitoring: {
      component: client.split('/')[2]!,
      client,
      service: `${subsystem('monitor', 'MONITOR')}/reportAccess`,
      keyService: `${subsystem('monitor', 'MONITOR')}/subjectKey`,
      domain: code
    }
  }
}

function localComponent (index: 0 | 1 | 2): { readonly id: string, readonly name: string } {
  return { id: LOCAL_COMPONENTS[index], name: 'Локальний компонент моніторингу доступу' }
}
