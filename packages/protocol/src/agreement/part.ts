import { ElementTree, readXml, XML_BYTES_MAX, type XmlTree } from '../xml/index.ts'
import { asMalformed, ElementReader, writeElement } from './elements.ts'
import { malformed } from './malformed.ts'
import { readClient, readService, readTerm, versionOf, writeClient, writeService, writeTerm } from './terms.ts'
import { AGREEMENT_STATES, type AgreementList, type ListedAgreement, type Purpose } from './types.ts'
import { checkClient, checkId, checkPurpose, checkPurposeCode, checkServices, checkTerm, checkVersion } from './values.ts'

/** Content identifier of the configuration part; peers of X-Road save it beside the others and never look at it. */
export const AGREEMENTS_PART = 'AGREEMENTS'
/** Name of its file, which is also the last segment of its location. */
export const AGREEMENTS_FILE = 'agreements.xml'
export const AGREEMENT_LIST_NS = 'urn:trembita:agreements:1'

const DEPTH_MAX = 8

/**
 * Writes the configuration part: one agreement a line, nothing that gateways do not need.
 *
 * @throws {Fault} `MalformedAgreement` for what a reader would refuse, and for more than a configuration part may hold.
 */
export function writeAgreementList (list: AgreementList): Buffer {
  checkList(list)
  for (const agreement of list.agreements) checkListed(agreement)
  const lines = list.agreements.map(({ id, version, state, containerHash, consumer, provider, term, purposes, purposeTexts, services }) => writeElement({
    name: 'agreement',
    attributes: { id, version: String(version), state, container: containerHash },
    content: [
      writeClient('consumer', consumer),
      writeClient('provider', provider),
      writeTerm(term),
      ...purposes.map((code) => {
        const told = purposeTexts?.find((purpose) => purpose.code === code)
        return { name: 'purpose', attributes: { code, name: told?.name, ground: told?.ground } }
      }),
      ...services.map(writeService)
    ]
  }) + '\n')
  const root = writeElement({ name: 'agreements', attributes: { xmlns: AGREEMENT_LIST_NS, instance: list.instance } })
  const bytes = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${root.slice(0, -2)}>\n${lines.join('')}</agreements>\n`)
  if (bytes.length > XML_BYTES_MAX) throw malformed(`list of agreements exceeds ${XML_BYTES_MAX} bytes`)
  return bytes
}

function checkList ({ agreements }: AgreementList): void {
  if (new Set(agreements.map(({ id, version }) => `${id} ${version}`)).size < agreements.length) throw malformed('list: a version of an agreement stands twice')
}

/**
 * Reads the configuration part. Each agreement is built, read and dropped in turn.
 *
 * @throws {Fault} `MalformedAgreement`
 */
export function parseAgreementList (bytes: Uint8Array): AgreementList {
  const path: ElementTree[] = []
  const agreements: ListedAgreement[] = []
  let instance = ''
  asMalformed(() => readXml(bytes, { bytesMax: XML_BYTES_MAX, depthMax: DEPTH_MAX }, {
    open (element, start) {
      const tree = new ElementTree(element, start)
      if (path.length === 0) {
        if (element.local !== 'agreements' || element.ns !== AGREEMENT_LIST_NS) throw malformed(`root element is not {${AGREEMENT_LIST_NS}}agreements`)
        instance = new ElementReader(tree, AGREEMENT_LIST_NS, ['instance']).attribute('instance')
      } else if (path.length === 1 && (element.local !== 'agreement' || element.ns !== AGREEMENT_LIST_NS)) {
        throw malformed(`list: element ${element.local} is unknown`)
      }
      path.push(tree)
    },
    text (value) {
      if (path.length > 1) path.at(-1)!.children.push(value)
      else if (!/^[ \t\r\n]*$/.test(value)) throw malformed('list: text between agreements')
    },
    close () {
      const tree = path.pop()!
      if (path.length > 1) path.at(-1)!.children.push(tree)
      else if (path.length === 1) agreements.push(readListed(tree))
    }
  }))
  const list = { instance, agreements }
  checkList(list)
  return list
}

function readListed (element: ElementTree): ListedAgreement {
  const reader = new ElementReader(element, AGREEMENT_LIST_NS, ['id', 'version', 'state', 'container'])
  const state = AGREEMENT_STATES.find((state) => state === reader.attribute('state'))
  if (state === undefined) throw malformed('list: state is not known')
  const listed: ListedAgreement = {
    id: reader.attribute('id'),
    version: versionOf(reader.attribute('version')),
    state,
    containerHash: reader.attribute('container'),
    consumer: readClient(reader.one('consumer'), AGREEMENT_LIST_NS),
    provider: readClient(reader.one('provider'), AGREEMENT_LIST_NS),
    term: readTerm(reader.one('term'), AGREEMENT_LIST_NS),
    ...readPurposes(reader.many('purpose')),
    services: reader.many('service').map((service) => readService(service, AGREEMENT_LIST_NS))
  }
  reader.end()
  checkListed(listed)
  return listed
}

function readPurposes (elements: readonly XmlTree[]): Pick<ListedAgreement, 'purposes' | 'purposeTexts'> {
  const read = elements.map((element) => {
    const one = new ElementReader(element, AGREEMENT_LIST_NS, ['code', 'name', 'ground'])
    one.end()
    return { code: one.attribute('code'), name: one.optionalAttribute('name'), ground: one.optionalAttribute('ground') }
  })
  const purposeTexts = read.filter((purpose): purpose is Purpose => purpose.name !== undefined && purpose.ground !== undefined)
  return { purposes: read.map(({ code }) => code), ...purposeTexts.length === 0 ? {} : { purposeTexts } }
}

function checkListed ({ id, version, containerHash, consumer, provider, term, purposes, purposeTexts, services }: ListedAgreement): void {
  checkId(id)
  checkVersion(version)
  if (!/^[0-9a-f]{64}$/.test(containerHash)) throw malformed('list: digest of a container is not 64 hexadecimal digits')
  checkClient('consumer', consumer)
  checkClient('provider', provider)
  checkTerm(term)
  for (const code of purposes) checkPurposeCode(code)
  for (const purpose of purposeTexts ?? []) checkPurpose(purpose)
  checkServices(services)
}

/** What of an agreement goes into the part. */
export function listedOf (agreement: Omit<ListedAgreement, 'purposes' | 'purposeTexts' | 'state' | 'containerHash'> & { readonly purposes: readonly Purpose[] }, state: ListedAgreement['state'], containerHash: string): ListedAgreement {
  const { id, version, consumer, provider, term, purposes, services } = agreement
  return { id, version, state, containerHash, consumer, provider, term, purposes: purposes.map(({ code }) => code), purposeTexts: purposes.map(({ code, name, ground }) => ({ code, name, ground })), services }
}
