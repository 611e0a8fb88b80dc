export { canonicalEvent, eventHash } from './canonical.ts'
export { DPV_NS, dpvOperation, EVENT_SCHEMA, OPERATIONS, VISIBILITY_REASONS } from './vocabulary.ts'
export { eventCommitment, LEAF_KIND, LEAF_SALT_BYTES, leafData, type LeafKind } from './leaf.ts'
export { EVENT_BYTES_MAX, MalformedAccessEvent } from './malformed.ts'
export { parseAccessEvent } from './parse.ts'
export { formatOpening, openingHash, type ProvenEvent, verifyReceipt, type VerifiedReceipt } from './receipt.ts'
export { openSubjectKey, sealSubjectKey, SEALED_KEY_BYTES, SUBJECT_KEY_BYTES } from './sealed-key.ts'
export { epochOf, InvalidSubjectId, normaliseSubjectId, subjectIndex, SUBJECT_ID_TYPES, type SubjectIdType } from './subject.ts'
export { canonicalVisibilityChange, checkVisibilityChange, parseVisibilityChange, type VisibilityChange } from './visibility-change.ts'
export {
  type AccessEvent, type AccessOperation, type AccessOutcome, type Multilingual, type NotifyClass, type SubjectRole, type Visibility,
  type VisibilityReason, type VisibilityState
} from './types.ts'
