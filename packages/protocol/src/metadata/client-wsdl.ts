import { Fault } from '../fault/index.ts'
import { IDENTIFIERS_NS, XROAD_NS } from '../message/index.ts'
import { escapeAttribute } from '../xml/index.ts'
import {
  applyEdits, attributeOf, childrenOf, decodeDescription, descendants, editAttribute, encodeDescription, readOffsetTree, type Edit, type OffsetNode
} from './offset-tree.ts'
import { localOf, versionOf } from './read-wsdl.ts'
import { WSDL_NS, WSDL_SOAP_NAMESPACES, XS_NS } from './wsdl-namespaces.ts'
import { IDENTIFIERS_SCHEMA, XROAD_SCHEMA } from './xroad-schemas.ts'

export interface ClientWsdlInput {
  readonly serviceCode: string
  readonly serviceVersion?: string | undefined
  /** Address of this gateway as the client reached it: `http://gw.example.gov.ua:80/`. */
  readonly location: string
  /** Where the WSDL was read from: relative `schemaLocation`s are resolved against it. */
  readonly baseUrl?: string | undefined
}

/** Parts of the header message, in the order real gateways write them. */
const HEADER_PARTS = ['protocolVersion', 'id', 'userId', 'service', 'client']

/**
 * A provider's WSDL as `/wsdl` gives it to clients of the Trembita dialect: one operation, the address of this gateway, and the
 * message header described, so that generated clients can fill it in. What is not touched stays as it was written. A WSDL that
 * describes the header itself keeps its own description.
 *
 * @throws {Fault} `InvalidXml` for no WSDL; `UnknownService` when no SOAP port offers the operation.
 * @see trembita §5
 */
export function clientWsdl (wsdl: Uint8Array, input: ClientWsdlInput): Buffer {
  const text = decodeDescription(wsdl)
  const root = readOffsetTree(text)
  if (root.local !== 'definitions' || root.ns !== WSDL_NS) throw new Fault('InvalidXml', 'document is no WSDL 1.1 description')
  return encodeDescription(applyEdits(text, new ClientWsdl(text, root, input).edits()))
}

class ClientWsdl {
  readonly #text: string
  readonly #root: OffsetNode
  readonly #input: ClientWsdlInput
  readonly #edits: Edit[] = []
  readonly #removed = new Set<OffsetNode>()
  /** Declarations to be added to the root. */
  #declarations = ''
  /** Prefix of the WSDL namespace with its colon, as the root has it. */
  readonly #wsdl: string

  constructor (text: string, root: OffsetNode, input: ClientWsdlInput) {
    this.#text = text
    this.#root = root
    this.#input = input
    this.#wsdl = root.prefix === '' ? '' : `${root.prefix}:`
  }

  edits (): Edit[] {
    const operations = this.#keepOperation()
    this.#keepMessages(operations)
    this.#keepPorts(new Set(operations.map(({ binding }) => attributeOf(binding, 'name'))))
    if (!operations.some(({ operation }) => this.#describesHeader(operation))) {
      this.#addSchemas()
      this.#addHeaders(operations.map(({ operation }) => operation))
    }
    this.#absoluteSchemaLocations()
    if (this.#declarations !== '') this.#insertInTag(this.#root, this.#declarations)
    return this.#edits
  }

  #remove (node: OffsetNode): void {
    this.#removed.add(node)
    // The white space before goes too, so that no empty lines stay behind.
    let start = node.start
    while (start > 0 && /\s/.test(this.#text[start - 1]!)) start--
    if (start < node.parent!.openEnd) start = node.parent!.openEnd
    this.#edits.push({ start, end: node.end, insert: '' })
  }

  #insert (at: number, insert: string): void {
    this.#edits.push({ start: at, end: at, insert })
  }

  /** Before the end of a start tag. */
  #insertInTag (node: OffsetNode, attributes: string): void {
    this.#insert(node.openEnd - (node.selfClosing ? 2 : 1), attributes)
  }

  /** As last child; an empty-element tag becomes a pair. */
  #append (node: OffsetNode, content: string): void {
    if (node.selfClosing) this.#edits.push({ start: node.openEnd - 2, end: node.openEnd, insert: `>${content}</${node.name}>` })
    else this.#insert(node.closeStart, content)
  }

  /** Leaves the operation alone in every SOAP binding that has it and in the port types behind; the rest goes. */
  #keepOperation (): { binding: OffsetNode, operation: OffsetNode, abstract: OffsetNode | undefined }[] {
    const { serviceCode, serviceVersion } = this.#input
    const portTypes = childrenOf(this.#root, 'portType', WSDL_NS)
    const kept: { binding: OffsetNode, operation: OffsetNode, abstract: OffsetNode | undefined }[] = []
    const keptAbstract = new Set<OffsetNode>()
    for (const binding of childrenOf(this.#root, 'binding', WSDL_NS)) {
      const isSoap = binding.children.some((child) => child.local === 'binding' && WSDL_SOAP_NAMESPACES.has(child.ns))
      const named = childrenOf(binding, 'operation', WSDL_NS).filter((operation) => attributeOf(operation, 'name') === serviceCode)
      // A version that the WSDL does not speak of was given when the service was registered.
      const operation = named.find((candidate) => versionOf(candidate) === serviceVersion) ?? named.find((candidate) => serviceVersion === undefined || versionOf(candidate) === undefined)
      if (!isSoap || operation === undefined) {
        this.#remove(binding)
        continue
      }
      for (const other of childrenOf(binding, 'operation', WSDL_NS)) if (other !== operation) this.#remove(other)
      const portType = portTypes.find((candidate) => attributeOf(candidate, 'name') === localOf(attributeOf(binding, 'type')))
      const abstract = portType && childrenOf(portType, 'operation', WSDL_NS).find((candidate) => attributeOf(candidate, 'name') === serviceCode)
      if (abstract !== undefined) keptAbstract.add(abstract)
      kept.push({ binding, operation, abstract })
    }
    if (kept.length === 0) throw new Fault('UnknownService', 'WSDL has no SOAP operation of that name and version')
    for (const portType of portTypes) {
      const operations = childrenOf(portType, 'operation', WSDL_NS)
      if (operations.some((operation) => keptAbstract.has(operation))) {
        for (const operation of operations) if (!keptAbstract.has(operation)) this.#remove(operation)
      } else {
        this.#remove(portType)
      }
    }
    return kept
  }

  /** Only messages that the operation, or a header or part of its binding, names. */
  #keepMessages (operations: readonly { operation: OffsetNode, abstract: OffsetNode | undefined }[]): void {
    const needed = new Set<string | undefined>()
    for (const { operation, abstract } of operations) {
      for (const root of [operation, abstract]) {
        if (root === undefined) continue
        for (const node of descendants(root)) needed.add(localOf(attributeOf(node, 'message')))
      }
    }
    for (const message of childrenOf(this.#root, 'message', WSDL_NS)) if (!needed.has(attributeOf(message, 'name'))) this.#remove(message)
  }

  /** Ports of the kept bindings, with our address; services left without a port go. */
  #keepPorts (bindings: ReadonlySet<string | undefined>): void {
    for (const service of childrenOf(this.#root, 'service', WSDL_NS)) {
      const ports = childrenOf(service, 'port', WSDL_NS)
      const kept = ports.filter((port) => bindings.has(localOf(attributeOf(port, 'binding'))))
      if (kept.length === 0) {
        this.#remove(service)
        continue
      }
      for (const port of ports) {
        if (!kept.includes(port)) this.#remove(port)
        else for (const address of port.children) this.#setAddress(address)
      }
    }
  }

  #setAddress (address: OffsetNode): void {
    if (address.local !== 'address' || !WSDL_SOAP_NAMESPACES.has(address.ns)) return
    const value = escapeAttribute(this.#input.location)
    const edit = editAttribute(this.#text, address, 'location', value)
    if (edit !== undefined) this.#edits.push(edit)
    else this.#insertInTag(address, ` location="${value}"`)
  }

  /** A binding always stays. */
  #firstKept (locals: readonly string[]): OffsetNode {
    return this.#root.children.find((child) => child.ns === WSDL_NS && locals.includes(child.local) && !this.#removed.has(child))!
  }

  #messageNamed (name: string | undefined): OffsetNode | undefined {
    return childrenOf(this.#root, 'message', WSDL_NS).find((message) => attributeOf(message, 'name') === name)
  }

  /** Whether a `soap:header` of the operation already leads to an element of the xroad namespace. */
  #describesHeader (operation: OffsetNode): boolean {
    for (const header of descendants(operation)) {
      if (header.local !== 'header' || !WSDL_SOAP_NAMESPACES.has(header.ns)) continue
      const message = this.#messageNamed(localOf(attributeOf(header, 'message')))
      if (message === undefined) continue
      for (const part of childrenOf(message, 'part', WSDL_NS)) {
        const prefix = /^([^:]*):/.exec(attributeOf(part, 'element') ?? '')?.[1]
        if (prefix !== undefined && namespaceOf(part, prefix) === XROAD_NS) return true
      }
    }
    return false
  }

  /** After the provider's own: zeep numbers namespaces in order, and clients count on it. Identifiers come first. */
  #addSchemas (): void {
    const types = childrenOf(this.#root, 'types', WSDL_NS)[0]
    const present = new Set<string | undefined>()
    for (const schema of types === undefined ? [] : childrenOf(types, 'schema', XS_NS)) {
      present.add(attributeOf(schema, 'targetNamespace'))
      for (const imported of childrenOf(schema, 'import', XS_NS)) {
        if (attributeOf(imported, 'schemaLocation') !== undefined) present.add(attributeOf(imported, 'namespace'))
      }
    }
    const schemas = (present.has(IDENTIFIERS_NS) ? '' : IDENTIFIERS_SCHEMA) + (present.has(XROAD_NS) ? '' : XROAD_SCHEMA)
    if (schemas === '') return
    if (types !== undefined) {
      this.#append(types, schemas)
      return
    }
    this.#insert(this.#firstKept(['message', 'portType', 'binding']).start, `<${this.#wsdl}types>${schemas}</${this.#wsdl}types>`)
  }

  /** The message with the five header parts, and a `soap:header` for each in input and output: without the output zeep does not unwrap the result. */
  #addHeaders (operations: readonly OffsetNode[]): void {
    const target = attributeOf(this.#root, 'targetNamespace') ?? ''
    const xroad = this.#prefixFor(XROAD_NS, 'xroad')
    const tns = this.#prefixFor(target, 'tns')
    const names = new Set(childrenOf(this.#root, 'message', WSDL_NS).map((message) => attributeOf(message, 'name')))
    let name = 'requestheader'
    for (let n = 1; names.has(name); n++) name = `requestheader${n}`
    const parts = HEADER_PARTS.map((part) => `<${this.#wsdl}part name="${part}" element="${xroad}:${part}"/>`).join('')
    this.#insert(this.#firstKept(['portType', 'binding']).start, `<${this.#wsdl}message name="${name}">${parts}</${this.#wsdl}message>`)
    for (const operation of operations) {
      for (const direction of operation.children) {
        if (direction.ns !== WSDL_NS || (direction.local !== 'input' && direction.local !== 'output')) continue
        const body = [...descendants(direction)].find((node) => node.local === 'body' && WSDL_SOAP_NAMESPACES.has(node.ns))
        const soap = body?.prefix ?? operation.parent!.children.find((child) => child.local === 'binding' && WSDL_SOAP_NAMESPACES.has(child.ns))!.prefix
        const headers = HEADER_PARTS.map((part) => `<${soap === '' ? '' : `${soap}:`}header message="${tns}:${name}" part="${part}" use="literal"/>`).join('')
        if (body !== undefined) this.#insert(body.end, headers)
        else this.#append(direction, headers)
      }
    }
  }

  /** The prefix the root binds to a namespace; the wanted one is bound besides when it is free. */
  #prefixFor (ns: string, wanted: string): string {
    const bound = this.#root.attributes.filter((attribute) => attribute.prefix === 'xmlns')
    if (bound.some((attribute) => attribute.local === wanted && attribute.value === ns)) return wanted
    const other = bound.find((attribute) => attribute.value === ns)?.local
    if (other !== undefined && wanted === 'tns') return other
    let prefix = wanted
    for (let n = 1; bound.some((attribute) => attribute.local === prefix); n++) prefix = `${wanted}${n}`
    if (prefix !== wanted && other !== undefined) return other
    this.#declarations += ` xmlns:${prefix}="${escapeAttribute(ns)}"`
    return prefix
  }

  #absoluteSchemaLocations (): void {
    const { baseUrl } = this.#input
    if (baseUrl === undefined) return
    for (const node of descendants(this.#root)) {
      const name = node.ns === WSDL_NS && node.local === 'import' ? 'location' : 'schemaLocation'
      if (node.ns !== XS_NS && name === 'schemaLocation') continue
      const value = attributeOf(node, name)
      if (value === undefined || !URL.canParse(value, baseUrl)) continue
      const edit = editAttribute(this.#text, node, name, escapeAttribute(new URL(value, baseUrl).href))
      if (edit !== undefined) this.#edits.push(edit)
    }
  }
}

/** Namespace that a prefix is bound to at an element. */
function namespaceOf (node: OffsetNode, prefix: string): string | undefined {
  for (let at: OffsetNode | undefined = node; at !== undefined; at = at.parent) {
    const found = at.attributes.find((attribute) => attribute.prefix === 'xmlns' && attribute.local === prefix)
    if (found !== undefined) return found.value
  }
  return undefined
}
