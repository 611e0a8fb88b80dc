import type { FederationPlan } from '@trembita/testnet'
import { smallPlan, SMALL_CLIENT } from '@trembita/testnet'

/** Clients of `gwa` beside the small plan's: by TLS, by TLS with a certificate, and of another member. */
export const TLS_CLIENT = 'TEST/GOV/1001/tls'
export const PROVEN_CLIENT = 'TEST/GOV/1001/proven'
export const GUEST = 'TEST/GOV/5005/guest'
/** Hosted on `gwb` beside its owner's registry. */
export const ARCHIVE = 'TEST/GOV/3003/archive'
/** Served by `gwb`, by `gwc`, by one that is in maintenance (`gwm`) and by one that the test plays or leaves down (`gwx`). */
export const SHARED = 'TEST/GOV/2002/shared'
/** Served by `gwc` and `gwx`: one for each time that the choice between them is to be made anew. */
export const MANY: readonly string[] = Array.from({ length: 30 }, (_, index) => `TEST/GOV/2002/many${index}`)

export interface OwnPlanOptions {
  readonly serviceUrl: string
  /** PEM of the certificate that the information system of PROVEN_CLIENT shows. */
  readonly clientCertificate: string
  readonly settings?: object | undefined
}

/** The small plan with neighbours: more clients by other kinds of connection, members that share a gateway, gateways that share a provider. */
export function ownPlan ({ serviceUrl, clientCertificate, settings }: OwnPlanOptions): FederationPlan {
  const small = smallPlan({ serviceUrl, settings })
  const [gwa, gwb] = small.gateways as [FederationPlan['gateways'][number], FederationPlan['gateways'][number]]
  const clients = [SMALL_CLIENT, TLS_CLIENT, PROVEN_CLIENT, GUEST]
  const rest = (code: string): object => ({ type: 'REST', url: `${serviceUrl}/people`, services: [{ code, url: `${serviceUrl}/people`, verifyTls: false }] })
  const rights = (service: string): object[] => clients.map((client) => ({ subject: `client:${client}`, service }))
  const serving = (id: string): object => ({ id, descriptions: [rest('people')], rights: rights('people') })
  const many = MANY.map((id) => id.slice('TEST/'.length))
  const member = (memberCode: string, name: string, ...codes: string[]): FederationPlan['members'][number] =>
    ({ memberClass: 'GOV', memberCode, name, subsystems: codes.map((code) => ({ code })) })
  return {
    ...small,
    members: [
      member('1001', 'Consumer Board', 'portal', 'tls', 'proven'), member('2002', 'Registry Board', 'registry', 'shared', ...MANY.map((id) => id.split('/')[3]!)),
      member('3003', 'State Archive', 'archive'), member('5005', 'Guest Office', 'guest')
    ],
    gateways: [
      {
        ...gwa,
        clients: [...gwa.clients, 'GOV/1001/tls', 'GOV/1001/proven', 'GOV/5005/guest'],
        serverConf: {
          clients: [...gwa.serverConf.clients, { id: TLS_CLIENT, connection: 'HTTPS_NO_AUTH' }, { id: PROVEN_CLIENT, connection: 'HTTPS', certificates: [clientCertificate] }, { id: GUEST }]
        }
      },
      {
        ...gwb,
        authKeys: 'rsa',
        clients: [...gwb.clients, 'GOV/2002/shared', 'GOV/3003/archive'],
        serverConf: {
          clients: [
            ...gwb.serverConf.clients.map((client) => 'rights' in client ? { ...client, rights: [...rights('people'), ...rights('lookup')] } : client),
            serving(SHARED), { id: ARCHIVE, descriptions: [rest('files')], rights: rights('files') }
          ]
        }
      },
      { code: 'gwc', owner: 'GOV/2002', clients: ['GOV/2002/shared', ...many], serverConf: { clients: [SHARED, ...MANY].map(serving) } }
    ],
    peers: [
      { code: 'gwm', owner: 'GOV/2002', clients: ['GOV/2002/shared'], maintenance: { message: 'until 18:00' } },
      { code: 'gwx', owner: 'GOV/2002', clients: ['GOV/2002/shared', ...many] }
    ]
  }
}
