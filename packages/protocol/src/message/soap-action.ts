import { Fault } from '../fault/index.ts'

/** RFC 3986 characters and well-formed escapes: a URI reference, absolute or relative. Non-ASCII is let pass as Java's URI does. */
const URI_REFERENCE = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=\u0080-\uffff]|%[0-9A-Fa-f]{2})*$/

/**
 * Checks the SOAPAction header of an information system: missing, empty, `""` or a quoted URI reference.
 *
 * @throws {Fault} `InvalidSoapAction`
 * @see SOAP 1.1 §6.1.1; PR-MESS §2.1
 */
export function checkSoapAction (value: string | undefined): void {
  if (value === undefined || value === '') return
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"') || !URI_REFERENCE.test(value.slice(1, -1))) {
    throw new Fault('InvalidSoapAction', 'SOAPAction: expected a quoted URI reference')
  }
}
