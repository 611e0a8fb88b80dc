/** What was given on the command line cannot be used at all: no verdict is possible. Exit code 2. */
export class UnreadableInput extends Error {
  override readonly name = 'UnreadableInput'

  constructor (message: string, cause?: unknown) {
    super(cause instanceof Error ? `${message}: ${cause.message}` : message, { cause })
  }
}
