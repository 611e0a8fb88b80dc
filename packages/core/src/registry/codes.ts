import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { oddCharacters } from '@trembita/protocol/identifiers'
import { Refusal } from '../refusal.ts'

/** Width of every code and name in X-Road's own registry. */
export const TEXT_CHARACTERS_MAX = 255

/** What X-Road allows in strict mode (xroad-trust §1.4); `_` is not among them, though real codes of Trembita have it. */
const STRICT = /^[a-zA-Z0-9'()+,\-.=?]+$/

/**
 * What is wrong with a code that somebody wants to register, or undefined. Codes that are registered already stay, whatever
 * the rules were then.
 */
export function codeProblem (code: string, strict: boolean): string | undefined {
  if (code === '') return 'is missing'
  if (code.length > TEXT_CHARACTERS_MAX) return `is longer than ${TEXT_CHARACTERS_MAX} characters`
  if (code.trim() !== code) return 'begins or ends with a space'
  if (oddCharacters([code]) || !isXmlText(code)) return 'holds one of : ; / \\ %, or a character that cannot be seen'
  if (strict && !STRICT.test(code)) return 'may hold Latin letters, digits and \' ( ) + , - . = ? only'
  return undefined
}

/** What no XML can hold would keep the whole configuration from being published. */
function isXmlText (text: string): boolean {
  return text.isWellFormed() && !/[\ufffe\uffff]/.test(text)
}

/** @throws {Refusal} `invalid_identifier` with what is wrong with each field. */
export function checkCodes (codes: Readonly<Record<string, string>>, strict: boolean): void {
  const fields = Object.fromEntries(Object.entries(codes).flatMap(([field, code]) => {
    const problem = codeProblem(code, strict)
    return problem === undefined ? [] : [[field, problem]]
  }))
  const [[field, problem] = []] = Object.entries(fields)
  if (field !== undefined) throw new Refusal('invalid', 'invalid_identifier', `${field} ${problem}`, { fields })
}

/** @throws {Refusal} `invalid_text` for a name or description that is blank, too long, or holds control characters. */
export function checkText (field: string, text: string): string {
  const trimmed = text.normalize('NFC').trim()

  const problem = trimmed === '' ? 'is blank' : trimmed.length > TEXT_CHARACTERS_MAX ? `is longer than ${TEXT_CHARACTERS_MAX} characters` : /[\u0000-\u001f\u007f-\u009f\u200b\ufeff]/.test(trimmed) || !isXmlText(trimmed) ? 'holds a character that cannot be seen' : undefined
  if (problem !== undefined) throw new Refusal('invalid', 'invalid_text', `${field} ${problem}`, { fields: { [field]: problem } })
  return trimmed
}

/**
 * Address of a gateway: a host name or IP address, for gateways of ours with a port if they share a machine (design D12).
 *
 * @throws {Refusal} `invalid_server_address`
 * @see xroad-trust §1.4
 */
export function checkAddress (field: string, address: string): string {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+)|([0-9A-Fa-f:.]+))(?::(\d{1,5}))?$/.exec(address.trim())
  const host = match?.[1] ?? match?.[2] ?? match?.[3] ?? ''
  const port = Number(match?.[4] ?? 1)
  if (isIP(host) === 0 && !isDomain(host)) throw notAnAddress(field)
  // Port 65535 has no neighbour for the OCSP port.
  if (port < 1 || port > 65534) throw notAnAddress(field)
  return address.trim()
}

function isDomain (host: string): boolean {
  const ascii = domainToASCII(host)
  return ascii.length <= 253 && /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(ascii)
}

function notAnAddress (field: string): Refusal {
  const problem = 'is neither a host name nor an IP address, with or without a port'
  return new Refusal('invalid', 'invalid_server_address', `${field} ${problem}`, { fields: { [field]: problem } })
}
