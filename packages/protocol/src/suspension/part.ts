import { Fault } from '../fault/index.ts'
import type { MemberId } from '../identifiers/index.ts'
import { escapeAttribute, parseXmlTree, XML_BYTES_MAX, type XmlTree } from '../xml/index.ts'
import { SUSPENSION_GROUNDS, type ListedSuspension, type SuspensionList, type SuspensionTarget } from './types.ts'

/** Content identifier of the configuration part; peers of X-Road save it beside the others and never look at it. */
export const SUSPENSIONS_PART = 'SUSPENSIONS'
/** Name of its file, which is also the last segment of its location. */
export const SUSPENSIONS_FILE = 'suspensions.xml'
export const SUSPENSION_LIST_NS = 'urn:trembita:suspensions:1'

const DEPTH_MAX = 4

/** Writes the configuration part, one suspension a line. */
export function writeSuspensionList ({ instance, suspensions }: SuspensionList): Buffer {
  const lines = suspensions.map(({ number, target, ground, actNumber, actDate, since, authCertHashes }) =>
    `<suspension number="${number}"${attributes({ ground, actNumber, actDate, since: since.toISOString() })}>${targetElement(target)}${authCertHashes.map((hash) => `<authCertHash value="${hash.toString('hex')}"/>`).join('')}</suspension>\n`)
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<suspensions xmlns="${SUSPENSION_LIST_NS}"${attributes({ instance })}>\n${lines.join('')}</suspensions>\n`)
}

function targetElement (target: SuspensionTarget): string {
  const { memberClass, memberCode } = target.id
  const more = target.kind === 'subsystem' ? { subsystemCode: target.id.subsystemCode } : target.kind === 'server' ? { serverCode: target.id.serverCode } : {}
  return `<${target.kind}${attributes({ memberClass, memberCode, ...more })}/>`
}

function attributes (values: Readonly<Record<string, string>>): string {
  return Object.entries(values).map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`).join('')
}

/**
 * Reads the configuration part.
 *
 * @throws {Fault} `MalformedGlobalConf` for whatever the writer would not have written.
 */
export function parseSuspensionList (bytes: Uint8Array): SuspensionList {
  const root = parseTree(bytes)
  if (root.local !== 'suspensions' || root.ns !== SUSPENSION_LIST_NS) throw malformed(`root element is not {${SUSPENSION_LIST_NS}}suspensions`)
  const instance = required(root, 'instance')
  return { instance, suspensions: childrenOf(root).map((element) => readSuspension(element, instance)) }
}

function parseTree (bytes: Uint8Array): XmlTree {
  try {
    return parseXmlTree(bytes, { bytesMax: XML_BYTES_MAX, depthMax: DEPTH_MAX })
  } catch (cause) {
    throw new Fault('MalformedGlobalConf', `list of suspensions: ${cause instanceof Fault ? cause.message : 'not readable'}`, { cause })
  }
}

function readSuspension (element: XmlTree, instance: string): ListedSuspension {
  if (element.local !== 'suspension') throw malformed(`element ${element.local} is unknown`)
  const ground = SUSPENSION_GROUNDS.find((ground) => ground === required(element, 'ground'))
  if (ground === undefined) throw malformed('a ground is not known')
  const number = Number(required(element, 'number'))
  const actDate = required(element, 'actDate')
  const since = new Date(required(element, 'since'))
  if (!Number.isSafeInteger(number) || number < 1) throw malformed('a number is none')
  if (!/^\d{4}-\d{2}-\d{2}$/.test(actDate) || Number.isNaN(since.getTime())) throw malformed('a date is none')
  const [first, ...rest] = childrenOf(element)
  if (first === undefined) throw malformed('a suspension names nobody')
  return { number, target: readTarget(first, instance), ground, actNumber: required(element, 'actNumber'), actDate, since, authCertHashes: rest.map(readHash) }
}

function readTarget (element: XmlTree, instance: string): SuspensionTarget {
  const member: MemberId = { instance, memberClass: required(element, 'memberClass'), memberCode: required(element, 'memberCode') }
  switch (element.local) {
    case 'member': return { kind: 'member', id: member }
    case 'subsystem': return { kind: 'subsystem', id: { ...member, subsystemCode: required(element, 'subsystemCode') } }
    case 'server': return { kind: 'server', id: { ...member, serverCode: required(element, 'serverCode') } }
    default: throw malformed(`element ${element.local} is unknown`)
  }
}

function readHash (element: XmlTree): Buffer {
  const value = required(element, 'value')
  if (element.local !== 'authCertHash' || !/^[0-9a-f]{64}$/.test(value)) throw malformed('a digest is not 64 hexadecimal digits')
  return Buffer.from(value, 'hex')
}

function childrenOf (element: XmlTree): XmlTree[] {
  if (element.children.some((child) => typeof child === 'string' && child.trim() !== '')) throw malformed('text between elements')
  const children = element.elements()
  if (children.some(({ ns }) => ns !== SUSPENSION_LIST_NS)) throw malformed('an element of another namespace')
  return children
}

function required (element: XmlTree, name: string): string {
  const value = element.attribute(name)
  if (value === undefined || value === '') throw malformed(`element ${element.local} has no ${name}`)
  return value
}

function malformed (problem: string): Fault {
  return new Fault('MalformedGlobalConf', `list of suspensions: ${problem}`)
}
