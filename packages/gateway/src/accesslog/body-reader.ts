import { getCompileCacheDir } from 'node:module'
import { Worker } from 'node:worker_threads'
import { readBodyValues, type Body, type BodyValues } from './body-values.ts'
import type { PathGraph } from './selector.ts'
import { Unreadable } from './unreadable.ts'

/** A body on its way to the thread. */
export interface LargeBody extends Body {
  readonly paths: readonly (readonly string[])[]
}

export type LargeBodyValues = { readonly unreadable: string } | { readonly values: BodyValues }

interface Waiting {
  readonly body: LargeBody
  readonly resolve: (values: LargeBodyValues) => void
  readonly reject: (error: Error) => void
}

/** Up to here a body is looked through at once: handing it over would take as long. */
const SMALL_BYTES_MAX = 64 * 1024

/** Looks through bodies; a large one in a thread of its own, which starts when the first one comes. */
export class BodyReader {
  #worker: Worker | undefined
  readonly #waiting: Waiting[] = []
  #closed = false

  /** @throws {Unreadable} */
  async read (body: Body, graph: PathGraph): Promise<BodyValues> {
    if (body.bytes.byteLength <= SMALL_BYTES_MAX) return readBodyValues(body, graph)
    const found = await new Promise<LargeBodyValues>((resolve, reject) => {
      this.#waiting.push({ body: { ...body, paths: graph.paths }, resolve, reject })
      if (this.#waiting.length === 1) this.#next()
    })
    if ('unreadable' in found) throw new Unreadable(found.unreadable)
    return found.values
  }

  async close (): Promise<void> {
    this.#closed = true
    await this.#worker?.terminate()
  }

  #next (): void {
    const first = this.#waiting[0]
    if (first === undefined) return
    if (this.#closed) {
      this.#fail(new Error('the gateway is closing'))
      return
    }
    this.#worker ??= this.#start()
    this.#worker.postMessage(first.body)
  }

  #start (): Worker {
    // Runs as source in development and compiled when published.
    const file = new URL(import.meta.url.endsWith('.ts') ? './large-bodies-worker.ts' : './large-bodies-worker.js', import.meta.url)
    const cache = getCompileCacheDir()
    const worker = new Worker(file, { name: 'large bodies', env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache } })
    worker.unref()
    worker.on('message', (values: LargeBodyValues) => {
      this.#waiting.shift()?.resolve(values)
      this.#next()
    })
    const gone = (error: Error): void => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      this.#fail(error)
    }
    worker.on('error', gone)
    worker.on('exit', () => { gone(new Error('the thread that looks through large bodies ended')) })
    return worker
  }

  #fail (error: Error): void {
    this.#waiting.shift()?.reject(error)
    this.#next()
  }
}
