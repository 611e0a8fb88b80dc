import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SoftwareToken } from '@trembita/gateway'
import { stringify } from 'yaml'
import { loadOrCreateTestPki, type Issued, type TestPki } from '../pki/index.ts'
import { freePorts } from './free-ports.ts'
import type { CorePorts, FederationPlan, GatewayPorts, PlannedGateway } from './plan.ts'
import { peerServer, provisionPeer, type PeerPorts, type ProvisionedPeer } from './provision-peer.ts'

/** What lies on disk for one gateway. */
export interface ProvisionedGateway {
  readonly code: string
  readonly folder: string
  readonly configFile: string
  readonly anchorFile: string
  readonly ports: GatewayPorts
}

/** A federation on disk: every file that its processes need but the anchor, which the running core gives. */
export interface Provisioned {
  readonly folder: string
  readonly instance: string
  readonly pki: TestPki
  readonly coreConfigFile: string
  readonly corePorts: CorePorts
  readonly trustPorts: { readonly ocsp: number, readonly timestamps: number }
  readonly gateways: readonly ProvisionedGateway[]
  readonly peers: readonly ProvisionedPeer[]
}

interface StoredPorts {
  readonly core: CorePorts
  readonly trust: Provisioned['trustPorts']
  readonly gateways: Readonly<Record<string, GatewayPorts>>
  readonly peers?: Readonly<Record<string, PeerPorts>> | undefined
}

/**
 * Writes a federation into a folder: development PKI, tokens with sealed and authentication keys, registry seed, configuration
 * of core and gateways. Done on a folder that has one already, it keeps keys and ports and writes the settings anew.
 */
export async function provision (plan: FederationPlan, folder: string): Promise<Provisioned> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const ports = await choosePorts(plan, folder)
  const ocspUrl = `http://127.0.0.1:${ports.trust.ocsp}/`
  const pki = await loadOrCreateTestPki(join(folder, 'pki'), { ocspUrl })
  pki.ocspUrl = ocspUrl
  const gateways: ProvisionedGateway[] = []
  const servers: object[] = []
  for (const gateway of plan.gateways) {
    const provisioned = await provisionGateway(plan, gateway, folder, pki, ports.gateways[gateway.code]!)
    gateways.push(provisioned)
    servers.push({
      owner: `${plan.instance}/${gateway.owner}`,
      serverCode: gateway.code,
      address: `127.0.0.1:${provisioned.ports.messages}`,
      authCertificates: [join(provisioned.folder, 'auth.pem')],
      clients: gateway.clients.map((client) => `${plan.instance}/${client}`)
    })
  }
  const peers: ProvisionedPeer[] = []
  for (const planned of plan.peers ?? []) {
    const peer = await provisionPeer(planned, folder, pki, ports.peers![planned.code]!, (name) => memberOf(plan, name))
    peers.push(peer)
    servers.push(peerServer(plan.instance, planned, peer))
  }
  const coreConfigFile = await provisionCore(plan, folder, pki, ports, servers)
  return { folder, instance: plan.instance, pki, coreConfigFile, corePorts: ports.core, trustPorts: ports.trust, gateways, peers }
}

async function choosePorts (plan: FederationPlan, folder: string): Promise<StoredPorts> {
  const path = join(folder, 'ports.json')
  const stored = existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) as StoredPorts : undefined
  const core = plan.corePorts ?? stored?.core ?? await rowOf(4, (first) => ({ admin: first, configuration: first + 1, registration: first + 2, management: first + 3 }))
  const trust = plan.trustPorts ?? stored?.trust ?? await rowOf(2, (first) => ({ ocsp: first, timestamps: first + 1 }))
  const gateways: Record<string, GatewayPorts> = {}
  for (const { code, ports } of plan.gateways) {
    gateways[code] = ports ?? stored?.gateways[code] ?? await rowOf(5, (first) => ({ console: first, consumerHttp: first + 1, consumerHttps: first + 2, messages: first + 3 }))
  }
  const peers: Record<string, PeerPorts> = {}
  for (const { code } of plan.peers ?? []) peers[code] = stored?.peers?.[code] ?? await rowOf(2, (first) => ({ messages: first, ocsp: first + 1 }))
  const chosen = { core, trust, gateways, peers }
  await writeFile(path, JSON.stringify(chosen, null, 2))
  return chosen
}

async function rowOf<T> (count: number, shape: (first: number) => T): Promise<T> {
  return shape(await freePorts(count))
}

async function provisionGateway (plan: FederationPlan, gateway: PlannedGateway, root: string, pki: TestPki, ports: GatewayPorts): Promise<ProvisionedGateway> {
  const folder = join(root, 'gateways', gateway.code)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const pinFile = join(folder, 'pin')
  if (!existsSync(pinFile)) await writeFile(pinFile, randomBytes(12).toString('base64url'), { mode: 0o600 })
  const token = await SoftwareToken.open(join(folder, 'data', 'token'), await readFile(pinFile, 'utf8'))
  await issueKeys(plan, gateway, folder, pki, token)
  await writeFile(join(folder, 'serverconf.yaml'), stringify(gateway.serverConf))
  const configFile = join(folder, 'gateway.yaml')
  const host = '127.0.0.1'
  await writeFile(configFile, stringify({
    server: `${plan.instance}/${gateway.owner}/${gateway.code}`,
    dataFolder: 'data',
    anchor: 'configuration-anchor.xml',
    pinFile: 'pin',
    serverConf: 'serverconf.yaml',
    listen: {
      consumerHttp: { host, port: ports.consumerHttp },
      consumerHttps: { host, port: ports.consumerHttps },
      messages: { host, port: ports.messages },
      ocsp: { host, port: ports.messages + 1 },
      console: { host, port: ports.console }
    },
    ...gateway.settings
  }))
  return { code: gateway.code, folder, configFile, anchorFile: join(folder, 'configuration-anchor.xml'), ports }
}

async function issueKeys (plan: FederationPlan, gateway: PlannedGateway, folder: string, pki: TestPki, token: SoftwareToken): Promise<void> {
  const owner = memberOf(plan, gateway.owner)
  if (!token.keys().some(({ use }) => use === 'auth')) {
    const auth = await pki.issueAuth({ owner, serverCode: gateway.code, host: '127.0.0.1', keyType: gateway.authKeys ?? 'ec' })
    await token.importKey('auth', `authentication of ${gateway.code}`, auth.privateKey, [auth.certificate])
  }
  const auth = token.keys().find(({ use }) => use === 'auth')!
  await writeFile(join(folder, 'auth.pem'), auth.certificates[0]!.pem)
  const members = new Set([gateway.owner, ...gateway.clients.map((client) => client.split('/').slice(0, 2).join('/'))])
  for (const name of members) {
    const label = `seal of ${name}`
    if (token.keys().some((key) => key.label === label)) continue
    const sign: Issued = await pki.issueSign({ member: memberOf(plan, name), keyType: plan.sealKeys ?? 'rsa' })
    await token.importKey('sign', label, sign.privateKey, [sign.certificate])
  }
}

function memberOf (plan: FederationPlan, name: string): FederationPlan['members'][number] {
  const [memberClass, memberCode] = name.split('/')
  const member = plan.members.find((one) => one.memberClass === memberClass && one.memberCode === memberCode)
  if (member === undefined) throw new Error(`the plan has no member ${name}`)
  return member
}

async function provisionCore (plan: FederationPlan, root: string, pki: TestPki, ports: StoredPorts, servers: readonly object[]): Promise<string> {
  const folder = join(root, 'core')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const passphraseFile = join(folder, 'passphrase')
  if (!existsSync(passphraseFile)) await writeFile(passphraseFile, randomBytes(18).toString('base64url'), { mode: 0o600 })
  const certificates = { root: pki.root.certificate, 'root-ocsp': pki.root.ocsp.certificate, issuing: pki.intermediate.certificate, 'issuing-ocsp': pki.intermediate.ocsp.certificate, tsa: pki.tsa.certificate }
  for (const [name, certificate] of Object.entries(certificates)) await writeFile(join(folder, `${name}.pem`), certificate.pem)
  const url = `http://127.0.0.1:${ports.trust.ocsp}/`
  const classes = [...new Set(plan.members.map(({ memberClass }) => memberClass))]
  const first = plan.members[0]!
  await writeFile(join(folder, 'seed.yaml'), stringify({
    instance: plan.instance,
    parameters: { timestampingIntervalSeconds: plan.timestampingIntervalSeconds ?? 60 },
    managementProvider: `${plan.instance}/${plan.managementProvider ?? `${first.memberClass}/${first.memberCode}`}`,
    memberClasses: classes.map((code) => ({ code, description: code === 'GOV' ? 'Учасники системи' : code })),
    members: plan.members,
    servers,
    globalGroups: (plan.globalGroups ?? []).map((group) => ({ ...group, members: group.members.map((member) => `${plan.instance}/${member}`) })),
    certificationServices: [{
      name: pki.organization,
      certificate: 'root.pem',
      ocsp: [{ url, certificate: 'root-ocsp.pem' }],
      intermediates: [{ certificate: 'issuing.pem', ocsp: [{ url, certificate: 'issuing-ocsp.pem' }] }]
    }],
    timestampingServices: [{ name: 'Development timestamp service', url: `http://127.0.0.1:${ports.trust.timestamps}/`, certificate: 'tsa.pem' }]
  }))
  const configFile = join(folder, 'core.yaml')
  const listenOn = (port: number): object => ({ host: '127.0.0.1', port })
  await writeFile(configFile, stringify({
    dataFolder: 'data',
    passphraseFile: 'passphrase',
    seed: 'seed.yaml',
    listen: Object.fromEntries(Object.entries(ports.core).map(([name, port]) => [name, listenOn(port)]))
  }))
  return configFile
}
