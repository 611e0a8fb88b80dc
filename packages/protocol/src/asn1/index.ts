export { DerError } from './der-error.ts'
export { DER_BYTES_MAX, DER_CHILDREN_MAX, DER_DEPTH_MAX, DerNode, readDer } from './der-node.ts'
export { DerCursor, explicitOf, sequenceOf } from './der-cursor.ts'
export { bitOctetsOf, bitStringOf, booleanOf, integerOf, nullOf, octetsOf, oidOf, smallIntegerOf, stringOf, timeOf } from './der-values.ts'
export {
  derBitString, derBoolean, derContext, derElement, derEnumerated, derGeneralizedTime, derIa5, derInteger, derNull,
  derOctetString, derOid, derPrintable, derSequence, derSet, derTime, derUtf8
} from './der-writer.ts'
export { derOfBer } from './ber.ts'
export { TAG, contextTag } from './tags.ts'
