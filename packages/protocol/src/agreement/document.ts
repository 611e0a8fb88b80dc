import { parseXmlTree } from '../xml/index.ts'
import { asMalformed, ElementReader, writeElement } from './elements.ts'
import { malformed } from './malformed.ts'
import { readClient, readService, readTerm, versionOf, writeClient, writeService, writeTerm } from './terms.ts'
import type { Agreement } from './types.ts'
import { checkAgreement } from './values.ts'

/** Namespace of the document; its last part changes when the format does. */
export const AGREEMENT_NS = 'urn:trembita:agreement:1'

/** The fullest agreement that people could still read. 1 MiB. */
export const AGREEMENT_BYTES_MAX = 1024 * 1024

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

/**
 * Writes the document that both sides seal. One agreement has one document: the same bytes whoever writes it.
 *
 * @throws {Fault} `MalformedAgreement` for what no document may say.
 * @see docs/adr/0009-agreements.md
 */
export function writeAgreement (agreement: Agreement): Buffer {
  checkAgreement(agreement)
  const { id, version, number, date, consumer, provider, term, price, purposes, services } = agreement
  const bytes = Buffer.from(DECLARATION + writeElement({
    name: 'agreement',
    attributes: { xmlns: AGREEMENT_NS, id, version: String(version) },
    content: [
      { name: 'number', content: number },
      { name: 'date', content: date },
      writeClient('consumer', consumer),
      writeClient('provider', provider),
      writeTerm(term),
      { name: 'price', attributes: price },
      ...purposes.map(({ code, name, ground }) => ({ name: 'purpose', attributes: { code }, content: [{ name: 'name', content: name }, { name: 'ground', content: ground }] })),
      ...services.map(writeService)
    ]
  }, '\n') + '\n')
  if (bytes.length > AGREEMENT_BYTES_MAX) throw malformed(`document exceeds ${AGREEMENT_BYTES_MAX} bytes`)
  return bytes
}

/**
 * Reads a document, and only the one document that its content has: what {@link writeAgreement} would write, to the last byte.
 * So nothing can stand in a sealed document that its reader does not see.
 *
 * @throws {Fault} `MalformedAgreement`
 */
export function parseAgreement (bytes: Uint8Array): Agreement {
  const root = asMalformed(() => parseXmlTree(bytes, { bytesMax: AGREEMENT_BYTES_MAX, depthMax: 8 }))
  if (root.local !== 'agreement' || root.ns !== AGREEMENT_NS) throw malformed(`root element is not {${AGREEMENT_NS}}agreement`)
  const reader = new ElementReader(root, AGREEMENT_NS, ['id', 'version'])
  const agreement: Agreement = {
    id: reader.attribute('id'),
    version: versionOf(reader.attribute('version')),
    number: reader.text('number'),
    date: reader.text('date'),
    consumer: readClient(reader.one('consumer'), AGREEMENT_NS),
    provider: readClient(reader.one('provider'), AGREEMENT_NS),
    term: readTerm(reader.one('term'), AGREEMENT_NS),
    price: readPrice(reader),
    purposes: reader.many('purpose').map((element) => {
      const purpose = new ElementReader(element, AGREEMENT_NS, ['code'])
      const value = { code: purpose.attribute('code'), name: purpose.text('name'), ground: purpose.text('ground') }
      purpose.end()
      return value
    }),
    services: reader.many('service').map((element) => readService(element, AGREEMENT_NS))
  }
  reader.end()
  if (!writeAgreement(agreement).equals(bytes)) throw malformed('document is not written in the one form that its content has')
  return agreement
}

function readPrice (reader: ElementReader): Agreement['price'] {
  const price = new ElementReader(reader.one('price'), AGREEMENT_NS, ['amount', 'currency'])
  price.end()
  return { amount: price.attribute('amount'), currency: price.attribute('currency') }
}

/** Whether an agreement costs nothing. */
export function isFree ({ price }: Pick<Agreement, 'price'>): boolean {
  return price.amount === '0.00'
}
