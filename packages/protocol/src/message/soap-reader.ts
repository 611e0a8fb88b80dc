import { Fault, SoapFaultText, type FaultKind } from '../fault/index.ts'
import { readXmlText, type XmlElement, type XmlHandlers } from '../xml/index.ts'
import { IDENTIFIERS_NS, REPRESENTATION_NS, SOAP12_NS, SOAP_NS, XROAD_NS } from './soap.ts'

/** Parts of an identifier by their element names; or of a represented party. */
export interface HeaderField {
  readonly objectType: string | undefined
  readonly parts: Map<string, string>
  text: string
}

/** Where to write into the text of an envelope: offsets in UTF-16 units. */
export interface SoapPlaces {
  envelopePrefix: string
  headerStart: number
  headerOpenEnd: number
  headerSelfClosing: boolean
  headerName: string
  bodyStart: number
  bodyOpenEnd: number
  bodySelfClosing: boolean
  bodyName: string
  bodyCloseStart: number
  /** The X-Road `id`: its prefix, the text of its attributes, the offset behind its end tag. */
  id: { prefix: string, attributes: string, end: number } | undefined
  requestHash: [start: number, end: number][]
}

/** An envelope as it was found, before the rules for messages are applied. */
export interface RawSoap {
  hasHeader: boolean
  hasBody: boolean
  bodyChildren: number
  bodyElement: string
  fields: Map<string, HeaderField>
  fault: SoapFaultText | undefined
  places: SoapPlaces
}

/** Header elements with plain text, and those with parts; all in the xroad namespace. */
const PLAIN: ReadonlySet<string> = new Set(['id', 'userId', 'issue', 'protocolVersion', 'requestHash'])
const OBJECT_TYPES: Readonly<Record<string, ReadonlySet<string>>> = {
  client: new Set(['MEMBER', 'SUBSYSTEM']),
  service: new Set(['SERVICE']),
  securityServer: new Set(['SERVER'])
}
const ID_PARTS: ReadonlySet<string> = new Set([
  'xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode', 'serviceCode', 'serviceVersion', 'serverCode'
])
const PARTY_PARTS: ReadonlySet<string> = new Set(['partyClass', 'partyCode'])

const HEADER = 1
const BODY = 2

/**
 * One pass over the text of an envelope. Only the header and the name of the body element are kept; the rest is passed
 * over, but must be well-formed.
 *
 * @throws {Fault} `InvalidSoap`, `DuplicateHeaderField`, `InvalidXml` (object type).
 */
export function readSoap (text: string, soap12: boolean): RawSoap {
  const reader = new SoapReader(text, soap12)
  try {
    readXmlText(text, {}, reader)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.kind === 'InvalidXml' && thrown !== reader.own) {
      throw new Fault('InvalidSoap', `Malformed SOAP message: ${thrown.message}`, { cause: thrown })
    }
    throw thrown
  }
  return reader.raw
}

class SoapReader implements XmlHandlers {
  readonly raw: RawSoap = {
    hasHeader: false,
    hasBody: false,
    bodyChildren: 0,
    bodyElement: '',
    fields: new Map(),
    fault: undefined,
    places: { envelopePrefix: '', headerStart: -1, headerOpenEnd: -1, headerSelfClosing: false, headerName: '', bodyStart: -1, bodyOpenEnd: -1, bodySelfClosing: false, bodyName: '', bodyCloseStart: -1, id: undefined, requestHash: [] }
  }

  /** The fault this reader raised itself, to be told from those of the XML reader. */
  own: Fault | undefined
  readonly #source: string
  readonly #soap12: boolean
  #depth = 0
  #section = 0
  #envelopeNs = ''
  #field: HeaderField | undefined
  #parts: ReadonlySet<string> | undefined
  #partsNs = ''
  /** Where text goes now: a part's name, '' for the field itself, undefined for nowhere. */
  #target: string | undefined
  #fieldStart = 0
  /** Inside the Fault, not in something behind it. */
  #inFault = false

  constructor (source: string, soap12: boolean) {
    this.#source = source
    this.#soap12 = soap12
  }

  open (element: XmlElement, start: number, end: number): void {
    const depth = ++this.#depth
    if (depth > 3) {
      if (this.#section === HEADER) {
        if (this.#field !== undefined) this.#openPart(element, depth)
      } else if (this.#inFault) {
        this.raw.fault!.open(element.local)
      }
    } else if (depth === 3) {
      if (this.#section === HEADER) this.#openField(element, start, end)
      else if (this.#section === BODY) this.#openBody(element)
    } else if (depth === 2) {
      this.#openSection(element, start, end)
    } else {
      this.#openEnvelope(element)
    }
  }

  text (value: string): void {
    if (this.#section === HEADER) {
      if (this.#target === undefined) return
      const field = this.#field!
      if (this.#target === '') {
        if (this.#depth === 3) field.text += value
      } else if (this.#depth === 4) {
        field.parts.set(this.#target, field.parts.get(this.#target)! + value)
      }
    } else if (this.#inFault) {
      this.raw.fault!.text(value)
    }
  }

  close (element: XmlElement, start: number, end: number): void {
    const depth = this.#depth--
    if (this.#section === HEADER) {
      if (depth === 3) {
        this.#closeField(element, end)
      } else if (depth === 4 && this.#target !== '') {
        this.#target = undefined
      }
    } else if (this.#inFault) {
      if (depth === 3) this.#inFault = false
      else this.raw.fault!.close()
    }
    if (depth === 2) {
      if (this.#section === BODY) this.raw.places.bodyCloseStart = start
      this.#section = 0
    }
  }

  #raise (kind: FaultKind, message: string): never {
    this.own = new Fault(kind, message)
    throw this.own
  }

  #openEnvelope (element: XmlElement): void {
    if (element.local !== 'Envelope' || (element.ns !== SOAP_NS && !(this.#soap12 && element.ns === SOAP12_NS))) {
      this.#raise('InvalidSoap', 'Malformed SOAP message: root is no SOAP 1.1 Envelope')
    }
    this.#envelopeNs = element.ns
    this.raw.places.envelopePrefix = element.prefix
  }

  #openSection (element: XmlElement, start: number, end: number): void {
    if (element.ns !== this.#envelopeNs) return
    const { raw } = this
    if (element.local === 'Header') {
      if (raw.hasHeader || raw.hasBody) this.#raise('InvalidSoap', 'Malformed SOAP message: Header must come once, before the Body')
      raw.hasHeader = true
      this.#section = HEADER
      raw.places.headerStart = start
      raw.places.headerOpenEnd = end
      raw.places.headerName = element.name
      raw.places.headerSelfClosing = element.selfClosing
    } else if (element.local === 'Body') {
      if (raw.hasBody) this.#raise('InvalidSoap', 'Malformed SOAP message: more than one Body')
      raw.hasBody = true
      this.#section = BODY
      raw.places.bodyStart = start
      raw.places.bodyOpenEnd = end
      raw.places.bodySelfClosing = element.selfClosing
      raw.places.bodyName = element.name
    }
  }

  #openField (element: XmlElement, start: number, end: number): void {
    const { local, ns } = element
    const party = ns === REPRESENTATION_NS && local === 'representedParty'
    const types = ns === XROAD_NS && Object.hasOwn(OBJECT_TYPES, local) ? OBJECT_TYPES[local] : undefined
    const plain = ns === XROAD_NS && PLAIN.has(local)
    if (!party && types === undefined && !plain) return
    if (this.raw.fields.has(local)) this.#raise('DuplicateHeaderField', `SOAP header contains duplicate field ${local}`)
    let objectType: string | undefined
    if (types !== undefined) {
      for (const attribute of element.attributes) {
        if (attribute.local === 'objectType' && attribute.ns === IDENTIFIERS_NS) objectType = attribute.value
      }
      if (objectType === undefined || !types.has(objectType)) this.#raise('InvalidXml', `SOAP header field ${local}: missing or unexpected objectType`)
    }
    this.#field = { objectType, parts: new Map(), text: '' }
    this.raw.fields.set(local, this.#field)
    this.#fieldStart = start
    if (plain) {
      this.#target = ''
      if (local === 'id') {
        const attributes = this.#source.slice(start + 1 + element.name.length, end - (element.selfClosing ? 2 : 1)).trimEnd()
        this.raw.places.id = { prefix: element.prefix, attributes, end: -1 }
      }
    } else {
      this.#parts = party ? PARTY_PARTS : ID_PARTS
      this.#partsNs = party ? REPRESENTATION_NS : IDENTIFIERS_NS
    }
  }

  #openPart (element: XmlElement, depth: number): void {
    if (depth !== 4 || this.#parts === undefined || element.ns !== this.#partsNs || !this.#parts.has(element.local)) return
    if (this.#field!.parts.has(element.local)) this.#raise('DuplicateHeaderField', `SOAP header contains duplicate field ${element.local}`)
    this.#field!.parts.set(element.local, '')
    this.#target = element.local
  }

  #closeField (element: XmlElement, end: number): void {
    if (this.#field !== undefined && element.ns === XROAD_NS) {
      const { places } = this.raw
      if (element.local === 'id') places.id!.end = end
      else if (element.local === 'requestHash') places.requestHash.push([this.#fieldStart, end])
    }
    this.#field = undefined
    this.#parts = undefined
    this.#target = undefined
  }

  #openBody (element: XmlElement): void {
    const { raw } = this
    raw.bodyChildren++
    if (raw.bodyChildren > 1) return
    raw.bodyElement = element.local
    if (element.local === 'Fault' && element.ns === this.#envelopeNs) {
      raw.fault = new SoapFaultText(element.ns)
      this.#inFault = true
    }
  }
}
