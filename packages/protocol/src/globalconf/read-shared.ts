import { memberOf, type ClientId, type MemberId } from '../identifiers/index.ts'
import type { XmlTree } from '../xml/index.ts'
import {
  booleanOf, bytesOf, clientOf, codeOf, Fields, instanceOf, malformed, oneOf, readSequence, secondsOf, stringOf, tokenOf, type Step
} from './structure.ts'
import type {
  AcmeServer, ApprovedCa, ApprovedTsa, CaInfo, ConfigurationSource, GlobalConfVersion, GlobalGroup, MemberClass, MemberInfo,
  OcspService, ServerInfo, SharedParameters
} from './types.ts'

const COST_TYPES = ['FREE', 'PAID', 'UNDEFINED'] as const
const CSR_FORMATS = ['PEM', 'DER'] as const

/** What `owner` and `client` of a server point to. */
interface Referents {
  readonly members: Map<string, MemberId>
  readonly clients: Map<string, ClientId>
}

/**
 * Reads `shared-params.xml` of one version, as strictly as the schema of exactly that version does.
 *
 * @param bytes whole, or in pieces cut between characters.
 * @param version from the `Version` of the directory or the `.metadata` of the file; 2 where neither says.
 * @throws {Fault} `MalformedGlobalConf`: an element missing, unknown, or out of order (a wildcard stands only at the
 *   very end, from version 3), a reference to nothing, a value that is not of its type.
 * @see xroad-trust §2.5
 */
export function parseSharedParameters (bytes: Uint8Array | readonly Uint8Array[], version: GlobalConfVersion): SharedParameters {
  let instance = ''
  const sources: ConfigurationSource[] = []
  const approvedCas: ApprovedCa[] = []
  const approvedTsas: ApprovedTsa[] = []
  const members: MemberInfo[] = []
  const servers: ServerInfo[] = []
  const globalGroups: GlobalGroup[] = []
  let settings: Settings | undefined
  const referents: Referents = { members: new Map(), clients: new Map() }
  const steps: Step[] = [
    { local: 'instanceIdentifier', min: 1, max: 1, read: (element) => { instance = instanceOf(element) } },
    { local: 'approvedCA', read: (element) => { approvedCas.push(readCa(element, version)) } },
    { local: 'approvedTSA', read: (element) => { approvedTsas.push(readTsa(element, version)) } },
    { local: 'member', read: (element) => { members.push(readMember(element, version, instance, referents)) } },
    { local: 'securityServer', read: (element) => { servers.push(readServer(element, version, referents)) } },
    { local: 'globalGroup', read: (element) => { globalGroups.push(readGroup(element)) } },
    { local: 'centralService', read: () => {} },
    { local: 'globalSettings', min: 1, max: 1, read: (element) => { settings = readSettings(element) } }
  ]
  if (version >= 3) steps.splice(1, 0, { local: 'source', min: 1, read: (element) => { sources.push(readSource(element)) } })
  readSequence(bytes, 'conf', steps, version >= 3)
  return { instance, sources, approvedCas, approvedTsas, members, servers, globalGroups, ...settings! }
}

type Settings = Pick<SharedParameters, 'memberClasses' | 'ocspFreshnessSeconds'>

function readSettings (element: XmlTree): Settings {
  const fields = new Fields(element)
  const settings = { memberClasses: fields.many('memberClass').map(readMemberClass), ocspFreshnessSeconds: secondsOf(fields.one('ocspFreshnessSeconds')) }
  fields.end()
  return settings
}

function optional<T> (element: XmlTree | undefined, read: (element: XmlTree) => T): T | undefined {
  return element === undefined ? undefined : read(element)
}

function readSource (element: XmlTree): ConfigurationSource {
  const fields = new Fields(element)
  const source = {
    address: codeOf(fields.one('address')),
    internalCertificates: fields.many('internalVerificationCert').map(bytesOf),
    externalCertificates: fields.many('externalVerificationCert').map(bytesOf)
  }
  fields.end()
  return source
}

function readCa (element: XmlTree, version: GlobalConfVersion): ApprovedCa {
  const fields = new Fields(element)
  const ca = {
    name: stringOf(fields.one('name')),
    authenticationOnly: optional(fields.optional('authenticationOnly'), booleanOf) ?? false,
    topCa: readCaInfo(fields.one('topCA'), version),
    intermediateCas: fields.many('intermediateCA').map((element) => readCaInfo(element, version)),
    profileClass: stringOf(fields.one('certificateProfileInfo')).trim(),
    defaultCsrFormat: version >= 6 ? optional(fields.optional('defaultCsrFormat'), (element) => oneOf(element, CSR_FORMATS)) : undefined,
    acmeServer: version >= 3 ? optional(fields.optional('acmeServer'), (element) => readAcme(element, version)) : undefined
  }
  fields.end()
  return ca
}

function readCaInfo (element: XmlTree, version: GlobalConfVersion): CaInfo {
  const fields = new Fields(element)
  const info = { certificate: bytesOf(fields.one('cert')), ocsp: fields.many('ocsp').map((element) => readOcsp(element, version)) }
  fields.end()
  return info
}

function readOcsp (element: XmlTree, version: GlobalConfVersion): OcspService {
  const fields = new Fields(element)
  const ocsp = {
    url: stringOf(fields.one('url')),
    certificate: optional(fields.optional('cert'), bytesOf),
    costType: version >= 6 ? optional(fields.optional('costType'), (element) => oneOf(element, COST_TYPES)) : undefined
  }
  fields.end()
  return ocsp
}

function readAcme (element: XmlTree, version: GlobalConfVersion): AcmeServer {
  const fields = new Fields(element)
  const acme = {
    directoryUrl: stringOf(fields.one('directoryURL')),
    ipAddress: optional(fields.optional('ipAddress'), stringOf),
    authenticationProfileId: version >= 4 ? optional(fields.optional('authenticationCertificateProfileId'), stringOf) : undefined,
    signingProfileId: version >= 4 ? optional(fields.optional('signingCertificateProfileId'), stringOf) : undefined
  }
  fields.end()
  return acme
}

function readTsa (element: XmlTree, version: GlobalConfVersion): ApprovedTsa {
  const fields = new Fields(element)
  const tsa = {
    name: stringOf(fields.one('name')),
    url: stringOf(fields.one('url')),
    certificate: bytesOf(fields.one('cert')),
    costType: version >= 6 ? optional(fields.optional('costType'), (element) => oneOf(element, COST_TYPES)) : undefined
  }
  fields.end()
  return tsa
}

function readMemberClass (element: XmlTree): MemberClass {
  const fields = new Fields(element)
  const memberClass = { code: codeOf(fields.one('code')), description: stringOf(fields.one('description')) }
  fields.end()
  return memberClass
}

function readMember (element: XmlTree, version: GlobalConfVersion, instance: string, referents: Referents): MemberInfo {
  const fields = new Fields(element, ['id'])
  const memberClass = readMemberClass(fields.one('memberClass'))
  const id = { instance, memberClass: memberClass.code, memberCode: codeOf(fields.one('memberCode')) }
  const xmlId = defineId(element, id, referents)
  if (xmlId !== undefined) referents.members.set(xmlId, id)
  const name = stringOf(fields.one('name'))
  const subsystems = fields.many('subsystem').map((element) => readSubsystem(element, version, id, referents))
  fields.end()
  return { id, memberClassDescription: memberClass.description, name, subsystems }
}

function readSubsystem (element: XmlTree, version: GlobalConfVersion, owner: MemberId, referents: Referents): { code: string, name?: string | undefined } {
  const fields = new Fields(element, ['id'])
  const code = codeOf(fields.one('subsystemCode'))
  const name = version >= 5 ? optional(fields.optional('subsystemName'), stringOf) : undefined
  fields.end()
  defineId(element, { ...owner, subsystemCode: code }, referents)
  return { code, name }
}

/** xs:ID: a name without colon, once in the document. */
function defineId (element: XmlTree, client: ClientId, { clients }: Referents): string | undefined {
  const id = element.attribute('id')?.trim()
  if (id === undefined) return undefined
  if (!/^[\p{L}_][\p{L}\p{N}\p{M}._·-]*$/u.test(id)) throw malformed(`${element.local}: id is not a name`)
  if (clients.has(id)) throw malformed(`${element.local}: id is used twice`)
  clients.set(id, client)
  return id
}

function readServer (element: XmlTree, version: GlobalConfVersion, referents: Referents): ServerInfo {
  const fields = new Fields(element)
  const owner = referents.members.get(tokenOf(fields.one('owner')))
  if (owner === undefined) throw malformed('securityServer: owner refers to no member')
  const serverCode = codeOf(fields.one('serverCode'))
  const address = optional(fields.optional('address'), tokenOf)
  const authCertHashes = fields.many('authCertHash').map(bytesOf)
  const clients = fields.many('client').map((element) => {
    const client = referents.clients.get(tokenOf(element))
    if (client === undefined) throw malformed('securityServer: client refers to no member or subsystem')
    return client
  })
  const maintenance = version >= 5 ? optional(fields.optional('inMaintenanceMode'), readMaintenance) : undefined
  fields.end()
  return { id: { ...memberOf(owner), serverCode }, address, authCertHashes, clients, maintenance }
}

function readMaintenance (element: XmlTree): { message?: string | undefined } {
  const fields = new Fields(element)
  const message = optional(fields.optional('message'), stringOf)
  fields.end()
  return { message }
}

function readGroup (element: XmlTree): GlobalGroup {
  const fields = new Fields(element)
  const group = {
    code: codeOf(fields.one('groupCode')),
    description: stringOf(fields.one('description')),
    members: fields.many('groupMember').map(clientOf).filter((member) => member !== undefined)
  }
  fields.end()
  return group
}
