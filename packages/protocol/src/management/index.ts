export {
  MANAGEMENT_SERVICES,
  type AddressChange, type AuthCertDeletion, type AuthCertReg, type ClientDeletion, type ClientDisable, type ClientEnable, type ClientReg,
  type ClientRename, type MaintenanceModeDisable, type MaintenanceModeEnable, type ManagementRequest, type ManagementServiceCode,
  type OwnerChange, type ParsedManagementRequest, type RequestSignature, type VerifiedRequest
} from './types.ts'
export { writeManagementRequest, type ManagementHeader } from './write-request.ts'
export { MANAGEMENT_BYTES_MAX, parseManagementRequest } from './parse-request.ts'
export { parseManagementFault, parseManagementResponse, writeManagementResponse } from './response.ts'
export {
  consentAttachments, requestContentType, writeAuthCertReg, writeSignedRequest, writeUnsignedRequest,
  type AuthCertRegParts, type ConsentParts, type EncodedRequest, type RequestPart, type SignatureValue
} from './multipart-writer.ts'
export { readManagementMessage, type ManagementMessage, type ManagementPart } from './multipart-reader.ts'
export { checkRequestSignature, signRequest } from './signature-algorithms.ts'
export { verifyAuthCertReg, verifyManagementRequest, type ManagementContext } from './verify.ts'
export { checkAuthCertificate } from './certificates.ts'
export { isServerAddress } from './server-address.ts'
