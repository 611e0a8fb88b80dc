/**
 * Loaded before each test file: ends its process when the file is not done in time.
 * Node's own `timeout` bounds a test, not a process that keeps a socket, timer or child open after its last test.
 */
const seconds = Number(process.env.TEST_TIMEOUT_SECONDS)
/** tap, when it still can, says which test hangs; so it goes first. */
const GRACE_MS = 3000

setTimeout(() => {
  const open = process.getActiveResourcesInfo().filter((kind) => kind !== 'TTYWrap' && kind !== 'PipeWrap')
  console.error(`${process.argv[1]}: not done after ${seconds} s; still open: ${open.join(', ') || 'nothing named'}`)
  process.exit(1)
}, seconds * 1000 + GRACE_MS).unref()
