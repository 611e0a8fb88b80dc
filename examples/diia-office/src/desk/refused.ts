/** Why something that an official asked for is not done. The pages say it in their language. */
export type RefusedReason =
  | 'empty' | 'tooLong' | 'tooManyFiles' | 'fileTooLarge' | 'filesTooLarge' | 'unknown' | 'notYours' | 'noAddressee'
  | 'closed' | 'answered' | 'notInAudience' | 'badDate' | 'notOpenYet' | 'badAnswer' | 'badState' | 'personnelDown'

/** A refusal by our own rules; nothing was changed. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly reason: RefusedReason
  /** Name of the form's field. */
  readonly field: string

  constructor (reason: RefusedReason, field = '') {
    super(reason)
    this.reason = reason
    this.field = field
  }
}
