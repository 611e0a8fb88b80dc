import { Fault } from '../fault/index.ts'
import { parseSoap, SOAP_NS, XROAD_NS, asBuffer, type SoapMessage } from '../message/index.ts'
import { parseXmlTree, type XmlTree } from '../xml/index.ts'
import { BodyReader } from './body-reader.ts'
import { MANAGEMENT_SERVICES, type ManagementRequest, type ManagementServiceCode, type ParsedManagementRequest } from './types.ts'

/** What the services take in as a whole (xroad-trust §4.2): a request has a certificate or two and little else. */
export const MANAGEMENT_BYTES_MAX = 100_000
/** The envelope has four levels above an identifier's parts. */
const DEPTH_MAX = 32

const SERVICES: ReadonlyMap<string, ManagementServiceCode> = new Map(MANAGEMENT_SERVICES.map((service) => [service.toLowerCase(), service]))

/**
 * Reads the SOAP message of a management request. The service code counts without regard to case, its values are read
 * strictly: an element that is not known, stands twice or is missing refuses the whole request.
 *
 * @param charset of the SOAP part; UTF-8 when absent.
 * @throws {Fault} as `parseSoap`; `InvalidRequest` for another service or body; `InvalidClientIdentifier` for an identifier whose
 *   parts do not fit its object type.
 */
export function parseManagementRequest (bytes: Uint8Array, charset?: string): ParsedManagementRequest {
  if (bytes.length > MANAGEMENT_BYTES_MAX) throw new Fault('InvalidRequest', `request larger than ${MANAGEMENT_BYTES_MAX} bytes`)
  const header = headerOf(bytes, charset)
  const { serviceCode } = header.service
  const service = SERVICES.get(serviceCode.toLowerCase())
  if (service === undefined) throw new Fault('InvalidRequest', 'the service of the header is no management service')
  const body = bodyOf(bytes, charset, MANAGEMENT_BYTES_MAX)
  if (body.local !== serviceCode || body.ns !== XROAD_NS) throw new Fault('InvalidRequest', `the body is no ${service} request`)
  const reader = new BodyReader(body)
  const request = readFields(service, reader)
  reader.end()
  return { request, header, soap: asBuffer(bytes), charset }
}

function headerOf (bytes: Uint8Array, charset: string | undefined): SoapMessage {
  try {
    const parsed = parseSoap(bytes, { charset })
    if (parsed.kind === 'fault') throw new Fault('InvalidRequest', 'the message is a fault, not a request')
    return parsed.message
  } catch (thrown) {
    // the message path calls a blank identifier an internal error, as X-Road does; here it is the sender's mistake
    if (thrown instanceof Fault && thrown.kind === 'InternalError') throw new Fault('InvalidClientIdentifier', thrown.message, { cause: thrown })
    throw thrown
  }
}

/** The only child of the Body: `parseSoap` has counted. */
export function bodyOf (bytes: Uint8Array, charset: string | undefined, bytesMax: number): XmlTree {
  const envelope = parseXmlTree(bytes, { bytesMax, depthMax: DEPTH_MAX, charset })
  return envelope.child('Body', SOAP_NS)!.elements()[0]!
}

function readFields (service: ManagementServiceCode, body: BodyReader): ManagementRequest {
  const server = body.server('server')
  switch (service) {
    case 'authCertReg':
      return { service, server, address: body.optionalText('address'), authCertificate: body.certificate('authCert'), dryRun: body.optionalBoolean('dryRun') }
    case 'authCertDeletion': return { service, server, authCertificate: body.certificate('authCert') }
    case 'addressChange': return { service, server, address: body.text('address') }
    case 'clientReg': return { service, server, client: body.client('client'), subsystemName: unlessBlank(body.optionalText('subsystemName')) }
    case 'clientRename': {
      const { subsystemCode, ...member } = body.client('client')
      if (subsystemCode === undefined) throw new Fault('InvalidClientIdentifier', 'client: only a subsystem can be renamed')
      return { service, server, client: { ...member, subsystemCode }, subsystemName: body.text('subsystemName') }
    }
    case 'ownerChange': {
      const client = body.client('client')
      if (client.subsystemCode !== undefined) throw new Fault('InvalidClientIdentifier', 'client: a new owner is a member, not a subsystem')
      return { service, server, client }
    }
    case 'clientDeletion': case 'clientDisable': case 'clientEnable': return { service, server, client: body.client('client') }
    case 'maintenanceModeEnable': return { service, server, message: body.optionalText('message') }
    case 'maintenanceModeDisable': return { service, server }
  }
}

/** Consoles send what stands in their field, also when nothing does. */
function unlessBlank (text: string | undefined): string | undefined {
  return text?.trim() === '' ? undefined : text
}
