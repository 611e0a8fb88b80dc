/** Why an operator's wish was not carried out; each is an HTTP status of the administration API. */
export type RefusalKind = 'invalid' | 'forbidden' | 'notFound' | 'conflict'

export interface RefusalDetails {
  /** By name of the field: what is wrong with it. */
  readonly fields?: Readonly<Record<string, string>> | undefined
  readonly cause?: unknown
}

/**
 * What an operator asked for cannot be done; nothing has changed. The message is for people, the code for programs and for
 * translations: X-Road's own where it has one.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly kind: RefusalKind
  /** `member_exists` */
  readonly code: string
  readonly fields: Readonly<Record<string, string>> | undefined

  constructor (kind: RefusalKind, code: string, message: string, details: RefusalDetails = {}) {
    super(message, { cause: details.cause })
    this.kind = kind
    this.code = code
    this.fields = details.fields
  }
}
