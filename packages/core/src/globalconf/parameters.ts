import { memberOf } from '@trembita/protocol/identifiers'
import type { Anchor, PrivateParameters, SharedParametersToWrite } from '@trembita/protocol/globalconf'
import type { Registry } from '../registry/index.ts'
import type { CaCertificateEntry, TrustServices } from '../trust/index.ts'
import type { ConfigurationNode } from './signing-keys.ts'

/** What the registry says to everyone. */
export function sharedParametersOf (registry: Registry, trust: TrustServices, nodes: readonly ConfigurationNode[]): SharedParametersToWrite {
  const { instance, ocspFreshnessSeconds } = registry.parameters()
  return {
    instance,
    sources: nodes.map(({ address, internalCertificates, externalCertificates }) => ({ address, internalCertificates, externalCertificates })),
    approvedCas: trust.cas().map(({ top, intermediates, ...ca }) => ({ ...ca, topCa: caInfo(top), intermediateCas: intermediates.map(caInfo) })),
    approvedTsas: trust.tsas().map((tsa) => ({ ...tsa, certificate: tsa.certificate.der })),
    members: registry.members(),
    servers: registry.servers().map(({ id, address, authCertificates, clients, maintenance }) => ({
      id,
      address,
      authCertificates,
      // A disabled association is left out; that is all there is to disabling (xroad-trust §1.5).
      clients: clients.filter(({ enabled }) => enabled).map(({ id }) => id),
      maintenance
    })),
    globalGroups: registry.groups(),
    memberClasses: registry.memberClasses(),
    ocspFreshnessSeconds
  }
}

function caInfo ({ certificate, ocsp }: CaCertificateEntry): SharedParametersToWrite['approvedCas'][number]['topCa'] {
  return { certificate: certificate.der, ocsp: ocsp.map((responder) => ({ ...responder, certificate: responder.certificate?.der })) }
}

/** What the registry says to the members of its own instance. */
export function privateParametersOf (registry: Registry, trustedAnchors: readonly Anchor[], coreHost: string): PrivateParameters {
  const { instance, managementProvider, timestampingIntervalSeconds, authCertRegUrl } = registry.parameters()
  if (instance === '') throw new Error('the registry is empty: name a seed in the configuration')
  if (managementProvider === undefined) throw new Error('the provider of the management services is not set: no configuration can be made')
  const [memberClass = '', memberCode = '', subsystemCode] = managementProvider
  const provider = memberOf({ instance, memberClass, memberCode })
  return {
    instance,
    trustedAnchors,
    managementService: {
      authCertRegServiceAddress: authCertRegUrl ?? `https://${coreHost}:4001/managementservice/`,
      providerId: subsystemCode === undefined ? provider : { ...provider, subsystemCode }
    },
    timestampingIntervalSeconds
  }
}
