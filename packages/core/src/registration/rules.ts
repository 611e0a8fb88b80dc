import type { ManagementRequest, ManagementServiceCode } from '@trembita/protocol/management'
import { AUTH_CERT_REG } from './auth-cert-reg.ts'
import { ADDRESS_CHANGE, CLIENT_DISABLE, CLIENT_ENABLE, CLIENT_RENAME, MAINTENANCE_MODE_DISABLE, MAINTENANCE_MODE_ENABLE } from './changes-at-once.ts'
import { CLIENT_REG } from './client-reg.ts'
import { AUTH_CERT_DELETION, CLIENT_DELETION } from './deletions.ts'
import { OWNER_CHANGE } from './owner-change.ts'
import type { RequestOf, RequestRule } from './types.ts'

const RULES: { readonly [Service in ManagementServiceCode]: RequestRule<RequestOf<Service>> } = {
  authCertReg: AUTH_CERT_REG,
  clientReg: CLIENT_REG,
  ownerChange: OWNER_CHANGE,
  clientDeletion: CLIENT_DELETION,
  authCertDeletion: AUTH_CERT_DELETION,
  addressChange: ADDRESS_CHANGE,
  clientDisable: CLIENT_DISABLE,
  clientEnable: CLIENT_ENABLE,
  clientRename: CLIENT_RENAME,
  maintenanceModeEnable: MAINTENANCE_MODE_ENABLE,
  maintenanceModeDisable: MAINTENANCE_MODE_DISABLE
}

/** The rule of a request's service. */
export function ruleOf<Request extends ManagementRequest> (request: Request): RequestRule<Request> {
  return RULES[request.service] as unknown as RequestRule<Request>
}
