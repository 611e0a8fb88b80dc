import { formatClientId, memberOf } from '../identifiers/index.ts'
import { malformed } from './structure.ts'
import type { ApprovedCa, CaInfo, GlobalConfVersion, MemberInfo, ServerInfoToWrite, SharedParametersToWrite } from './types.ts'
import { XmlLines } from './write-xml.ts'

/**
 * Writes `shared-params.xml` in one version; what that version cannot say is left out.
 *
 * @throws {Fault} `MalformedGlobalConf` where no valid file can be written: no source in version 3 or later, a server
 *   whose owner or client is not among the members.
 * @see xroad-trust §2.5
 */
export function writeSharedParameters (version: GlobalConfVersion, p: SharedParametersToWrite): Buffer {
  const xml = new XmlLines()
  const classes = new Map(p.memberClasses.map(({ code, description }) => [code, description]))
  xml.root('conf')
  xml.leaf('instanceIdentifier', p.instance)
  if (version >= 3) writeSources(xml, p)
  for (const ca of p.approvedCas) writeCa(xml, version, ca)
  for (const tsa of p.approvedTsas) {
    xml.open('approvedTSA')
    xml.leaf('name', tsa.name)
    xml.leaf('url', tsa.url)
    xml.leaf('cert', tsa.certificate)
    if (version >= 6) xml.leaf('costType', tsa.costType)
    xml.close()
  }
  const ids = idsOf(p.members)
  for (const member of p.members) writeMember(xml, version, member, classes, ids)
  for (const server of p.servers) writeServer(xml, version, server, ids)
  for (const group of p.globalGroups) {
    xml.open('globalGroup')
    xml.leaf('groupCode', group.code)
    xml.leaf('description', group.description)
    for (const member of group.members) xml.client('groupMember', member)
    xml.close()
  }
  xml.open('globalSettings')
  for (const memberClass of p.memberClasses) {
    xml.open('memberClass')
    xml.leaf('code', memberClass.code)
    xml.leaf('description', memberClass.description)
    xml.close()
  }
  xml.leaf('ocspFreshnessSeconds', p.ocspFreshnessSeconds)
  xml.close()
  xml.close()
  return xml.toBuffer()
}

function writeSources (xml: XmlLines, p: SharedParametersToWrite): void {
  if (p.sources.length === 0) throw malformed('shared parameters: no configuration source')
  for (const source of p.sources) {
    xml.open('source')
    xml.leaf('address', source.address)
    for (const certificate of source.internalCertificates) xml.leaf('internalVerificationCert', certificate)
    for (const certificate of source.externalCertificates) xml.leaf('externalVerificationCert', certificate)
    xml.close()
  }
}

function writeCa (xml: XmlLines, version: GlobalConfVersion, ca: ApprovedCa): void {
  xml.open('approvedCA')
  xml.leaf('name', ca.name)
  xml.leaf('authenticationOnly', ca.authenticationOnly)
  writeCaInfo(xml, version, 'topCA', ca.topCa)
  for (const intermediate of ca.intermediateCas) writeCaInfo(xml, version, 'intermediateCA', intermediate)
  xml.leaf('certificateProfileInfo', ca.profileClass)
  if (version >= 6) xml.leaf('defaultCsrFormat', ca.defaultCsrFormat)
  if (version >= 3 && ca.acmeServer !== undefined) {
    xml.open('acmeServer')
    xml.leaf('directoryURL', ca.acmeServer.directoryUrl)
    xml.leaf('ipAddress', ca.acmeServer.ipAddress)
    if (version >= 4) {
      xml.leaf('authenticationCertificateProfileId', ca.acmeServer.authenticationProfileId)
      xml.leaf('signingCertificateProfileId', ca.acmeServer.signingProfileId)
    }
    xml.close()
  }
  xml.close()
}

function writeCaInfo (xml: XmlLines, version: GlobalConfVersion, name: string, ca: CaInfo): void {
  xml.open(name)
  xml.leaf('cert', ca.certificate)
  for (const ocsp of ca.ocsp) {
    xml.open('ocsp')
    xml.leaf('url', ocsp.url)
    xml.leaf('cert', ocsp.certificate)
    if (version >= 6) xml.leaf('costType', ocsp.costType)
    xml.close()
  }
  xml.close()
}

/** `id0`, `id1`, … over each member and then its subsystems, by short identifier. */
function idsOf (members: readonly MemberInfo[]): Map<string, string> {
  const ids = new Map<string, string>()
  for (const { id, subsystems } of members) {
    ids.set(formatClientId(id), `id${ids.size}`)
    for (const { code } of subsystems) ids.set(formatClientId({ ...id, subsystemCode: code }), `id${ids.size}`)
  }
  return ids
}

function writeMember (xml: XmlLines, version: GlobalConfVersion, member: MemberInfo, classes: Map<string, string>, ids: Map<string, string>): void {
  const { id } = member
  xml.open('member', { id: ids.get(formatClientId(id))! })
  xml.open('memberClass')
  xml.leaf('code', id.memberClass)
  xml.leaf('description', member.memberClassDescription ?? classes.get(id.memberClass) ?? id.memberClass)
  xml.close()
  xml.leaf('memberCode', id.memberCode)
  xml.leaf('name', member.name)
  for (const { code, name } of member.subsystems) {
    xml.open('subsystem', { id: ids.get(formatClientId({ ...id, subsystemCode: code }))! })
    xml.leaf('subsystemCode', code)
    if (version >= 5) xml.leaf('subsystemName', name)
    xml.close()
  }
  xml.close()
}

function writeServer (xml: XmlLines, version: GlobalConfVersion, server: ServerInfoToWrite, ids: Map<string, string>): void {
  const owner = ids.get(formatClientId(memberOf(server.id)))
  if (owner === undefined) throw malformed('shared parameters: owner of a server is not a member')
  xml.open('securityServer')
  xml.leaf('owner', owner)
  xml.leaf('serverCode', server.id.serverCode)
  xml.leaf('address', server.address)
  for (const hashes of server.authCertificates) xml.leaf('authCertHash', version === 2 ? hashes.sha1 : hashes.sha256)
  for (const client of server.clients) {
    const id = ids.get(formatClientId(client))
    if (id === undefined) throw malformed('shared parameters: client of a server is not a member or subsystem')
    xml.leaf('client', id)
  }
  if (version >= 5 && server.maintenance !== undefined) {
    xml.open('inMaintenanceMode')
    xml.leaf('message', server.maintenance.message)
    xml.close()
  }
  xml.close()
}
