import { OPERATIONS, SUBJECT_ID_TYPES, type AccessOperation, type SubjectIdType, type SubjectRole } from '@trembita/protocol/accessevent'
import { SUBJECT_ROLES, type AccessRule } from '../settings.ts'

/** An annotation that cannot be understood: what it names would be left out without a word. */
export class AnnotationError extends Error {
  override readonly name = 'AnnotationError'
}

/** Whom an annotation says a value names. */
export interface AnnotatedSubject {
  readonly type: SubjectIdType
  readonly role: SubjectRole
}

/** @throws {AnnotationError} */
export function subjectOf (type: unknown, role: unknown, place: string): AnnotatedSubject {
  if (!SUBJECT_ID_TYPES.includes(type as SubjectIdType)) throw new AnnotationError(`${place}: the type of a person's identifier is one of ${SUBJECT_ID_TYPES.join(', ')}`)
  if (role !== undefined && !SUBJECT_ROLES.includes(role as SubjectRole)) throw new AnnotationError(`${place}: the role of a person is one of ${SUBJECT_ROLES.join(', ')}`)
  return { type: type as SubjectIdType, role: role as SubjectRole | undefined ?? 'main' }
}

/** What an operation does with the data; of what the vocabulary does not know, only that data are looked at. */
export function operationOf (value: unknown): AccessOperation {
  return OPERATIONS.find((known) => known === value) ?? 'consult'
}

/** What `x-processing` of an operation, or its like in a WSDL, says beside its subjects. */
export function processingOf (value: Readonly<Record<string, unknown>>, place: string): Pick<AccessRule, 'operation' | 'special' | 'onNoSubject'> & Partial<Pick<AccessRule, 'purpose' | 'massThreshold' | 'legalBasis'>> {
  const { operation, purpose, massThreshold, legalBasis, special, onNoSubject } = value
  if (massThreshold !== undefined && !(Number.isSafeInteger(massThreshold) && (massThreshold as number) >= 1)) throw new AnnotationError(`${place}: massThreshold is a number from 1`)
  const ignore = (onNoSubject as { ignore?: unknown } | undefined)?.ignore
  if (ignore !== undefined && !(typeof ignore === 'string' && ignore.trim().length >= 10)) throw new AnnotationError(`${place}: to ignore exchanges that name nobody needs a justification`)
  return {
    operation: operationOf(operation),
    special: special === true,
    ...typeof purpose === 'string' && purpose.trim() !== '' ? { purpose: purpose.trim() } : {},
    ...massThreshold === undefined ? {} : { massThreshold: massThreshold as number },
    ...typeof legalBasis === 'string' && legalBasis.trim() !== '' ? { legalBasis: { citation: legalBasis.trim() } } : {},
    onNoSubject: typeof ignore === 'string' ? { ignore } : 'unknown-subject'
  }
}
