import type { FederationPlan } from '@trembita/testnet/federation'
import { createTestPki, type Issued } from '@trembita/testnet/pki'
import { PORTAL, REGISTRY } from '../foreign/network.ts'

/** Clients of gwa whose information systems must show something. */
export const GUARDED = 'TEST/GOV/1001/guarded'
export const TLS_ONLY = 'TEST/GOV/1001/tls'
export const BARE = 'TEST/GOV/1001/bare'
/** Registered at both gateways, with a seal at neither. */
export const KEYLESS = 'TEST/GOV/7007/keyless'
/** Behind a gateway that is in maintenance, and behind one where nobody listens; that one also serves ABROAD, beside the one that does. */
export const RESTING = 'TEST/GOV/5005/resting'
export const SILENT = 'TEST/GOV/5006/silent'
export const STRICT = 'TEST/GOV/8008/strict'

const certificates = await createTestPki({ organization: 'Information systems' })
/** Of GUARDED's information system, and of somebody else's. */
export const guardedKey: Issued = await certificates.issueTls({ names: ['guarded.test'] })
export const strangerKey: Issued = await certificates.issueTls({ names: ['stranger.test'] })
/** Of the HTTPS service, which its provider never registered. */
export const serviceKey: Issued = await certificates.issueTls({ names: ['127.0.0.1'] })

/** Body limit of the provider's log, so that tests need not send 10 MiB. */
export const LOGGED_BYTES_MAX = 2 * 1024 * 1024

interface ServiceSettings { readonly url: string, readonly [setting: string]: unknown }

/** Adds to the plan what the cases of faults need. */
export function faultPlan (plan: FederationPlan, http: string, https: string): FederationPlan {
  const member = (memberCode: string, code: string): FederationPlan['members'][number] => ({ memberClass: 'GOV', memberCode, name: `Member ${memberCode}`, subsystems: [{ code }] })
  const rest = (code: string, { url, ...more }: ServiceSettings, description: object = {}): object => ({ type: 'REST', url: `${http}/${code}`, services: [{ code, url, timeoutSeconds: 3, ...more }], ...description })
  const wsdl = (code: string, { url, ...more }: ServiceSettings): object => ({ type: 'WSDL', url: `${http}/${code}?wsdl`, services: [{ code, url, timeoutSeconds: 3, ...more }] })
  const services = [
    rest('closed', { url: `${http}/closed` }), rest('resting', { url: `${http}/resting` }, { disabledNotice: 'Back on Monday' }),
    rest('gone', { url: 'http://127.0.0.1:9/' }), rest('locked', { url: `${https}/locked` }), rest('slow', { url: `${http}/slow`, timeoutSeconds: 1 }),
    rest('lost', { url: 'http://no-such-host.invalid/' }),
    wsdl('deaf', { url: 'http://127.0.0.1:9/soap' }), wsdl('unfound', { url: 'http://no-such-host.invalid/soap' }), wsdl('barred', { url: `${https}/soap` }),
    wsdl('exact', { url: `${http}/soap`, completeHeader: false }), wsdl('late', { url: `${http}/soap`, timeoutSeconds: 1 }),
    { type: 'OPENAPI3', url: `${http}/openapi.json`, services: [{ code: 'described', url: `${http}/described` }] }
  ]
  const granted = ['resting', 'gone', 'locked', 'slow', 'lost', 'deaf', 'unfound', 'barred', 'exact', 'late', 'described']
  return {
    ...plan,
    members: [...plan.members, member('5005', 'resting'), member('5006', 'silent'), member('7007', 'keyless'), member('8008', 'strict')],
    gateways: [
      ...plan.gateways.map((gateway) => gateway.code === 'gwa'
        ? {
            ...gateway,
            serverConf: {
              clients: [...gateway.serverConf.clients, { id: KEYLESS }, { id: TLS_ONLY, connection: 'HTTPS_NO_AUTH' }, { id: BARE, connection: 'HTTPS' },
                { id: GUARDED, connection: 'HTTPS', certificates: [guardedKey.certificate.pem] }]
            }
          }
        : {
            ...gateway,
            settings: { ...gateway.settings, messageLog: { bodyBytesMax: LOGGED_BYTES_MAX } },
            serverConf: {
              clients: [...gateway.serverConf.clients.map((client) => (client as { id: string }).id === REGISTRY ? withServices(client, services, granted) : client), { id: KEYLESS }]
            }
          }),
      { code: 'gwc', owner: 'GOV/8008', clients: ['GOV/8008/strict'], serverConf: { clients: [{ id: STRICT }] }, settings: { messageLog: { timestampImmediately: true, timestampFailurePeriodSeconds: 60 } } }
    ],
    peers: [
      ...plan.peers!, { code: 'rest', owner: 'GOV/5005', clients: ['GOV/5005/resting'], maintenance: { message: 'until 18:00' } }, { code: 'mute', owner: 'GOV/5006', clients: ['GOV/5006/silent', 'GOV/3003/abroad'] }
    ]
  }
}

function withServices (client: object, services: readonly object[], granted: readonly string[]): object {
  const { descriptions, rights } = client as { descriptions: object[], rights: object[] }
  return {
    ...client,
    descriptions: [...descriptions, ...services],
    rights: [...rights, ...granted.map((service) => ({ subject: `client:${PORTAL}`, service })), { subject: `client:${STRICT}`, service: 'people' }]
  }
}
