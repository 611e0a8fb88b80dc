import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger, systemClock, type Clock } from '@trembita/daemon'
import { freePorts, type TestPki } from '@trembita/testnet'
import { GATEWAY_ROLES, makeApiKey } from '../../src/admin/index.ts'
import { readGatewayConfig, startGateway, type Gateway } from '../../src/index.ts'
import type { LogLine, Teardown } from '../network/network.ts'
import { Console, hashOf } from './console.ts'

/** A gateway that was never initialised, with a key that may do everything. */
export interface NewGateway {
  readonly folder: string
  readonly configFile: string
  readonly ports: { readonly console: number, readonly messages: number }
  readonly lines: LogLine[]
  gateway: Gateway
  console: Console
  /** Whoever has these roles only. */
  as (...roles: readonly string[]): Promise<Console>
  restart (): Promise<void>
}

export async function startNewGateway (t: Teardown, { settings = '', clock = systemClock }: { settings?: string, clock?: Clock } = {}): Promise<NewGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-new-'))
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  const first = await freePorts(5)
  const configFile = join(folder, 'gateway.yaml')
  await writeFile(join(folder, 'pin'), '1234\n')
  await writeFile(configFile, `pinFile: pin\nglobalConf: { refreshSeconds: 3600 }\nlisten:\n  console: { port: ${first} }\n  consumerHttp: { port: ${first + 1} }\n  consumerHttps: { port: ${first + 2} }\n  messages: { port: ${first + 3} }\n  ocsp: { port: ${first + 4} }\n${settings}`)
  const lines: LogLine[] = []
  const log = createLogger('new', 'debug', { write: (line: string) => { lines.push(JSON.parse(line) as LogLine) } })
  const start = async (): Promise<Gateway> => await startGateway(readGatewayConfig(configFile, {}), log, clock)
  const keyFor = async (roles: readonly string[]): Promise<string> => await makeApiKey(join(folder, 'data'), { role: [...roles], label: 'test' }, systemClock)
  const gateway = await start()
  const made: NewGateway = {
    folder,
    configFile,
    ports: { console: first, messages: first + 3 },
    lines,
    gateway,
    console: new Console(gateway.addresses.console, await keyFor(GATEWAY_ROLES)),
    as: async (...roles) => new Console(made.gateway.addresses.console, await keyFor(roles)),
    async restart () {
      await made.gateway.close()
      made.gateway = await start()
    }
  }
  t.teardown(() => made.gateway.close())
  return made
}

/** Makes a key, has its request signed by the development CA, and imports the certificate. @returns its hash. */
export async function obtainCertificate (console: Console, pki: TestPki, use: 'AUTHENTICATION' | 'SIGNING', options: { member?: string, values: Record<string, string>, ca?: string, algorithm?: 'RSA' | 'EC' }): Promise<string> {
  const { body } = await console.done('POST', '/tokens/0/keys-with-csrs', {
    key_label: `${use} ${options.member ?? ''}`,
    key_algorithm: options.algorithm ?? 'EC',
    csr_generate_request: {
      key_usage_type: use, ca_name: options.ca ?? pki.organization, csr_format: 'PEM', ...options.member === undefined ? {} : { member_id: options.member }, subject_field_values: options.values
    }
  })
  const request = await console.done('GET', `/keys/${body.key.id}/csrs/${body.csr_id}?csr_format=PEM`)
  const { certificate } = await pki.signCsr(request.bytes.toString(), use === 'SIGNING' ? 'sign' : 'auth')
  await console.done('POST', '/token-certificates', Buffer.from(certificate.pem))
  return hashOf(certificate.pem)
}
