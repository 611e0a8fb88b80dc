import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { describeSystemError, toConfig, type ConfigFile, type ConfigReader } from '@trembita/daemon'
import { formatClientId, type ClientId } from '@trembita/protocol/identifiers'
import { checkSettings, type PersonalDataInput, type PersonalDataSettings } from '../accesslog/index.ts'
import type { AgreementMode, ConnectionType, EndpointPattern, ServiceType } from './types.ts'

export interface ServiceSeed {
  readonly code: string
  readonly version?: string | undefined
  readonly title?: string | undefined
  readonly url: string
  readonly timeoutSeconds: number
  readonly verifyTls: boolean
  readonly completeHeader: boolean
  readonly agreement?: AgreementMode | undefined
  readonly personalData?: PersonalDataSettings | undefined
  readonly endpoints: readonly EndpointPattern[]
}

export interface DescriptionSeed {
  readonly type: ServiceType
  readonly url: string
  readonly disabledNotice?: string | undefined
  readonly services: readonly ServiceSeed[]
}

/** `subject`: `client:I/C/M[/S]`, `group:I/CODE` (global) or `local:CODE`. */
export interface RightSeed {
  readonly subject: string
  readonly service: string
  readonly method: string
  readonly path: string
}

export interface ClientSeed {
  readonly id: ClientId
  readonly connection: ConnectionType
  /** DER of the certificates of its information systems. */
  readonly certificates: readonly Buffer[]
  readonly localGroups: readonly { readonly code: string, readonly description: string, readonly members: readonly ClientId[] }[]
  readonly descriptions: readonly DescriptionSeed[]
  readonly rights: readonly RightSeed[]
}

/** Clients, services and rights of a gateway, as an administrator writes them in a file. */
export interface ServerConfSeed {
  readonly clients: readonly ClientSeed[]
}

/** Reads an identifier in short form, `INSTANCE/CLASS/CODE[/SUBSYSTEM]`; undefined when it has not 3 or 4 non-empty parts. */
export function clientIdOf (text: string): ClientId | undefined {
  const [instance, memberClass, memberCode, subsystemCode, ...rest] = text.split('/')
  if (!instance || !memberClass || !memberCode || subsystemCode === '' || rest.length > 0) return undefined
  return subsystemCode === undefined ? { instance, memberClass, memberCode } : { instance, memberClass, memberCode, subsystemCode }
}

function readClientId (config: ConfigReader, name: string): ClientId {
  const id = clientIdOf(config.string(name))
  if (id === undefined) config.problem(name, 'expected INSTANCE/CLASS/CODE or INSTANCE/CLASS/CODE/SUBSYSTEM')
  return id ?? { instance: '?', memberClass: '?', memberCode: '?' }
}

const readEndpoint = (config: ConfigReader): EndpointPattern => ({ method: config.string('method', '*'), path: config.string('path', '**') })

function readCertificates (config: ConfigReader, folder: string): Buffer[] {
  return config.strings('certificates', []).map((text) => {
    try {
      return new X509Certificate(text.startsWith('-----BEGIN') ? text : readFileSync(resolve(folder, text))).raw
    } catch (error) {
      config.problem('certificates', `no certificate can be read: ${describeSystemError(error) ?? (error as Error).message}`)
      return Buffer.alloc(0)
    }
  })
}

/**
 * Reads a server configuration file: clients with their descriptions, services, groups and rights. Paths in it start at its
 * own folder.
 *
 * @throws {ConfigError} with everything that is wrong in it.
 */
export function readServerConfSeed (file: ConfigFile): ServerConfSeed {
  return toConfig({ file, name: 'serverconf' }, (config) => {
    const clients = config.list('clients', (client) => {
      const seed = readClient(client, dirname(file.path))
      checkReferences(client, seed)
      return seed
    })
    for (const id of repeated(clients.map(({ id }) => formatClientId(id)))) config.problem('clients', `${id} stands there twice`)
    return { clients }
  })
}

function readClient (client: ConfigReader, folder: string): ClientSeed {
  return {
    id: readClientId(client, 'id'),
    connection: client.oneOf('connection', ['HTTP', 'HTTPS_NO_AUTH', 'HTTPS'] as const, 'HTTP'),
    certificates: readCertificates(client, folder),
    localGroups: client.list('localGroups', (group) => ({
      code: group.string('code'),
      description: group.string('description', ' ').trim(),
      members: group.strings('members', []).flatMap((text) => {
        const id = clientIdOf(text)
        if (id === undefined) group.problem('members', `expected a client identifier, got ${text}`)
        return id ?? []
      })
    })),
    descriptions: client.list('descriptions', (description) => ({
      type: description.oneOf('type', ['WSDL', 'OPENAPI3', 'REST'] as const),
      url: description.url('url').href,
      disabledNotice: description.optional('disabledNotice', (name) => description.string(name)),
      services: description.list('services', (service) => ({
        code: service.string('code'),
        version: service.optional('version', (name) => service.string(name)),
        title: service.optional('title', (name) => service.string(name)),
        url: service.url('url').href,
        timeoutSeconds: service.integer('timeoutSeconds', 60, { min: 1, max: 86_400 }),
        verifyTls: service.boolean('verifyTls', true),
        completeHeader: service.boolean('completeHeader', true),
        agreement: service.oneOf('agreement', ['none', 'refuse', 'remove'] as const, 'none'),
        personalData: service.optional('personalData', (name) => readPersonalData(service, name, description.string('type', '') === 'WSDL' ? 'SOAP' : 'REST')),
        endpoints: service.list('endpoints', readEndpoint)
      }))
    })),
    rights: client.list('rights', (right) => ({ subject: readSubject(right), service: right.string('service'), ...readEndpoint(right) }))
  }
}

/** Settings about personal data, as JSON text: the same as the administration API takes. */
function readPersonalData (service: ConfigReader, name: string, kind: 'REST' | 'SOAP'): PersonalDataSettings | undefined {
  try {
    return checkSettings(JSON.parse(service.string(name)) as PersonalDataInput, kind)
  } catch (error) {
    service.problem(name, `no usable settings: ${(error as Error).message}`)
    return undefined
  }
}

/** A right to a service that is not there, or of a group that is not there, would refuse everyone without a word. */
function checkReferences (config: ConfigReader, { localGroups, descriptions, rights }: ClientSeed): void {
  const groups = localGroups.map(({ code }) => code)
  const services = descriptions.flatMap((description) => description.services)
  for (const code of repeated(groups)) config.problem('localGroups', `${code} stands there twice`)
  for (const url of repeated(descriptions.map(({ url }) => url))) config.problem('descriptions', `${url} stands there twice`)
  for (const name of repeated(services.map(({ code, version }) => version === undefined ? code : `${code}/${version}`))) config.problem('descriptions', `service ${name} stands there twice`)
  for (const { subject, service } of rights) {
    if (service !== '' && !services.some(({ code }) => code === service)) config.problem('rights', `no service ${service} in the descriptions of this client`)
    if (subject.startsWith('local:') && !groups.includes(subject.slice('local:'.length))) config.problem('rights', `no local group ${subject.slice('local:'.length)}`)
  }
}

function repeated (names: readonly string[]): Set<string> {
  return new Set(names.filter((name, index) => name !== '' && names.indexOf(name) < index))
}

function readSubject (config: ConfigReader): string {
  const subject = config.string('subject')
  const [kind, name = ''] = subject.split(/:(.*)/s)
  const parts = name.split('/').filter((part) => part !== '').length
  const fits = kind === 'client' ? clientIdOf(name) !== undefined : kind === 'group' ? parts === 2 : kind === 'local' && parts === 1
  if (!fits) config.problem('subject', 'expected client:INSTANCE/CLASS/CODE[/SUBSYSTEM], group:INSTANCE/CODE or local:CODE')
  return subject
}
