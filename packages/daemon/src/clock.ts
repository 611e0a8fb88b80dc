/** Where the time comes from. Injected, so that tests can stand at any instant. */
export interface Clock {
  now (): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** A clock that stands still until moved: for tests and replays. */
export class ManualClock implements Clock {
  #at: number

  constructor (at: Date) {
    this.#at = at.getTime()
  }

  now (): Date {
    return new Date(this.#at)
  }

  advance (seconds: number): void {
    this.#at += seconds * 1000
  }
}
