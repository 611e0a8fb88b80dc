import { createHash } from 'node:crypto'
import {
  parsePrivateParameters, parseSharedParameters, type ApprovedCa, type CaInfo, type GlobalConfVersion, type PrivateParameters, type SharedParameters
} from '@trembita/protocol/globalconf'
import { formatClientId, formatServerId } from '@trembita/protocol/identifiers'

/** What a part of the configuration says of one thing. Lists are sets: their order says nothing. */
export interface ConfigurationElement {
  /** `member`, `security-server`, …; pages have words for it. */
  readonly kind: string
  /** Identifier or name, unique within the kind. */
  readonly id: string
  readonly fields: Readonly<Record<string, string | boolean | number | readonly string[] | undefined>>
}

/** What a part says, thing by thing; undefined for a part that is compared as text. */
export function elementsOf (contentIdentifier: string, bytes: Uint8Array, version: GlobalConfVersion): ConfigurationElement[] | undefined {
  if (contentIdentifier === 'SHARED-PARAMETERS') return sharedElements(parseSharedParameters(bytes, version))
  if (contentIdentifier === 'PRIVATE-PARAMETERS') return privateElements(parsePrivateParameters(bytes, version))
  return undefined
}

function sharedElements (shared: SharedParameters): ConfigurationElement[] {
  const { sources, approvedCas, approvedTsas, members, servers, globalGroups, memberClasses, ocspFreshnessSeconds } = shared
  return [
    { kind: 'setting', id: 'ocspFreshnessSeconds', fields: { value: ocspFreshnessSeconds } },
    ...sources.map(({ address, internalCertificates, externalCertificates }) => ({
      kind: 'source', id: address, fields: { internal_keys: internalCertificates.map(fingerprint), external_keys: externalCertificates.map(fingerprint) }
    })),
    ...approvedCas.flatMap(caElements),
    ...approvedTsas.map(({ name, url, certificate, costType }) => ({ kind: 'timestamping-service', id: name, fields: { url, certificate: fingerprint(certificate), cost_type: costType } })),
    ...memberClasses.map(({ code, description }) => ({ kind: 'member-class', id: code, fields: { description } })),
    ...members.flatMap(({ id, name, subsystems }) => [
      { kind: 'member', id: formatClientId(id), fields: { name } },
      ...subsystems.map(({ code, name }) => ({ kind: 'subsystem', id: formatClientId({ ...id, subsystemCode: code }), fields: { name } }))
    ]),
    ...servers.map(({ id, address, authCertHashes, clients, maintenance }) => ({
      kind: 'security-server',
      id: formatServerId(id),
      fields: {
        address,
        certificates: authCertHashes.map((hash) => hash.toString('hex')),
        clients: clients.map(formatClientId),
        in_maintenance: maintenance !== undefined,
        maintenance_message: maintenance?.message
      }
    })),
    ...globalGroups.map(({ code, description, members }) => ({ kind: 'global-group', id: code, fields: { description, members: members.map(formatClientId) } }))
  ]
}

function caElements (ca: ApprovedCa): ConfigurationElement[] {
  const { name, topCa, intermediateCas, authenticationOnly, profileClass, defaultCsrFormat, acmeServer } = ca
  return [{
    kind: 'certification-service',
    id: name,
    fields: {
      ...caFields(topCa),
      tls_auth: authenticationOnly,
      certificate_profile_info: profileClass,
      default_csr_format: defaultCsrFormat,
      acme_server_directory_url: acmeServer?.directoryUrl,
      acme_server_ip_address: acmeServer?.ipAddress,
      authentication_certificate_profile_id: acmeServer?.authenticationProfileId,
      signing_certificate_profile_id: acmeServer?.signingProfileId
    }
  }, ...intermediateCas.map((info) => ({ kind: 'intermediate-ca', id: `${name}: ${fingerprint(info.certificate)}`, fields: caFields(info) }))]
}

function caFields ({ certificate, ocsp }: CaInfo): ConfigurationElement['fields'] {
  return {
    certificate: fingerprint(certificate),
    ocsp_responders: ocsp.map(({ url, certificate, costType }) => [url, certificate === undefined ? '' : fingerprint(certificate), costType ?? ''].join(' ').trim())
  }
}

function privateElements ({ trustedAnchors, managementService, timestampingIntervalSeconds }: PrivateParameters): ConfigurationElement[] {
  return [
    { kind: 'setting', id: 'timeStampingIntervalSeconds', fields: { value: timestampingIntervalSeconds } },
    {
      kind: 'management-service',
      id: formatClientId(managementService.providerId),
      fields: {
        address: managementService.authCertRegServiceAddress,
        certificate: managementService.authCertRegServiceCertificate === undefined ? undefined : fingerprint(managementService.authCertRegServiceCertificate)
      }
    },
    ...trustedAnchors.map(({ instance, sources }) => ({
      kind: 'trusted-anchor', id: instance, fields: { sources: sources.map(({ url, certificates }) => `${url} ${certificates.map(fingerprint).join(' ')}`) }
    }))
  ]
}

/** SHA-256, shortened: enough to tell two certificates of one registry apart, short enough to read. */
function fingerprint (der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex').slice(0, 32)
}
