import { SMALL_CLIENT, SMALL_PROVIDER, smallPlan, type FederationPlan } from '@trembita/testnet'
import type { PersonalDataInput } from '../../src/accesslog/index.ts'
import { startNetwork, type Network, type Teardown } from '../network/network.ts'
import { startService, type TestService } from '../network/service.ts'
import { startCentre, type Centre } from './centre.ts'

export const MONITORING = { component: 'PDAMS_LC_T', client: 'GOV/2002/PDAMS_LC_T', service: 'GOV/1001/MONITOR/reportAccess', keyService: 'GOV/1001/MONITOR/subjectKey', domain: 'REG' }
export const LC = 'TEST/GOV/2002/PDAMS_LC_T'
const MONITOR = 'TEST/GOV/1001/MONITOR'

/** Rules of the service `people`: by code in the path, by a search in the body, and a list. */
export const PEOPLE_RULES: PersonalDataInput = {
  policy: 'strict',
  registry: { code: 'REG', name: { uk: 'Реєстр' } },
  legalBasis: { citation: 'Закон 1, ст. 2' },
  purposes: [{ declarationId: 'P1', text: { uk: 'Призначення допомоги', en: 'Grant of aid' }, ground: 'Постанова 5' }],
  visibility: [{ state: 'deferred', recipients: ['GOV/5005'], reason: 'CrimeInvestigationImpaired', reviewDays: 30 }],
  massThreshold: 5,
  rules: [
    { id: 'byCode', match: { method: 'GET', path: '/persons/{code}' }, subjects: [{ select: 'path:code', type: 'RNOKPP' }], operation: 'retrieve', categories: ['identity'] },
    {
      id: 'search',
      match: { method: 'POST', path: '/search' },
      subjects: [{ select: 'json:/items/*/rnokpp', type: 'RNOKPP' }, { select: 'json:/items/*/spouse/rnokpp', type: 'RNOKPP', role: 'related' }, { select: 'header:Uxp-Subject-Id', type: 'RNOKPP' }],
      operation: 'query',
      categories: ['identity', 'income']
    }
  ]
}

export const LOOKUP_RULES: PersonalDataInput = {
  policy: 'strict',
  rules: [{
    id: 'lookup',
    subjects: [{ phase: 'request', select: 'xml:/{urn:demo}lookup/{urn:demo}key', type: 'RNOKPP' }, { select: 'xml:/{urn:demo}lookupResponse/{urn:demo}person/@code', type: 'RNOKPP', role: 'related' }],
    operation: 'consult',
    special: true,
    categories: ['health']
  }]
}

/** The small plan, and beside it a centre at the consumer's gateway, and the local component's client at the provider's. */
export function watchedPlan (serviceUrl: string, centreUrl: string, people: PersonalDataInput = PEOPLE_RULES, settings: object = {}): FederationPlan {
  const plan = smallPlan({ serviceUrl, sealKeys: 'ec' })
  const [gwa, gwb] = plan.gateways as [FederationPlan['gateways'][number], FederationPlan['gateways'][number]]
  const right = (client: string) => (service: string): object => ({ subject: `client:${client}`, service })
  const rest = (code: string, path: string): object => ({ type: 'REST', url: `${centreUrl}${path}`, services: [{ code, url: `${centreUrl}${path}`, verifyTls: false }] })
  return {
    ...plan,
    members: plan.members.map((member) => ({ ...member, subsystems: [...member.subsystems!, { code: member.memberCode === '1001' ? 'MONITOR' : 'PDAMS_LC_T' }] })),
    gateways: [
      {
        ...gwa,
        clients: [...gwa.clients, 'GOV/1001/MONITOR'],
        serverConf: { clients: [...gwa.serverConf.clients, { id: MONITOR, descriptions: [rest('reportAccess', '/report-access'), rest('subjectKey', '/subject-keys')], rights: ['reportAccess', 'subjectKey'].map(right(LC)) }] }
      },
      {
        ...gwb,
        clients: [...gwb.clients, 'GOV/2002/PDAMS_LC_T'],
        settings: { ...gwb.settings, monitoring: MONITORING, ...settings },
        serverConf: {
          clients: [{ id: 'TEST/GOV/2002' }, { id: LC }, {
            id: SMALL_PROVIDER,
            descriptions: [
              { type: 'REST', url: `${serviceUrl}/people`, services: [{ code: 'people', url: `${serviceUrl}/people`, verifyTls: false, personalData: JSON.stringify(people) }] },
              { type: 'REST', url: `${serviceUrl}/other`, services: [{ code: 'other', url: `${serviceUrl}/other`, verifyTls: false, personalData: JSON.stringify(people) }] },
              { type: 'WSDL', url: `${serviceUrl}/soap?wsdl`, services: [{ code: 'lookup', version: 'v1', url: `${serviceUrl}/soap`, verifyTls: false, personalData: JSON.stringify(LOOKUP_RULES) }] }
            ],
            // `other` is nobody's.
            rights: ['people', 'lookup'].map(right(SMALL_CLIENT))
          }]
        }
      }
    ]
  }
}

export interface Watched {
  readonly network: Network
  readonly service: TestService
  readonly centre: Centre
}

export async function startWatched (t: Teardown, people?: PersonalDataInput, settings?: object): Promise<Watched> {
  const service = await startService()
  t.teardown(() => service.close())
  const centre = await startCentre()
  t.teardown(() => centre.close())
  return { service, centre, network: await startNetwork(t, watchedPlan(service.url, centre.url, people, settings)) }
}
