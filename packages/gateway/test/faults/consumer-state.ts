import { request as httpsRequest } from 'node:https'
import type { Issued } from '@trembita/testnet/pki'
import { envelope } from '../foreign/messages.ts'
import { ABROAD, call, PORTAL, REGISTRY, type HttpReply } from '../foreign/network.ts'
import { post, rest, uxp } from './client-request.ts'
import type { FaultCase, FaultNetwork } from './fault-case.ts'
import { BARE, guardedKey, GUARDED, KEYLESS, RESTING, SILENT, strangerKey, STRICT, TLS_ONLY } from './plan.ts'

// What the consumer's own gateway refuses: who asks, by which connection, whom, and in which state it is itself.

const soapTo = (client: string, service: string, header = ''): string => envelope({ client, service, header })
const lookup = `${REGISTRY}/lookup/v1`
const people = `/r1/${REGISTRY}/people`
const LARGE = Buffer.alloc(11 * 1024 * 1024, 'x')

/** `client` is registered at this gateway, and asks by TLS with a certificate or without. */
async function secure ({ consumer }: FaultNetwork, client: string, key?: Issued): Promise<HttpReply> {
  return await new Promise((resolve, reject) => {
    const identity = key === undefined ? {} : { key: key.privateKey.export({ type: 'pkcs8', format: 'pem' }), cert: key.certificate.pem }
    httpsRequest(`${consumer.addresses.consumerHttps!}${people}`, { ...identity, rejectUnauthorized: false, agent: false, headers: { 'X-Road-Client': client } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        const body = Buffer.concat(chunks)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, rawHeaders: response.rawHeaders, body, text: body.toString() })
      })
    }).on('error', reject).end()
  })
}

const server = (code: string, owner = '2002'): string => '<xro:securityServer id:objectType="SERVER"><id:xRoadInstance>TEST</id:xRoadInstance><id:memberClass>GOV</id:memberClass>' +
  `<id:memberCode>${owner}</id:memberCode><id:serverCode>${code}</id:serverCode></xro:securityServer>`

export const CONSUMER_CASES: readonly FaultCase[] = [
  { title: 'a client that is not registered here, SOAP', code: 'Server.ClientProxy.UnknownMember', says: /SUBSYSTEM:TEST\/GOV\/1001\/nobody/, run: async (network) => await post(network, soapTo('TEST/GOV/1001/nobody', lookup)) },
  { title: 'the member in place of its subsystem, REST', code: 'Server.ClientProxy.UnknownMember', says: /MEMBER:TEST\/GOV\/1001/, run: async (network) => await rest(network, people, { headers: { 'X-Road-Client': 'TEST/GOV/1001' } }) },
  { title: 'a provider that nobody serves', code: 'Server.ClientProxy.UnknownMember', says: /Could not find addresses for service provider 'SERVICE:TEST\/GOV\/9\/a\/b'/, run: async (network) => await rest(network, '/r1/TEST/GOV/9/a/b') },
  { title: 'a provider of an unknown instance', code: 'Server.ClientProxy.UnknownMember', run: async (network) => await uxp(network, '/restapi', { 'Uxp-Client': PORTAL, 'Uxp-Service': 'OTHER/GOV/9/a/b' }) },
  { title: 'HTTP where the client asks for HTTPS', code: 'Server.ClientProxy.SslAuthenticationFailed', says: /plaintext/, run: async (network) => await rest(network, people, { headers: { 'X-Road-Client': GUARDED } }) },
  { title: 'HTTP where the client asks for HTTPS without certificate', code: 'Server.ClientProxy.SslAuthenticationFailed', says: /NO AUTH/, run: async (network) => await post(network, soapTo(TLS_ONLY, lookup)) },
  { title: 'HTTPS without the certificate that is asked for', code: 'Server.ClientProxy.SslAuthenticationFailed', says: /did not supply TLS certificate/, run: async (network) => await secure(network, GUARDED) },
  { title: 'HTTPS with the certificate of somebody else', code: 'Server.ClientProxy.SslAuthenticationFailed', says: /does not match/, run: async (network) => await secure(network, GUARDED, strangerKey) },
  { title: 'HTTPS where the client has no certificates registered', code: 'Server.ClientProxy.SslAuthenticationFailed', says: /no IS certificates/, run: async (network) => await secure(network, BARE, guardedKey) },
  { title: 'a client that has no seal here', code: 'Server.ClientProxy.CannotCreateSignature', says: /MEMBER:TEST\/GOV\/7007/, run: async (network) => await rest(network, people, { headers: { 'X-Road-Client': KEYLESS }, body: LARGE.subarray(0, 2_000_000) }) },
  { title: 'a provider whose only gateway is in maintenance', code: 'Server.ClientProxy.MaintenanceMode', says: /until 18:00/, run: async (network) => await post(network, soapTo(PORTAL, `${RESTING}/lookup`)) },
  { title: 'a named gateway that nobody knows', code: 'Server.ClientProxy.InvalidSecurityServer', run: async (network) => await post(network, soapTo(PORTAL, lookup, server('none'))) },
  { title: 'a named gateway that does not serve the provider', code: 'Server.ClientProxy.InvalidSecurityServer', run: async (network) => await rest(network, people, { headers: { 'X-Road-Security-Server': 'TEST/GOV/3003/xrd' } }) },
  { title: 'a gateway that does not listen', code: 'Server.ClientProxy.NetworkError', says: /Could not connect to target host/, run: async (network) => await rest(network, `/r1/${SILENT}/x`, { body: LARGE.subarray(0, 2_000_000) }) },
  { title: 'a gateway that does not listen, named where another would serve', code: 'Server.ClientProxy.NetworkError', run: async (network) => await rest(network, `/r1/${ABROAD}/x`, { headers: { 'X-Road-Security-Server': 'TEST/GOV/5006/mute' } }) },
  { title: 'a REST body over the limit of the log', code: 'Server.ClientProxy.LoggingFailed', says: /body/, run: async (network) => await rest(network, people, { body: LARGE }) },
  {
    title: 'a configuration that has expired',
    code: 'Server.ClientProxy.OutdatedGlobalConf',
    says: /expired/,
    run: async (network) => {
      network.clocks.gwa.shiftSeconds = 24 * 3600
      return await network.during(() => { network.clocks.gwa.shiftSeconds = 0 }, async () => await rest(network, people))
    }
  },
  {
    title: 'a configuration that has expired, asked for the list of clients',
    code: 'Server.ClientProxy.OutdatedGlobalConf',
    run: async (network) => {
      network.clocks.gwa.shiftSeconds = 24 * 3600
      return await network.during(() => { network.clocks.gwa.shiftSeconds = 0 }, async () => await call(network.consumer.addresses.consumerHttp!, '/listClients'))
    }
  },
  {
    title: 'a time-stamping service that fails, where each message is stamped',
    code: 'Server.ClientProxy.LoggingFailed.TimestamperFailed',
    run: async (network) => {
      network.federation.trust.timestamps.order({ httpStatus: 503 })
      return await network.during(() => { network.federation.trust.timestamps.order() }, async () => await call(network.federation.gateway('gwc').addresses.consumerHttp!, people, { headers: { 'X-Road-Client': STRICT } }))
    }
  },
  {
    title: 'time stamps that have failed for too long',
    code: 'Server.ClientProxy.LoggingFailed.TimestampingFailed',
    run: async (network) => {
      const ask = async (): Promise<HttpReply> => await call(network.federation.gateway('gwc').addresses.consumerHttp!, people, { headers: { 'X-Road-Client': STRICT } })
      network.federation.trust.timestamps.order({ garbage: true })
      return await network.during(() => {
        network.clocks.gwc.shiftSeconds = 0
        network.federation.trust.timestamps.order()
      }, async () => {
        await ask()
        network.clocks.gwc.shiftSeconds = 120
        return await ask()
      })
    }
  }
]
