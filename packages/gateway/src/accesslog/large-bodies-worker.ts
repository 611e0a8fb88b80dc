import { parentPort } from 'node:worker_threads'
import { readBodyValues } from './body-values.ts'
import type { LargeBody, LargeBodyValues } from './body-reader.ts'
import { PathGraph } from './selector.ts'
import { Unreadable } from './unreadable.ts'

/*
 * The thread that looks through large bodies, so that meanwhile others are served.
 */
parentPort!.on('message', ({ paths, ...body }: LargeBody) => { parentPort!.postMessage(valuesOf(paths, body)) })

function valuesOf (paths: LargeBody['paths'], body: Omit<LargeBody, 'paths'>): LargeBodyValues {
  try {
    return { values: readBodyValues(body, new PathGraph(paths)) }
  } catch (thrown) {
    if (thrown instanceof Unreadable) return { unreadable: thrown.message }
    throw thrown
  }
}
