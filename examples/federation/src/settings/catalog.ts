import { join } from 'node:path'
import { clientId, GATEWAYS, localhost, MEMBERS, PORTS } from '../plan/index.ts'
import { host, LIMITS, openId } from './defaults.ts'
import { writeConfig } from './files.ts'

/** Organisations whose gateways the catalog may ask to give a right, once an agreement is in force. */
const GATEWAY_OF: Readonly<Record<string, string>> = {
  [MEMBERS.justice]: 'GW-JUSTICE', [MEMBERS.tax]: 'GW-JUSTICE', [MEMBERS.socialPolicy]: 'GW-JUSTICE', [MEMBERS.entrepreneurship]: 'GW-OFFICE', [MEMBERS.portal]: 'GW-ADMIN'
}

/** The catalog, which the core serves below `/catalog`. @param keys files of the API keys that it works with. */
export async function writeCatalog (folder: string, keys: { readonly coreKey: string, readonly gatewayKey: (code: string) => string }): Promise<string> {
  return await writeConfig(join(folder, 'catalog.yaml'), {
    dataFolder: 'data',
    openId: openId('trembita-catalog'),
    rateLimit: LIMITS,
    gateway: { url: localhost(GATEWAYS['GW-ADMIN']!.consumerHttp), client: clientId('administrator', 'CATALOG') },
    exchange: { host, port: PORTS.catalogReports, serviceCode: 'report' },
    core: { url: localhost(PORTS.core.admin), keyFile: keys.coreKey },
    gateways: Object.entries(GATEWAY_OF).map(([member, code]) => ({ organisation: `GOV/${member}`, url: localhost(GATEWAYS[code]!.console), keyFile: keys.gatewayKey(code) })),
    harvestSeconds: 120,
    probeSeconds: 60
  })
}
