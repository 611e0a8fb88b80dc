import { IDENTIFIERS_NS, XROAD_NS } from '@trembita/protocol/message'
import { MANAGEMENT_SERVICES, type ManagementServiceCode } from '@trembita/protocol/management'
import { escapeAttribute } from '@trembita/protocol/xml'

const XS = 'http://www.w3.org/2001/XMLSchema'
const WSDL = 'http://schemas.xmlsoap.org/wsdl/'
const SOAP = 'http://schemas.xmlsoap.org/wsdl/soap/'
const HTTP = 'http://schemas.xmlsoap.org/soap/http'

/** What follows the server in each request, in order. */
const FIELDS: Readonly<Record<ManagementServiceCode, string>> = {
  authCertReg: element('address', 'xroad:Text', true) + element('authCert', 'xs:base64Binary') + element('dryRun', 'xs:boolean', true),
  clientReg: element('client', 'id:XRoadClientIdentifierType') + element('subsystemName', 'xroad:Text', true),
  ownerChange: element('client', 'id:XRoadClientIdentifierType'),
  clientDeletion: element('client', 'id:XRoadClientIdentifierType'),
  authCertDeletion: element('authCert', 'xs:base64Binary'),
  addressChange: element('address', 'xroad:Text'),
  clientDisable: element('client', 'id:XRoadClientIdentifierType'),
  clientEnable: element('client', 'id:XRoadClientIdentifierType'),
  clientRename: element('client', 'id:XRoadClientIdentifierType') + element('subsystemName', 'xroad:Text'),
  maintenanceModeEnable: element('message', 'xroad:Text', true),
  maintenanceModeDisable: ''
}

const TITLES: Readonly<Record<ManagementServiceCode, string>> = {
  authCertReg: 'Registers an authentication certificate of a security server (called directly, not through the exchange)',
  clientReg: 'Registers a client of a security server',
  ownerChange: 'Makes a client of a security server its owner',
  clientDeletion: 'Removes a client of a security server',
  authCertDeletion: 'Removes an authentication certificate of a security server',
  addressChange: 'Changes the address of a security server',
  clientDisable: 'Takes a client of a security server out of use for a time',
  clientEnable: 'Takes a client of a security server back into use',
  clientRename: 'Names a subsystem',
  maintenanceModeEnable: 'Announces maintenance of a security server',
  maintenanceModeDisable: 'Ends the announced maintenance of a security server'
}

/**
 * The WSDL from which the gateway of the management services is set up (xroad-trust §4.4), served as `/managementservices.wsdl`
 * by the configuration listener.
 *
 * @param location where the core's management listener is reached: `https://core.example:4002/managementservice/manage/`.
 */
export function managementServicesWsdl (location: string): string {
  const all = (write: (service: ManagementServiceCode) => string): string => MANAGEMENT_SERVICES.map(write).join('')
  return '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<wsdl:definitions xmlns:wsdl="${WSDL}" xmlns:soap="${SOAP}" xmlns:xs="${XS}" xmlns:xroad="${XROAD_NS}" xmlns:id="${IDENTIFIERS_NS}" ` +
    `name="managementServices" targetNamespace="${XROAD_NS}">\n<wsdl:types>\n${IDENTIFIERS}\n${schema()}\n</wsdl:types>\n` +
    '<wsdl:message name="header">' + ['client', 'service', 'id', 'protocolVersion', 'userId', 'issue'].map((name) => part(name)).join('') + '</wsdl:message>\n' +
    all((service) => message(service) + message(`${service}Response`)) +
    '<wsdl:portType name="managementServicesPort">\n' + all(portTypeOperation) + '</wsdl:portType>\n' +
    `<wsdl:binding name="managementServicesSoap" type="xroad:managementServicesPort"><soap:binding style="document" transport="${HTTP}"/>\n` +
    all(bindingOperation) + '</wsdl:binding>\n' +
    '<wsdl:service name="managementServices"><wsdl:port name="managementServicesPort" binding="xroad:managementServicesSoap">' +
    `<soap:address location="${escapeAttribute(location)}"/></wsdl:port></wsdl:service>\n</wsdl:definitions>\n`
}

function element (name: string, type: string, optional = false): string {
  return `<xs:element name="${name}" type="${type}"${optional ? ' minOccurs="0"' : ''}/>`
}

function schema (): string {
  const server = element('server', 'id:XRoadSecurityServerIdentifierType')
  const wrapped = (name: string, fields: string): string => `<xs:element name="${name}"><xs:complexType><xs:sequence>${fields}</xs:sequence></xs:complexType></xs:element>\n`
  return `<xs:schema targetNamespace="${XROAD_NS}" elementFormDefault="qualified"><xs:import namespace="${IDENTIFIERS_NS}"/>\n` +
    '<xs:simpleType name="Text"><xs:restriction base="xs:string"><xs:maxLength value="255"/></xs:restriction></xs:simpleType>\n' +
    element('client', 'id:XRoadClientIdentifierType') + element('service', 'id:XRoadServiceIdentifierType') +
    ['id', 'protocolVersion', 'userId', 'issue', 'title'].map((name) => element(name, 'xs:string')).join('') + '\n' +
    MANAGEMENT_SERVICES.map((service) => wrapped(service, server + FIELDS[service]) +
      wrapped(`${service}Response`, server + FIELDS[service] + element('requestId', 'xs:integer'))).join('') + '</xs:schema>'
}

function part (name: string): string {
  return `<wsdl:part name="${name}" element="xroad:${name}"/>`
}

function message (name: string): string {
  return `<wsdl:message name="${name}"><wsdl:part name="body" element="xroad:${name}"/></wsdl:message>\n`
}

function portTypeOperation (service: ManagementServiceCode): string {
  return `<wsdl:operation name="${service}"><wsdl:documentation><xroad:title>${TITLES[service]}</xroad:title></wsdl:documentation>` +
    `<wsdl:input message="xroad:${service}"/><wsdl:output message="xroad:${service}Response"/></wsdl:operation>\n`
}

function bindingOperation (service: ManagementServiceCode): string {
  const headers = ['client', 'service', 'id', 'protocolVersion'].map((name) => `<soap:header message="xroad:header" part="${name}" use="literal"/>`).join('')
  const body = `<soap:body parts="body" use="literal"/>${headers}`
  return `<wsdl:operation name="${service}"><soap:operation soapAction="" style="document"/><wsdl:input>${body}</wsdl:input><wsdl:output>${body}</wsdl:output></wsdl:operation>\n`
}

const PARTS = ['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode', 'serviceCode', 'serviceVersion', 'serverCode'] as const

const IDENTIFIERS = `<xs:schema targetNamespace="${IDENTIFIERS_NS}" elementFormDefault="qualified">\n` +
  '<xs:simpleType name="XRoadObjectType"><xs:restriction base="xs:string">' +
  ['MEMBER', 'SUBSYSTEM', 'SERVER', 'SERVICE'].map((type) => `<xs:enumeration value="${type}"/>`).join('') + '</xs:restriction></xs:simpleType>\n' +
  PARTS.map((name) => element(name, 'xs:string')).join('') + '<xs:attribute name="objectType" type="id:XRoadObjectType"/>\n' +
  identifier('XRoadClientIdentifierType', ['subsystemCode'], []) +
  identifier('XRoadServiceIdentifierType', ['subsystemCode', 'serviceVersion'], ['serviceCode']) +
  identifier('XRoadSecurityServerIdentifierType', [], ['serverCode']) + '</xs:schema>'

function identifier (name: string, optional: readonly string[], needed: readonly string[]): string {
  const parts = PARTS.filter((part, index) => index < 3 || optional.includes(part) || needed.includes(part))
    .map((part) => `<xs:element ref="id:${part}"${optional.includes(part) ? ' minOccurs="0"' : ''}/>`).join('')
  return `<xs:complexType name="${name}"><xs:sequence>${parts}</xs:sequence><xs:attribute ref="id:objectType" use="required"/></xs:complexType>\n`
}
