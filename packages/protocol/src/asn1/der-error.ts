/** Bytes that are not the DER they should be. Stays inside `protocol`: readers of a format turn it into a `Fault`. */
export class DerError extends Error {
  override readonly name = 'DerError'
}
