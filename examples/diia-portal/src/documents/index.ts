export { signCopy, type SignedCopy } from './copies.ts'
export { Documents } from './documents.ts'
export { loadSeal, type DocumentSeal, type PublicJwk, type SealFiles } from './seal.ts'
export {
  DOCUMENT_TYPES, isDocumentType, type DocumentData, type DocumentSource, type DocumentState, type DocumentType, type IncomeSource, type PersonDocument
} from './types.ts'
