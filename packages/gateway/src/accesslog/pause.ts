/** A wait that can be ended early. */
export class Pause {
  #end: (() => void) | undefined

  /** @param isOver looked at when the wait begins: what happened before counts too. */
  async wait (ms: number, isOver: () => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      // A gateway that has nothing else to do may end.
      timer.unref()
      this.#end = () => {
        clearTimeout(timer)
        resolve()
      }
      if (isOver()) this.#end()
    })
    this.#end = undefined
  }

  wake (): void {
    this.#end?.()
  }
}
