import { join } from 'node:path'
import { clientId, GATEWAYS, INSTANCE, localhost, MEMBERS, PLAN, PORTS } from '../plan/index.ts'
import { witnessVerifierKey } from '../witness-key.ts'
import { host, LIMITS, openId } from './defaults.ts'
import { keepKey, keepSecret, keepText, writeConfig } from './files.ts'

/** Registers whose index keys a gateway's component may have: those that connect to it. */
const DOMAINS: Readonly<Record<string, readonly string[]>> = { 'GW-JUSTICE': ['EDR', 'DRFO', 'VAT', 'IDP', 'HRM', 'QUEUE', 'OFFICE'], 'GW-OFFICE': ['CABINET', 'OFFICE'], 'GW-ADMIN': ['PORTAL', 'CABINET'] }

const CONTACTS = [
  { code: MEMBERS.justice, uk: 'Міністерство юстиції', en: 'Ministry of Justice', email: 'privacy@justice.example.gov.ua.test' },
  { code: MEMBERS.tax, uk: 'Державна податкова служба', en: 'State Tax Service', email: 'privacy@tax.example.gov.ua.test' },
  { code: MEMBERS.entrepreneurship, uk: 'Офіс з розвитку підприємництва', en: 'Entrepreneurship Office', email: 'privacy@office.example.gov.ua.test' },
  { code: MEMBERS.bureau, uk: 'Бюро кредитних історій', en: 'Credit bureau', email: 'privacy@bureau.example.org' }
] as const

interface Component {
  readonly id: string
  readonly client: string
  readonly gateway: string
}

function components (): Component[] {
  return PLAN.gateways.flatMap(({ code, monitoring }) => monitoring === undefined ? [] : [{ id: monitoring.component, client: `${INSTANCE}/${monitoring.client}`, gateway: code }])
}

/** @param witness folder of the witness, which is known by its key. */
export async function writeMonitor (folder: string, witness: string): Promise<string> {
  await keepSecret(join(folder, 'passphrase'))
  await keepSecret(join(folder, 'key-service.token'))
  await keepKey(join(folder, 'portal.key'))
  await keepText(join(folder, 'smtp.url'), `smtp://${host}:${PORTS.mailbox.smtp}`)
  return await writeConfig(join(folder, 'monitor.yaml'), {
    instance: INSTANCE,
    dataFolder: 'data',
    listen: { portal: { host, port: PORTS.monitor.portal }, exchange: { host, port: PORTS.monitor.services }, admin: { host, port: PORTS.monitor.admin } },
    passphraseFile: 'passphrase',
    log: { origin: 'monitor.sevdeir-demo.example/log', witnesses: [{ verifierKey: await witnessVerifierKey(witness), url: localhost(PORTS.witness) }], quorum: 1, batchMs: 200 },
    components: components().map(({ id, client, gateway }) => ({ id, client, name: { uk: `Локальний компонент ${gateway}`, en: `Local component of ${gateway}` }, registries: [gateway, ...DOMAINS[gateway] ?? []] })),
    mayHide: [MEMBERS.justice],
    keyService: { url: localhost(PORTS.monitor.keys), tokenFile: 'key-service.token' },
    portal: {
      keyFile: 'portal.key',
      openId: openId('trembita-monitor'),
      rateLimit: LIMITS,
      synthetic: true,
      developmentPushHosts: [`${host}:${PORTS.pushService}`],
      mail: { smtpUrlFile: 'smtp.url', from: 'monitor@example.gov.ua.test' },
      appPush: { subsystemUrl: `${localhost(GATEWAYS['GW-ADMIN']!.consumerHttp)}/r1/${clientId('portal', 'PORTAL')}`, client: clientId('monitor', 'MONITOR') },
      contacts: CONTACTS.map(({ code, uk, en, email }) => ({ code, name: { uk, en }, email }))
    }
  })
}

/** The key service: a process of its own, which alone knows how persons are indexed. */
export async function writeIndexKeys (folder: string, monitor: string): Promise<string> {
  await keepSecret(join(folder, 'passphrase'))
  return await writeConfig(join(folder, 'index-keys.yaml'), {
    dataFolder: 'data',
    listen: { host, port: PORTS.monitor.keys },
    passphraseFile: 'passphrase',
    portalTokenFile: join(monitor, 'key-service.token'),
    components: components().map(({ id, client, gateway }) => ({ component: id, client, domains: [gateway, ...DOMAINS[gateway] ?? []] }))
  })
}
