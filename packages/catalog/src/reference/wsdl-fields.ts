import { parseXmlTree, type XmlTree } from '@trembita/protocol/xml'
import type { QName } from '../description/index.ts'
import { FIELD_DEPTH_MAX, FIELDS_MAX, type FieldNode } from './field-node.ts'

const XS = 'http://www.w3.org/2001/XMLSchema'
const WSDL = 'http://schemas.xmlsoap.org/wsdl/'
const PERSONAL = 'urn:trembita:personal-data'
const SAWSDL = 'http://www.w3.org/ns/sawsdl'
const FACETS = ['pattern', 'length', 'minLength', 'maxLength', 'minInclusive', 'maxInclusive', 'minExclusive', 'maxExclusive', 'totalDigits', 'fractionDigits']

/** Schemas that stand in a WSDL, by the names of what they define. */
export class WsdlSchemas {
  readonly #elements = new Map<string, XmlTree>()
  readonly #types = new Map<string, XmlTree>()
  readonly root: XmlTree
  #left = 0

  /** @param bytes of a WSDL that `toWsdlModel` has read. */
  constructor (bytes: Uint8Array) {
    this.root = parseXmlTree(bytes, { bytesMax: 2 * 1024 * 1024, depthMax: 60 })
    for (const schema of this.root.child('types', WSDL)?.all('schema', XS) ?? []) {
      for (const element of schema.all('element', XS)) this.#elements.set(element.attribute('name') ?? '', element)
      for (const kind of ['complexType', 'simpleType']) for (const type of schema.all(kind, XS)) this.#types.set(type.attribute('name') ?? '', type)
    }
  }

  /** A message's element with everything below it; undefined where no schema defines it. */
  field ({ local }: QName): FieldNode | undefined {
    const element = this.#elements.get(local)
    this.#left = FIELDS_MAX
    return element === undefined ? undefined : this.#node(element, [])
  }

  /** Elements of an operation's faults. */
  faultsOf (code: string): QName[] {
    const operation = this.root.all('portType', WSDL).flatMap((port) => port.all('operation', WSDL)).find((one) => one.attribute('name') === code)
    return (operation?.all('fault', WSDL) ?? []).flatMap((fault) => {
      const message = this.root.all('message', WSDL).find((one) => one.attribute('name') === localOf(fault.attribute('message')))
      const element = localOf(message?.child('part', WSDL)?.attribute('element'))
      return element === undefined ? [] : [{ ns: '', local: element }]
    })
  }

  /** Documentation of an operation. */
  documentationOf (code: string): string | undefined {
    return textOf(this.root.all('portType', WSDL).flatMap((port) => port.all('operation', WSDL)).find((one) => one.attribute('name') === code)?.child('documentation', WSDL))
  }

  #node (given: XmlTree, path: readonly string[]): FieldNode {
    const element = given.attribute('ref') === undefined ? given : this.#elements.get(localOf(given.attribute('ref'))!) ?? given
    const name = element.attribute('name') ?? localOf(given.attribute('ref')) ?? ''
    const typeName = element.attribute('type')
    const type = typeName === undefined ? element.child('complexType', XS) ?? element.child('simpleType', XS) : this.#types.get(localOf(typeName)!)
    const key = typeName === undefined ? '' : localOf(typeName)!
    const recursive = key !== '' && type?.local === 'complexType' && path.includes(key)
    const terms = [element, type].flatMap((one) => one?.attribute('modelReference', SAWSDL)?.trim().split(/\s+/) ?? [])
    return {
      name,
      type: type?.local === 'simpleType' ? baseOf(type) ?? typeName ?? 'string' : typeName ?? (type === undefined ? 'any' : 'object'),
      required: given.attribute('minOccurs') !== '0',
      many: !['0', '1'].includes(given.attribute('maxOccurs') ?? '1'),
      about: textOf(element.child('annotation', XS)?.child('documentation', XS)) ?? textOf(type?.child('annotation', XS)?.child('documentation', XS)),
      limits: type?.local === 'simpleType' ? facetsOf(type) : [],
      personal: personalOf(element),
      terms: [...new Set(terms)],
      children: recursive || type === undefined || path.length > FIELD_DEPTH_MAX ? [] : this.#children(type, [...path, key]),
      ...recursive ? { recursive } : {}
    }
  }

  /** Elements and attributes of a type, those of its base first. */
  #children (type: XmlTree, path: readonly string[]): FieldNode[] {
    const found: FieldNode[] = []
    if (this.#left-- <= 0) return found
    for (const inner of type.elements()) {
      if (inner.ns !== XS) continue
      if (inner.local === 'element') {
        if (this.#left-- > 0) found.push(type.local === 'choice' ? { ...this.#node(inner, path), required: false, alternative: true } : this.#node(inner, path))
      } else if (inner.local === 'attribute') {
        const name = inner.attribute('name')
        if (name !== undefined && this.#left-- > 0) found.push({ name: `@${name}`, type: inner.attribute('type') ?? 'string', required: inner.attribute('use') === 'required', many: false, about: textOf(inner.child('annotation', XS)?.child('documentation', XS)), limits: [], personal: personalOf(inner), terms: [], children: [] })
      } else if (['sequence', 'choice', 'all', 'complexContent', 'simpleContent', 'extension', 'restriction'].includes(inner.local)) {
        const base = inner.local === 'extension' ? localOf(inner.attribute('base')) : undefined
        const baseType = base === undefined || path.includes(base) ? undefined : this.#types.get(base)
        if (baseType?.local === 'complexType') found.push(...this.#children(baseType, [...path, base!]))
        found.push(...this.#children(inner, path))
      }
    }
    return found
  }
}

function localOf (name: string | undefined): string | undefined {
  return name?.slice(name.indexOf(':') + 1)
}

function textOf (element: XmlTree | undefined): string | undefined {
  if (element === undefined) return undefined
  const text = [element.text(), ...element.elements().map((inner) => inner.text())].join(' ').replaceAll(/\s+/g, ' ').trim()
  return text === '' ? undefined : text
}

function baseOf (type: XmlTree): string | undefined {
  return type.child('restriction', XS)?.attribute('base')
}

function facetsOf (type: XmlTree): string[] {
  const facets = type.child('restriction', XS)?.elements() ?? []
  const values = facets.filter(({ local }) => local === 'enumeration').map((one) => one.attribute('value') ?? '')
  return [...facets.filter(({ local }) => FACETS.includes(local)).map((one) => `${one.local} ${one.attribute('value') ?? ''}`), ...values.length === 0 ? [] : [`= ${values.join(' | ')}`]]
}

function personalOf (element: XmlTree): string | undefined {
  const parts = ['subject', 'role', 'category'].map((name) => element.attribute(name, PERSONAL)).filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : parts.join(', ')
}
