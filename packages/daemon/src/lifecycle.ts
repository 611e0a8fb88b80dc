import { constants } from 'node:os'

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const
export type StopSignal = typeof STOP_SIGNALS[number]

/**
 * Resolves with the first SIGINT or SIGTERM. A second one, while what follows is still closing, ends the process at once:
 * an operator who asks twice means it.
 */
export function untilSignal (): Promise<StopSignal> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of STOP_SIGNALS) {
      process.on(signal, () => {
        if (asked) process.exit(128 + constants.signals[signal])
        asked = true
        resolve(signal)
      })
    }
  })
}

type Close = () => void | Promise<void>

/**
 * Closes what was opened, in reverse. One part that fails to close does not keep the others open:
 * all are tried, then the failures are thrown together.
 */
export class Closer implements AsyncDisposable {
  #open: { name: string, close: Close }[] = []
  #closing: Promise<void> | undefined

  /** Registers a closing step and returns nothing; steps registered later run earlier. */
  defer (name: string, close: Close): void {
    if (this.#closing !== undefined) throw new Error(`${name} opened while closing`)
    this.#open.push({ name, close })
  }

  /** Registers something that can be closed or disposed, and hands it back. */
  use<T extends AsyncDisposable | Disposable | { close (): unknown }> (name: string, resource: T): T {
    this.defer(name, async () => {
      if ('close' in resource && typeof resource.close === 'function') await resource.close()
      else if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]()
      else if (Symbol.dispose in resource) resource[Symbol.dispose]()
    })
    return resource
  }

  /** Safe to call more than once: the second call waits for the first. */
  close (): Promise<void> {
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  async #closeAll (): Promise<void> {
    const failures: Error[] = []
    for (let entry = this.#open.pop(); entry !== undefined; entry = this.#open.pop()) {
      try {
        await entry.close()
      } catch (thrown) {
        failures.push(new Error(`could not close ${entry.name}`, { cause: thrown }))
      }
    }
    const [first] = failures
    if (first !== undefined && failures.length === 1) throw first
    if (failures.length > 1) throw new AggregateError(failures, 'could not close everything')
  }

  [Symbol.asyncDispose] (): Promise<void> {
    return this.close()
  }
}
