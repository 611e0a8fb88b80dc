/** The other side or a gateway could not answer now. Says nothing about data; to be asked again. */
export class Outage extends Error {
  override readonly name = 'Outage'
  readonly code: string

  constructor (code: string, options?: ErrorOptions) {
    super(code, options)
    this.code = code
  }
}

/** The other side or a gateway said no: a right missing, an agreement, a wrong question, a place taken. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: string

  constructor (code: string, options?: ErrorOptions) {
    super(code, options)
    this.code = code
  }
}
