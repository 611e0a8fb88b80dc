import { XmlBufferInputProvider, XmlDocument, xmlRegisterInputProvider, XsdValidator } from 'libxml2-wasm'
import type { GlobalConfVersion } from '../../src/globalconf/index.ts'

/**
 * A second opinion on structure: schemas of the configuration parts, written from xroad-trust §2.5, §2.5b and §2.2 in our
 * own words and one per version, for validators that know nothing of our reader.
 */

const HEAD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="http://x-road.eu/xsd/xroad.xsd" xmlns:id="http://x-road.eu/xsd/identifiers" targetNamespace="http://x-road.eu/xsd/xroad.xsd">' +
  '<xs:import namespace="http://x-road.eu/xsd/identifiers" schemaLocation="client-id.xsd"/>'

const client = (code: string): string => `<xs:element ref="id:${code}"/>`

/** Of identifiers.xsd only what configuration uses: a member or subsystem. */
export const CLIENT_ID_XSD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:id="http://x-road.eu/xsd/identifiers" targetNamespace="http://x-road.eu/xsd/identifiers" elementFormDefault="qualified">' +
  ['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode'].map((name) => `<xs:element name="${name}" type="xs:string"/>`).join('') +
  '<xs:attribute name="objectType"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="MEMBER"/><xs:enumeration value="SUBSYSTEM"/></xs:restriction></xs:simpleType></xs:attribute>' +
  `<xs:complexType name="Client"><xs:sequence>${['xRoadInstance', 'memberClass', 'memberCode'].map(client).join('')}<xs:element ref="id:subsystemCode" minOccurs="0"/></xs:sequence>` +
  '<xs:attribute ref="id:objectType" use="required"/></xs:complexType></xs:schema>'

/** One line a field: `name[?*+] type`; a type without a prefix is one of ours. */
function type (name: string, fields: readonly (string | false)[], extra = ''): string {
  const occurs = { '': '', '?': ' minOccurs="0"', '*': ' minOccurs="0" maxOccurs="unbounded"', '+': ' maxOccurs="unbounded"' }
  const elements = fields.filter((field) => field !== false).map((field) => {
    const [, local, mark, of] = /^(\w+)([?*+]?) (\S+)$/.exec(field)!
    return `<xs:element name="${local}" type="${of!.includes(':') ? of : `t:${of}`}"${occurs[mark as keyof typeof occurs]}/>`
  })
  return `<xs:complexType name="${name}"><xs:sequence>${elements.join('')}${extra}</xs:sequence>${name === 'Member' || name === 'Subsystem' ? '<xs:attribute name="id" type="xs:ID"/>' : ''}</xs:complexType>`
}

function choice (name: string, ...values: readonly string[]): string {
  return `<xs:simpleType name="${name}"><xs:restriction base="xs:string">${values.map((value) => `<xs:enumeration value="${value}"/>`).join('')}</xs:restriction></xs:simpleType>`
}

const anything = (version: GlobalConfVersion): string => version >= 3 ? '<xs:any processContents="lax" minOccurs="0" maxOccurs="unbounded"/>' : ''

export function sharedSchema (version: GlobalConfVersion): string {
  return HEAD + [
    '<xs:element name="conf" type="t:Conf"/>',
    type('Conf', [
      'instanceIdentifier xs:string', version >= 3 && 'source+ Source', 'approvedCA* Ca', 'approvedTSA* Tsa', 'member* Member', 'securityServer* Server',
      'globalGroup* Group', 'centralService* xs:anyType', 'globalSettings Settings'
    ], anything(version)),
    type('Source', ['address xs:string', 'internalVerificationCert* xs:base64Binary', 'externalVerificationCert* xs:base64Binary']),
    type('Ca', [
      'name xs:string', 'authenticationOnly? xs:boolean', 'topCA CaInfo', 'intermediateCA* CaInfo', 'certificateProfileInfo xs:string',
      version >= 6 && 'defaultCsrFormat? CsrFormat', version >= 3 && 'acmeServer? Acme'
    ]),
    type('CaInfo', ['cert xs:base64Binary', 'ocsp* Ocsp']),
    type('Ocsp', ['url xs:string', 'cert? xs:base64Binary', version >= 6 && 'costType? CostType']),
    type('Acme', ['directoryURL xs:string', 'ipAddress? xs:string', version >= 4 && 'authenticationCertificateProfileId? xs:string', version >= 4 && 'signingCertificateProfileId? xs:string']),
    type('Tsa', ['name xs:string', 'url xs:string', 'cert xs:base64Binary', version >= 6 && 'costType? CostType']),
    type('MemberClass', ['code xs:string', 'description xs:string']),
    type('Member', ['memberClass MemberClass', 'memberCode xs:string', 'name xs:string', 'subsystem* Subsystem']),
    type('Subsystem', ['subsystemCode xs:string', version >= 5 && 'subsystemName? xs:string']),
    type('Server', [
      'owner xs:IDREF', 'serverCode xs:string', 'address? xs:string', 'authCertHash* xs:base64Binary', 'client* xs:IDREF', version >= 5 && 'inMaintenanceMode? Maintenance'
    ]),
    type('Maintenance', ['message? xs:string']),
    type('Group', ['groupCode xs:string', 'description xs:string', 'groupMember* id:Client']),
    type('Settings', ['memberClass* MemberClass', 'ocspFreshnessSeconds xs:integer']),
    choice('CostType', 'FREE', 'PAID', 'UNDEFINED'),
    choice('CsrFormat', 'PEM', 'DER')
  ].join('') + '</xs:schema>'
}

/** Private parameters and, in version 2's schema, the anchor as a document of its own. */
export function privateSchema (version: GlobalConfVersion): string {
  return HEAD + [
    '<xs:element name="conf" type="t:Conf"/>',
    version === 2 ? '<xs:element name="configurationAnchor" type="t:Anchor"/>' : '',
    type('Conf', ['instanceIdentifier xs:string', 'configurationAnchor* Anchor', 'managementService Management', 'timeStampingIntervalSeconds xs:integer'], anything(version)),
    type('Anchor', ['generatedAt? xs:dateTime', 'instanceIdentifier xs:string', 'source+ AnchorSource']),
    type('AnchorSource', ['downloadURL xs:string', 'verificationCert+ xs:base64Binary']),
    type('Management', ['authCertRegServiceAddress xs:string', 'authCertRegServiceCert? xs:base64Binary', 'managementRequestServiceProviderId id:Client'])
  ].join('') + '</xs:schema>'
}

const provider = new XmlBufferInputProvider({ 'client-id.xsd': Buffer.from(CLIENT_ID_XSD) })
xmlRegisterInputProvider(provider)

/** Makes a question of a schema: is this document valid? */
export function validatorOf (schema: string): (document: Uint8Array) => boolean {
  const xsd = XmlDocument.fromString(schema)
  const validator = XsdValidator.fromDoc(xsd)
  return (bytes) => {
    let document: XmlDocument | undefined
    try {
      document = XmlDocument.fromBuffer(bytes)
      validator.validate(document)
      return true
    } catch {
      return false
    } finally {
      document?.dispose()
    }
  }
}
