/** What `work` gives, unless it takes longer. The work itself is not stopped. */
export async function within<T> (timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  try {
    return await Promise.race([
      work,
      new Promise<never>((_resolve, reject) => { timer = setTimeout(() => { reject(new Error(`no answer within ${timeoutMs / 1000} seconds`)) }, timeoutMs) })
    ])
  } finally {
    clearTimeout(timer)
  }
}
