/** Why a message cannot be looked through. Never what it holds. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
  readonly reason: 'too large' | 'unreadable' | 'encoded'

  constructor (message: string, reason: Unreadable['reason'] = 'unreadable') {
    super(message)
    this.reason = reason
  }
}

/** Deeper messages are an attack on whoever reads them. */
export const DEPTH_MAX = 64
