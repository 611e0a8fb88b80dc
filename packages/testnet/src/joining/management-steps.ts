import { AdminApiError, type AdminApi } from './admin-api.ts'
import { addClient, offerServices, untilClientRegistered } from './client-steps.ts'
import { registerManagementProvider } from './core-steps.ts'
import { encodedId, type JoiningGateway } from './plan.ts'

/** Of xroad-trust §4.1; the eleventh, authCertReg, is called directly. */
const SERVICES = [
  'clientReg', 'clientDeletion', 'clientRename', 'clientDisable', 'clientEnable', 'ownerChange', 'addressChange', 'authCertDeletion', 'maintenanceModeEnable', 'maintenanceModeDisable'
] as const

/**
 * Publishes the management services at a registered gateway: from then on others reach the core's management services through the exchange. The gateway
 * calls the core over TLS and takes the core's own certificate alone.
 */
export async function publishManagementServices (core: AdminApi, gateway: AdminApi, instance: string, provider: string, { owner, code }: JoiningGateway): Promise<void> {
  await registerManagementProvider(core, instance, owner, code)
  await addClient(gateway, instance, { id: provider })
  await untilClientRegistered(gateway, instance, provider)
  const { wsdl_address: wsdl, certificate, security_server_owners_global_group_code: owners } = await core.get('/management-services-configuration')
  try {
    await gateway.upload(`/clients/${encodedId(instance, provider)}/tls-certificates`, Buffer.from(certificate.certificate, 'base64'))
  } catch (error) {
    if (!(error instanceof AdminApiError && error.code === 'certificate_already_exists')) throw error
  }
  await offerServices(gateway, instance, {
    id: provider,
    descriptions: [{ type: 'WSDL', url: wsdl, services: SERVICES.map((service) => ({ code: service, subjects: [`group:${owners}`] })) }]
  })
}
