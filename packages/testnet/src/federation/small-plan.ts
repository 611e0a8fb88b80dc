import type { KeyKind } from '../pki/index.ts'
import type { FederationPlan } from './plan.ts'

export interface SmallPlanOptions {
  /** Base address of the REST service `people`; `/soap` under it serves `lookup`, version `v1`. */
  readonly serviceUrl: string
  readonly sealKeys?: KeyKind | undefined
  /** More settings of both gateways. */
  readonly settings?: object | undefined
  readonly consumerSettings?: object | undefined
  readonly providerSettings?: object | undefined
}

/** Rights of the small plan name this client. */
export const SMALL_CLIENT = 'TEST/GOV/1001/portal'
export const SMALL_PROVIDER = 'TEST/GOV/2002/registry'

/**
 * Two members, two gateways, one subsystem each: `TEST/GOV/1001/portal` at gateway `gwa` may call everything that
 * `TEST/GOV/2002/registry` at `gwb` offers. The least that exchanges; for tests, bench and first steps.
 */
export function smallPlan ({ serviceUrl, sealKeys, settings, consumerSettings, providerSettings }: SmallPlanOptions): FederationPlan {
  const right = (service: string): object => ({ subject: `client:${SMALL_CLIENT}`, service })
  return {
    instance: 'TEST',
    sealKeys,
    members: [
      { memberClass: 'GOV', memberCode: '1001', name: 'Consumer Board', subsystems: [{ code: 'portal' }] },
      { memberClass: 'GOV', memberCode: '2002', name: 'Registry Board', subsystems: [{ code: 'registry', name: 'Register of people' }] }
    ],
    gateways: [
      {
        code: 'gwa',
        owner: 'GOV/1001',
        clients: ['GOV/1001/portal'],
        serverConf: { clients: [{ id: 'TEST/GOV/1001' }, { id: SMALL_CLIENT }] },
        settings: { ...settings, ...consumerSettings }
      },
      {
        code: 'gwb',
        owner: 'GOV/2002',
        clients: ['GOV/2002/registry'],
        serverConf: {
          clients: [{ id: 'TEST/GOV/2002' }, {
            id: SMALL_PROVIDER,
            descriptions: [
              { type: 'REST', url: `${serviceUrl}/people`, services: [{ code: 'people', url: `${serviceUrl}/people`, verifyTls: false }] },
              { type: 'WSDL', url: `${serviceUrl}/soap?wsdl`, services: [{ code: 'lookup', version: 'v1', url: `${serviceUrl}/soap`, verifyTls: false }] }
            ],
            rights: [right('people'), right('lookup')]
          }]
        },
        settings: { ...settings, ...providerSettings }
      }
    ]
  }
}
