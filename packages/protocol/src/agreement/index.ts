export {
  type AgreedOperation, type AgreedService, type Agreement, AGREEMENT_SIDES, AGREEMENT_STATES, type AgreementList, type AgreementSide, type AgreementState,
  type ListedAgreement, type Purpose, type Term
} from './types.ts'
export { type ElementStep, escapePointerToken, parseElementPath, parseJsonPointer } from './field-paths.ts'
export { AGREEMENT_BYTES_MAX, AGREEMENT_NS, isFree, parseAgreement, writeAgreement } from './document.ts'
export { checkAgreement } from './values.ts'
export { AGREEMENT_LIST_NS, AGREEMENTS_FILE, AGREEMENTS_PART, listedOf, parseAgreementList, writeAgreementList } from './part.ts'
export {
  addSeal, AGREEMENT_ENTRY, type AgreementContainer, isAgreementContainer, joinSeals, pieceOfAgreement, type ReadAgreementContainer, readAgreementContainer,
  SEAL_ENTRY, sealAgreement, toAgreementContainer, writeAgreementContainer
} from './container.ts'
export { type AgreementReport, type AgreementVerifyOptions, type SideReport, verifyAgreementContainer } from './verify.ts'
