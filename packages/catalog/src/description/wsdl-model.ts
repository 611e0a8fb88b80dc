import { readWsdl } from '@trembita/protocol/metadata'
import { escapeAttribute, parseXmlTree, type XmlTree } from '@trembita/protocol/xml'
import { DESCRIPTION_BYTES_MAX, DESCRIPTION_DEPTH_MAX } from './limits.ts'
import { DescriptionError } from './read-openapi.ts'

const WSDL_NS = 'http://schemas.xmlsoap.org/wsdl/'
const XS_NS = 'http://www.w3.org/2001/XMLSchema'
const XMLNS = 'http://www.w3.org/2000/xmlns/'

/** Name of an element: namespace and local name. */
export interface QName { readonly ns: string, readonly local: string }

export interface WsdlServiceOperation {
  readonly code: string
  readonly version?: string | undefined
  readonly title?: string | undefined
  readonly input?: QName | undefined
  readonly output?: QName | undefined
  readonly style: 'document' | 'rpc'
  readonly literal: boolean
}

/** One schema of `types`, as a document of its own. */
export interface InlineSchema {
  readonly targetNamespace: string
  readonly text: string
  readonly imports: readonly { readonly namespace: string, readonly location?: string | undefined }[]
}

export interface WsdlModel {
  readonly targetNamespace: string
  readonly documentation?: string | undefined
  readonly operations: readonly WsdlServiceOperation[]
  readonly schemas: readonly InlineSchema[]
}

/** @throws {DescriptionError} for what is no WSDL 1.1 within the limits. */
export function toWsdlModel (bytes: Uint8Array): WsdlModel {
  if (bytes.byteLength > DESCRIPTION_BYTES_MAX) throw new DescriptionError(`larger than ${DESCRIPTION_BYTES_MAX} bytes`)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const root = parseXmlTree(Buffer.from(text), { bytesMax: DESCRIPTION_BYTES_MAX, depthMax: DESCRIPTION_DEPTH_MAX })
    const { operations } = readWsdl(bytes)
    const documentation = root.child('documentation', WSDL_NS)?.text().trim()
    return {
      targetNamespace: root.attribute('targetNamespace') ?? '',
      documentation: documentation === '' ? undefined : documentation,
      operations: operations.map(({ serviceCode, serviceVersion, title }) => ({ code: serviceCode, version: serviceVersion, title, ...partsOf(root, serviceCode) })),
      schemas: root.child('types', WSDL_NS)?.all('schema', XS_NS).map((schema) => toSchema(text, root, schema)) ?? []
    }
  } catch (error) {
    throw error instanceof DescriptionError ? error : new DescriptionError(error instanceof Error ? error.message : String(error))
  }
}

/** Elements of the input and the output message, and how the binding writes them. */
function partsOf (root: XmlTree, code: string): Pick<WsdlServiceOperation, 'input' | 'output' | 'style' | 'literal'> {
  const named = (of: string): XmlTree | undefined => root.all(of, WSDL_NS).flatMap((parent) => parent.all('operation', WSDL_NS)).find((one) => one.attribute('name') === code)
  const abstract = named('portType')
  const binding = root.all('binding', WSDL_NS).find((one) => one.all('operation', WSDL_NS).some((operation) => operation.attribute('name') === code))
  const operation = binding?.all('operation', WSDL_NS).find((one) => one.attribute('name') === code)
  const style = operation?.child('operation')?.attribute('style') ?? binding?.child('binding')?.attribute('style') ?? 'document'
  const element = (direction: 'input' | 'output'): QName | undefined => {
    const message = abstract?.child(direction, WSDL_NS)?.attribute('message')
    const definition = root.all('message', WSDL_NS).find((one) => one.attribute('name') === local(message))
    // What the header holds is named by soap:header; the body is the part that it does not name.
    const parts = definition?.all('part', WSDL_NS).filter((part) => part.attribute('element') !== undefined) ?? []
    const body = operation?.child(direction, WSDL_NS)?.child('body')?.attribute('parts')
    const part = parts.find((one) => one.attribute('name') === body) ?? parts[0]
    return part === undefined ? undefined : qname(root, part, part.attribute('element')!)
  }
  const use = operation?.child('output', WSDL_NS)?.child('body')?.attribute('use') ?? 'literal'
  return { input: element('input'), output: element('output'), style: style === 'rpc' ? 'rpc' : 'document', literal: use === 'literal' }
}

function local (name: string | undefined): string | undefined {
  return name?.slice(name.indexOf(':') + 1)
}

/** Prefixes are declared at the root, at the message or at the part: nothing else stands above it. */
function qname (root: XmlTree, part: XmlTree, name: string): QName {
  const prefix = name.includes(':') ? name.slice(0, name.indexOf(':')) : ''
  const message = root.all('message', WSDL_NS).find((one) => one.elements().includes(part))
  for (const element of [part, message, root]) {
    const found = element?.attributes.find(({ ns, name }) => ns === XMLNS && name === (prefix === '' ? 'xmlns' : `xmlns:${prefix}`))
    if (found !== undefined) return { ns: found.value, local: local(name)! }
  }
  return { ns: '', local: local(name)! }
}

/** Cut out with the declarations that it inherits. */
function toSchema (text: string, root: XmlTree, schema: XmlTree): InlineSchema {
  const own = new Set(schema.attributes.filter(({ ns }) => ns === XMLNS).map(({ name }) => name))
  const types = root.child('types', WSDL_NS)!
  const inherited = new Map<string, string>()
  for (const { name, ns, value } of [...root.attributes, ...types.attributes]) if (ns === XMLNS && !own.has(name)) inherited.set(name, value)
  const declarations = [...inherited].map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`).join('')
  const behindName = schema.start + 1 + schema.name.length
  return {
    targetNamespace: schema.attribute('targetNamespace') ?? '',
    text: text.slice(schema.start, behindName) + declarations + text.slice(behindName, schema.end),
    imports: [...schema.all('import', XS_NS), ...schema.all('include', XS_NS), ...schema.all('redefine', XS_NS)]
      .map((one) => ({ namespace: one.attribute('namespace') ?? '', location: one.attribute('schemaLocation') }))
  }
}
