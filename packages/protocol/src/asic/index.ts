export { addTimestampToSignature, signatureValueOf, timestampTree } from '../signature/index.ts'
export { type SimpleContainer, toSimpleContainer, verifySimpleContainer } from './asic-s.ts'
export {
  archiveFileName, type ArchiveLink, LINKING_INFO, type LinkingInfo, type NamedContainer, parseLinkingInfo, verifyArchive, writeArchive
} from './archive.ts'
export { ASICE_TYPE, ASICS_TYPE, type BatchTimestamp, type Container, type ContainerParts, ENTRY } from './container.ts'
export { CONTAINER_LIMITS, readContainer, toContainer } from './read-container.ts'
export type { ContainerReport, FileReport, Verdict } from './report.ts'
export { readSealedMessage, type SealedMessage } from './sealed-message.ts'
export { type TrustOf, verifyContainer, type VerifyOptions } from './verify-container.ts'
export { containerFileName, escapeFileName, writeContainer } from './write-container.ts'
export { readZip, type ZipContent, type ZipLimits } from './zip-read.ts'
export { streamZip, writeZip, type ZipEntry } from './zip-write.ts'
