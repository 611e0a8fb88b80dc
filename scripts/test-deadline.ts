/**
 * Loaded before each test file: ends its process when the file is not done in time.
 * Node's own `timeout` bounds a test, not a process that keeps a socket, timer or child open after its last test.
 */
import { isMainThread } from 'node:worker_threads'

const seconds = Number(process.env.TEST_TIMEOUT_SECONDS)
/** tap, when it still can, says which test hangs; so it goes first. */
const GRACE_MS = 3000

// Worker threads and forked processes inherit the preload, though not always the environment.
if (isMainThread && Number.isFinite(seconds)) setTimeout(endProcess, seconds * 1000 + GRACE_MS).unref()

function endProcess (): void {
  const open = process.getActiveResourcesInfo().filter((kind) => kind !== 'TTYWrap' && kind !== 'PipeWrap')
  console.error(`${process.argv[1]}: not done after ${seconds} s; still open: ${open.join(', ') || 'nothing named'}`)
  process.exit(1)
}
