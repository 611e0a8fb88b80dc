import type { ClientId } from '../identifiers/index.ts'
import type { XmlTree } from '../xml/index.ts'
import { ElementReader, type ElementToWrite } from './elements.ts'
import { malformed } from './malformed.ts'
import type { AgreedOperation, AgreedService, Term } from './types.ts'

// What the document of an agreement and the list of agreements say in the same words.

export function versionOf (text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw malformed('version: a number from 1 to 9999 is expected')
  return Number(text)
}

export function writeClient (name: string, { instance, memberClass, memberCode, subsystemCode }: ClientId): ElementToWrite {
  return { name, attributes: { instance, class: memberClass, member: memberCode, subsystem: subsystemCode } }
}

export function readClient (element: XmlTree, ns: string): ClientId {
  const reader = new ElementReader(element, ns, ['instance', 'class', 'member', 'subsystem'])
  reader.end()
  return {
    instance: reader.attribute('instance'), memberClass: reader.attribute('class'), memberCode: reader.attribute('member'), subsystemCode: reader.attribute('subsystem')
  }
}

export function writeTerm ({ from, until }: Term): ElementToWrite {
  return { name: 'term', attributes: { from: instant(from), until: instant(until) } }
}

/** To the second. */
const instant = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`

export function readTerm (element: XmlTree, ns: string): Term {
  const reader = new ElementReader(element, ns, ['from', 'until'])
  reader.end()
  return { from: instantOf(reader.attribute('from')), until: instantOf(reader.attribute('until')) }
}

function instantOf (text: string): Date {
  const date = new Date(text)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) || Number.isNaN(date.getTime())) throw malformed('term: an instant such as 2026-01-31T12:00:00Z is expected')
  return date
}

export function writeService ({ code, version, operations }: AgreedService): ElementToWrite {
  return {
    name: 'service',
    attributes: { code, version },
    content: operations.map(({ method, path, media, json, xml }) => ({
      name: 'operation',
      attributes: { method, path },
      content: [
        ...media.map((content) => ({ name: 'media', content })),
        ...json.map((content) => ({ name: 'json', content })),
        ...xml.map((content) => ({ name: 'xml', content }))
      ]
    }))
  }
}

export function readService (element: XmlTree, ns: string): AgreedService {
  const reader = new ElementReader(element, ns, ['code', 'version'])
  const version = reader.optionalAttribute('version')
  const operations = reader.many('operation').map((operation) => readOperation(operation, ns))
  reader.end()
  return { code: reader.attribute('code'), ...(version === undefined ? {} : { version }), operations }
}

function readOperation (element: XmlTree, ns: string): AgreedOperation {
  const reader = new ElementReader(element, ns, ['method', 'path'])
  const operation = {
    method: reader.attribute('method'), path: reader.attribute('path'), media: reader.texts('media'), json: reader.texts('json'), xml: reader.texts('xml')
  }
  reader.end()
  return operation
}
