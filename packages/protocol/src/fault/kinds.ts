/** The party that found the problem: first part of the code on the wire (PR-REST §4.6). */
export type FaultOrigin = 'Client' | 'Server.ClientProxy' | 'Server.ServerProxy'

/** Middle parts of a code: what was being done when the reason was found. */
export type FaultStage =
  | 'ServiceFailed' | 'SignatureVerification' | 'LoggingFailed' | 'TimestampingFailed' | 'InvalidCertPath'
  | 'CannotCreateCertPath' | 'CannotCreateSignature' | 'SslAuthenticationFailed' | 'MalformedSignature'

/** Every reason a fault can name; each is a heading in docs/faults.md. Spelled as the published protocol does (up to X-Road 7.7). */
export const FAULT_KINDS = [
  'AccessDenied', 'AccessSuspended', 'BadRequest', 'CannotCreateCertPath', 'CannotCreateSignature', 'CertValidation', 'ClientProxyVersionNotSupported',
  'DuplicateHeaderField', 'OutdatedGlobalConf', 'HashChainUnusedInputs', 'HttpError', 'InconsistentHeaders',
  'InconsistentResponse', 'IncorrectCertificate', 'IncorrectValidationInfo', 'InternalError', 'InvalidBody', 'InvalidCertPath',
  'InvalidClientIdentifier', 'InvalidContentType', 'InvalidHashChain', 'InvalidHashChainRef', 'InvalidHttpMethod', 'InvalidMessage',
  'InvalidProtocolVersion', 'InvalidReference', 'InvalidRequest', 'InvalidSecurityServer', 'InvalidSignatureValue', 'InvalidSoap',
  'InvalidSoapAction', 'InvalidXml', 'IOError', 'LoggingFailed', 'MaintenanceMode', 'MalformedHashChain', 'MalformedSignature',
  'MalformedGlobalConf', 'MimeParsingFailed', 'MissingBody', 'MissingHeader', 'MissingHeaderField', 'MissingRest', 'MissingSoap',
  'MissingSignature', 'NetworkError', 'ServiceDisabled', 'ServiceFailed', 'ServiceMalformedUrl', 'ServiceMissingUrl', 'ServiceType',
  'SslAuthenticationFailed', 'TimestamperFailed', 'TimestampingFailed', 'UnknownMember', 'UnknownService',
  'AsicMimeTypeNotFound', 'AsicInvalidMimeType', 'AsicMessageNotFound', 'AsicSignatureNotFound', 'AsicHashChainNotFound',
  'AsicHashChainResultNotFound', 'AsicTimestampNotFound',
  'AgreementRequired', 'MalformedAgreement', 'OutsideAgreement', 'PurposeNotAllowed',
  'KeyNotFound', 'PinIncorrect', 'UnsupportedSignAlgorithm'
] as const

export type FaultKind = typeof FAULT_KINDS[number]
