import { join } from 'node:path'
import { clientId, GATEWAYS, INSTANCE, localhost, MEMBERS, PORTS, PURPOSES } from '../plan/index.ts'
import { openId } from './defaults.ts'
import { writeConfig } from './files.ts'

const gatewayUrl = (code: string): string => localhost(GATEWAYS[code]!.consumerHttp)

export async function writePortal (folder: string): Promise<string> {
  return await writeConfig(join(folder, 'portal.yaml'), {
    dataFolder: 'data',
    pages: { port: PORTS.portal.pages },
    services: { port: PORTS.portal.services },
    identityProvider: openId('diia-portal'),
    gateway: { url: gatewayUrl('GW-ADMIN'), client: clientId('portal', 'PORTAL') },
    links: { monitor: localhost(PORTS.monitor.portal), cabinet: localhost(PORTS.cabinet.pages), office: localhost(PORTS.office.pages), centres: localhost(PORTS.centres.pages) },
    purposes: { documents: PURPOSES.portal },
    pushOrigins: [localhost(PORTS.pushService)]
  })
}

export async function writeCabinet (folder: string, { pseudonymKey, portalFolder }: { readonly pseudonymKey: string, readonly portalFolder: string }): Promise<string> {
  return await writeConfig(join(folder, 'cabinet.yaml'), {
    dataFolder: 'data',
    port: PORTS.cabinet.pages,
    servicesPort: PORTS.cabinet.services,
    gateway: { url: gatewayUrl('GW-OFFICE'), client: clientId('entrepreneurship', 'CABINET') },
    pseudonymKeyFile: pseudonymKey,
    // The portal makes it when it first starts.
    portalKeysFile: join(portalFolder, 'data', 'jwks.json'),
    portalChannel: true,
    proofUrl: localhost(GATEWAYS['GW-OFFICE']!.console, '/messages?query_id={id}'),
    openId: openId('business-cabinet')
  })
}

export async function writeOffice (folder: string): Promise<string> {
  return await writeConfig(join(folder, 'office.yaml'), {
    dataFolder: 'data',
    instance: INSTANCE,
    port: PORTS.office.pages,
    servicesPort: PORTS.office.services,
    openId: openId('diia-office'),
    operator: { code: MEMBERS.portal, gateway: gatewayUrl('GW-ADMIN') },
    bodies: [
      { code: MEMBERS.justice, gateway: gatewayUrl('GW-JUSTICE'), connectWith: 'o-38-01' },
      { code: MEMBERS.entrepreneurship, gateway: gatewayUrl('GW-OFFICE'), connectWith: 'o-50-01' }
    ]
  })
}

export async function writeCentres (folder: string): Promise<string> {
  return await writeConfig(join(folder, 'centres.yaml'), {
    dataFolder: 'data',
    port: PORTS.centres.pages,
    servicesPort: PORTS.centres.services,
    gateway: { url: gatewayUrl('GW-OFFICE'), client: clientId('centres', 'CENTRES') },
    openId: openId('service-centres'),
    indicatorsSeconds: 60
  })
}
