import { Fault } from './fault.ts'
import type { SoapFault } from './soap-fault.ts'

/** A fault that another gateway or an information system sent. Its code, text and bytes reach the caller unchanged. */
export class RelayedFault extends Fault {
  readonly #code: string
  /** The fault envelope exactly as received. */
  readonly xml: Uint8Array

  constructor (fault: SoapFault, xml: Uint8Array) {
    super('ServiceFailed', fault.string, { origin: 'Server.ServerProxy', detail: fault.detail })
    this.#code = fault.code
    this.xml = xml
  }

  override get code (): string {
    return this.#code
  }
}
