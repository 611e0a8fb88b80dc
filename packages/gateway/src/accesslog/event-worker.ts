import { parentPort, workerData } from 'node:worker_threads'
import { EventStore } from './event-store.ts'
import type { EventCall, EventReply } from './event-spool.ts'

/*
 * The thread that owns the events: one call at a time, a batch of events is one transaction and one fsync.
 */
const port = parentPort!
const store = new EventStore((workerData as { path: string }).path)

port.on('message', ({ call, name, args }: EventCall) => {
  if (name === 'close') {
    store.close()
    port.close()
    return
  }
  let reply: EventReply
  try {
    const run = store[name].bind(store) as (...args: readonly unknown[]) => unknown
    reply = { call, value: run(...args) }
  } catch (thrown) {
    reply = { call, error: String(thrown) }
  }
  port.postMessage(reply)
})
port.postMessage({ call: 0, value: undefined } satisfies EventReply)
