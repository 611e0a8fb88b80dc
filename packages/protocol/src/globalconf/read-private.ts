import type { XmlTree } from '../xml/index.ts'
import { bytesOf, clientOf, dateTimeOf, Fields, instanceOf, malformed, readRoot, secondsOf, stringOf, tokenOf } from './structure.ts'
import type { Anchor, AnchorSource, GlobalConfVersion, ManagementService, PrivateParameters } from './types.ts'

/**
 * Reads `private-params.xml`: version 2, or the form that serves 3 and later (with a wildcard at the end).
 *
 * @throws {Fault} `MalformedGlobalConf`
 * @see xroad-trust §2.5b
 */
export function parsePrivateParameters (bytes: Uint8Array, version: GlobalConfVersion): PrivateParameters {
  const fields = new Fields(readRoot(bytes, 'conf'))
  const instance = instanceOf(fields.one('instanceIdentifier'))
  const trustedAnchors = fields.many('configurationAnchor').map(readAnchor)
  const managementService = readManagementService(fields.one('managementService'))
  const timestampingIntervalSeconds = secondsOf(fields.one('timeStampingIntervalSeconds'))
  fields.end(version >= 3)
  return { instance, trustedAnchors, managementService, timestampingIntervalSeconds }
}

/**
 * Reads a configuration anchor file.
 *
 * @throws {Fault} `MalformedGlobalConf`
 * @see xroad-trust §2.2
 */
export function parseAnchor (bytes: Uint8Array): Anchor {
  return readAnchor(readRoot(bytes, 'configurationAnchor'))
}

function readAnchor (element: XmlTree): Anchor {
  const fields = new Fields(element)
  const generatedAt = fields.optional('generatedAt')
  const anchor = {
    generatedAt: generatedAt === undefined ? undefined : dateTimeOf(generatedAt),
    instance: instanceOf(fields.one('instanceIdentifier')),
    sources: fields.many('source', 1).map(readAnchorSource)
  }
  fields.end()
  return anchor
}

function readAnchorSource (element: XmlTree): AnchorSource {
  const fields = new Fields(element)
  const source = { url: tokenOf(fields.one('downloadURL')), certificates: fields.many('verificationCert', 1).map(bytesOf) }
  fields.end()
  return source
}

function readManagementService (element: XmlTree): ManagementService {
  const fields = new Fields(element)
  const authCertRegServiceAddress = stringOf(fields.one('authCertRegServiceAddress'))
  const certificate = fields.optional('authCertRegServiceCert')
  const providerId = clientOf(fields.one('managementRequestServiceProviderId'))
  fields.end()
  if (providerId === undefined) throw malformed('managementRequestServiceProviderId: type and codes contradict each other')
  const authCertRegServiceCertificate = certificate === undefined ? undefined : bytesOf(certificate)
  return { authCertRegServiceAddress, authCertRegServiceCertificate, providerId }
}
