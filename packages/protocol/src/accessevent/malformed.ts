/** An event is text of some kilobytes; a larger one holds what does not belong there. */
export const EVENT_BYTES_MAX = 16 * 1024

/** An event, or a change of visibility, that is not what it must be. `field` says where: `purpose.text.uk`. Its message repeats no value. */
export class MalformedAccessEvent extends Error {
  override readonly name = 'MalformedAccessEvent'
  readonly field: string

  constructor (field: string, problem: string) {
    super(`${field}: ${problem}`)
    this.field = field
  }
}
