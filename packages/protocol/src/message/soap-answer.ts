import { Fault } from '../fault/index.ts'
import { isSameClient, isSameService, type ClientId, type ServerId, type ServiceId } from '../identifiers/index.ts'
import { escapeText } from '../xml/index.ts'
import { asBuffer } from './bytes.ts'
import { decodeSoap, faultOf, messageOf } from './parse-soap.ts'
import { REQUEST_HASH_URI } from './request-hash.ts'
import { IDENTIFIERS_NS, REPRESENTATION_NS, XROAD_NS, type ParsedSoap, type SoapMessage, type SoapOptions } from './soap.ts'
import { readSoap, type RawSoap } from './soap-reader.ts'

/**
 * Checks that a response answers the request. `securityServer` and `protocolVersion` are not compared, as in X-Road.
 *
 * @throws {Fault} `InconsistentResponse`
 */
export function checkSoapAnswer (request: SoapMessage, response: SoapMessage): void {
  const differing = !isSameClient(request.client, response.client)
    ? 'client'
    : !isSameService(request.service, response.service)
        ? 'service'
        : request.userId !== response.userId
          ? 'userId'
          : request.representedParty?.partyClass !== response.representedParty?.partyClass || request.representedParty?.partyCode !== response.representedParty?.partyCode
            ? 'representedParty'
            : request.issue !== response.issue ? 'issue' : request.id !== response.id ? 'id' : undefined
  if (differing !== undefined) throw new Fault('InconsistentResponse', `response differs from the request in SOAP header field ${differing}`)
}

export interface SoapAnswerInput extends SoapOptions {
  readonly request: SoapMessage
  /** base64, of `soapRequestHash`. */
  readonly requestHash: string
  /** Write the whole X-Road header when the service sent none (Trembita's way); otherwise that is `MissingHeader…`. */
  readonly completeHeader: boolean
}

/**
 * Makes what is signed from what a service answered: parsed, checked against the request, `requestHash` written. One pass.
 *
 * @returns a fault with the bytes as they came, or the message with the bytes to hash, sign, log and send.
 * @throws {Fault} as `parseSoap` and `checkSoapAnswer`.
 */
export function prepareSoapAnswer (response: Uint8Array, input: SoapAnswerInput): ParsedSoap & { readonly bytes: Buffer } {
  const text = decodeSoap(response, input.charset)
  const raw = readSoap(text, input.soap12 === true)
  if (raw.fault !== undefined) return { ...faultOf(raw), bytes: asBuffer(response) }
  const complete = input.completeHeader && raw.hasBody && hasNoFields(raw)
  const message = complete
    ? { ...input.request, securityServer: undefined, requestHash: input.requestHash, bodyElement: raw.bodyElement, isResponse: raw.bodyElement.endsWith('Response') }
    : { ...messageOf(raw), requestHash: input.requestHash }
  if (complete && raw.bodyChildren !== 1) throw new Fault('InvalidBody', `Malformed SOAP message: body must have exactly one child element, found ${raw.bodyChildren}`)
  if (complete && !raw.bodyElement.startsWith(message.service.serviceCode)) {
    throw new Fault('InconsistentHeaders', 'Malformed SOAP message: body element does not begin with the service code of the header')
  }
  checkSoapAnswer(input.request, message)
  return { kind: 'message', message, bytes: splice(response, text, raw, input.requestHash, complete ? input.request : undefined, input.charset) }
}

/**
 * Writes the request hash into a response: an old `requestHash` is removed, the new one stands right after the X-Road `id`.
 * All other bytes stay as they are; a response in another charset than UTF-8 becomes UTF-8.
 *
 * @param hash base64 of SHA-512.
 * @param completeFrom when the response has no X-Road header at all, its header is written from this request.
 * @throws {Fault} `InvalidSoap`; `MissingHeader` or `MissingHeaderField` when there is no `id` and nothing to complete from.
 * @see xroad-messages §7.2 step 12; trembita §4
 */
export function withRequestHash (response: Uint8Array, hash: string, completeFrom?: SoapMessage, options: SoapOptions = {}): Buffer {
  const text = decodeSoap(response, options.charset)
  const raw = readSoap(text, options.soap12 === true)
  return splice(response, text, raw, hash, hasNoFields(raw) ? completeFrom : undefined, options.charset)
}

/**
 * The same envelope around another body: how metaservices answer, header untouched. In UTF-8.
 *
 * @param bodyXml what shall stand inside the Body, with its own namespace declarations.
 * @throws {Fault} `InvalidSoap`, `MissingBody`.
 * @see xroad-messages §5.2
 */
export function withBody (envelope: Uint8Array, bodyXml: string, options: SoapOptions = {}): Buffer {
  const text = decodeSoap(envelope, options.charset)
  const { hasBody, places } = readSoap(text, options.soap12 === true)
  if (!hasBody) throw new Fault('MissingBody', 'Malformed SOAP message: body missing')
  const edit = places.bodySelfClosing
    ? { start: places.bodyOpenEnd - 2, end: places.bodyOpenEnd, insert: `>${bodyXml}</${places.bodyName}>` }
    : { start: places.bodyOpenEnd, end: places.bodyCloseStart, insert: bodyXml }
  return isUtf8Label(options.charset) ? spliceBytes(asBuffer(envelope), text, [edit]) : Buffer.from(asUtf8(text, [edit]), 'utf8')
}

/** A requestHash alone is none: it says nothing about whom the message is from. */
function hasNoFields (raw: RawSoap): boolean {
  return raw.fields.size === 0 || (raw.fields.size === 1 && raw.fields.has('requestHash'))
}

function splice (response: Uint8Array, text: string, raw: RawSoap, hash: string, completeFrom: SoapMessage | undefined, charset: string | undefined): Buffer {
  const { places } = raw
  const edits: { start: number, end: number, insert: string }[] = places.requestHash.map(([start, end]) => ({ start, end, insert: '' }))
  if (completeFrom !== undefined) {
    if (!raw.hasBody) throw new Fault('MissingBody', 'Malformed SOAP message: body missing')
    edits.push(headerEdit(raw, completeFrom, hash))
  } else {
    if (!raw.hasHeader) throw new Fault('MissingHeader', 'Malformed SOAP message: header missing')
    if (places.id === undefined) throw new Fault('MissingHeaderField', 'Required field id is missing in the SOAP header')
    const { prefix, attributes, end } = places.id
    const name = prefix === '' ? 'requestHash' : `${prefix}:requestHash`
    const space = />([ \t\r\n]+)</.exec(text.slice(places.headerOpenEnd - 1, end))?.[1] ?? ''
    edits.push({ start: end, end, insert: `${space}<${name}${attributes} algorithmId="${REQUEST_HASH_URI}">${escapeText(hash)}</${name}>` })
  }
  edits.sort((a, b) => a.start - b.start || a.end - b.end)
  return isUtf8Label(charset) ? spliceBytes(asBuffer(response), text, edits) : Buffer.from(asUtf8(text, edits), 'utf8')
}

type Edits = readonly { start: number, end: number, insert: string }[]

function isUtf8Label (charset: string | undefined): boolean {
  return charset === undefined || /^\s*utf-?8\s*$/i.test(charset)
}

/** Offsets of the text are brought to offsets of the bytes piece by piece, so each piece is measured once. */
function spliceBytes (bytes: Buffer, text: string, edits: Edits): Buffer {
  const pieces: Uint8Array[] = []
  let textAt = 0
  let byteAt = 0
  for (const { start, end, insert } of edits) {
    const byteStart = byteAt + Buffer.byteLength(text.slice(textAt, start))
    pieces.push(bytes.subarray(byteAt, byteStart), Buffer.from(insert, 'utf8'))
    byteAt = byteStart + Buffer.byteLength(text.slice(start, end))
    textAt = end
  }
  pieces.push(bytes.subarray(byteAt))
  return Buffer.concat(pieces)
}

function asUtf8 (text: string, edits: Edits): string {
  let out = ''
  let at = 0
  for (const { start, end, insert } of edits) {
    out += text.slice(at, start) + insert
    at = end
  }
  out += text.slice(at)
  return out.replace(/^\ufeff/, '').replace(/^(<\?xml[^>]*?\sencoding\s*=\s*)(?:"[^"]*"|'[^']*')/, '$1"UTF-8"')
}

/** The header as Trembita gateways write it: userId, client, service, protocolVersion, id, requestHash; then the optional rest. */
function headerEdit (raw: RawSoap, request: SoapMessage, hash: string): { start: number, end: number, insert: string } {
  const { places } = raw
  const prefix = places.envelopePrefix === '' ? '' : `${places.envelopePrefix}:`
  const fields = fieldsOf(request, hash)
  if (!raw.hasHeader) return { start: places.bodyStart, end: places.bodyStart, insert: `<${prefix}Header>${fields}</${prefix}Header>` }
  if (places.headerSelfClosing) {
    // `<Header/>` becomes a pair: its slash goes.
    const slash = places.headerOpenEnd - 2
    return { start: slash, end: places.headerOpenEnd, insert: `>${fields}</${places.headerName}>` }
  }
  return { start: places.headerOpenEnd, end: places.headerOpenEnd, insert: fields }
}

function fieldsOf (request: SoapMessage, hash: string): string {
  const plain = (name: string, value: string | undefined, attributes = ''): string =>
    value === undefined ? '' : `<xroad:${name} xmlns:xroad="${XROAD_NS}"${attributes}>${escapeText(value)}</xroad:${name}>`
  const identifier = (name: string, type: string, parts: string): string =>
    `<xroad:${name} xmlns:xroad="${XROAD_NS}" xmlns:id="${IDENTIFIERS_NS}" id:objectType="${type}">${parts}</xroad:${name}>`
  const party = request.representedParty
  return plain('userId', request.userId) +
    identifier('client', request.client.subsystemCode === undefined ? 'MEMBER' : 'SUBSYSTEM', formatIdentifierParts(request.client)) +
    identifier('service', 'SERVICE', formatIdentifierParts(request.service)) +
    plain('protocolVersion', request.protocolVersion) +
    plain('id', request.id) +
    plain('requestHash', hash, ` algorithmId="${REQUEST_HASH_URI}"`) +
    plain('issue', request.issue) +
    (party === undefined
      ? ''
      : `<repr:representedParty xmlns:repr="${REPRESENTATION_NS}">` +
        (party.partyClass === undefined ? '' : `<repr:partyClass>${escapeText(party.partyClass)}</repr:partyClass>`) +
        `<repr:partyCode>${escapeText(party.partyCode)}</repr:partyCode></repr:representedParty>`)
}

/** Children of an identifier element, in the order of the schema, with prefix `id`. */
export function formatIdentifierParts (id: ClientId | ServiceId | ServerId): string {
  const all = id as ServiceId & ServerId
  const element = (name: string, value: string | undefined): string => value === undefined ? '' : `<id:${name}>${escapeText(value)}</id:${name}>`
  return element('xRoadInstance', all.instance) + element('memberClass', all.memberClass) + element('memberCode', all.memberCode) +
    element('subsystemCode', all.subsystemCode) + element('serviceCode', all.serviceCode) + element('serviceVersion', all.serviceVersion) +
    element('serverCode', all.serverCode)
}
