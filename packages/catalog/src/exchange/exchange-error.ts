/** Why an exchange did not come about. `code` is a fault of the protocol, or one of ours (`own.timeout`, `http.500`, `answer.tooLarge`). */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError'
  readonly code: string
  /** Under which the gateways have logged it; empty when it never reached one. */
  readonly messageId: string

  constructor (code: string, message: string, messageId: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.messageId = messageId
  }

  /** Our own gateway, or the way to it: says nothing about the provider. */
  get isOurs (): boolean {
    return this.code.startsWith('own.') || this.code.startsWith('Client.') || this.code.startsWith('Server.ClientProxy.InvalidClient') || this.code.startsWith('Server.ClientProxy.InternalError')
  }

  /** The provider does not let the catalog call this. */
  get isRefusal (): boolean {
    return /AccessDenied|access_denied|UnknownService|AgreementRequired/i.test(this.code)
  }

  /** Nobody answered in time: at the provider, or at our gateway for it. */
  get isTimeout (): boolean {
    return this.code === 'own.timeout' || /Timeout|timed out/i.test(`${this.code} ${this.message}`)
  }
}
