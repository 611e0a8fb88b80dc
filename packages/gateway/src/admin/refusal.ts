export type RefusalKind = 'invalid' | 'notFound' | 'conflict' | 'forbidden' | 'failed'

export interface RefusalOptions extends ErrorOptions {
  /** What is wrong with which field of the request. */
  readonly fields?: Readonly<Record<string, string>> | undefined
  /** Identifiers and values that belong to the code. */
  readonly metadata?: readonly string[] | undefined
}

/**
 * What the administration API answers when it does not do what was asked; nothing was changed then. `failed`: somebody else
 * that had to be asked (core, certification service, information system) did not do its part.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly kind: RefusalKind
  /** X-Road's error code where it has one, in snake case. */
  readonly code: string
  readonly fields: Readonly<Record<string, string>> | undefined
  readonly metadata: readonly string[]

  constructor (kind: RefusalKind, code: string, message: string, { fields, metadata, ...options }: RefusalOptions = {}) {
    super(message, options)
    this.kind = kind
    this.code = code
    this.fields = fields
    this.metadata = metadata ?? []
  }
}

export interface Warning {
  readonly code: string
  readonly metadata: readonly string[]
}

/** Something that an administrator should know of before it is done; sent again with `ignore_warnings`, it is. */
export class Warnings extends Error {
  override readonly name = 'Warnings'
  readonly warnings: readonly Warning[]

  constructor (warnings: readonly Warning[]) {
    super(`there are warnings: ${warnings.map(({ code }) => code).join(', ')}`)
    this.warnings = warnings
  }
}

/** @throws {Warnings} when there are any and they are not to be ignored. */
export function warnOf (warnings: readonly Warning[], ignore: boolean | undefined): void {
  if (warnings.length > 0 && ignore !== true) throw new Warnings(warnings)
}
