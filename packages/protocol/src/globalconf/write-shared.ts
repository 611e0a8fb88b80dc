import { formatClientId, memberOf } from '../identifiers/index.ts'
import { malformed } from './structure.ts'
import type { ApprovedCa, CaInfo, GlobalConfVersion, MemberInfo, ServerInfoToWrite, SharedParametersToWrite } from './types.ts'
import { XmlLines } from './write-xml.ts'

/**
 * Writes `shared-params.xml` of any version from one value. Members, servers and groups, which are nearly all of it, are
 * written once for all versions that have them alike.
 *
 * @see xroad-trust §2.5
 */
export class SharedParametersWriter {
  readonly #parameters: SharedParametersToWrite
  readonly #ids: ReadonlyMap<string, string>
  readonly #hasNames: boolean
  readonly #hasMaintenance: boolean
  /** By kind; of each the last one written: whoever goes through the versions in order needs no other again. */
  readonly #pieces = new Map<string, { readonly form: string, readonly pieces: readonly Buffer[] }>()

  constructor (parameters: SharedParametersToWrite) {
    this.#parameters = parameters
    this.#ids = idsOf(parameters.members)
    this.#hasNames = parameters.members.some(({ subsystems }) => subsystems.some(({ name }) => name !== undefined))
    this.#hasMaintenance = parameters.servers.some(({ maintenance }) => maintenance !== undefined)
  }

  /**
   * Writes one version; what that version cannot say is left out.
   *
   * @returns the file in pieces, one after the other. Those of `registry` are the same lists for versions that have them alike.
   * @throws {Fault} `MalformedGlobalConf` where no valid file can be written: no source in version 3 or later, a server
   *   whose owner or client is not among the members.
   */
  write (version: GlobalConfVersion): { readonly head: readonly Buffer[], readonly registry: readonly (readonly Buffer[])[], readonly tail: readonly Buffer[] } {
    const named = version >= 5 && this.#hasNames
    const maintained = version >= 5 && this.#hasMaintenance
    return {
      head: this.#head(version),
      registry: [
        this.#piece('members', String(named), (xml) => { this.#members(xml, named) }),
        this.#piece('servers', `${version === 2} ${maintained}`, (xml) => { this.#servers(xml, version === 2 ? 'sha1' : 'sha256', maintained) }),
        this.#piece('groups', '', (xml) => { this.#groups(xml) })
      ],
      tail: this.#piece('settings', '', (xml) => { this.#settings(xml) })
    }
  }

  #piece (kind: string, form: string, write: (xml: XmlLines) => void): readonly Buffer[] {
    const known = this.#pieces.get(kind)
    if (known?.form === form) return known.pieces
    const xml = new XmlLines(1)
    write(xml)
    const pieces = xml.toPieces()
    this.#pieces.set(kind, { form, pieces })
    return pieces
  }

  #head (version: GlobalConfVersion): readonly Buffer[] {
    const p = this.#parameters
    const xml = new XmlLines()
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
    return xml.toPieces()
  }

  #members (xml: XmlLines, named: boolean): void {
    const classes = new Map(this.#parameters.memberClasses.map(({ code, description }) => [code, description]))
    for (const member of this.#parameters.members) writeMember(xml, named, member, classes, this.#ids)
  }

  #servers (xml: XmlLines, hash: 'sha1' | 'sha256', maintained: boolean): void {
    for (const server of this.#parameters.servers) writeServer(xml, hash, maintained, server, this.#ids)
  }

  #groups (xml: XmlLines): void {
    for (const group of this.#parameters.globalGroups) {
      xml.open('globalGroup')
      xml.leaf('groupCode', group.code)
      xml.leaf('description', group.description)
      for (const member of group.members) xml.client('groupMember', member)
      xml.close()
    }
  }

  #settings (xml: XmlLines): void {
    xml.open('globalSettings')
    for (const memberClass of this.#parameters.memberClasses) {
      xml.open('memberClass')
      xml.leaf('code', memberClass.code)
      xml.leaf('description', memberClass.description)
      xml.close()
    }
    xml.leaf('ocspFreshnessSeconds', this.#parameters.ocspFreshnessSeconds)
    xml.close()
    xml.end('conf')
  }
}

/** Writes `shared-params.xml` in one version, as `SharedParametersWriter` does. @throws {Fault} `MalformedGlobalConf` */
export function writeSharedParameters (version: GlobalConfVersion, parameters: SharedParametersToWrite): Buffer {
  const { head, registry, tail } = new SharedParametersWriter(parameters).write(version)
  return Buffer.concat([...head, ...registry.flat(), ...tail])
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

function writeMember (xml: XmlLines, named: boolean, member: MemberInfo, classes: ReadonlyMap<string, string>, ids: ReadonlyMap<string, string>): void {
  const { id } = member
  xml.open('member', { name: 'id', value: ids.get(formatClientId(id))! })
  xml.open('memberClass')
  xml.leaf('code', id.memberClass)
  xml.leaf('description', member.memberClassDescription ?? classes.get(id.memberClass) ?? id.memberClass)
  xml.close()
  xml.leaf('memberCode', id.memberCode)
  xml.leaf('name', member.name)
  for (const { code, name } of member.subsystems) {
    xml.open('subsystem', { name: 'id', value: ids.get(formatClientId({ ...id, subsystemCode: code }))! })
    xml.leaf('subsystemCode', code)
    if (named) xml.leaf('subsystemName', name)
    xml.close()
  }
  xml.close()
}

function writeServer (xml: XmlLines, hash: 'sha1' | 'sha256', maintained: boolean, server: ServerInfoToWrite, ids: ReadonlyMap<string, string>): void {
  const owner = ids.get(formatClientId(memberOf(server.id)))
  if (owner === undefined) throw malformed('shared parameters: owner of a server is not a member')
  xml.open('securityServer')
  xml.leaf('owner', owner)
  xml.leaf('serverCode', server.id.serverCode)
  xml.leaf('address', server.address)
  for (const hashes of server.authCertificates) xml.leaf('authCertHash', hashes[hash])
  for (const client of server.clients) {
    const id = ids.get(formatClientId(client))
    if (id === undefined) throw malformed('shared parameters: client of a server is not a member or subsystem')
    xml.leaf('client', id)
  }
  if (maintained && server.maintenance !== undefined) {
    xml.open('inMaintenanceMode')
    xml.leaf('message', server.maintenance.message)
    xml.close()
  }
  xml.close()
}
