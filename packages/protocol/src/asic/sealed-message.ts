import { Fault } from '../fault/index.ts'
import { type ClientId, memberOf, type MemberId, type ServiceId } from '../identifiers/index.ts'
import { parseRestRequest, parseRestResponse, parseSoap } from '../message/index.ts'

/** What the message in a container says of itself. */
export interface SealedMessage {
  readonly protocol: 'soap' | 'rest'
  readonly direction: 'request' | 'response'
  readonly id: string
  readonly client: ClientId
  readonly service: ServiceId
  /** Who must have sealed it: the client's member for a request, the provider for a response. */
  readonly signer: MemberId
}

/**
 * Reads a logged message, which is a SOAP envelope or a REST head by its first character.
 *
 * @throws {Fault} `InvalidMessage` when it is neither.
 */
export function readSealedMessage (bytes: Uint8Array): SealedMessage {
  try {
    return isXml(bytes) ? readSoapMessage(bytes) : readRestMessage(bytes)
  } catch (cause) {
    throw new Fault('InvalidMessage', `message cannot be read: ${cause instanceof Fault ? cause.message : 'internal error'}`, { cause })
  }
}

function isXml (bytes: Uint8Array): boolean {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  for (let i = start; i < bytes.length; i++) {
    if (bytes[i] === 0x3c) return true
    if (![0x20, 0x09, 0x0d, 0x0a].includes(bytes[i]!)) return false
  }
  return false
}

function readSoapMessage (bytes: Uint8Array): SealedMessage {
  const parsed = parseSoap(bytes)
  if (parsed.kind === 'fault') throw new Fault('InvalidSoap', 'a fault is not sealed')
  const { client, service, id, isResponse } = parsed.message
  return { protocol: 'soap', direction: isResponse ? 'response' : 'request', id, client, service, signer: memberOf(isResponse ? service : client) }
}

function readRestMessage (bytes: Uint8Array): SealedMessage {
  const isResponse = bytes[0]! >= 0x30 && bytes[0]! <= 0x39 // begins with the status
  const { client, service, id } = isResponse ? parseRestResponse(bytes) : parseRestRequest(bytes)
  return { protocol: 'rest', direction: isResponse ? 'response' : 'request', id, client, service, signer: memberOf(isResponse ? service : client) }
}
