export {
  GLOBALCONF_VERSIONS, isGlobalConfVersion,
  type AcmeServer, type Anchor, type AnchorSource, type ApprovedCa, type ApprovedTsa, type AuthCertificateHashes, type CaInfo,
  type ConfigurationSource, type CostType, type GlobalConfVersion, type GlobalGroup, type ManagementService, type MemberClass,
  type MemberInfo, type OcspService, type PrivateParameters, type ServerInfo, type ServerInfoToWrite, type SharedParameters,
  type SharedParametersToWrite
} from './types.ts'
export {
  configurationSignature, CONFIGURATION_SIGNATURES, digestByUri, SHA256_URI, SHA512_URI, verifyByUri, type ConfigurationSignature
} from './algorithms.ts'
export { parseSharedParameters } from './read-shared.ts'
export { parseAnchor, parsePrivateParameters } from './read-private.ts'
export { parseFetchInterval, parseMonitoringParameters, parseNextUpdate, PART_FILES } from './optional-parts.ts'
export { SharedParametersWriter, writeSharedParameters } from './write-shared.ts'
export { anchorFileName, anchorFingerprint, isSameAnchor, writeAnchor, writePrivateParameters } from './write-private.ts'
export { DIRECTORY_BYTES_MAX, DIRECTORY_PARTS_MAX, parseDirectory, type Directory, type DirectoryPart } from './directory.ts'
export { buildDirectory, type DirectoryPartToWrite, type DirectorySigner, type DirectoryToBuild } from './build-directory.ts'
export { checkExpiry, checkPart, isPartUnchanged, keyFingerprint, verifyDirectory } from './verify-directory.ts'
export { instanceFolder, readFileMetadata, writeFileMetadata, type FileMetadata } from './file-metadata.ts'
export {
  readVerificationConf, writeVerificationConf, type SharedParametersFile, type VerificationConf
} from './verificationconf.ts'
export { trustStoreOf, type TrustStoreOptions } from './trust-store-of.ts'
