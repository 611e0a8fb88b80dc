import { Fault } from '../fault/index.ts'
import type { ClientId, MemberId, RepresentedParty, ServerId, ServiceId } from '../identifiers/index.ts'
import { decodeXml, XML_BYTES_MAX } from '../xml/index.ts'
import type { ParsedSoap, SoapMessage, SoapOptions } from './soap.ts'
import { readSoap, type HeaderField, type RawSoap } from './soap-reader.ts'

/**
 * Reads a SOAP message: its header fields and the name of its body element. The body itself is only checked to be well-formed.
 *
 * @returns a message, or the fault that the body holds; a fault needs no header.
 * @throws {Fault} `InvalidSoap` (not well-formed, DOCTYPE, another root, over 20 MiB), `MissingHeader`, `MissingBody`,
 *   `MissingHeaderField`, `DuplicateHeaderField`, `InvalidBody`, `InconsistentHeaders`, `InvalidProtocolVersion`,
 *   `InvalidXml` (objectType), `InternalError` (identifier with a blank or missing part).
 * @see PR-MESS §2; xroad-messages §1.2.3, §1.2.4
 */
export function parseSoap (bytes: Uint8Array, options: SoapOptions = {}): ParsedSoap {
  const raw = readSoap(decodeSoap(bytes, options.charset), options.soap12 === true)
  return raw.fault !== undefined ? faultOf(raw) : { kind: 'message', message: messageOf(raw) }
}

/** Text of an envelope. @throws {Fault} `InvalidSoap` for bytes that are not of the charset, or too many. */
export function decodeSoap (bytes: Uint8Array, charset: string | undefined): string {
  if (bytes.byteLength > XML_BYTES_MAX) throw new Fault('InvalidSoap', `Malformed SOAP message: more than ${XML_BYTES_MAX} bytes`)
  try {
    return decodeXml(bytes, charset)
  } catch (cause) {
    throw new Fault('InvalidSoap', `Malformed SOAP message: ${(cause as Error).message}`, { cause })
  }
}

export function faultOf (raw: RawSoap): ParsedSoap {
  return { kind: 'fault', fault: raw.fault!.fault }
}

/** Applies the rules of a message to what was found. */
export function messageOf (raw: RawSoap): SoapMessage {
  if (!raw.hasHeader) throw new Fault('MissingHeader', 'Malformed SOAP message: header missing')
  if (!raw.hasBody) throw new Fault('MissingBody', 'Malformed SOAP message: body missing')
  const { fields } = raw
  const client = clientOf(needed(fields, 'client'), 'client')
  const service = serviceOf(needed(fields, 'service'))
  const id = needed(fields, 'id').text
  const protocolVersion = needed(fields, 'protocolVersion').text
  if (!protocolVersion.startsWith('4.')) throw new Fault('InvalidProtocolVersion', 'SOAP header field protocolVersion: expected 4.0')
  if (raw.bodyChildren !== 1) throw new Fault('InvalidBody', `Malformed SOAP message: body must have exactly one child element, found ${raw.bodyChildren}`)
  const { bodyElement } = raw
  if (!bodyElement.startsWith(service.serviceCode)) {
    throw new Fault('InconsistentHeaders', 'Malformed SOAP message: body element does not begin with the service code of the header')
  }
  const server = fields.get('securityServer')
  const party = fields.get('representedParty')
  return {
    client,
    service,
    id,
    userId: fields.get('userId')?.text,
    issue: fields.get('issue')?.text,
    protocolVersion,
    securityServer: server && serverOf(server),
    representedParty: party && partyOf(party),
    requestHash: fields.get('requestHash')?.text.trim(),
    isResponse: bodyElement.endsWith('Response'),
    bodyElement
  }
}

function needed (fields: RawSoap['fields'], name: string): HeaderField {
  const field = fields.get(name)
  if (field === undefined) throw new Fault('MissingHeaderField', `Required field ${name} is missing in the SOAP header`)
  return field
}

function part (field: HeaderField, name: string, where: string): string {
  const value = field.parts.get(name)
  if (value === undefined || isBlank(value)) throw new Fault('InternalError', `SOAP header field ${where}: ${name} is missing or blank`)
  return value
}

function optional (field: HeaderField, name: string, where: string): string | undefined {
  return field.parts.has(name) ? part(field, name, where) : undefined
}

function isBlank (value: string): boolean {
  return value === '' || value.trim() === ''
}

function memberOfField (field: HeaderField, where: string): MemberId {
  return {
    instance: part(field, 'xRoadInstance', where),
    memberClass: part(field, 'memberClass', where),
    memberCode: part(field, 'memberCode', where)
  }
}

function clientOf (field: HeaderField, where: string): ClientId {
  const subsystemCode = optional(field, 'subsystemCode', where)
  const member = memberOfField(field, where)
  return subsystemCode === undefined ? member : { ...member, subsystemCode }
}

function serviceOf (field: HeaderField): ServiceId {
  const serviceCode = part(field, 'serviceCode', 'service')
  const serviceVersion = optional(field, 'serviceVersion', 'service')
  const service = { ...clientOf(field, 'service'), serviceCode }
  return serviceVersion === undefined ? service : { ...service, serviceVersion }
}

function serverOf (field: HeaderField): ServerId {
  return { ...memberOfField(field, 'securityServer'), serverCode: part(field, 'serverCode', 'securityServer') }
}

/** X-Road does not enforce partyCode in SOAP, so an absent one is empty text. */
function partyOf (field: HeaderField): RepresentedParty {
  const partyCode = field.parts.get('partyCode') ?? ''
  const partyClass = field.parts.get('partyClass')
  return partyClass === undefined ? { partyCode } : { partyClass, partyCode }
}
