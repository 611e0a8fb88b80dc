import { Fault } from '../fault/index.ts'
import { XROAD_NS } from '../message/index.ts'
import { attributeOf, childrenOf, decodeDescription, readOffsetTree, type OffsetNode } from './offset-tree.ts'
import { WSDL_NS, WSDL_SOAP_NAMESPACES, WSDL_SOAP_NS } from './wsdl-namespaces.ts'

/** One operation of a WSDL: what becomes a SOAP service of a client. */
export interface WsdlOperation {
  readonly serviceCode: string
  /** `xroad:version` of the binding's operation. */
  readonly serviceVersion: string | undefined
  /** `location` of the port's address; undefined when the WSDL names none. */
  readonly location: string | undefined
  readonly soapAction: string | undefined
  /** `xroad:title`, else the documentation of the operation. */
  readonly title: string | undefined
}

export interface WsdlDescription {
  readonly targetNamespace: string | undefined
  readonly operations: readonly WsdlOperation[]
}

const OPERATIONS_MAX = 10_000

/**
 * Reads the operations that a WSDL's SOAP ports offer, in document order; an operation offered by several ports counts once,
 * SOAP 1.1 before 1.2.
 *
 * @throws {Fault} `InvalidXml`: not well-formed, a DOCTYPE, over 10 MiB, no WSDL 1.1.
 */
export function readWsdl (bytes: Uint8Array): WsdlDescription {
  const root = readOffsetTree(decodeDescription(bytes))
  if (root.local !== 'definitions' || root.ns !== WSDL_NS) throw new Fault('InvalidXml', 'document is no WSDL 1.1 description')
  const bindings = new Map(childrenOf(root, 'binding', WSDL_NS).map((binding) => [attributeOf(binding, 'name'), binding]))
  const portTypes = new Map(childrenOf(root, 'portType', WSDL_NS).map((portType) => [attributeOf(portType, 'name'), portType]))
  const found = new Map<string, WsdlOperation & { readonly ns: string }>()
  for (const service of childrenOf(root, 'service', WSDL_NS)) {
    for (const port of childrenOf(service, 'port', WSDL_NS)) {
      const binding = bindings.get(localOf(attributeOf(port, 'binding')))
      const ns = binding?.children.find((child) => child.local === 'binding' && WSDL_SOAP_NAMESPACES.has(child.ns))?.ns
      if (binding === undefined || ns === undefined) continue
      const address = port.children.find((child) => child.local === 'address' && WSDL_SOAP_NAMESPACES.has(child.ns))
      const portType = portTypes.get(localOf(attributeOf(binding, 'type')))
      for (const operation of childrenOf(binding, 'operation', WSDL_NS)) {
        const read = readOperation(operation, portType, address && attributeOf(address, 'location'))
        if (read === undefined) continue
        const key = JSON.stringify([read.serviceCode, read.serviceVersion])
        if (!found.has(key) || (ns === WSDL_SOAP_NS && found.get(key)!.ns !== WSDL_SOAP_NS)) found.set(key, { ...read, ns })
        if (found.size > OPERATIONS_MAX) throw new Fault('InvalidXml', `WSDL has more than ${OPERATIONS_MAX} operations`)
      }
    }
  }
  return { targetNamespace: attributeOf(root, 'targetNamespace'), operations: [...found.values()].map(({ ns, ...operation }) => operation) }
}

function readOperation (operation: OffsetNode, portType: OffsetNode | undefined, location: string | undefined): WsdlOperation | undefined {
  const serviceCode = attributeOf(operation, 'name')
  if (serviceCode === undefined || serviceCode === '') return undefined
  const soap = operation.children.find((child) => child.local === 'operation' && WSDL_SOAP_NAMESPACES.has(child.ns))
  const abstract = portType && childrenOf(portType, 'operation', WSDL_NS).find((candidate) => attributeOf(candidate, 'name') === serviceCode)
  const documentation = abstract && childrenOf(abstract, 'documentation', WSDL_NS)[0]
  const title = documentation && (documentation.children.find((child) => child.local === 'title' && child.ns === XROAD_NS)?.text ?? documentation.text)
  return {
    serviceCode,
    serviceVersion: versionOf(operation),
    location,
    soapAction: soap && attributeOf(soap, 'soapAction'),
    title: title?.trim() === '' ? undefined : title?.trim()
  }
}

/** `xroad:version` inside a binding's operation. */
export function versionOf (operation: OffsetNode): string | undefined {
  const version = childrenOf(operation, 'version', XROAD_NS)[0]?.text.trim()
  return version === '' ? undefined : version
}

/** Local part of a QName in an attribute: all names of one WSDL document are in its target namespace. */
export function localOf (qname: string | undefined): string | undefined {
  return qname?.slice(qname.indexOf(':') + 1)
}
