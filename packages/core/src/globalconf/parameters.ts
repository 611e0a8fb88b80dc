import type { SqlReader } from '@trembita/daemon/store'
import type { Anchor, CaInfo, PrivateParameters } from '@trembita/protocol/globalconf'
import { managementProviderOf, memberClassEntries, readParameters } from '../registry/index.ts'
import { suspendedTargets } from '../suspension/index.ts'
import { caEntries, tsaEntries, type CaCertificateEntry } from '../trust/index.ts'
import type { SharedHead } from './registry-assembly.ts'
import type { ConfigurationNode } from './signing-keys.ts'

/** What is said to everyone besides the rows of the registry. */
export async function sharedHeadOf (reader: SqlReader, nodes: readonly ConfigurationNode[]): Promise<SharedHead> {
  const { instance, ocspFreshnessSeconds } = await readParameters(reader)
  return {
    instance,
    sources: nodes.map(({ address, internalCertificates, externalCertificates }) => ({ address, internalCertificates, externalCertificates })),
    approvedCas: (await caEntries(reader)).map(({ top, intermediates, ...ca }) => ({ ...ca, topCa: caInfo(top), intermediateCas: intermediates.map(caInfo) })),
    approvedTsas: (await tsaEntries(reader)).map((tsa) => ({ ...tsa, certificate: tsa.certificate.der })),
    memberClasses: await memberClassEntries(reader),
    suspended: await suspendedTargets(reader),
    ocspFreshnessSeconds
  }
}

function caInfo ({ certificate, ocsp }: CaCertificateEntry): CaInfo {
  return { certificate: certificate.der, ocsp: ocsp.map((responder) => ({ ...responder, certificate: responder.certificate?.der })) }
}

/** Where gateways of the instance find the core's own services. */
export interface CoreServices {
  /** Host that `%{centralServerAddress}` stands for. */
  readonly host: string
  /** DER of the TLS certificate of the registration service; without it no gateway can register. */
  readonly registrationCertificate?: Buffer | undefined
  /** Where the registration service listens; default 4001, as X-Road has it. */
  readonly registrationPort?: number | undefined
}

const REGISTRATION_PORT = 4001

/** What the registry says to the members of its own instance. */
export async function privateParametersOf (reader: SqlReader, trustedAnchors: readonly Anchor[], services: CoreServices): Promise<PrivateParameters> {
  const parameters = await readParameters(reader)
  if (parameters.instance === '') throw new Error('the core is not initialised: it has no instance identifier yet')
  const providerId = managementProviderOf(parameters)
  if (providerId === undefined) throw new Error('the provider of the management services is not set: no configuration can be made')
  return {
    instance: parameters.instance,
    trustedAnchors,
    managementService: {
      authCertRegServiceAddress: (parameters.authCertRegUrl ?? `https://%{centralServerAddress}:${services.registrationPort ?? REGISTRATION_PORT}/managementservice/`).replaceAll('%{centralServerAddress}', services.host),
      authCertRegServiceCertificate: services.registrationCertificate,
      providerId
    },
    timestampingIntervalSeconds: parameters.timestampingIntervalSeconds
  }
}
