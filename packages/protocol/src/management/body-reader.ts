import { Fault } from '../fault/index.ts'
import type { ClientId, MemberId, ServerId } from '../identifiers/index.ts'
import { IDENTIFIERS_NS, XROAD_NS } from '../message/index.ts'
import { CERTIFICATE_BYTES_MAX } from '../pki/index.ts'
import { decodeBase64Lines } from '../signature/index.ts'
import type { XmlTree } from '../xml/index.ts'

/** Width of every text of the registry (xroad-trust §1.4). */
export const TEXT_MAX = 255

const MEMBER_PARTS = ['xRoadInstance', 'memberClass', 'memberCode'] as const

/**
 * Takes the children of a request's body element apart, each by its name and once. Their order is not asked: the schema has
 * one, but no reader of X-Road's own does.
 *
 * @throws {Fault} `InvalidRequest`, and `InvalidClientIdentifier` for what is wrong with an identifier.
 */
export class BodyReader {
  readonly #fields = new Map<string, XmlTree>()

  constructor (body: XmlTree) {
    for (const child of childrenOf(body)) {
      if (child.ns !== XROAD_NS) throw invalid(`${body.local}: child element of another namespace`)
      if (this.#fields.has(child.local)) throw invalid(`${body.local}: more than one ${nameOf(child)}`)
      this.#fields.set(child.local, child)
    }
  }

  /** To be called when all fields were taken: what is left is nothing we know, and acting on a part of a request is worse than refusing it. */
  end (): void {
    const [left] = this.#fields.values()
    if (left !== undefined) throw invalid(`unexpected element ${nameOf(left)}`)
  }

  text (name: string): string {
    return this.optionalText(name) ?? missing(name)
  }

  optionalText (name: string): string | undefined {
    const field = this.#take(name)
    if (field === undefined) return undefined
    const text = textOf(field)
    if (text.length > TEXT_MAX) throw invalid(`${name}: longer than ${TEXT_MAX} characters`)
    return text
  }

  /** DER; no bytes for an empty element, which the connection test of X-Road 7.8 sends and whose lack of signatures is to be told first. */
  certificate (name: string): Buffer {
    const text = textOf(this.#take(name) ?? missing(name))
    if (text.trim() === '') return Buffer.alloc(0)
    const der = decodeBase64Lines(text)
    if (der === undefined || der.length > CERTIFICATE_BYTES_MAX) throw invalid(`${name}: not base64 of a certificate`)
    return der
  }

  optionalBoolean (name: string): boolean | undefined {
    const field = this.#take(name)
    if (field === undefined) return undefined
    // xs:boolean, white space collapsed
    const text = textOf(field).trim()
    if (!['true', 'false', '1', '0'].includes(text)) throw invalid(`${name}: not a boolean`)
    return text === 'true' || text === '1'
  }

  server (name: string): ServerId {
    const { type, parts } = this.#identifier(name)
    if (type !== 'SERVER') throw badIdentifier(`${name}: objectType is not SERVER`)
    return { ...memberOfParts(name, parts, 'serverCode'), serverCode: partOf(name, parts, 'serverCode') }
  }

  client (name: string): ClientId {
    const { type, parts } = this.#identifier(name)
    if (type === 'MEMBER') return memberOfParts(name, parts)
    if (type !== 'SUBSYSTEM') throw badIdentifier(`${name}: objectType is neither MEMBER nor SUBSYSTEM`)
    return { ...memberOfParts(name, parts, 'subsystemCode'), subsystemCode: partOf(name, parts, 'subsystemCode') }
  }

  #identifier (name: string): { type: string | undefined, parts: Map<string, string> } {
    const field = this.#take(name) ?? missing(name)
    const parts = new Map<string, string>()
    for (const part of childrenOf(field)) {
      if (part.ns !== IDENTIFIERS_NS) throw badIdentifier(`${name}: part of another namespace`)
      if (parts.has(part.local)) throw badIdentifier(`${name}: more than one ${nameOf(part)}`)
      parts.set(part.local, textOf(part))
    }
    return { type: field.attribute('objectType', IDENTIFIERS_NS), parts }
  }

  #take (name: string): XmlTree | undefined {
    const field = this.#fields.get(name)
    this.#fields.delete(name)
    return field
  }
}

function memberOfParts (name: string, parts: ReadonlyMap<string, string>, last?: string): MemberId {
  const known: readonly string[] = last === undefined ? MEMBER_PARTS : [...MEMBER_PARTS, last]
  for (const part of parts.keys()) {
    if (!known.includes(part)) throw badIdentifier(part === 'subsystemCode' ? `${name}: a member has no subsystem code` : `${name}: unexpected part`)
  }
  return { instance: partOf(name, parts, 'xRoadInstance'), memberClass: partOf(name, parts, 'memberClass'), memberCode: partOf(name, parts, 'memberCode') }
}

function partOf (name: string, parts: ReadonlyMap<string, string>, part: string): string {
  const value = parts.get(part)
  if (value === undefined || value === '') throw badIdentifier(`${name}: ${part} is missing or empty`)
  return value
}

function childrenOf (element: XmlTree): XmlTree[] {
  const stray = element.children.some((child) => typeof child === 'string' && /[^ \t\r\n]/.test(child))
  if (stray) throw invalid(`${nameOf(element)}: text between elements`)
  return element.elements()
}

function textOf (element: XmlTree): string {
  if (element.elements().length > 0) throw invalid(`${nameOf(element)}: expected text, found elements`)
  return element.text()
}

/** A name for an error text: what a stranger wrote, cut to what a name may be. */
function nameOf (element: XmlTree): string {
  return /^[\w.-]{1,40}$/.test(element.local) ? element.local : 'element'
}

function missing (name: string): never {
  throw invalid(`${name} is missing`)
}

function invalid (message: string): Fault {
  return new Fault('InvalidRequest', message)
}

function badIdentifier (message: string): Fault {
  return new Fault('InvalidClientIdentifier', message)
}
