import { decodeDescription } from '@trembita/protocol/metadata'
import { parseXmlTree, type XmlTree } from '@trembita/protocol/xml'
import type { AccessRule, SubjectRule } from '../settings.ts'
import { processingOf, subjectOf, type AnnotatedSubject } from './annotations.ts'

/** Namespace of the annotations: attributes `subject`, `role`, `category` on `xs:element`; `operation`, `purpose`, `massThreshold` on `wsdl:operation`. */
export const PERSONAL_DATA_NS = 'urn:trembita:personal-data'
const XS_NS = 'http://www.w3.org/2001/XMLSchema'
const WSDL_NS = 'http://schemas.xmlsoap.org/wsdl/'
const WSDL_BYTES_MAX = 10 * 1024 * 1024
const SUBJECTS_MAX = 256

/** An element that names a person, or holds a category of data. */
interface Annotated {
  readonly subject: AnnotatedSubject | undefined
  readonly category: string | undefined
  /** As it stands in messages: `{namespace}local`. */
  readonly name: string
}

/** A declaration with what it reaches by name and what is annotated within. */
interface Declared {
  readonly annotated: Annotated[]
  readonly uses: Set<string>
}

/**
 * Rules from the annotations of a WSDL, by the code of the operation. Schemas must stand in the WSDL itself: what it imports is not read.
 * A selector names an annotated element wherever it stands in the message.
 *
 * @throws {AnnotationError}; {Fault} `InvalidXml`.
 */
export function wsdlRules (bytes: Uint8Array): ReadonlyMap<string, readonly AccessRule[]> {
  const text = decodeDescription(bytes).replace(/^<\?xml[^>]*\?>/, '')
  const root = parseXmlTree(Buffer.from(text), { bytesMax: 2 * WSDL_BYTES_MAX })
  const declared = declarations(root)
  const messages = new Map(root.all('message', WSDL_NS).map((message) => [message.attribute('name'), message]))
  const rules = new Map<string, readonly AccessRule[]>()
  for (const operation of root.all('portType', WSDL_NS).flatMap((portType) => portType.all('operation', WSDL_NS))) {
    const code = operation.attribute('name')
    if (code === undefined || rules.has(code)) continue
    const reached = (part: 'input' | 'output'): Annotated[] => {
      const message = messages.get(local(operation.child(part, WSDL_NS)?.attribute('message')))
      return reach(declared, (message?.all('part', WSDL_NS) ?? []).flatMap((one) => [one.attribute('element'), one.attribute('type')]).map(local).filter((name) => name !== undefined))
    }
    const rule = ruleOf(code, operation, reached('input'), reached('output'))
    if (rule !== undefined) rules.set(code, [rule])
  }
  return rules
}

function ruleOf (code: string, operation: XmlTree, input: readonly Annotated[], output: readonly Annotated[]): AccessRule | undefined {
  const subjects: SubjectRule[] = []
  for (const [phase, annotated] of [['request', input], ['response', output]] as const) {
    for (const { name, subject } of annotated) {
      const select = `xml:/**/${name}`
      if (subject === undefined || subjects.some((known) => known.phase === phase && known.select === select)) continue
      if (subjects.length < SUBJECTS_MAX) subjects.push({ phase, select, ...subject, transform: [] })
    }
  }
  const processing = Object.fromEntries(operation.attributes.filter(({ ns }) => ns === PERSONAL_DATA_NS).map(({ local, value }) => [local, local === 'massThreshold' ? Number(value) : value]))
  if (subjects.length === 0 && Object.keys(processing).length === 0) return undefined
  const categories = (of: readonly Annotated[]): string[] => [...new Set(of.flatMap(({ category }) => category ?? []))]
  const disclosed = categories(output)
  return {
    id: code,
    match: { method: '*', path: '**' },
    subjects,
    categories: (disclosed.length > 0 ? disclosed : categories(input)).slice(0, 50),
    ...processingOf(processing, `operation ${code}`)
  }
}

/** Global elements, types and groups of all schemas of the WSDL, by local name: a name that stands twice reaches both. */
function declarations (root: XmlTree): Map<string, Declared> {
  const found = new Map<string, Declared>()
  for (const schema of root.all('types', WSDL_NS).flatMap((types) => types.all('schema', XS_NS))) {
    for (const node of schema.elements()) {
      const name = node.attribute('name')
      if (node.ns !== XS_NS || name === undefined) continue
      const declaration = found.get(name) ?? { annotated: [], uses: new Set() }
      found.set(name, declaration)
      collect(node, true, schema, declaration)
    }
  }
  return found
}

function collect (node: XmlTree, isGlobal: boolean, schema: XmlTree, { annotated, uses }: Declared): void {
  for (const reference of ['type', 'ref', 'base']) {
    const used = local(node.attribute(reference))
    if (used !== undefined) uses.add(used)
  }
  const type = node.attribute('subject', PERSONAL_DATA_NS)
  const category = node.attribute('category', PERSONAL_DATA_NS)
  const name = node.attribute('name') ?? local(node.attribute('ref'))
  if (name !== undefined && (type !== undefined || category !== undefined)) {
    const subject = type === undefined ? undefined : subjectOf(type, node.attribute('role', PERSONAL_DATA_NS), `element ${name}`)
    annotated.push({ subject, category, name: qualified(node, isGlobal, schema, name) })
  }
  for (const child of node.elements()) collect(child, false, schema, { annotated, uses })
}

function qualified (node: XmlTree, isGlobal: boolean, schema: XmlTree, name: string): string {
  const form = node.attribute('form') ?? schema.attribute('elementFormDefault')
  const ns = isGlobal || form === 'qualified' || node.attribute('ref') !== undefined ? schema.attribute('targetNamespace') ?? '' : ''
  return ns === '' ? name : `{${ns}}${name}`
}

function reach (declared: ReadonlyMap<string, Declared>, names: readonly string[]): Annotated[] {
  const seen = new Set<string>(names)
  // Grows while it is walked.
  for (const name of seen) for (const used of declared.get(name)?.uses ?? []) seen.add(used)
  return [...seen].flatMap((name) => declared.get(name)?.annotated ?? [])
}

function local (qname: string | undefined): string | undefined {
  return qname?.slice(qname.indexOf(':') + 1)
}
