export {
  MANAGEMENT_SERVICES,
  type AddressChange, type AuthCertDeletion, type AuthCertReg, type ClientDeletion, type ClientDisable, type ClientEnable, type ClientReg,
  type ClientRename, type MaintenanceModeDisable, type MaintenanceModeEnable, type ManagementRequest, type ManagementServiceCode,
  type OwnerChange, type ParsedManagementRequest, type RequestSignature, type VerifiedRequest
} from './types.ts'
