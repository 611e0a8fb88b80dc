import { Fault } from '../fault/index.ts'
import type { ClientId } from '../identifiers/index.ts'
import { ElementTree, parseXmlTree, readXml, readXmlPieces, XML_BYTES_MAX, type XmlHandlers, type XmlTree } from '../xml/index.ts'

export const XROAD_NS = 'http://x-road.eu/xsd/xroad.xsd'
export const IDENTIFIERS_NS = 'http://x-road.eu/xsd/identifiers'
const XMLNS_NS = 'http://www.w3.org/2000/xmlns/'
const XSI_NS = 'http://www.w3.org/2001/XMLSchema-instance'

/** Real files are 6 levels deep; the wildcard at the end gets some room. */
const DEPTH_MAX = 32

export function malformed (message: string, cause?: unknown): Fault {
  return new Fault('MalformedGlobalConf', message, { cause })
}

/** Parses a small configuration part and gives its root, which alone is in the namespace. */
export function readRoot (bytes: Uint8Array, local: string): XmlTree {
  const root = asMalformed(() => parseXmlTree(bytes, LIMITS))
  checkRoot(root, local)
  return root
}

const LIMITS = { bytesMax: XML_BYTES_MAX, depthMax: DEPTH_MAX }

function asMalformed<T> (read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof Fault && cause.kind === 'MalformedGlobalConf') throw cause
    throw malformed(`configuration part: ${cause instanceof Fault ? cause.message : 'not readable as XML'}`, cause)
  }
}

function checkRoot (root: { readonly local: string, readonly ns: string }, local: string): void {
  if (root.local !== local || root.ns !== XROAD_NS) throw malformed(`root element is not {${XROAD_NS}}${local}`)
}

/** One kind of child in the sequence of a part's root. */
export interface Step {
  readonly local: string
  readonly min?: number
  readonly max?: number
  readonly read: (element: XmlTree) => void
}

/**
 * Reads a part whose root has many children: each is built, read and dropped in turn, so that a country's registry never
 * stands in memory as a tree. Order and number are those of the steps.
 *
 * @param bytes whole, or in pieces cut between characters.
 * @param wildcard whether anything may follow the last step (xs:any lax).
 */
export function readSequence (bytes: Uint8Array | readonly Uint8Array[], local: string, steps: readonly Step[], wildcard: boolean): void {
  const path: ElementTree[] = []
  let [step, count] = [0, 0]
  const advance = (child: ElementTree | undefined): void => {
    for (;;) {
      const expected = steps[step]
      if (expected === undefined) {
        if (child !== undefined && !wildcard) throw malformed(`${local}: element ${child.local} is unknown or out of order`)
        return
      }
      if (child?.local === expected.local && child.ns === '' && count < (expected.max ?? Infinity)) {
        count += 1
        expected.read(child)
        return
      }
      if (count < (expected.min ?? 0)) throw malformed(`${local}: expected element ${expected.local}, found ${child?.local ?? 'the end'}`)
      step += 1
      count = 0
    }
  }
  const handlers: XmlHandlers = {
    open (element, start) {
      const tree = new ElementTree(element, start)
      if (path.length === 0) {
        checkRoot(element, local)
        checkAttributes(tree, [])
      }
      path.push(tree)
    },
    text (value) {
      if (path.length === 1 && !isSpace(value)) throw malformed(`${local}: text between elements`)
      if (path.length > 1) path.at(-1)!.children.push(value)
    },
    close () {
      const tree = path.pop()!
      if (path.length > 1) path.at(-1)!.children.push(tree)
      else if (path.length === 1) advance(tree)
      else advance(undefined)
    }
  }
  asMalformed(() => { if (bytes instanceof Uint8Array) readXml(bytes, LIMITS, handlers); else readXmlPieces(bytes, LIMITS, handlers) })
}

/** Reads the children of one element in the order the schema gives; whatever is out of order, unknown or missing is refused. */
export class Fields {
  readonly #children: readonly XmlTree[]
  readonly #where: string
  readonly #ns: string
  #next = 0

  /** @param attributes names that the element may carry, `local` or `{ns}local`; declarations and xsi hints always may. */
  constructor (element: XmlTree, attributes: readonly string[] = [], ns = '') {
    this.#where = element.local
    this.#ns = ns
    checkAttributes(element, attributes)
    for (const child of element.children) {
      if (typeof child === 'string' && !isSpace(child)) throw malformed(`${element.local}: text between elements`)
    }
    this.#children = element.elements()
  }

  optional (local: string): XmlTree | undefined {
    const child = this.#children[this.#next]
    if (child === undefined || child.local !== local || child.ns !== this.#ns) return undefined
    this.#next += 1
    return child
  }

  one (local: string): XmlTree {
    const child = this.optional(local)
    if (child === undefined) throw malformed(`${this.#where}: expected element ${local}, found ${this.#children[this.#next]?.local ?? 'the end'}`)
    return child
  }

  many (local: string, min = 0): XmlTree[] {
    const found: XmlTree[] = []
    for (let child = this.optional(local); child !== undefined; child = this.optional(local)) found.push(child)
    if (found.length < min) throw malformed(`${this.#where}: expected at least ${min} of element ${local}`)
    return found
  }

  /** Nothing more may follow, except, with `wildcard`, anything at all (xs:any lax). */
  end (wildcard = false): void {
    const child = this.#children[this.#next]
    if (child !== undefined && !wildcard) throw malformed(`${this.#where}: element ${child.local} is unknown or out of order`)
  }
}

function checkAttributes (element: XmlTree, allowed: readonly string[]): void {
  for (const { local, ns } of element.attributes) {
    if (ns === XMLNS_NS || ns === XSI_NS) continue
    if (!allowed.includes(ns === '' ? local : `{${ns}}${local}`)) throw malformed(`${element.local}: attribute ${local} is unknown`)
  }
}

function isSpace (text: string): boolean {
  return /^[ \t\r\n]*$/.test(text)
}

/** xs:string: the text as it stands. */
export function stringOf (element: XmlTree): string {
  checkAttributes(element, [])
  if (element.children.some((child) => typeof child !== 'string')) throw malformed(`${element.local}: element inside a simple value`)
  return element.text()
}

/** A string that names something and so cannot be blank. */
export function codeOf (element: XmlTree): string {
  const text = stringOf(element)
  if (text.trim() === '') throw malformed(`${element.local}: empty`)
  return text
}

/** Whitespace-collapsed value, as every simple type but xs:string has it. */
export function tokenOf (element: XmlTree): string {
  return stringOf(element).replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')
}

export function bytesOf (element: XmlTree): Buffer {
  const text = stringOf(element).replace(/[ \t\r\n]+/g, '')
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw malformed(`${element.local}: not base64`)
  return Buffer.from(text, 'base64')
}

export function booleanOf (element: XmlTree): boolean {
  const text = tokenOf(element)
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  throw malformed(`${element.local}: not a boolean`)
}

/** xs:integer that counts seconds: not negative, at most what a number holds exactly. */
export function secondsOf (element: XmlTree): number {
  const text = tokenOf(element)
  const value = Number(text)
  if (!/^\+?\d+$/.test(text) || !Number.isSafeInteger(value)) throw malformed(`${element.local}: not a number of seconds`)
  return value
}

/** xs:dateTime; without a zone it is taken as UTC. */
export function dateTimeOf (element: XmlTree): Date {
  const text = tokenOf(element)
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/.exec(text)
  const date = new Date(match === null ? NaN : `${match[1]}${(match[2] ?? '').slice(0, 4)}${match[3] ?? 'Z'}`)
  if (Number.isNaN(date.getTime())) throw malformed(`${element.local}: not a date and time`)
  return date
}

export function oneOf<T extends string> (element: XmlTree, values: readonly T[]): T {
  const text = stringOf(element)
  const value = values.find((value) => value === text)
  if (value === undefined) throw malformed(`${element.local}: expected one of ${values.join(', ')}`)
  return value
}

/**
 * A client identifier: the one place where local elements are qualified (identifiers.xsd).
 *
 * @returns undefined when type and codes contradict each other. The schema lets that pass and so do real nodes, to whom
 *   such an entry names nobody; refusing the file for it would put the whole instance out of service.
 */
export function clientOf (element: XmlTree): ClientId | undefined {
  const type = element.attribute('objectType', IDENTIFIERS_NS)
  const fields = new Fields(element, [`{${IDENTIFIERS_NS}}objectType`], IDENTIFIERS_NS)
  const instance = codeOf(fields.one('xRoadInstance'))
  const memberClass = codeOf(fields.one('memberClass'))
  const memberCode = codeOf(fields.one('memberCode'))
  const subsystem = fields.optional('subsystemCode')
  fields.end()
  if (type !== 'MEMBER' && type !== 'SUBSYSTEM') throw malformed(`${element.local}: objectType is not MEMBER or SUBSYSTEM`)
  if ((type === 'SUBSYSTEM') !== (subsystem !== undefined)) return undefined
  return subsystem === undefined ? { instance, memberClass, memberCode } : { instance, memberClass, memberCode, subsystemCode: codeOf(subsystem) }
}

/** Instance identifiers become names of folders; `.` and `..` and empty ones would leave the folder they belong to. */
export function instanceOf (element: XmlTree): string {
  const instance = codeOf(element)
  checkInstance(instance)
  return instance
}

/** @throws {Fault} `MalformedGlobalConf` for an instance identifier that cannot be used safely. */
export function checkInstance (instance: string): void {
  if (instance === '' || instance === '.' || instance === '..' || instance.length > 255 || /[\u0000-\u001f\u007f]/.test(instance)) {
    throw malformed('instance identifier is not usable')
  }
}
