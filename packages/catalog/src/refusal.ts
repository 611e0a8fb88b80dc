export type RefusalKind = 'notFound' | 'invalid' | 'conflict' | 'forbidden' | 'unavailable'

const STATUS: Readonly<Record<RefusalKind, number>> = { notFound: 404, invalid: 400, conflict: 409, forbidden: 403, unavailable: 503 }

/** Why something asked for is not done: a code for programs, words in both languages for people. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly kind: RefusalKind
  readonly code: string
  readonly words: { readonly uk: string, readonly en: string }
  /** By field of the form. */
  readonly fields: Readonly<Record<string, { readonly uk: string, readonly en: string }>>

  constructor (kind: RefusalKind, code: string, words: { readonly uk: string, readonly en: string }, { fields = {}, cause }: { readonly fields?: Refusal['fields'], readonly cause?: unknown } = {}) {
    super(words.en, { cause })
    this.kind = kind
    this.code = code
    this.words = words
    this.fields = fields
  }

  get statusCode (): number {
    return STATUS[this.kind]
  }
}
