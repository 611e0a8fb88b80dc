import type { ClientId, MemberId, ServerId, ServiceId } from '../identifiers/index.ts'
import { formatIdentifierParts, IDENTIFIERS_NS, SOAP_NS, XROAD_NS } from '../message/index.ts'
import { escapeText } from '../xml/index.ts'
import type { ManagementRequest } from './types.ts'

/** What stands in the SOAP header of a management request. */
export interface ManagementHeader {
  /** Owner of the server that the request is about. */
  readonly sender: MemberId
  /** Provider of the management services, by the private parameters of the instance. */
  readonly provider: ClientId
  /** Unique: a random UUID. */
  readonly id: string
}

/**
 * Writes the SOAP message of a management request: UTF-8, document/literal wrapped, children in the order of the schema.
 *
 * @see xroad-trust §4.1; PR-MSERV §3
 */
export function writeManagementRequest (request: ManagementRequest, { sender, provider, id }: ManagementHeader): Buffer {
  const { service } = request
  return Buffer.from('<?xml version="1.0" encoding="UTF-8"?>' +
    `<SOAP-ENV:Envelope xmlns:SOAP-ENV="${SOAP_NS}" xmlns:id="${IDENTIFIERS_NS}" xmlns:xroad="${XROAD_NS}"><SOAP-ENV:Header>` +
    identifier('client', 'MEMBER', sender) +
    identifier('service', 'SERVICE', { ...provider, serviceCode: service }) +
    text('id', id) +
    text('protocolVersion', '4.0') +
    `</SOAP-ENV:Header><SOAP-ENV:Body><xroad:${service}>` +
    identifier('server', 'SERVER', request.server) +
    fields(request) +
    `</xroad:${service}></SOAP-ENV:Body></SOAP-ENV:Envelope>`)
}

/** What follows the server. */
function fields (request: ManagementRequest): string {
  switch (request.service) {
    case 'authCertReg':
      return text('address', request.address) + text('authCert', request.authCertificate.toString('base64')) +
        text('dryRun', request.dryRun === undefined ? undefined : String(request.dryRun))
    case 'authCertDeletion': return text('authCert', request.authCertificate.toString('base64'))
    case 'addressChange': return text('address', request.address)
    case 'clientReg': case 'clientRename': return client(request.client) + text('subsystemName', request.subsystemName)
    case 'ownerChange': case 'clientDeletion': case 'clientDisable': case 'clientEnable': return client(request.client)
    case 'maintenanceModeEnable': return text('message', request.message)
    case 'maintenanceModeDisable': return ''
  }
}

function client (id: ClientId): string {
  return identifier('client', id.subsystemCode === undefined ? 'MEMBER' : 'SUBSYSTEM', id)
}

function identifier (name: string, type: string, id: ClientId | ServiceId | ServerId): string {
  return `<xroad:${name} id:objectType="${type}">${formatIdentifierParts(id)}</xroad:${name}>`
}

function text (name: string, value: string | undefined): string {
  return value === undefined ? '' : `<xroad:${name}>${escapeText(value)}</xroad:${name}>`
}
