import { IDENTIFIERS_NS, XROAD_NS } from '../message/index.ts'
import { XS_NS } from './wsdl-namespaces.ts'

const PARTS = ['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode', 'serviceCode', 'serviceVersion', 'serverCode']

function sequence (needed: readonly string[], optional: readonly string[]): string {
  return '<xs:sequence>' + PARTS.filter((part) => needed.includes(part) || optional.includes(part))
    .map((part) => `<xs:element ref="id:${part}"${needed.includes(part) ? '' : ' minOccurs="0"'}/>`).join('') + '</xs:sequence>'
}

function restricted (name: string, needed: readonly string[], optional: readonly string[], fixed: string): string {
  return `<xs:complexType name="${name}"><xs:complexContent><xs:restriction base="id:XRoadIdentifierType">${sequence(needed, optional)}` +
    `<xs:attribute ref="id:objectType" use="required"${fixed}/></xs:restriction></xs:complexContent></xs:complexType>`
}

/** Types of the identifiers namespace, for writing into a WSDL: what clients name as `…:XRoadClientIdentifierType`. */
export const IDENTIFIERS_SCHEMA = `<xs:schema xmlns:xs="${XS_NS}" xmlns:id="${IDENTIFIERS_NS}" targetNamespace="${IDENTIFIERS_NS}" elementFormDefault="qualified">` +
  '<xs:simpleType name="XRoadObjectType"><xs:restriction base="xs:string">' +
  ['MEMBER', 'SUBSYSTEM', 'SERVICE', 'CENTRALSERVICE', 'SERVER'].map((type) => `<xs:enumeration value="${type}"/>`).join('') +
  '</xs:restriction></xs:simpleType>' +
  PARTS.map((part) => `<xs:element name="${part}" type="xs:string"/>`).join('') +
  '<xs:attribute name="objectType" type="id:XRoadObjectType"/>' +
  `<xs:complexType name="XRoadIdentifierType">${sequence(['xRoadInstance'], PARTS.slice(1))}<xs:attribute ref="id:objectType" use="required"/></xs:complexType>` +
  restricted('XRoadClientIdentifierType', ['xRoadInstance', 'memberClass', 'memberCode'], ['subsystemCode'], '') +
  restricted('XRoadServiceIdentifierType', ['xRoadInstance', 'memberClass', 'memberCode', 'serviceCode'], ['subsystemCode', 'serviceVersion'], ' fixed="SERVICE"') +
  '</xs:schema>'

/** Header elements of the xroad namespace, for writing into a WSDL. Declares the prefix `id`, which node-soap clients rely on. */
export const XROAD_SCHEMA = `<xs:schema xmlns:xs="${XS_NS}" xmlns:id="${IDENTIFIERS_NS}" targetNamespace="${XROAD_NS}" elementFormDefault="qualified">` +
  `<xs:import namespace="${IDENTIFIERS_NS}"/>` +
  '<xs:element name="version" type="xs:string"/>' +
  '<xs:element name="client" type="id:XRoadClientIdentifierType"/>' +
  '<xs:element name="service" type="id:XRoadServiceIdentifierType"/>' +
  '<xs:element name="userId" type="xs:string"/>' +
  '<xs:element name="protocolVersion" type="xs:string" fixed="4.0"/>' +
  '<xs:element name="id" type="xs:string"/>' +
  '<xs:element name="title" type="xs:string"/>' +
  '<xs:element name="notes" type="xs:string"/>' +
  '</xs:schema>'
