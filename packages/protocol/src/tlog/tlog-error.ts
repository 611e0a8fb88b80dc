/** What was found wrong: text that is not of its form, a signature, a proof, or too few witnesses. */
export type TlogProblem = 'malformed' | 'signature' | 'inclusion' | 'consistency' | 'quorum' | 'tiles'

/** A log, or what was taken from one, that may not be relied upon. */
export class TlogError extends Error {
  override readonly name = 'TlogError'
  readonly problem: TlogProblem

  constructor (problem: TlogProblem, message: string, options?: ErrorOptions) {
    super(message, options)
    this.problem = problem
  }
}
