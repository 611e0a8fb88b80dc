import { dirname } from 'node:path'
import { toConfig, type ConfigFile, type ConfigReader } from '@trembita/daemon'
import { isAuthenticationCertificate, CERTIFICATE_PROFILES } from '@trembita/protocol/pki'
import { parseAnchor, type CostType } from '@trembita/protocol/globalconf'
import { memberOf } from '@trembita/protocol/identifiers'
import { OPTIONAL_PARTS, type OptionalPartName } from '../globalconf/index.ts'
import type { MemberEntry, ServerEntry } from '../registry/index.ts'
import type { CaCertificateEntry, CaEntry, OcspEntry, TsaEntry } from '../trust/index.ts'
import { clientIdOf, readAddress, readCertificate, readCertificates, readClientId, readCode, readContent, readMemberId } from './read-values.ts'
import type { Seed } from './types.ts'

const COST_TYPES = ['FREE', 'PAID', 'UNDEFINED'] as const
const BASIC_PROFILE = 'ee.ria.xroad.common.certificateprofile.impl.BasicCertificateProfileInfoProvider'

/**
 * Reads a seed file; paths in it start at its own folder.
 *
 * @throws {ConfigError} with every problem of form at once. Whether references lead anywhere is checked against the
 *   registry when the seed is applied.
 */
export function readSeed (file: ConfigFile): Seed {
  const folder = dirname(file.path)
  return toConfig({ file, name: 'seed' }, (config) => {
    const instance = readInstance(config)
    return {
      instance,
      parameters: config.section('parameters', (section) => ({
        confExpireIntervalSeconds: section.optional('confExpireIntervalSeconds', (name) => section.integer(name, undefined, { min: 60, max: 86_400 })),
        ocspFreshnessSeconds: section.optional('ocspFreshnessSeconds', (name) => section.integer(name, undefined, { min: 60, max: 604_800 })),
        timestampingIntervalSeconds: section.optional('timestampingIntervalSeconds', (name) => section.integer(name, undefined, { min: 1, max: 86_400 })),
        authCertRegUrl: section.optional('authCertRegUrl', (name) => section.url(name).href)
      })),
      managementProvider: config.optional('managementProvider', (name) => readClientId(config, name)),
      memberClasses: config.list('memberClasses', (item) => ({ code: readCode(item, 'code'), description: item.string('description', item.string('code')) })),
      members: config.list('members', (item) => readMember(item, instance)),
      servers: config.list('servers', (item) => readServer(item, folder)),
      globalGroups: config.list('globalGroups', (item) => ({
        code: readCode(item, 'code'), description: item.string('description', item.string('code')), members: readClientIds(item, 'members')
      })),
      certificationServices: config.list('certificationServices', (item) => readCa(item, folder)),
      timestampingServices: config.list('timestampingServices', (item) => readTsa(item, folder)),
      trustedAnchors: config.list('trustedAnchors', (item) => readContent(item, 'file', parseAnchor)),
      parts: config.list('parts', (item) => {
        const contentIdentifier = item.oneOf('contentIdentifier', Object.keys(OPTIONAL_PARTS) as OptionalPartName[])
        return { contentIdentifier, content: readContent(item, 'file', OPTIONAL_PARTS[contentIdentifier]) }
      })
    }
  })
}

/** Real nodes build paths from the identifier as it is (xroad-trust §2.7), so ours stays plain. */
function readInstance (config: ConfigReader): string {
  const instance = config.string('instance')
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$/.test(instance)) config.problem('instance', 'expected letters, digits, - and _')
  return instance
}

function readMember (config: ConfigReader, instance: string): MemberEntry {
  return {
    id: { instance, memberClass: readCode(config, 'memberClass'), memberCode: readCode(config, 'memberCode') },
    name: config.string('name'),
    subsystems: config.list('subsystems', (item) => ({ code: readCode(item, 'code'), name: item.optional('name', (name) => item.string(name)) }))
  }
}

function readClientIds (config: ConfigReader, name: string): ReturnType<typeof readClientId>[] {
  return config.strings(name, []).flatMap((text) => {
    const id = clientIdOf(text)
    if (id === undefined) config.problem(name, `expected INSTANCE/CLASS/CODE or INSTANCE/CLASS/CODE/SUBSYSTEM, got ${text}`)
    return id ?? []
  })
}

function readServer (config: ConfigReader, folder: string): ServerEntry {
  const owner = readMemberId(config, 'owner')
  const authCertificates = readCertificates(config, 'authCertificates', folder)
  for (const certificate of authCertificates) {
    if (!isAuthenticationCertificate(certificate)) config.problem('authCertificates', `${certificate.subject.rfc2253}: not a certificate for authentication`)
  }
  const disabled = readClientIds(config, 'disabledClients').map((id) => ({ id, enabled: false }))
  return {
    id: { ...memberOf(owner), serverCode: readCode(config, 'serverCode') },
    address: config.optional('address', (name) => readAddress(config, name)),
    authCertificates,
    clients: [...readClientIds(config, 'clients').map((id) => ({ id, enabled: true })), ...disabled],
    maintenance: config.optional('maintenance', (name) => config.section(name, (section) => ({
      message: section.optional('message', (name) => section.string(name))
    })))
  }
}

function readCa (config: ConfigReader, folder: string): CaEntry {
  const profileClass = config.string('profile', BASIC_PROFILE)
  // A name that nodes do not know breaks them when the first message comes, not before (xroad-trust §7.9).
  if (!CERTIFICATE_PROFILES.includes(profileClass.split('.').at(-1) ?? '')) config.problem('profile', 'no such certificate profile')
  const hasAcme = config.optional('acme', () => true) ?? false
  return {
    name: config.string('name'),
    authenticationOnly: config.boolean('authenticationOnly', false),
    profileClass: profileClass.includes('.') ? profileClass : `ee.ria.xroad.common.certificateprofile.impl.${profileClass}`,
    defaultCsrFormat: config.optional('defaultCsrFormat', (name) => config.oneOf(name, ['PEM', 'DER'])),
    acmeServer: !hasAcme
      ? undefined
      : config.section('acme', (acme) => ({
        directoryUrl: acme.url('directoryUrl').href,
        ipAddress: acme.optional('ipAddress', (name) => acme.string(name)),
        authenticationProfileId: acme.optional('authenticationProfileId', (name) => acme.string(name)),
        signingProfileId: acme.optional('signingProfileId', (name) => acme.string(name))
      })),
    top: readCaCertificate(config, folder),
    intermediates: config.list('intermediates', (item) => readCaCertificate(item, folder))
  }
}

function readCaCertificate (config: ConfigReader, folder: string): CaCertificateEntry {
  return { certificate: readCertificate(config, 'certificate', folder), ocsp: config.list('ocsp', (item) => readOcsp(item, folder)) }
}

function readCost (config: ConfigReader): CostType | undefined {
  return config.optional('costType', (name) => config.oneOf(name, COST_TYPES))
}

function readOcsp (config: ConfigReader, folder: string): OcspEntry {
  return {
    url: config.url('url').href,
    certificate: config.optional('certificate', (name) => readCertificate(config, name, folder)),
    costType: readCost(config)
  }
}

function readTsa (config: ConfigReader, folder: string): TsaEntry {
  return { name: config.string('name'), url: config.url('url').href, certificate: readCertificate(config, 'certificate', folder), costType: readCost(config) }
}
