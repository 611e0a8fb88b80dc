/** Runs something again and again, each time so long after the last has ended; what fails is told and tried the next time. @returns how to stop it. */
export function every (seconds: number, work: () => Promise<unknown>, failed: (error: unknown) => void): () => Promise<void> {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  const run = async (): Promise<void> => {
    try {
      await work()
    } catch (error) {
      failed(error)
    }
    if (!stopped) timer = setTimeout(() => { running = run() }, seconds * 1000).unref()
  }
  running = run()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await running
  }
}
