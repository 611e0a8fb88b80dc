import { decodeXml, parseXmlTree, type XmlTree } from '../xml/index.ts'
import { decodeBase64Lines } from './base64.ts'
import { type DigestAlgorithm, digestByUri } from './digests.ts'
import { type ChainInput, type HashChain, type HashChainResult, malformedChain } from './hash-chain.ts'
import { readOwnChain, readOwnChainResult } from './read-own-chain.ts'

const CHAIN_NS = 'http://cyber.ee/hashchain'
const DS_NS = 'http://www.w3.org/2000/09/xmldsig#'

/** A chain of the largest batch (10 000) with some hundreds of attachments is far below this. */
export const HASH_CHAIN_BYTES_MAX = 1024 * 1024
const STEPS_MAX = 1024

function textOf (bytes: Uint8Array): string {
  if (bytes.byteLength > HASH_CHAIN_BYTES_MAX) throw malformedChain(`hash chain exceeds ${HASH_CHAIN_BYTES_MAX} bytes`)
  try {
    return decodeXml(bytes)
  } catch (cause) {
    throw malformedChain('hash chain is not UTF-8', cause)
  }
}

function read (bytes: Uint8Array, root: string): XmlTree {
  let tree: XmlTree
  try {
    tree = parseXmlTree(bytes, { bytesMax: HASH_CHAIN_BYTES_MAX, depthMax: 8, attributesMax: 16 })
  } catch (cause) {
    throw malformedChain(`${root} cannot be read`, cause)
  }
  if (tree.local !== root || tree.ns !== CHAIN_NS) throw malformedChain(`root element is not ${root}`)
  return tree
}

/** @throws {Fault} `MalformedHashChain` */
export function readHashChainResult (bytes: Uint8Array): HashChainResult {
  const own = readOwnChainResult(textOf(bytes))
  if (own !== undefined) return own
  const tree = read(bytes, 'HashChainResult')
  const [method, value, ...rest] = tree.elements()
  if (method === undefined || value === undefined || rest.length > 0) throw malformedChain('HashChainResult has other children than expected')
  const uri = tree.attribute('URI') ?? ''
  const hash = uri.indexOf('#')
  if (hash < 1 || hash === uri.length - 1) throw malformedChain('HashChainResult names no step')
  return { file: uri.slice(0, hash), step: uri.slice(hash + 1), method: methodOf(method, DS_NS, 'DigestMethod'), value: valueOf(value) }
}

/** @throws {Fault} `MalformedHashChain` */
export function readHashChain (bytes: Uint8Array): HashChain {
  const own = readOwnChain(textOf(bytes))
  if (own !== undefined) return own
  const tree = read(bytes, 'HashChain')
  const elements = tree.elements()
  const fallback = elements[0]?.local === 'DefaultDigestMethod' ? methodOf(elements.shift()!, CHAIN_NS, 'DefaultDigestMethod') : undefined
  if (elements.length === 0 || elements.length > STEPS_MAX) throw malformedChain('number of hash steps')
  const steps = new Map<string, ChainInput[]>()
  for (const element of elements) {
    if (element.local !== 'HashStep' || element.ns !== CHAIN_NS) throw malformedChain('HashChain has a child that is no HashStep')
    const id = element.attribute('id')
    if (id === undefined || steps.has(id)) throw malformedChain('HashStep without an id of its own')
    const inputs = element.elements().map((input) => readInput(input, fallback))
    if (inputs.length === 0) throw malformedChain('HashStep without inputs')
    steps.set(id, inputs)
  }
  return steps
}

function readInput (element: XmlTree, fallback: DigestAlgorithm | undefined): ChainInput {
  const children = element.elements()
  const method = children[0]?.local === 'DigestMethod' ? methodOf(children.shift()!, DS_NS, 'DigestMethod') : fallback
  if (element.ns !== CHAIN_NS || method === undefined) throw malformedChain('input of a HashStep without digest method')
  const uri = element.attribute('URI')
  if (element.local === 'StepRef' && uri !== undefined && children.length === 0) {
    if (!uri.startsWith('#')) throw malformedChain('StepRef leads out of the document')
    return { kind: 'step', method, step: uri.slice(1) }
  }
  // Transforms are in the schema; nobody makes them, and each would be a way to hash something else.
  if (children.length !== 1) throw malformedChain('input of a HashStep is not one digest')
  const value = valueOf(children[0]!)
  if (element.local === 'HashValue' && uri === undefined) return { kind: 'value', method, value }
  if (element.local === 'DataRef' && uri !== undefined) return { kind: 'data', method, uri, value }
  throw malformedChain('HashStep has an unknown input')
}

function methodOf (element: XmlTree, ns: string, local: string): DigestAlgorithm {
  if (element.local !== local || element.ns !== ns) throw malformedChain(`${local} expected`)
  const method = digestByUri(element.attribute('Algorithm') ?? '')
  if (method === undefined) throw malformedChain('digest method is not accepted')
  return method
}

function valueOf (element: XmlTree): Buffer {
  if (element.local !== 'DigestValue' || element.ns !== DS_NS || element.elements().length > 0) throw malformedChain('DigestValue expected')
  const value = decodeBase64Lines(element.text())
  if (value === undefined) throw malformedChain('DigestValue is not base64')
  return value
}
