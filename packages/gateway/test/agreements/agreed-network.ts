import { SMALL_CLIENT, SMALL_PROVIDER, smallPlan, type FederationPlan } from '@trembita/testnet'
import { systemClock } from '@trembita/daemon'
import { ApiKeys } from '@trembita/daemon/accounts'
import type { MemberId } from '@trembita/protocol/identifiers'
import type { AgreementEvent } from '../../src/agreements/index.ts'
import { startNetwork, type EmbeddedGateway, type Network, type Teardown } from '../network/network.ts'
import { startService, type TestService } from '../network/service.ts'

export const CONSUMER: MemberId = { instance: 'TEST', memberClass: 'GOV', memberCode: '1001' }
export const PROVIDER: MemberId = { instance: 'TEST', memberClass: 'GOV', memberCode: '2002' }
/** Under the base address of the information system: REST that refuses and that removes, SOAP likewise, and REST that asks for nothing. */
const SERVICES = { strict: 'refuse', lenient: 'remove', unnamed: 'remove', people: 'none' } as const

/** Two gateways and an information system whose services ask for agreements; agreements are made in the core and sealed by the gateways. */
export interface AgreedNetwork {
  readonly network: Network
  readonly service: TestService
  readonly consumer: EmbeddedGateway
  readonly provider: EmbeddedGateway
  /** Drafts, has both gateways seal, and waits until the provider's knows. */
  agree (terms: object): Promise<void>
  decide (id: string, decision: 'suspend' | 'resume' | 'end'): Promise<void>
  events (): AgreementEvent[]
}

/** The plan of two gateways, its provider's services held to agreements. */
export function agreedPlan (url: string): FederationPlan {
  const plan = smallPlan({ serviceUrl: url, sealKeys: 'ec', providerSettings: { agreements: { bodyBytesMax: '64 KiB' } } })
  const right = (service: string): object => ({ subject: `client:${SMALL_CLIENT}`, service })
  const [consumer, provider] = plan.gateways
  return {
    ...plan,
    gateways: [consumer!, {
      ...provider!,
      serverConf: {
        clients: [{ id: 'TEST/GOV/2002' }, {
          id: SMALL_PROVIDER,
          descriptions: [
            ...Object.entries(SERVICES).map(([code, agreement]) => ({ type: 'REST', url: `${url}/${code}`, services: [{ code, agreement, url: `${url}/${code}`, verifyTls: false }] })),
            { type: 'WSDL', url: `${url}/soap?wsdl`, services: [{ code: 'lookup', version: 'v1', agreement: 'refuse', url: `${url}/soap`, verifyTls: false }, { code: 'find', version: 'v1', agreement: 'remove', url: `${url}/soap/find`, verifyTls: false }] }
          ],
          rights: [...Object.keys(SERVICES), 'lookup', 'find'].map(right)
        }]
      }
    }]
  }
}

export async function startAgreed (t: Teardown): Promise<AgreedNetwork> {
  const service = await startService()
  t.teardown(() => service.close())
  const network = await startNetwork(t, agreedPlan(service.url))
  const { core } = network
  const keys = new ApiKeys({ store: core.store, clock: systemClock, roles: ['XROAD_REGISTRATION_OFFICER'], change: (actor, work) => core.changes.change(actor, work) })
  const { key } = await keys.create({ kind: 'system', id: 'test', name: 'test', roles: ['XROAD_REGISTRATION_OFFICER'], origin: 'system' }, { roles: ['XROAD_REGISTRATION_OFFICER'] })
  const [consumer, provider] = [await network.embed('gwa'), await network.embed('gwb')]

  async function ask<T> (path: string, body: object): Promise<T> {
    const response = await fetch(`${core.addresses.admin}/api/v1${path}`, {
      method: 'POST', headers: { authorization: `X-Road-ApiKey token=${key}`, 'content-type': 'application/json' }, body: JSON.stringify(body)
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return await response.json() as T
  }
  async function spread (): Promise<void> {
    await core.publish()
    await provider.gateway.refresh()
  }
  return {
    network,
    service,
    consumer,
    provider,
    async agree (terms) {
      const draft = await ask<{ id: string, version: number }>('/agreements', {
        number: '1',
        date: '2026-01-01',
        from: '2026-01-01T00:00:00Z',
        until: '2099-01-01T00:00:00Z',
        purposes: [{ code: 'P1', name: 'Purpose', ground: 'Act' }],
        consumer_id: 'TEST:GOV:1001:portal',
        provider_id: 'TEST:GOV:2002:registry',
        ...terms
      })
      const row = await core.store.get<{ document: Buffer }>('SELECT document FROM agreement WHERE code = ? AND version = ?', draft.id, draft.version)
      for (const [{ gateway }, member] of [[consumer, CONSUMER], [provider, PROVIDER]] as const) {
        const { container } = await gateway.carrier!.agreements.sealer.seal(member, { document: row!.document, seals: {} })
        await ask(`/agreements/${draft.id}/versions/${draft.version}/seals`, { container: container.toString('base64') })
      }
      await spread()
    },
    async decide (id, decision) {
      await ask(`/agreements/${id}/versions/1/${decision}`, { decided_by: 'provider', ground: 'letter 1' })
      await spread()
    },
    events: () => provider.gateway.carrier!.agreements.events.list({ limit: 100 })
  }
}
