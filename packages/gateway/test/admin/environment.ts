import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readCoreConfig, startCore, type Core } from '@trembita/core'
import { createLogger } from '@trembita/daemon'
import { MANAGEMENT_SERVICES } from '@trembita/protocol/management'
import { distributeAnchor, freePorts, provision, startTrust, type FederationPlan, type Provisioned, type RunningTrust } from '@trembita/testnet'
import { readGatewayConfig, startGateway, type Gateway } from '../../src/index.ts'
import type { Teardown } from '../network/network.ts'
import { Console } from './console.ts'
import { obtainCertificate, type NewGateway } from './new-gateway.ts'

/** A core that takes registrations, trust services, and the one gateway that was there before: it publishes the management services. */
export interface Environment {
  readonly provisioned: Provisioned
  readonly trust: RunningTrust
  readonly core: Core
  readonly first: Gateway
  readonly anchor: Buffer
  /** The core's administration API, with every role. */
  readonly operator: Console
  /** Approves what waits at the core. @returns how many. */
  approve (): Promise<number>
  /** The gateways have the newest configuration, and acted on it. */
  follow (made: NewGateway): Promise<void>
  /** Takes a new gateway from nothing to a registered client: `TEST/GOV/<owner>` and its subsystem. */
  join (made: NewGateway, owner: string, subsystem: string): Promise<void>
}

const CORE = fileURLToPath(new URL('../../../core/bin/trembita-core.ts', import.meta.url))
const run = promisify(execFile)

export const FIRST_SERVICE = 'TEST/GOV/2002/registry/echo'

/** @param serviceUrl of the REST service `echo` of `TEST/GOV/2002/registry`, which `TEST/GOV/1001/portal` may call. */
export async function startEnvironment (t: Teardown, serviceUrl: string): Promise<Environment> {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-environment-'))
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  const port = await freePorts(2)
  const provisioned = await provision(planOf(serviceUrl, `https://127.0.0.1:${port + 1}/managementservice/manage/`), folder)
  const trust = await startTrust(provisioned)
  t.teardown(() => trust[Symbol.asyncDispose]())
  const config = readCoreConfig(provisioned.coreConfigFile, {})
  const host = '127.0.0.1'
  const core = await startCore({ ...config, listen: { ...config.listen, registration: { host, port }, management: { host, port: port + 1 } } }, createLogger('core', 'error'))
  t.teardown(() => core.close())
  await distributeAnchor(provisioned)
  const first = await startGateway(readGatewayConfig(provisioned.gateways[0]!.configFile, {}), createLogger('first', 'error'))
  t.teardown(() => first.close())
  const roles = ['XROAD_SECURITY_OFFICER', 'XROAD_REGISTRATION_OFFICER', 'XROAD_SYSTEM_ADMINISTRATOR']
  const { stdout } = await run(process.execPath, [CORE, 'api-key', 'create', ...roles.flatMap((role) => ['--role', role]), '--config', provisioned.coreConfigFile])
  const operator = new Console(core.addresses.admin, stdout.trim())
  const environment: Environment = {
    provisioned,
    trust,
    core,
    first,
    anchor: Buffer.from(await (await fetch(`${core.addresses.admin}/anchor`)).arrayBuffer()),
    operator,
    async approve () {
      const { body } = await operator.done('GET', '/management-requests?status=WAITING')
      for (const { id } of body.items) await operator.done('POST', `/management-requests/${id}/approval`)
      await core.publish()
      return body.items.length
    },
    async follow (made) {
      await first.refresh()
      await made.gateway.refresh()
    },
    async join (made, owner, subsystem) {
      const { console, ports } = made
      await console.done('POST', '/system/anchor', environment.anchor)
      await console.done('POST', '/initialization', { owner_member_class: 'GOV', owner_member_code: owner, security_server_code: 'gw' })
      await obtainCertificate(console, provisioned.pki, 'SIGNING', { member: `TEST:GOV:${owner}`, values: { C: 'UA' } })
      const auth = await obtainCertificate(console, provisioned.pki, 'AUTHENTICATION', { values: { C: 'UA', CN: 'gw.example' } })
      await console.done('PUT', `/token-certificates/${auth}/activate`)
      await console.done('PUT', `/token-certificates/${auth}/register`, { address: `127.0.0.1:${ports.messages}` })
      await environment.approve()
      await environment.follow(made)
      await console.done('POST', '/clients', { client: { member_class: 'GOV', member_code: owner, subsystem_code: subsystem, connection_type: 'HTTP' } })
      await console.done('PUT', `/clients/TEST:GOV:${owner}:${subsystem}/register`)
      await environment.approve()
      await environment.follow(made)
    }
  }
  return environment
}

/** Calls a REST service through the gateway, as an information system of the client. @returns the HTTP status. */
export async function callService ({ gateway }: NewGateway, service: string, client: string): Promise<number> {
  const response = await fetch(`${gateway.addresses.consumerHttp}/r1/${service}/x`, { headers: { 'x-road-client': client } })
  await response.arrayBuffer()
  return response.status
}

function planOf (serviceUrl: string, managementUrl: string): FederationPlan {
  const services = MANAGEMENT_SERVICES.filter((service) => service !== 'authCertReg')
  return {
    instance: 'TEST',
    managementProvider: 'GOV/2002/management',
    members: [
      { memberClass: 'GOV', memberCode: '1001', name: 'Consumer Board', subsystems: [] },
      { memberClass: 'GOV', memberCode: '2002', name: 'Registry Board', subsystems: [{ code: 'management' }, { code: 'registry', name: 'Register of people' }] },
      { memberClass: 'GOV', memberCode: '3003', name: 'Third Office', subsystems: [] }
    ],
    gateways: [{
      code: 'first',
      owner: 'GOV/2002',
      clients: ['GOV/2002/management', 'GOV/2002/registry'],
      settings: { globalConf: { refreshSeconds: 1 } },
      serverConf: {
        clients: [{ id: 'TEST/GOV/2002' }, {
          id: 'TEST/GOV/2002/management',
          descriptions: [{ type: 'WSDL', url: 'http://127.0.0.1:9/managementservices.wsdl', services: services.map((code) => ({ code, url: managementUrl, verifyTls: false })) }],
          rights: services.map((service) => ({ subject: 'group:TEST/security-server-owners', service }))
        }, {
          id: 'TEST/GOV/2002/registry',
          descriptions: [{ type: 'REST', url: serviceUrl, services: [{ code: 'echo', url: serviceUrl, verifyTls: false }] }],
          rights: [{ subject: 'client:TEST/GOV/1001/portal', service: 'echo' }]
        }]
      }
    }]
  }
}
