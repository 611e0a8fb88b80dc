import { MANAGEMENT_SERVICES, type ManagementServiceCode } from '@trembita/protocol/management'

/** Names of requests in X-Road's administration API (xroad-trust §6.4). */
const TYPE_OF = {
  authCertReg: 'AUTH_CERT_REGISTRATION_REQUEST',
  clientReg: 'CLIENT_REGISTRATION_REQUEST',
  ownerChange: 'OWNER_CHANGE_REQUEST',
  clientDeletion: 'CLIENT_DELETION_REQUEST',
  authCertDeletion: 'AUTH_CERT_DELETION_REQUEST',
  addressChange: 'ADDRESS_CHANGE_REQUEST',
  clientDisable: 'CLIENT_DISABLE_REQUEST',
  clientEnable: 'CLIENT_ENABLE_REQUEST',
  clientRename: 'CLIENT_RENAME_REQUEST',
  maintenanceModeEnable: 'MAINTENANCE_MODE_ENABLE_REQUEST',
  maintenanceModeDisable: 'MAINTENANCE_MODE_DISABLE_REQUEST'
} as const satisfies Record<ManagementServiceCode, string>

export type RequestType = typeof TYPE_OF[ManagementServiceCode]

export const REQUEST_TYPES: readonly RequestType[] = MANAGEMENT_SERVICES.map((service) => TYPE_OF[service])

export function typeOf (service: ManagementServiceCode): RequestType {
  return TYPE_OF[service]
}

export function serviceOf (type: RequestType): ManagementServiceCode {
  return MANAGEMENT_SERVICES.find((service) => TYPE_OF[service] === type)!
}
